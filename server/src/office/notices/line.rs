//! One line of the notices' file, read and checked.

use std::{collections::HashMap, fmt, path::Path};

use domain::audience::Audience;
use store::{notice::Kind, staged_notices::NoticeRow};

use super::{
    attachment,
    rules::{
        self, AUDIENCE_CHARS, BODY_CHARS, CATEGORY_CHARS, NoticeProblem, SLUG_CHARS, TITLE_CHARS,
    },
};
pub use crate::office::file::columns::NOTICES as COLUMNS;

use crate::office::file::{
    cells::Cells,
    columns::KEY_CHARS,
    header::Header,
    problem::{ProblemKind, Problems},
    records::Record,
};

/// Places in `COLUMNS`.
mod column {
    pub(super) const NUMBER: usize = 0;
    pub(super) const KIND: usize = 1;
    pub(super) const TITLE: usize = 2;
    pub(super) const CATEGORY: usize = 3;
    pub(super) const IMPORTANCE: usize = 4;
    pub(super) const AUDIENCE: usize = 5;
    pub(super) const PUBLISHED_ON: usize = 6;
    pub(super) const ENDS_ON: usize = 7;
    pub(super) const BODY: usize = 8;
    pub(super) const ATTACHMENT: usize = 9;
    pub(super) const SLUG: usize = 10;
}

const PATH_CHARS: usize = 200;

/// Lines in a file, at most: what is told apart by its number is kept in memory.
const MOST_ROWS: usize = 5_000;

/// What is wrong with a line beside the others of its file.
#[derive(Debug)]
enum LineProblem {
    NumberAgain(u64),
    SlugAgain(u64),
    TooMany,
    NothingBeside,
}

impl fmt::Display for LineProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NumberAgain(line) => write!(f, "{line}行目と同じ管理番号です"),
            Self::SlugAgain(line) => write!(f, "{line}行目と同じアドレス名です"),
            Self::NothingBeside => f.write_str(
                "ファイルだけを送ったときは、添付ファイルを取り込めません。空欄にして、お知らせの画面で添付してください",
            ),
            Self::TooMany => write!(f, "一度に取り込めるのは{MOST_ROWS}件までです"),
        }
    }
}

impl From<LineProblem> for ProblemKind {
    fn from(problem: LineProblem) -> Self {
        Self::Other(problem.to_string())
    }
}

impl From<NoticeProblem> for ProblemKind {
    fn from(problem: NoticeProblem) -> Self {
        Self::Other(problem.to_string())
    }
}

/// The lines on which a number or an address stands already.
#[derive(Debug, Default)]
pub(super) struct Seen {
    numbers: HashMap<String, u64>,
    slugs: HashMap<String, u64>,
}

