//! Text that a spreadsheet will open.

use std::borrow::Cow;

/// A spreadsheet computes what begins like a formula, in full-width too; behind an
/// apostrophe it is text.
pub fn defused(text: &str) -> Cow<'_, str> {
    match text.chars().next() {
        Some(first) if begins_formula(first) => format!("'{text}").into(),
        _ => text.into(),
    }
}

/// Whether a formula can begin so: with one of its signs, or with a character that an
/// encoder (U+2212 in CP932) or a spreadsheet (by its plain form in Unicode) takes for
/// one of them.
fn begins_formula(first: char) -> bool {
    matches!(
        first,
        '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
            // Minus; small, superscript and subscript forms.
            | '\u{2212}' | '﹢' | '﹣' | '﹦' | '﹫' | '⁺' | '⁻' | '⁼' | '₊' | '₋' | '₌'
    )
}

#[cfg(test)]
mod tests {
    use encoding_rs::SHIFT_JIS;

    use super::*;

    use crate::member::expenses::sheet::Writing;

    #[test]
    fn nothing_that_is_text_is_computed() {
        assert_eq!(defused("=1+1"), "'=1+1");
        assert_eq!(defused("＝ＳＵＭ（Ａ１）"), "'＝ＳＵＭ（Ａ１）");
        assert_eq!(defused("\u{2212}1"), "'\u{2212}1");
        assert_eq!(defused("﹦1+1"), "'﹦1+1");
        assert_eq!(defused("架空 太郎"), "架空 太郎");
        assert_eq!(defused(""), "");
    }

    #[test]
    fn whatever_an_encoder_makes_of_a_character_is_no_sign_of_a_formula() {
        const SIGNS: &str = "=+-@\t\r\n＝＋－＠";
        // CP932 has no character beyond these.
        for c in '\0'..='\u{FFFF}' {
            let bytes = Writing::Cp932.encode(&defused(&c.to_string()));
            let read = SHIFT_JIS.decode(&bytes).0;
            let first = read.chars().next();
            assert!(
                !first.is_some_and(|first| SIGNS.contains(first)),
                "{c:?} ({:04X})",
                u32::from(c)
            );
        }
    }
}
