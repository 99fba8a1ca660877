//! One file a value: what a member may choose or type, and why not.
//!
//! A value's type can only be made by its `parse`; whoever holds one need not
//! look at it again. Every refusal is a case of the rule's own enum, and `text`
//! turns it into the sentence. The browser and the server run this same code.

pub mod blanks;
pub mod current_password;
pub mod email;
pub mod half_width;
pub mod insurer_number;
pub mod invisible;
pub mod login_id;
pub mod mail_domain;
pub mod nickname;
pub mod passkey_name;
pub mod password;
pub mod provisional;
pub mod second_step;
pub mod sign_in;

pub use current_password::CurrentPasswordError;
pub use email::{EmailAddress, EmailError};
pub use insurer_number::{InsurerNumber, InsurerNumberError};
pub use login_id::{LoginId, LoginIdError};
pub use nickname::{Nickname, NicknameError};
pub use passkey_name::{PasskeyName, PasskeyNameError};
pub use password::{ConfirmationError, Password, PasswordError};
pub use provisional::{
    ProvisionalId, ProvisionalIdError, ProvisionalPassword, ProvisionalPasswordError,
};
pub use second_step::{CodeError, RecoveryCode, SecondStepCode};
pub use sign_in::{SignInId, SignInPassword};
