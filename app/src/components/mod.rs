//! What several pages are made of.

pub mod after_leaving;
pub mod field;
pub mod form;
pub mod layout;
pub mod notice_list;
pub mod sharing;
pub mod status;
