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

/// Forms of one character as offices write them in names; the first of each is the form for
/// comparing. (常用漢字表 with its 康熙字典体, and what is usual in family names beside it.)
const FORMS: &[&str] = &[
    "高髙",
    "崎﨑嵜碕",
    "浜濱濵",
    "辺邉邊",
    "斉斎齋齊",
    "徳德",
    "瀬瀨",
    "吉𠮷",
    "桜櫻",
    "沢澤",
    "広廣",
    "国國",
    "島嶋嶌",
    "竜龍",
    "真眞",
    "恵惠",
    "蔵藏",
    "円圓",
    "実實",
    "栄榮",
    "寿壽",
    "条條",
    "浅淺",
    "滝瀧",
    "鉄鐵",
    "富冨",
    "渕淵渊",
    "遥遙",
    "万萬",
    "与與",
    "静靜",
    "曽曾",
    "黒黑",
    "青靑",
    "尭堯",
    "槙槇",
    "巌巖",
    "穂穗",
    "弥彌",
    "桧檜",
    "薮藪",
    "館舘",
    "関關",
    "塩鹽",
    "豊豐",
    "宝寶",
    "暁曉",
    "学學",
    "亀龜",
    "来來",
    "礼禮",
    "凛凜",
    "晋晉",
    "顕顯",
    "聡聰",
    "総總",
    "緑綠",
    "清淸",
    "児兒",
    "会會",
    "鶴靏靎",
    "桑桒",
    "団團",
    "郎郞",
];

/// One kana as another office writes it: hiragana, small ones, and two that sound alike.
fn one_kana(c: char) -> char {
    let c = match c {
        'ぁ'..='ゖ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        c => c,
    };
    match c {
        'ァ' => 'ア',
        'ィ' => 'イ',
        'ゥ' => 'ウ',
        'ェ' => 'エ',
        'ォ' => 'オ',
        'ッ' => 'ツ',
        'ャ' => 'ヤ',
        'ュ' => 'ユ',
        'ョ' => 'ヨ',
        'ヮ' => 'ワ',
        'ヵ' => 'カ',
        'ヶ' => 'ケ',
        'ヂ' => 'ジ',
        'ヅ' => 'ズ',
        'ヲ' => 'オ',
        '-' | '－' | '―' | '‐' => 'ー',
        c => c,
    }
}

/// What the spellings of one person's name have in common, or those of its kana, whichever
/// office wrote them: besides what is [`folded`], 髙 and 高, キョウ and キヨウ.
fn folded_person(name: &str) -> String {
    let mut kept = String::with_capacity(name.len());
    for c in folded(name).nfkc().flat_map(char::to_lowercase) {
        let form = FORMS.iter().find(|forms| forms.contains(c));
        match form.and_then(|forms| forms.chars().next()) {
            Some(first) => kept.push(first),
            None if c == '々' => kept.extend(kept.chars().last()),
            None if c == '・' || c.is_whitespace() => {}
            None => kept.push(one_kana(c)),
        }
    }
    kept
}

/// A person's name as a list has it.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a> {
    /// 氏名
    pub name: &'a str,
    /// 氏名カナ; may be empty.
    pub kana: &'a str,
}

impl Name<'_> {
    /// Whether this may be one name, written by two offices.
    pub fn is_spelling_of(self, other: Self) -> bool {
        let same = |a: &str, b: &str| !a.is_empty() && folded_person(a) == folded_person(b);
        same(self.name, other.name) || same(self.kana, other.kana)
    }

    /// Whether the given name may be the same: what is left of a name after a marriage.
    pub fn shares_given_name(self, other: Self) -> bool {
        same_given(self.name, other.name) || same_given(self.kana, other.kana)
    }
}

/// By what a person is found: the beginning of the whole name or of the given name, and the
/// same in kana.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchKeys {
    /// The whole name.
    pub name: String,
    /// What stands behind its blank; nothing where there is none.
    pub given: Option<String>,
    /// The whole name in kana; nothing where the list has none.
    pub kana: Option<String>,
    /// Its given name.
    pub given_kana: Option<String>,
}

