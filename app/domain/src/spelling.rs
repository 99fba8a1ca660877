//! One text, several spellings: the same list comes once from Windows (CP932) and once
//! from a Mac (UTF-8), and what looks the same is written with other characters.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The character for which Windows and everybody else disagree, as CP932 is read by
/// browsers and by Windows (WHATWG Encoding, index jis0208): so our own sheets can be
/// written in it again.
fn as_windows_has_it(c: char) -> char {
    match c {
        '\u{301C}' => '\u{FF5E}', // 〜 ～
        '\u{2016}' => '\u{2225}', // ‖ ∥
        '\u{2212}' => '\u{FF0D}', // − －
        '\u{2014}' => '\u{2015}', // — ―
        '\u{00A2}' => '\u{FFE0}', // ¢ ￠
        '\u{00A3}' => '\u{FFE1}', // £ ￡
        '\u{00AC}' => '\u{FFE2}', // ¬ ￢
        '\u{00A6}' => '\u{FFE4}', // ¦ ￤
        c => c,
    }
}

/// Ideographs that composition would replace by their unified look-alikes: a name may be
/// written with one on purpose (神 U+FA19).
fn is_compatibility_ideograph(c: char) -> bool {
    matches!(c, '\u{F900}'..='\u{FAFF}' | '\u{2F800}'..='\u{2FA1F}')
}

/// The form in which a text is kept: composed (UAX #15), and of the pairs of CP932's
/// mappings the one of Windows. Nothing that can be seen changes.
pub fn one_form(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || (is_nfc(text) && text.chars().all(|c| as_windows_has_it(c) == c)) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    for part in text.split_inclusive(is_compatibility_ideograph) {
        let mut ends = part.char_indices().rev();
        let last = ends.next().filter(|(_, c)| is_compatibility_ideograph(*c));
        let (before, ideograph) = part.split_at(last.map_or(part.len(), |(at, _)| at));
        kept.extend(before.nfc().map(as_windows_has_it));
        kept.push_str(ideograph);
    }
    Cow::Owned(kept)
}

/// What two spellings of one name have in common, for comparing alone: no blanks, no
/// width, composed. ㈱ and 株式会社 are not the same, nor are upper and lower case.
pub fn folded(name: &str) -> String {
    let narrow = |c: char| match c {
        '\u{301C}' | '\u{FF5E}' => '~',
        '\u{2212}' | '\u{FF0D}' => '-',
        c => c,
    };
    let mut folded = String::with_capacity(name.len());
    for c in name.chars().map(as_windows_has_it).map(narrow) {
        match c {
            c if c.is_whitespace() => {}
            // Half-width kana, full-width letters and digits.
            '\u{FF01}'..='\u{FFE6}' => folded.extend([c].into_iter().nfkc()),
            c => folded.push(c),
        }
    }
    // ｶ and ﾞ are two characters, and one when they are wide.
    folded.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_the_same_is_kept_in_one_form() {
        for (written, kept) in [
            ("みなと〜クリニック", "みなと～クリニック"),
            ("みなと～クリニック", "みなと～クリニック"),
            ("1−2−3", "1－2－3"),
            ("か\u{3099}くえん", "がくえん"),
            ("ハ\u{309A}ン", "パン"),
            ("A‖B—C¢£¬", "A∥B―C￠￡￢"),
            ("\u{FA19}戸 髙﨑", "\u{FA19}戸 髙﨑"),
            ("\u{FA19}か\u{3099}\u{FA19}", "\u{FA19}が\u{FA19}"),
            ("Cafe\u{301}", "Caf\u{E9}"),
            ("㈱みほん　ｶﾌﾞ 1-2-3", "㈱みほん　ｶﾌﾞ 1-2-3"),
            ("plain", "plain"),
        ] {
            assert_eq!(one_form(written), kept, "{written}");
            assert_eq!(one_form(kept), kept, "{kept}");
        }
    }

    #[test]
    fn one_provider_has_one_folded_name() {
        for spellings in [
            [
                "みなと～クリニック",
                "みなと〜クリニック",
                "みなと ~ クリニック",
            ],
            [
                "ＡＢＣ　ｶﾞｰﾃﾞﾝ医院",
                "ABC ガーデン医院",
                "ABCガーテ\u{3099}ン医院",
            ],
            ["第１−２医院", "第1-2医院", "第１－２ 医院"],
            ["\u{FA19}戸病院", "神戸病院", "神戸　病院"],
        ] {
            for spelling in spellings {
                assert_eq!(folded(spelling), folded(spellings[0]), "{spelling}");
            }
        }
        for other in ["株式会社みほん", "みほん", "(株)みほん"] {
            assert_ne!(folded("㈱みほん"), folded(other));
        }
        assert_ne!(folded("ABC"), folded("abc"));
    }
}
