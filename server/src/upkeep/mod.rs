//! What nobody asks for and time brings about.

pub mod audit_seal;
pub mod cleanup;
pub mod notice_letters;
pub mod office_figures;
pub mod purge;
