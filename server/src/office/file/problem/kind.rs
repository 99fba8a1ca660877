//! What can be wrong with a line or a value, in a sentence each. None repeats what stands in
//! a cell, but for somebody's key: of health nothing is ever said by it.

use std::fmt;

use domain::{rules::half_width::half_width_char, values::checkup::Item};
use store::{person::Key, staging::UnknownPerson};

use super::{
    super::{date::DateProblem, month::MonthProblem},
    shown,
};

/// What can be wrong with a line or a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// Nothing stands there.
    Missing,
    /// More characters than this.
    TooLong(usize),
    /// A character that could not be decoded.
    Undecodable,
    /// A line break, a NUL, or another character that nobody sees.
    Invisible,
    /// Not a date.
    Date(DateProblem),
    /// Neither 男 nor 女.
    Sex,
    /// Not a relation in words.
    Relation,
    /// Not seven digits.
    PostalCode,
    /// Digits alone, and fewer than seven.
    PostalZeros,
    /// A code that a spreadsheet wrote as a power of ten.
    Exponential,
    /// What a spreadsheet shows in place of a value that it could not work out: `#REF!`.
    Formula,
    /// A formula of a workbook whose value was never kept.
    FormulaWithoutValue,
    /// A number in a workbook's column of codes: its zeros may be gone.
    NumberForCode,
    /// A workbook that cannot be read any further.
    Broken,
    /// A sign in the place of a character that some encoding lacks.
    StandIn,
    /// A key or code that is on file with zeros in front, or in another width.
    ZerosLost {
        /// The columns.
        what: &'static str,
        /// As it is on file.
        known: String,
    },
    /// A number or branch with a hyphen: keys are written `SYMBOL-NUMBER-BRANCH`.
    Hyphen,
    /// Born after today.
    BornInFuture,
    /// Insured before being born.
    QualifiedBeforeBirth,
    /// Left before having come.
    DisqualifiedBeforeQualified,
    /// Not a month, or not one that can be.
    Month(MonthProblem),
    /// None of the seven words.
    Kind,
    /// Not a number of days.
    Days,
    /// Not an amount in yen.
    Amount,
    /// Less than nothing: what a system writes of a claim that was sent back or lowered.
    Negative,
    /// Nobody on the roster has this key.
    UnknownPerson(Box<UnknownPerson>),
    /// Somebody else has this key on file.
    OtherPerson,
    /// The same person as on this line.
    Duplicate(u64),
    /// Against a rule of this kind of file alone, in words.
    Other(String),
    /// A checkup after today.
    TakenInFuture,
    /// A checkup before the person was born.
    BeforeBirth,
    /// A line of a checkup without any result.
    NoResult,
    /// A line that takes a result back, and brings one.
    WithdrawnWithValues,
    /// The upper blood pressure is not above the lower one.
    Pressures,
    /// Not a value that this item can have.
    Value(Item),
    /// A value beyond what can be measured: `<30`.
    Beyond,
    /// A laboratory's mark beside the value, or in its place: `H`, `*128`.
    Marked,
    /// Both blood pressures in one cell.
    BothPressures,
    /// Not what a test strip shows.
    Urine,
    /// The number by which 特定健診 files code it.
    UrineCode,
    /// The same person and day as on this line.
    RepeatedDay(u64),
    /// 保険者負担額 and 公費負担額 are more than 医療費総額.
    PartsBeyondTotal,
    /// 付加給付額 is more than 窓口負担額 of its line, and more than the household paid in
    /// that month.
    ExtraBeyondPaid,
    /// A further claim or a correction: the file does not tell.
    Unclear,
    /// A line break within a value.
    LineBreak,
    /// What a line break cut off the line before.
    Continued,
    /// Not a line of the list, but what the others add up to.
    Total,
    /// The names of the columns once more.
    HeaderAgain,
    /// A value in this column, counted from 1, which has no name in the header.
    NamelessColumn(usize),
    /// This many columns, and not as many as the header.
    Columns {
        /// In this line.
        found: usize,
        /// In the header.
        expected: usize,
    },
    /// A record beyond what is ever read into memory.
    RecordTooLong,
    /// More columns than are ever read.
    TooManyColumns,
    /// A quote that is still open at the end of the file.
    QuoteNeverClosed,
    /// A line that ends in CR alone, or holds one.
    LoneCarriageReturn,
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("値がありません"),
            Self::TooLong(most) => write!(f, "長すぎます（{most}文字まで）"),
            Self::Undecodable => f.write_str("読み取れない文字があります（文字コードの誤り）"),
            Self::Invisible => f.write_str("改行などの見えない文字が含まれています"),
            Self::Date(problem) => problem.fmt(f),
            Self::Sex => f.write_str("「男」「女」（または1、2）ではありません"),
            Self::Relation => {
                f.write_str("続柄を言葉で書いてください（例: 本人、妻、長男。番号は使えません）")
            }
            Self::PostalCode => f.write_str("郵便番号は7桁の数字です（例: 105-0001）"),
            Self::PostalZeros => f.write_str(
                "郵便番号は7桁の数字です。先頭の0が消えていませんか（例: 060-0001）",
            ),
            Self::Exponential => f.write_str(
                "Excelが桁の多い数字を指数に変えています。\
                 もとの数字を、列の表示形式を「文字列」にして書き直してください",
            ),
            Self::Formula => f.write_str(
                "Excelの数式の誤りの印か、列の幅が足りない印です。もとの表で直して、値を書いてください",
            ),
            Self::FormulaWithoutValue => f.write_str(
                "数式の計算結果が保存されていません。Excelで開いて保存し直すか、数式の代わりに値を書いてください",
            ),
            Self::NumberForCode => f.write_str(
                "文字列ではなく数値で入っているので、先頭の0が消えているかもしれません。\
                 Excelで列の表示形式を「文字列」にして、0を書き直してください",
            ),
            Self::Broken => {
                f.write_str("Excelの表が壊れています。ここから先は読んでいません")
            }
            Self::StandIn => f.write_str(
                "もとの文字の代わりの記号（●、〓、?など）か外字が入っています。\
                 もとの表を保存したときに、文字コードにない漢字が置きかわったものです。\
                 正しい文字に直すか、もとの表から「CSV UTF-8（コンマ区切り）」で保存し直してください",
            ),
            Self::ZerosLost { what, known } => write!(
                f,
                "{what}の先頭の0が消えているか、全角になっているようです。登録済みの名簿では{}です",
                shown(known)
            ),
            Self::Hyphen => f.write_str("ハイフンは使えません"),
            Self::BornInFuture => f.write_str("今日より後の生年月日です"),
            Self::QualifiedBeforeBirth => f.write_str("資格取得日が生年月日より前です"),
            Self::DisqualifiedBeforeQualified => f.write_str("資格喪失日が資格取得日より前です"),
            Self::Month(problem) => problem.fmt(f),
            Self::Kind => f.write_str(
                "「入院」「外来」「歯科」「調剤」「柔整」「訪問看護」「その他」のどれでもありません",
            ),
            Self::Days => f.write_str("0から99までの整数ではありません"),
            Self::Amount => f.write_str("0以上の整数（円）ではないか、大きすぎます"),
            Self::Negative => f.write_str(
                "マイナスの金額は取り込めません。減った分ではなく、訂正後の金額の行を書いてください\
                 （なくなった明細は、日数と金額をすべて0にした行で取り消せます）",
            ),
            Self::UnknownPerson(stranger) => unknown(stranger, f),
            Self::OtherPerson => f.write_str(
                "この記号・番号・枝番は、別の人のものとして登録されています。一度使われた番号を、\
                 ほかの人には付けられません（氏名と生年月日の両方を訂正するときは、\
                 1つずつ、2回に分けて取り込んでください）",
            ),
            Self::Duplicate(line) => {
                write!(f, "記号・番号・枝番が{line}行目と同じです")
            }
            Self::Other(words) => f.write_str(words),
            Self::TakenInFuture => f.write_str("今日より後の受診日です"),
            Self::BeforeBirth => f.write_str("受診日が、名簿の生年月日より前です"),
            Self::NoResult => f.write_str(
                "検査の値も判定もありません（取り消すときは、判定に「取消」と書いてください）",
            ),
            Self::WithdrawnWithValues => {
                f.write_str("取り消す行では、検査の値をすべて空欄にしてください")
            }
            Self::Pressures => {
                f.write_str("拡張期血圧（下）以下です。上と下が逆になっていませんか")
            }
            Self::Value(item) => {
                let (least, greatest) = item.possible();
                let kind = if item.is_in_tenths() {
                    "数値（小数は1桁まで）"
                } else {
                    "整数"
                };
                write!(f, "{least}から{greatest}までの{kind}ではありません")
            }
            Self::Beyond => f.write_str(
                "「<」「以下」などの付いた値は取り込めません。数値だけ（例: 30）を書くか、空欄にしてください",
            ),
            Self::Marked => f.write_str(
                "「H」「L」「*」などの印は書かずに、数値だけを書いてください（測っていなければ空欄）",
            ),
            Self::BothPressures => f.write_str(
                "上の血圧は収縮期血圧の列に、下の血圧は拡張期血圧の列に、分けて書いてください",
            ),
            Self::UrineCode => f.write_str(
                "番号ではなく「－」「±」「＋」「２＋」「３＋」のどれかを書いてください\
                 （特定健診の番号では、1は－、2は±、3は＋、4は２＋、5は３＋です）",
            ),
            Self::Urine => {
                f.write_str("「－」「±」「＋」「２＋」「３＋」のどれでもありません")
            }
            Self::RepeatedDay(line) => {
                write!(f, "記号・番号・枝番と受診日が{line}行目と同じです")
            }
            Self::PartsBeyondTotal => {
                f.write_str("保険者負担額と公費負担額の合計が、医療費総額より大きくなっています")
            }
            Self::ExtraBeyondPaid => f.write_str(
                "付加給付額が、窓口負担額より大きくなっています。1行に書ける合算付加金は、同じ月の世帯の\
                 窓口負担額の合計から、ほかの行の付加給付額を引いた金額までです。\
                 ほかの方や医療機関の行が別のファイルにあれば、そのファイルを先に取り込むか、1つのファイルに\
                 まとめてください。別の月の分が入っていれば、合算付加金をそれぞれの月の行に、その行の\
                 窓口負担額までの金額に分けて書いてください（例: 25,000円を、窓口負担額8,000円の行に8,000円、\
                 22,000円の行に17,000円）",
            ),
            Self::Unclear => f.write_str(
                "同じ加入者・診療年月・医療機関名・区分の明細が登録済みで、追加なのか訂正なのか判断できません。\
                 別の明細の追加なら、--add-repeated を付けて取り込んでください。\
                 訂正や取り消しなら、日数と金額がすべて0の行と、正しい明細の行をすべて入れてください",
            ),
            Self::LineBreak => {
                f.write_str("値の途中に改行があります。改行を消して、1行に直してください")
            }
            Self::Continued => f.write_str(
                "前の行の続きのようです。前の行の値（住所など）の途中で改行されています。\
                 改行を消して、1行に直してください",
            ),
            Self::Total => {
                f.write_str("合計や件数の行は取り込めません。この行を消してください")
            }
            Self::HeaderAgain => {
                f.write_str("見出し（列の名前）がもう一度あります。この行を消してください")
            }
            Self::NamelessColumn(place) => {
                write!(f, "見出しのない列（左から{place}列目）に値があります。見出しを書くか、値を消してください")
            }
            Self::Columns { found, expected } if found > expected => write!(
                f,
                "列の数が違います（{expected}列のところ{found}列）。\
                 値にコンマがあるときは、その値を引用符（\"）で囲んでください"
            ),
            Self::Columns { found, expected } => {
                write!(f, "列の数が違います（{expected}列のところ{found}列）")
            }
            Self::RecordTooLong => f.write_str(
                "1件が長すぎます。引用符（\"）が閉じられていないようです。ここから先は読んでいません",
            ),
            Self::TooManyColumns => {
                f.write_str("列が多すぎます。ここから先は読んでいません")
            }
            Self::QuoteNeverClosed => f.write_str("引用符（\"）が閉じられていません"),
            Self::LoneCarriageReturn => f.write_str(
                "改行の形式が正しくありません（CRのみ）。CRLFかLFで保存してください。ここから先は読んでいません",
            ),
        }
    }
}

fn unknown(stranger: &UnknownPerson, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(
        f,
        "この記号・番号・枝番の加入者は名簿にいません{}",
        shown(&key_in_words(&stranger.key))
    )?;
    let half = |key: &Key| {
        key_in_words(key)
            .chars()
            .map(half_width_char)
            .collect::<String>()
    };
    match &stranger.with_zeros {
        Some(known) if half(known) == half(&stranger.key) => write!(
            f,
            "。名簿には{}がいます。全角と半角のちがいではありませんか",
            shown(&key_in_words(known))
        ),
        Some(known) => write!(
            f,
            "。名簿には{}がいます。先頭の0が消えていませんか（Excelで開くと消えることがあります）",
            shown(&key_in_words(known))
        ),
        None if stranger.key.branch.is_empty() => f.write_str(
            "。枝番がなくてもよいのは、名簿にその記号・番号の加入者が1人だけのときです。枝番を書いてください",
        ),
        None => Ok(()),
    }
}

pub(super) fn key_in_words(key: &Key) -> String {
    format!("{}-{}-{}", key.symbol, key.number, key.branch)
}
