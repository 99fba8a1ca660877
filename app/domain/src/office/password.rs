//! The password of somebody of the office: long rather than mixed (NIST SP 800-63B-4,
//! section 3.1.1.2), since a second step stands beside it.

use std::fmt;

use super::login::StaffLogin;

/// The shortest, in characters.
pub const MIN_CHARS: usize = 12;
/// The longest, in characters.
pub const MAX_CHARS: usize = 128;

/// The commonest of at least [`MIN_CHARS`] characters, and the keyboard's rows.
const COMMON: &str = include_str!("common_passwords.txt");

/// A password that may be used.
pub struct StaffPassword(String);

/// Why something cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffPasswordError {
    /// This many characters are missing.
    TooShort(usize),
    /// There are too many.
    TooLong,
    /// One of the commonest, or hardly more than one character.
    Common,
    /// The login stands in it.
    HasLogin,
    /// A name of the society stands in it.
    HasSociety,
}

impl StaffPassword {
    /// Reads what was typed, beside the login and the names of the society.
    ///
    /// # Errors
    /// The first thing that is wrong with it, in the order of [`StaffPasswordError`].
    pub fn parse(
        typed: &str,
        login: &StaffLogin,
        society: &[&str],
    ) -> Result<Self, StaffPasswordError> {
        let chars = typed.chars().count();
        if chars < MIN_CHARS {
            return Err(StaffPasswordError::TooShort(MIN_CHARS - chars));
        }
        if chars > MAX_CHARS {
            return Err(StaffPasswordError::TooLong);
        }
        let folded = typed.to_lowercase();
        let mut different: Vec<char> = folded.chars().collect();
        different.sort_unstable();
        different.dedup();
        if different.len() < 4 || COMMON.lines().any(|common| common == folded) {
            return Err(StaffPasswordError::Common);
        }
        if folded.contains(&login.key()) {
            return Err(StaffPasswordError::HasLogin);
        }
        let is_in_it =
            |name: &&str| name.chars().count() > 2 && folded.contains(&name.to_lowercase());
        if society.iter().any(is_in_it) {
            return Err(StaffPasswordError::HasSociety);
        }
        Ok(Self(typed.to_owned()))
    }

    /// For the hash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StaffPasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort(missing) => write!(
                f,
                "パスワードは{MIN_CHARS}文字以上にしてください（あと{missing}文字）"
            ),
            Self::TooLong => write!(f, "パスワードは{MAX_CHARS}文字までです"),
            Self::Common => f.write_str("よく使われるパスワードは使えません"),
            Self::HasLogin => f.write_str("ログインIDを含むパスワードは使えません"),
            Self::HasSociety => f.write_str("健保組合の名前を含むパスワードは使えません"),
        }
    }
}

impl std::error::Error for StaffPasswordError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_and_nobody_s_first_guess() {
        let login: StaffLogin = "hanako".parse().unwrap_or_else(|_| unreachable!());
        let judge = |typed: &str| {
            StaffPassword::parse(typed, &login, &["AB健康マイポータル", "autobacs-kenpo.jp"])
                .map(|_| ())
        };
        for (typed, verdict) in [
            ("correct horse battery", Ok(())),
            ("みなとのひろばにさくはな", Ok(())),
            ("short", Err(StaffPasswordError::TooShort(7))),
            (&"あ1b2".repeat(33), Err(StaffPasswordError::TooLong)),
            ("aaaaaaaaaaaaaa", Err(StaffPasswordError::Common)),
            ("Password1234", Err(StaffPasswordError::Common)),
            ("my name is Hanako", Err(StaffPasswordError::HasLogin)),
            ("autobacs-kenpo.jp2026", Err(StaffPasswordError::HasSociety)),
        ] {
            assert_eq!(judge(typed), verdict, "{typed}");
        }
    }
}
