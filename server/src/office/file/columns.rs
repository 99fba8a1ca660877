//! The lists that the office brings: their columns, and under which other names those are
//! written. A name is compared as it is read: without regard to width, case, blanks and
//! hyphens, and without a unit in brackets.

use std::{collections::HashMap, sync::LazyLock};

use domain::{rules::invisible::is_invisible, values::expense::COLUMNS as EXPENSES};
use unicode_normalization::UnicodeNormalization;

/// What a person's key consists of: each part at most this long.
pub const KEY_CHARS: usize = 20;

/// A kind of list.
#[derive(Debug, PartialEq, Eq)]
pub struct List {
    /// As a clerk calls it.
    pub name: &'static str,
    /// What takes it.
    pub command: &'static str,
    /// Its columns.
    pub columns: &'static [&'static str],
}

/// All of them.
pub const LISTS: [List; 4] = [
    List {
        name: "加入者名簿",
        command: "portal roster import",
        columns: &ROSTER,
    },
    List {
        name: "医療費",
        command: "portal expenses import",
        columns: &EXPENSES,
    },
    List {
        name: "健診結果",
        command: "portal checkups import",
        columns: &CHECKUPS,
    },
    List {
        name: "お知らせ",
        command: "portal notices import",
        columns: &NOTICES,
    },
];

/// The roster's columns, by the names and in the order of the contract.
pub const ROSTER: [&str; 14] = [
    "記号",
    "番号",
    "枝番",
    "氏名",
    "氏名カナ",
    "生年月日",
    "性別",
    "続柄",
    "資格取得日",
    "資格喪失日",
    "事業所コード",
    "事業所名",
    "郵便番号",
    "住所",
];

/// The columns of checkups, likewise.
pub const CHECKUPS: [&str; 21] = [
    "記号",
    "番号",
    "枝番",
    "受診日",
    "身長",
    "体重",
    "腹囲",
    "収縮期血圧",
    "拡張期血圧",
    "空腹時中性脂肪",
    "HDL",
    "LDL",
    "空腹時血糖",
    "HbA1c",
    "AST",
    "ALT",
    "γGT",
    "尿糖",
    "尿蛋白",
    "判定",
    "随時中性脂肪",
];

/// Columns that a list may lack: one that came later, and the one that a household of one
/// person does not need.
pub fn may_be_absent(column: &str, columns: &[&str]) -> bool {
    column == "随時中性脂肪" || (column == "枝番" && columns == EXPENSES)
}

/// The columns of notices, by their names and in the order in which we write them.
pub const NOTICES: [&str; 11] = [
    "管理番号",
    "種類",
    "件名",
    "分類",
    "重要度",
    "対象",
    "公開日",
    "公開終了日",
    "本文",
    "添付ファイル",
    "アドレス名",
];

