//! What is wrong with a line, in words for the clerk who mends it.

use std::fmt;

use domain::{
    rules::{half_width::half_width_char, invisible::is_invisible},
    values::checkup::Item,
};
use store::{person::Key, roster::WithoutZeros, staging::UnknownPerson};

use super::{date::DateProblem, month::MonthProblem};

/// Problems that are named; the others are counted.
pub const MAX_LISTED: usize = 100;

/// The longest part of a value that is repeated to the clerk, in characters.
const SHOWN_CHARS: usize = 40;

/// How zeros are lost, and what to do.
pub const ZEROS: &str = "先頭の0は、CSVをExcelで開いて保存すると消えます。もとのファイルをExcelで開かずに取り込むか、\
                         Excelで列の表示形式を「文字列」にして、0を書き直してください。";

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file; the first is 1.
    pub line: u64,
    /// The column's name, and what stands there; `None`: the line as a whole.
    pub cell: Option<(&'static str, String)>,
    /// What is wrong with it.
    pub why: ProblemKind,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}行目", self.line)?;
        if let Some((column, value)) = &self.cell {
            write!(f, " {column}{}", shown(value))?;
        }
        write!(f, ": {}", self.why)
    }
}

/// A value in brackets, cut, and with nothing in it that a terminal would obey.
pub fn shown(value: &str) -> String {
    let mut chars = value.chars();
    let start: String = chars
        .by_ref()
        .take(SHOWN_CHARS)
        .map(|c| if is_invisible(c) { '\u{FFFD}' } else { c })
        .collect();
    let rest = if chars.next().is_some() { "…" } else { "" };
    format!("「{start}{rest}」")
}

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

/// Everything that is wrong with a file: the first hundred by name, and how many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    named: Vec<Problem>,
    count: u64,
}

impl Problems {
    /// Adds one about a value.
    pub fn cell(&mut self, line: u64, column: &'static str, value: &str, why: ProblemKind) {
        let cell = || Some((column, value.chars().take(SHOWN_CHARS + 1).collect()));
        self.add(line, cell, why);
    }

    /// Adds one about a line as a whole.
    pub fn line(&mut self, line: u64, why: ProblemKind) {
        self.add(line, || None, why);
    }

