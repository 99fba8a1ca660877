//! What the society's office does: its lists come in, its postcards go out, and it answers
//! the telephone.

pub mod access;
pub mod checkups;
pub mod expenses;
pub mod file;
pub mod job;
pub mod list;
pub mod notices;
pub mod people;
pub mod postcards;
pub mod roster;
pub mod staff;
pub mod trail;