/// Other names of columns, as programs of societies and laboratories write them.
const SYNONYMS: [(&str, &[&str]); 44] = [
    (
        "記号",
        &[
            "被保険者記号",
            "被保険者証記号",
            "被保険者証等記号",
            "保険証記号",
        ],
    ),
    (
        "番号",
        &[
            "被保険者番号",
            "被保険者証番号",
            "被保険者証等番号",
            "保険証番号",
        ],
    ),
    (
        "枝番",
        &[
            "枝番号",
            "被保険者枝番",
            "被保険者証枝番",
            "被保険者証等枝番",
        ],
    ),
    (
        "氏名",
        &[
            "名前",
            "お名前",
            "漢字氏名",
            "氏名漢字",
            "氏名(漢字)",
            "加入者氏名",
        ],
    ),
    (
        "氏名カナ",
        &[
            "フリガナ",
            "ふりがな",
            "カナ",
            "かな",
            "氏名かな",
            "氏名フリガナ",
            "氏名ふりがな",
            "氏名(カナ)",
            "氏名(かな)",
            "氏名(フリガナ)",
            "氏名(ふりがな)",
            "カナ氏名",
            "カナ名",
            "カナ名前",
            "加入者氏名カナ",
        ],
    ),
    ("生年月日", &["誕生日"]),
    ("性別", &["男女", "男女別"]),
    ("続柄", &["続き柄", "つづきがら"]),
    ("資格取得日", &["資格取得年月日", "取得日", "取得年月日"]),
    ("資格喪失日", &["資格喪失年月日", "喪失日", "喪失年月日"]),
    (
        "事業所コード",
        &["事業所番号", "事業所CD", "事業所No", "事業所No."],
    ),
    ("事業所名", &["事業所", "事業所名称", "会社名", "勤務先"]),
    ("郵便番号", &["〒", "郵便", "住所郵便番号"]),
    ("住所", &["現住所", "居住地", "住居所"]),
    ("診療年月", &["診療月", "受診年月", "受診月", "施術年月"]),
    (
        "医療機関名",
        &[
            "医療機関",
            "医療機関等",
            "医療機関等名",
            "医療機関名称",
            "医療機関等名称",
            "医療機関・薬局名",
        ],
    ),
    ("区分", &["診療区分", "種別", "診療種別"]),
    ("日数", &["診療日数", "受診日数", "診療実日数", "実日数"]),
    (
        "医療費総額",
        &["医療費", "総医療費", "医療費の総額", "医療費(総額)"],
    ),
    (
        "保険者負担額",
        &["保険者負担", "健保負担額", "健保負担", "健保組合負担額"],
    ),
    ("公費負担額", &["公費", "公費負担"]),
    (
        "窓口負担額",
        &[
            "窓口負担",
            "窓口支払額",
            "自己負担額",
            "自己負担",
            "患者負担額",
            "本人負担額",
        ],
    ),
    ("食事療養費", &["入院時食事療養費", "食事療養"]),
    ("付加給付額", &["付加給付", "付加給付金", "付加金"]),
    (
        "受診日",
        &[
            "受診年月日",
            "健診日",
            "健診受診日",
            "健診実施日",
            "健診年月日",
            "検査日",
        ],
    ),
    ("腹囲", &["腹囲周", "ウエスト", "ウエスト周囲長"]),
    (
        "収縮期血圧",
        &[
            "最高血圧",
            "最大血圧",
            "血圧(収縮期)",
            "血圧(上)",
            "収縮期",
            "血圧(最高)",
        ],
    ),
    (
        "拡張期血圧",
        &[
            "最低血圧",
            "最小血圧",
            "血圧(拡張期)",
            "血圧(下)",
            "拡張期",
            "血圧(最低)",
        ],
    ),
    (
        "空腹時中性脂肪",
        &[
            "中性脂肪",
            "中性脂肪(空腹時)",
            "空腹時TG",
            "TG",
            "トリグリセリド",
            "トリグリセライド",
        ],
    ),
    (
        "随時中性脂肪",
        &["中性脂肪(随時)", "随時TG", "随時トリグリセリド"],
    ),
    ("HDL", &["HDLコレステロール", "HDL-C"]),
    ("LDL", &["LDLコレステロール", "LDL-C"]),
    (
        "空腹時血糖",
        &[
            "空腹時血糖値",
            "血糖(空腹時)",
            "血糖値(空腹時)",
            "FPG",
            "FBS",
            "空腹時グルコース",
        ],
    ),
    (
        "HbA1c",
        &[
            "HbA1c(NGSP)",
            "HbA1c(NGSP値)",
            "ヘモグロビンA1c",
            "HbA1cNGSP",
        ],
    ),
    ("AST", &["GOT", "AST(GOT)", "GOT(AST)", "ASTGOT"]),
    ("ALT", &["GPT", "ALT(GPT)", "GPT(ALT)", "ALTGPT"]),
    (
        "γGT",
        &[
            "γGTP",
            "γGT(γGTP)",
            "γGTP(γGT)",
            "γGT(GTP)",
            "γGT(P)",
            "GGT",
            "ガンマGTP",
            "ガンマGT",
        ],
    ),
    ("尿糖", &["尿糖(定性)", "尿検査(糖)", "尿検査(尿糖)"]),
    (
        "尿蛋白",
        &[
            "尿たんぱく",
            "尿タンパク",
            "尿蛋白(定性)",
            "尿検査(蛋白)",
            "尿検査(尿蛋白)",
        ],
    ),
    ("判定", &["総合判定", "健診判定", "判定区分"]),
    ("件名", &["タイトル", "表題"]),
    ("対象", &["対象者"]),
    ("公開日", &["公開開始日", "掲載日", "掲載開始日"]),
    ("公開終了日", &["掲載終了日", "公開期限"]),
];

/// Units that stand behind a name in brackets.
const UNITS: [&str; 12] = [
    "cm", "kg", "mmhg", "mg/dl", "%", "u/l", "iu/l", "円", "日", "必須", "任意", "歳",
];

/// A name as it is compared.
fn folded(name: &str) -> String {
    let plain = name.nfkc().flat_map(char::to_lowercase).filter(|c| {
        let is_hyphen = matches!(c, '-' | '_' | '‐' | '‑' | '–' | '—' | '−' | '゠');
        !(c.is_whitespace() || is_invisible(*c) || is_hyphen)
    });
    plain
        .map(|c| match c {
            '[' | '【' | '〔' | '〈' | '<' => '(',
            ']' | '】' | '〕' | '〉' | '>' => ')',
            other => other,
        })
        .collect()
}