/// Reads a line; attachments lie in `folder`, if there is any beside the file. Everything that is wrong with it is
/// named.
pub(super) fn parse(
    record: &Record<'_>,
    header: &Header,
    folder: Option<&Path>,
    seen: &mut Seen,
    problems: &mut Problems,
) -> Option<NoticeRow> {
    let mut cells = Cells::of(record, header, problems)?;
    let before = cells.problems();
    if seen.numbers.len() >= MOST_ROWS {
        return cells.bad(column::NUMBER, LineProblem::TooMany.into());
    }
    let number = cells.required(column::NUMBER, KEY_CHARS);
    if let Some(earlier) = number.and_then(|number| seen.numbers.get(number).copied()) {
        cells.bad::<()>(column::NUMBER, LineProblem::NumberAgain(earlier).into());
    }
    let kind = cells.parsed(column::KIND, Kind::parse, NoticeProblem::Kind.into());
    let title = cells.required(column::TITLE, TITLE_CHARS);
    let category = cells.required(column::CATEGORY, CATEGORY_CHARS);
    let important = cells.text(column::IMPORTANCE, KEY_CHARS);
    let important = important.and_then(|written| match rules::is_important(written) {
        Ok(important) => Some(important),
        Err(problem) => cells.bad(column::IMPORTANCE, problem.into()),
    });
    let audience = cells.required(column::AUDIENCE, AUDIENCE_CHARS);
    let audience = audience.and_then(|written| match Audience::parse(written) {
        Ok(audience) => Some(audience),
        Err(problem) => cells.bad(column::AUDIENCE, NoticeProblem::Audience(problem).into()),
    });
    let published_on = cells.date(column::PUBLISHED_ON);
    let ends_on = cells.optional_date(column::ENDS_ON);
    if let (Some(first), Some(last)) = (published_on, ends_on)
        && let Err(problem) = rules::in_order(first, last)
    {
        cells.bad::<()>(column::ENDS_ON, problem.into());
    }
    let body = cells.lines(column::BODY, BODY_CHARS);
    let attachment = match cells.text(column::ATTACHMENT, PATH_CHARS) {
        Some("") => Some(None),
        Some(_) if folder.is_none() => {
            cells.bad(column::ATTACHMENT, LineProblem::NothingBeside.into())
        }
        Some(written) => match attachment::find(folder.unwrap_or(Path::new("")), written) {
            Ok(attachment) => Some(Some(attachment)),
            Err(problem) => cells.bad(
                column::ATTACHMENT,
                NoticeProblem::Attachment(problem).into(),
            ),
        },
        None => None,
    };
    let slug = cells.text(column::SLUG, SLUG_CHARS);
    if let (Some(kind), Some(slug)) = (kind, slug) {
        let earlier = seen.slugs.get(slug).copied();
        let problem = match rules::slug_fits(kind, slug) {
            Err(problem) => Some(problem.into()),
            Ok(()) => earlier.map(|line| LineProblem::SlugAgain(line).into()),
        };
        if let Some(problem) = problem {
            cells.bad::<()>(column::SLUG, problem);
        }
    }

    if let Some(number) = number {
        seen.numbers.entry(number.to_owned()).or_insert(record.line);
    }
    if let Some(slug) = slug.filter(|slug| !slug.is_empty()) {
        seen.slugs.entry(slug.to_owned()).or_insert(record.line);
    }
    if cells.problems() > before {
        return None;
    }
    let (title, category, body) = (title?, category?, body?.replace("\r\n", "\n"));
    Some(NoticeRow {
        number: number?.to_owned(),
        kind: kind?,
        title: title.to_owned(),
        category: category.to_owned(),
        important: important?,
        audience: audience?,
        published_on: published_on?,
        ends_on: ends_on?,
        folded: rules::folded(title, category, &body),
        body,
        attachment: attachment?,
        slug: slug.filter(|slug| !slug.is_empty()).map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    use crate::office::file::records::Records;

    fn read(lines: &str) -> (Vec<NoticeRow>, Vec<String>) {
        let header = COLUMNS.join(",");
        let mut records = Records::new(header.as_bytes());
        let header = Header::read(&records.read().unwrap().unwrap(), &COLUMNS).unwrap();
        let mut records = Records::new(lines.as_bytes());
        let (mut seen, mut problems) = (Seen::default(), Problems::default());
        let mut rows = Vec::new();
        while let Some(record) = records.read().unwrap() {
            let folder = Path::new("/nowhere");
            let row = parse(&record, &header, Some(folder), &mut seen, &mut problems);
            rows.extend(row);
        }
        let said = problems.named().iter().map(ToString::to_string).collect();
        (rows, said)
    }

    #[test]
    fn a_line_becomes_a_notice_with_a_text_of_several_lines() {
        let (rows, said) = read(
            "N-1,お知らせ,特定健診のご案内,健診,重要,年齢:40-74,R8.11.1,2027/3/31,\"# 対象\r\n40歳以上\",,\n\
             A-1,健康情報,歩く,運動,,全員,2026-04-01,,毎日,,walking",
        );
        assert_eq!(said, Vec::<String>::new());
        let notice = &rows[0];
        assert_eq!(notice.published_on, date!(2026 - 11 - 01));
        assert_eq!(notice.opens_at().full(), "2026年11月1日 0:00");
        assert_eq!(notice.ends_on, Some(date!(2027 - 03 - 31)));
        assert_eq!(notice.body, "# 対象\n40歳以上");
        assert_eq!(notice.folded, "特定健診のご案内 健診 対象 40歳以上 ");
        assert!(notice.important && notice.slug.is_none());
        let article = &rows[1];
        assert_eq!(article.slug.as_deref(), Some("walking"));
        assert!(!article.important && article.ends_on.is_none());
    }

    #[test]
    fn everything_that_is_wrong_is_named() {
        let (rows, said) = read(
            "N-1,通知,,健診,至急,社員,2026-02-30,,,案内.exe,\n\
             N-2,お知らせ,題,分類,,全員,2026-11-01,2026-10-31,本文,,slug\n\
             N-2,健康情報,題,分類,,全員,2026-11-01,,本文,,Big\n\
             N-3,健康情報,題,分類,,全員,2026-11-01,,本文,,\n\
             N-4,健康情報,題,分類,,全員,2026-11-01,,本文,,sleep\n\
             N-5,健康情報,題,分類,,全員,2026-11-01,,本文,,sleep",
        );
        assert_eq!(rows.len(), 1);
        assert_eq!(
            said,
            [
                "1行目 種類「通知」: 「お知らせ」「健康情報」のどちらでもありません",
                "1行目 件名「」: 値がありません",
                "1行目 重要度「至急」: 「重要」「通常」のどちらでもありません",
                "1行目 対象「社員」: 対象「社員」は読めません（例: 全員、被保険者、被扶養者、性別:女、事業所:0001/0002、年齢:40-74）",
                "1行目 公開日「2026-02-30」: 暦にない日付です",
                "1行目 本文「」: 値がありません",
                "1行目 添付ファイル「案内.exe」: 添付できるのは pdf、png、jpg、xlsx、docx のファイルです",
                "2行目 公開終了日「2026-10-31」: 公開終了日が公開日より前です",
                "2行目 アドレス名「slug」: お知らせにはアドレス名を書けません",
                "3行目 管理番号「N-2」: 2行目と同じ管理番号です",
                "3行目 アドレス名「Big」: 半角の英小文字、数字、ハイフンで書いてください（例: blood-pressure）",
                "4行目 アドレス名「」: 健康情報にはアドレス名が必要です",
                "6行目 アドレス名「sleep」: 5行目と同じアドレス名です",
            ]
        );
    }
}
