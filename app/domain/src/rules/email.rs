//! E-mail addresses, as Japanese carriers have given them out.

use super::{blanks::trimmed, half_width::has_full_width};

/// The longest address, in bytes: what fits between `<` and `>` in an SMTP
/// path (RFC 5321, 4.5.3.1.3, with erratum 1690 to RFC 3696).
pub const MAX_BYTES: usize = 254;

/// So many addresses a member may have, confirmed or waiting.
pub const MOST: usize = 3;

/// So many different addresses a member may add within 24 hours that are not
/// confirmed: each gets a letter, and may be a stranger's.
pub const MOST_A_DAY: usize = 10;

/// An address that can be written to.
///
/// The local part is made of RFC 5321 atom characters with dots anywhere: docomo
/// and au have given out addresses like `a..b@docomo.ne.jp` and `a.@ezweb.ne.jp`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailAddress {
    typed: String,
}

/// Why something cannot be an address, or cannot be a member's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailError {
    /// Nothing was typed.
    Empty,
    /// There are full-width characters.
    FullWidth,
    /// No address has this character; it is the first such one.
    Character(char),
    /// More than 254 bytes.
    TooLong,
    /// There is no `@` with something before it, or there are several.
    AtSign,
    /// What follows the `@` is no domain.
    Domain,
    /// It is one of the member's own already; only the server knows.
    Yours,
    /// The member has three addresses; only the server knows.
    ThreeAlready,
    /// It is the member's last address; only the server knows.
    LastOne,
    /// The member has added so many others within a day; only the server knows.
    TooManyToday,
}

impl EmailAddress {
    /// Reads what was typed; blanks around it are not part of it.
    ///
    /// # Errors
    /// The first thing that is wrong with it, in the order of [`EmailError`].
    pub fn parse(typed: &str) -> Result<Self, EmailError> {
        let typed = trimmed(typed);
        if typed.is_empty() {
            return Err(EmailError::Empty);
        }
        if has_full_width(typed) {
            return Err(EmailError::FullWidth);
        }
        if let Some(c) = typed.chars().find(|&c| c != '@' && !is_local(c)) {
            return Err(EmailError::Character(c));
        }
        if typed.len() > MAX_BYTES {
            return Err(EmailError::TooLong);
        }
        let mut parts = typed.split('@');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(local), Some(domain), None) if !local.is_empty() => {
                if !is_domain(domain) {
                    return Err(EmailError::Domain);
                }
                Ok(Self {
                    typed: typed.to_owned(),
                })
            }
            _ => Err(EmailError::AtSign),
        }
    }

    /// As the member typed it: this is what letters are sent to.
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// What it is compared and found by: one mailbox is one address. Local parts may have
    /// case by the book; no mailbox that anybody has differs by it.
    pub fn key(&self) -> String {
        self.typed.to_ascii_lowercase()
    }
}

/// `atext` and the dot (RFC 5321, 4.1.2; RFC 5322, 3.2.3).
fn is_local(c: char) -> bool {
    c.is_ascii_alphanumeric() || u8::try_from(c).is_ok_and(|b| b".!#$%&'*+-/=?^_`{|}~".contains(&b))
}

/// Two labels or more (RFC 1123, 2.1); the last is not a number, so that no IP
/// address passes.
fn is_domain(domain: &str) -> bool {
    let labels = || domain.split('.');
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        (1..=63).contains(&bytes.len())
            && bytes
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || *b == b'-')
            && bytes.first() != Some(&b'-')
            && bytes.last() != Some(&b'-')
    };
    let is_number = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
    labels().count() >= 2 && labels().all(is_label) && !labels().next_back().is_some_and(is_number)
}
