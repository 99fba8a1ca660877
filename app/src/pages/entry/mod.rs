//! The way in: 新規利用登録, ログイン, パスワード再発行.

pub mod code;
pub mod done;
pub mod landing;
pub mod login;
pub mod profile_input;
pub mod provisional;
pub mod register;
pub mod reissue;
pub mod sent;
