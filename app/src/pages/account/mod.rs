//! A member's own account.

pub mod addresses;
pub mod confirm;
pub mod confirm_password;
pub mod leave;
pub mod my_data;
pub mod profile;
pub mod report;
pub mod security;
