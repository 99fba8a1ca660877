//! What programs write where they lack a character: a file was saved in an encoding without
//! it, or with 外字, which mean something on one machine alone.

use unicode_normalization::UnicodeNormalization;

/// Signs that some programs choose, and that are in nobody's name.
const SIGNS: &str = "●○◯◎■□◆◇▲△▼▽★☆〓?？¿*＊＿_\u{FFFD}";

/// Whether a text in words (an address, a provider) has such a sign, of those that nobody
/// writes there.
pub fn is_in_text(text: &str) -> bool {
    text.contains(['〓', '?', '？', '¿', '\u{FFFD}']) || has_own_code(text)
}

/// Whether a name has one. A dot in the middle parts the words of a foreign name, and stands
/// between two letters then.
pub fn is_in_name(name: &str) -> bool {
    let is_dot = |c: char| matches!(c, '・' | '･');
    let is_part = |part: &str| part.nfkc().all(char::is_whitespace);
    let has_dot_alone = name
        .split_whitespace()
        .any(|word| word.contains(is_dot) && word.split(is_dot).any(is_part));
    name.contains(|c| SIGNS.contains(c)) || has_dot_alone || has_own_code(name)
}

/// 外字, or a character by its number, as browsers write into a page of another encoding.
fn has_own_code(text: &str) -> bool {
    let is_private = |c| matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFD}');
    text.contains(is_private) || text.contains("&#")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_another_character_is_found() {
        for name in [
            "●橋 健",
            "〓橋 健",
            "?橋 健",
            "？橋",
            "_橋 健",
            "・橋 健",
            "渡・ 健",
            "･橋",
            "\u{E000}橋 健",
            "\u{F0001}橋",
            "&#39641;橋 健",
            "*橋",
            "◇橋",
        ] {
            assert!(is_in_name(name), "{name}");
        }
        for name in [
            "髙橋 健",
            "ジョン・スミス",
            "山田・スミス 花子",
            "ﾏﾘｱ･ﾛﾍﾟｽ",
            "佐々木 〇",
            "ヱビス ー",
        ] {
            assert!(!is_in_name(name), "{name}");
        }
        for text in [
            "東京都架空区〓1",
            "みほん?院",
            "みほん？院",
            "\u{E123}1-2",
            "&#12345;ビル",
        ] {
            assert!(is_in_text(text), "{text}");
        }
        for text in [
            "メゾン●架空 2階",
            "みほん*医院",
            "A&B #101",
            "・みほん医院",
            "",
        ] {
            assert!(!is_in_text(text), "{text}");
        }
    }
}
