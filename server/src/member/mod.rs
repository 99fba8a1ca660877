//! What a member does, or somebody on the way to becoming one: one file a use case.
//! They implement the ports of `domain`.

pub mod addresses;
pub mod checkups;
pub mod closing;
pub mod codes;
pub mod expenses;
pub mod household;
pub mod my_data;
mod new_device;
mod new_session;
pub mod notices;
mod passkey_sign_in;
pub mod passkeys;
mod password_check;
pub mod profile;
pub mod registration;
pub mod reissue;
pub mod sessions;
pub mod sign_in;
pub mod unsubscribing;
