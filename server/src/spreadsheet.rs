//! Text that a spreadsheet will open.

use std::borrow::Cow;

/// A spreadsheet computes what begins like a formula, in full-width too; behind an
/// apostrophe it is text.
pub fn defused(text: &str) -> Cow<'_, str> {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠') => {
            format!("'{text}").into()
        }
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_text_is_computed() {
        assert_eq!(defused("=1+1"), "'=1+1");
        assert_eq!(defused("＝ＳＵＭ（Ａ１）"), "'＝ＳＵＭ（Ａ１）");
        assert_eq!(defused("架空 太郎"), "架空 太郎");
        assert_eq!(defused(""), "");
    }
}
