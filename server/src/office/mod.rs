//! What the society's office does: its lists come in, its postcards go out.

pub mod checkups;
pub mod expenses;
pub mod file;
pub mod notices;
pub mod postcards;
pub mod roster;