impl SearchKeys {
    /// Those of a name.
    pub fn of(Name { name, kana }: Name<'_>) -> Self {
        Self {
            name: folded_person(name),
            given: folded_given(name),
            kana: Some(folded_person(kana)).filter(|kana| !kana.is_empty()),
            given_kana: folded_given(kana),
        }
    }
}

/// What is searched for, as [`SearchKeys`] are kept: empty where nothing is left of it.
pub fn searched(typed: &str) -> String {
    folded_person(typed)
}

/// The part behind the blank, if there is one.
fn folded_given(name: &str) -> Option<String> {
    let mut parts = name.split_whitespace();
    let last = parts.next_back();
    parts.next().and(last).map(folded_person)
}

/// The part behind the blank; of names without one, an end of two characters.
fn same_given(a: &str, b: &str) -> bool {
    if let (Some(a), Some(b)) = (folded_given(a), folded_given(b)) {
        return a == b;
    }
    let (a, b) = (folded_person(a), folded_person(b));
    let ends = a.chars().rev().zip(b.chars().rev());
    ends.take_while(|(a, b)| a == b).count() >= 2
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

    fn name<'a>(name: &'a str, kana: &'a str) -> Name<'a> {
        Name { name, kana }
    }

    #[test]
    fn a_persons_name_is_known_again_as_another_office_writes_it() {
        for (a, b) in [
            (name("髙橋 健", ""), name("高橋　健", "")),
            (name("渡邉 恵", ""), name("渡邊　惠", "")),
            (name("\u{FA19}崎 一", ""), name("神﨑一", "")),
            (name("佐々木 愛", ""), name("佐佐木愛", "")),
            (
                name("例示 京子", "ﾚｲｼﾞ ｷｮｳｺ"),
                name("れい示 京子", "レイジ　キヨウコ"),
            ),
            (name("John Smith", ""), name("ＪＯＨＮ　ＳＭＩＴＨ", "")),
            (name("例示 ゆう子", ""), name("例示 ユウ子", "")),
            (
                name("見本 花", "ミホン ハナ"),
                name("味本 花", "みほん はな"),
            ),
        ] {
            assert!(a.is_spelling_of(b) && b.is_spelling_of(a), "{a:?} {b:?}");
        }
        for (a, b) in [
            (
                name("高橋 健", "タカハシ ケン"),
                name("高橋 賢", "タカハシ サトシ"),
            ),
            (name("架空 太郎", ""), name("見本 太郎", "")),
        ] {
            assert!(!a.is_spelling_of(b), "{a:?} {b:?}");
        }
    }

    #[test]
    fn a_person_is_found_by_the_beginning_of_any_spelling() {
        let keys = SearchKeys::of(name("髙橋　健一", "ﾀｶﾊｼ ｹﾝｲﾁ"));
        for typed in ["高橋", "髙橋 健", "高橋健一", "高"] {
            assert!(keys.name.starts_with(&searched(typed)), "{typed}");
        }
        assert!(keys.given.unwrap().starts_with(&searched("健")));
        for typed in ["たかはし", "タカハシ けん", "ﾀｶﾊｼ"] {
            let kana = keys.kana.as_deref().unwrap();
            assert!(kana.starts_with(&searched(typed)), "{typed}");
        }
        assert_eq!(keys.given_kana.as_deref(), Some("ケンイチ"));
        let one = SearchKeys::of(name("John", ""));
        assert_eq!((one.given, one.kana, one.given_kana), (None, None, None));
        assert_eq!(searched(" ・　"), "");
    }

    #[test]
    fn a_given_name_stays_after_a_marriage() {
        for (a, b, same) in [
            (name("例示 桜子", ""), name("架空　櫻子", ""), true),
            (
                name("例示 桜子", "レイジ サクラコ"),
                name("架空 さくら子", "ｶｸｳ ｻｸﾗｺ"),
                true,
            ),
            (name("例示桜子", ""), name("架空桜子", ""), true),
            (name("例示 桜子", ""), name("架空桜子", ""), true),
            (name("例示 桜子", ""), name("架空 花子", ""), false),
            (name("例示桜子", ""), name("架空花子", ""), false),
            (name("", ""), name("", ""), false),
        ] {
            assert_eq!(a.shares_given_name(b), same, "{a:?} {b:?}");
        }
    }
}