    fn add(
        &mut self,
        line: u64,
        cell: impl FnOnce() -> Option<(&'static str, String)>,
        why: ProblemKind,
    ) {
        if self.named.len() < MAX_LISTED {
            self.named.push(Problem {
                line,
                cell: cell(),
                why,
            });
        }
        self.count += 1;
    }

    /// Adds duplicates, of which `count` were found and the first ones are
    /// named: (line, the earlier line).
    pub fn duplicates(&mut self, first: &[(u64, u64)], count: u64) {
        let named = first
            .iter()
            .map(|&(line, earlier)| (line, ProblemKind::Duplicate(earlier)));
        self.found_afterwards(named, count);
    }

    /// Adds lines about people whom nobody knows, likewise.
    pub fn unknown_people(&mut self, first: Vec<(u64, UnknownPerson)>, count: u64) {
        let named = first.into_iter();
        self.found_afterwards(
            named.map(|(line, who)| (line, ProblemKind::UnknownPerson(Box::new(who)))),
            count,
        );
    }

    /// Adds lines with a code that has lost its zeros, likewise; `what` names the columns.
    pub fn zeros_lost(&mut self, what: &'static str, (count, first): WithoutZeros) {
        let named = first.into_iter().map(|(line, known)| {
            let why = ProblemKind::ZerosLost { what, known };
            (line.cast_unsigned(), why)
        });
        self.found_afterwards(named, count.cast_unsigned());
    }

    /// Whether a code in a line named has lost its zeros.
    pub fn has_lost_zeros(&self) -> bool {
        self.named.iter().any(|problem| match &problem.why {
            ProblemKind::ZerosLost { .. } | ProblemKind::PostalZeros => true,
            ProblemKind::UnknownPerson(who) => who.with_zeros.is_some(),
            _ => false,
        })
    }

    /// Adds lines whose key belonged to several people then, likewise; `way_out` says what
    /// can be done.
    pub fn several_holders(&mut self, first: &[i64], count: i64, way_out: &str) {
        let why = format!(
            "この記号・番号・枝番は、この時期に2人以上の加入者のものだったため、だれのことか決められません。{way_out}"
        );
        let named = first
            .iter()
            .map(|line| (line.cast_unsigned(), ProblemKind::Other(why.clone())));
        self.found_afterwards(named, count.cast_unsigned());
    }

    /// Adds checkups of people who were not born yet, likewise.
    pub fn before_birth(&mut self, first: &[u64], count: u64) {
        self.found_afterwards(
            first.iter().map(|&line| (line, ProblemKind::BeforeBirth)),
            count,
        );
    }

    /// Adds lines that give somebody's key to somebody else, likewise.
    pub fn other_people(&mut self, first: &[i64], count: i64) {
        let named = first
            .iter()
            .map(|line| (line.cast_unsigned(), ProblemKind::OtherPerson));
        self.found_afterwards(named, count.cast_unsigned());
    }

    /// Adds lines with the person and the day of an earlier one, likewise.
    pub fn repeated_days(&mut self, first: &[(u64, u64)], count: u64) {
        let named = first
            .iter()
            .map(|&(line, earlier)| (line, ProblemKind::RepeatedDay(earlier)));
        self.found_afterwards(named, count);
    }

    /// Lines that could be further claims as well as corrections, likewise, in a file
    /// that is good otherwise.
    pub fn of_unclear((count, first): (i64, Vec<i64>)) -> Self {
        let mut problems = Self::default();
        let named = first
            .into_iter()
            .map(|line| (line.cast_unsigned(), ProblemKind::Unclear));
        problems.found_afterwards(named, count.cast_unsigned());
        problems
    }

    /// Lines that give back more than the household paid in that month, likewise: with what
    /// they give back.
    pub fn of_extra_beyond((count, first): (i64, Vec<(i64, i64)>)) -> Self {
        let mut problems = Self::default();
        for (line, extra) in &first {
            let why = ProblemKind::ExtraBeyondPaid;
            problems.cell(line.cast_unsigned(), "付加給付額", &extra.to_string(), why);
        }
        problems.count = count.cast_unsigned();
        problems
    }

    fn found_afterwards(&mut self, first: impl Iterator<Item = (u64, ProblemKind)>, count: u64) {
        self.count += count;
        self.named.extend(first.map(|(line, why)| Problem {
            line,
            cell: None,
            why,
        }));
        self.named.sort_by_key(|problem| problem.line);
        self.named.truncate(MAX_LISTED);
    }

    /// The first hundred, in the order of their lines.
    pub fn named(&self) -> &[Problem] {
        &self.named
    }

    /// How many there are in all.
    pub fn count(&self) -> u64 {
        self.count
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.named {
            writeln!(f, "{problem}")?;
        }
        let unnamed = self.count - self.named.len() as u64;
        if unnamed > 0 {
            writeln!(f, "ほか{unnamed}件")?;
        }
        write!(f, "誤りは全部で{}件です。", self.count)
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

fn key_in_words(key: &Key) -> String {
    format!("{}-{}-{}", key.symbol, key.number, key.branch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clerk_reads_line_column_value_and_reason() {
        let mut problems = Problems::default();
        problems.cell(
            12,
            "生年月日",
            "1990-02-30",
            ProblemKind::Date(DateProblem::NoSuchDay),
        );
        problems.cell(13, "氏名", "\u{1b}[31m赤\0", ProblemKind::Invisible);
        problems.line(
            14,
            ProblemKind::Columns {
                found: 13,
                expected: 14,
            },
        );
        assert_eq!(
            problems.to_string(),
            "12行目 生年月日「1990-02-30」: 暦にない日付です\n\
             13行目 氏名「\u{FFFD}[31m赤\u{FFFD}」: 改行などの見えない文字が含まれています\n\
             14行目: 列の数が違います（14列のところ13列）\n\
             誤りは全部で3件です。"
        );
    }

    #[test]
    fn beyond_a_hundred_they_are_counted() {
        let mut problems = Problems::default();
        for line in 2..302 {
            problems.cell(line, "氏名", &"長".repeat(1000), ProblemKind::TooLong(100));
        }
        problems.duplicates(&[(5, 4), (400, 3)], 2);
        assert_eq!((problems.named().len(), problems.count()), (100, 302));
        assert_eq!(problems.named()[4].why, ProblemKind::Duplicate(4));
        assert!(
            problems
                .to_string()
                .ends_with("\nほか202件\n誤りは全部で302件です。")
        );
        let longest = problems
            .named()
            .iter()
            .map(|p| p.to_string().chars().count())
            .max();
        assert!(longest < Some(100), "{longest:?}");
    }
}
