//! A member's own account.

pub mod addresses;
pub mod closing;
pub mod codes;
pub mod confirm;
pub mod confirm_password;
pub mod my_data;
pub mod passkeys;
pub mod profile;
pub mod report;
pub mod security;