/// Which of `columns` is meant by a name in a header.
pub fn meant(name: &str, columns: &'static [&'static str]) -> Option<&'static str> {
    let written = folded(name);
    named(&written, columns).or_else(|| {
        let (bare, unit) = written.strip_suffix(')')?.rsplit_once('(')?;
        UNITS.contains(&unit).then(|| named(bare, columns))?
    })
}

fn named(written: &str, columns: &'static [&'static str]) -> Option<&'static str> {
    let among = |known: &Known| {
        let meant = known.get(written)?;
        columns
            .iter()
            .find(|column| meant.contains(column))
            .copied()
    };
    // The contract's own names come first.
    among(&OWN).or_else(|| among(&OTHERS))
}

/// Columns by a name of theirs, as it is compared: folded once, since every line of a file is
/// compared with the header.
type Known = HashMap<String, Vec<&'static str>>;

static OWN: LazyLock<Known> = LazyLock::new(|| {
    let columns = LISTS.iter().flat_map(|list| list.columns);
    known(columns.map(|column| (*column, *column)))
});

static OTHERS: LazyLock<Known> = LazyLock::new(|| {
    let all = SYNONYMS.iter();
    known(all.flat_map(|(column, others)| others.iter().map(|other| (*other, *column))))
});

fn known(names: impl Iterator<Item = (&'static str, &'static str)>) -> Known {
    let mut known = Known::new();
    for (name, column) in names {
        known.entry(folded(name)).or_default().push(column);
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_known_however_it_is_written() {
        for (written, columns, column) in [
            ("枝　番", &ROSTER[..], "枝番"),
            ("ﾌﾘｶﾞﾅ", &ROSTER, "氏名カナ"),
            ("フリガナ", &ROSTER, "氏名カナ"),
            ("氏名（カナ）", &ROSTER, "氏名カナ"),
            ("氏名\n（フリガナ）", &ROSTER, "氏名カナ"),
            ("事業所ｺｰﾄﾞ", &ROSTER, "事業所コード"),
            ("\u{FEFF}記号", &ROSTER, "記号"),
            ("資格取得年月日", &ROSTER, "資格取得日"),
            ("γ-GTP", &CHECKUPS, "γGT"),
            ("γ－ＧＴＰ(U/L)", &CHECKUPS, "γGT"),
            ("Γ‐gtp", &CHECKUPS, "γGT"),
            ("γ-GT（γ-GTP）", &CHECKUPS, "γGT"),
            ("腹囲(cm)", &CHECKUPS, "腹囲"),
            ("腹囲（㎝）", &CHECKUPS, "腹囲"),
            ("身長[cm]", &CHECKUPS, "身長"),
            ("ＨＤＬ－コレステロール", &CHECKUPS, "HDL"),
            ("中性脂肪", &CHECKUPS, "空腹時中性脂肪"),
            ("中性脂肪（mg/dL）", &CHECKUPS, "空腹時中性脂肪"),
            ("中性脂肪（随時）", &CHECKUPS, "随時中性脂肪"),
            ("hba1c（NGSP）（％）", &CHECKUPS, "HbA1c"),
            ("AST(GOT)(U/L)", &CHECKUPS, "AST"),
            ("窓口負担額（円）", &EXPENSES, "窓口負担額"),
            ("診療 年月", &EXPENSES, "診療年月"),
        ] {
            assert_eq!(meant(written, columns), Some(column), "{written}");
        }
        for (written, columns) in [
            ("", &ROSTER[..]),
            ("備考", &ROSTER),
            ("保険者番号", &ROSTER),
            ("氏名(英字)", &ROSTER),
            ("血糖(随時)", &CHECKUPS),
            ("HbA1c(JDS)", &CHECKUPS),
            ("NonHDL", &CHECKUPS),
            ("腹囲判定", &CHECKUPS),
            ("食事療養標準負担額", &EXPENSES),
        ] {
            assert_eq!(meant(written, columns), None, "{written}");
        }
    }

    #[test]
    fn no_name_means_two_columns_of_a_list() {
        for list in &LISTS {
            for column in list.columns {
                assert_eq!(meant(column, list.columns), Some(*column));
            }
            let mut seen = std::collections::HashSet::new();
            for (column, others) in SYNONYMS {
                for name in others.iter().filter(|_| list.columns.contains(&column)) {
                    assert!(seen.insert(folded(name)), "{name}");
                    assert_eq!(meant(name, list.columns), Some(column), "{name}");
                }
            }
        }
        for (column, _) in SYNONYMS {
            assert!(
                LISTS.iter().any(|list| list.columns.contains(&column)),
                "{column}"
            );
        }
    }
}
