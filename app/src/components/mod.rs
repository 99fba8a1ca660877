//! What several pages are made of.

pub mod after_disqualification;
pub mod field;
pub mod form;
pub mod layout;
pub mod notice_list;
pub mod notice_text;
pub mod passkey;
pub mod second_steps;
pub mod sharing;
pub mod signed_in_here;
pub mod status;
pub mod whose_link;
