//! Text that a spreadsheet will open.

use std::borrow::Cow;

use encoding_rs::{EncoderResult, SHIFT_JIS};

/// A spreadsheet computes what begins like a formula, in full-width too; behind an
/// apostrophe it is text.
pub fn escape_formula(text: &str) -> Cow<'_, str> {
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

/// Stands for a character that CP932 lacks: the geta, as printers have always set it.
const GETA: char = '〓';

/// How a sheet is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SheetEncoding {
    /// UTF-8 with a byte order mark, by which Excel knows it.
    #[default]
    Utf8,
    /// CP932, for programs that know nothing else.
    Cp932,
}

impl SheetEncoding {
    /// The charset as browsers call it.
    pub fn charset(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Cp932 => "Shift_JIS",
        }
    }

    /// The bytes of a sheet.
    pub fn encode(self, sheet: &str) -> Vec<u8> {
        match self {
            Self::Utf8 => ["\u{FEFF}", sheet].concat().into_bytes(),
            Self::Cp932 => {
                let plain: String = sheet
                    .chars()
                    .map(|c| if is_in_cp932(c) { c } else { GETA })
                    .collect();
                SHIFT_JIS.encode(&plain).0.into_owned()
            }
        }
    }
}

/// Whether CP932 has the character.
pub fn is_in_cp932(c: char) -> bool {
    let (mut text, mut bytes) = ([0; 4], [0; 8]);
    let text: &str = c.encode_utf8(&mut text);
    let (result, ..) = SHIFT_JIS
        .new_encoder()
        .encode_from_utf8_without_replacement(text, &mut bytes, true);
    result == EncoderResult::InputEmpty
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_text_is_computed() {
        for formula in [
            "=1+1",
            "+81-3",
            "-1",
            "@SUM(A1)",
            "＝ＳＵＭ（Ａ１）",
            "＋１",
            "－１",
            "＠Ａ",
            "\u{2212}1",
            "﹦1+1",
        ] {
            assert_eq!(escape_formula(formula), format!("'{formula}"));
        }
        for text in ["架空 太郎", "1001", "'x", "a=b", ""] {
            assert_eq!(escape_formula(text), text);
        }
    }

    #[test]
    fn whatever_an_encoder_makes_of_a_character_is_no_sign_of_a_formula() {
        const SIGNS: &str = "=+-@\t\r\n＝＋－＠";
        // CP932 has no character beyond these.
        for c in '\0'..='\u{FFFF}' {
            let bytes = SheetEncoding::Cp932.encode(&escape_formula(&c.to_string()));
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
