//! What happens to an account, whoever causes it: its member, the office, or time.

pub mod by_office;
pub mod closing;
pub mod confirmation_letter;
pub mod history;
pub mod letter_request;
pub mod my_data;
pub mod new_postcard;
pub mod reissue_letter;
pub mod way_back;
pub mod welcome;
