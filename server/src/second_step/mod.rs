//! What is asked for besides a password, or in its place. Members and the office's people
//! have the same, from this one code.

pub mod passkeys;
