//! Files that are no list in CSV, or another one: each is told by what it is, with what to
//! do about it.

use std::{
    fmt,
    io::{self, Read, Seek},
};

use super::{
    columns::{self, LISTS, List},
    records::Record,
};

/// As much of a file as is looked at, in bytes: it holds the header.
const START: usize = 1024;

/// Lines below which no header is looked for.
pub const MOST_ABOVE_HEADER: usize = 10;

/// What a file is instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrongFile {
    /// Text in an encoding that is not read, by the name under which clerks meet it.
    Encoding(&'static str),
    /// Something else, by its name.
    Format(&'static str),
    /// The cells are separated by this.
    Separator(&'static str),
    /// The header stands on this line, and something else above it.
    TitleAbove(u64),
    /// Another list.
    OtherList(&'static List),
    /// The first line holds values already.
    NoHeader(&'static [&'static str]),
}

impl fmt::Display for WrongFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const AS_CSV: &str =
            "Excelなどで「CSV UTF-8（コンマ区切り）」を選んで保存し直してください。";
        match self {
            Self::Encoding(name) => write!(
                f,
                "このファイルの文字コードは{name}で、取り込めません。{AS_CSV}"
            ),
            Self::Format(name) => write!(
                f,
                "このファイルは{name}で、CSVではありません。もとの表を、{AS_CSV}"
            ),
            Self::Separator(name) => write!(
                f,
                "このファイルは{name}で区切られています。コンマで区切ったCSVが必要です。{AS_CSV}"
            ),
            Self::TitleAbove(line) => write!(
                f,
                "見出し（列の名前）が{line}行目にあります。その上の行（表題など）を消して、\
                 見出しを1行目にしてください。"
            ),
            Self::OtherList(List { name, command, .. }) => write!(
                f,
                "このファイルの見出しは「{name}」のものです。{name}は {command} で取り込みます。\
                 ファイルかコマンドを選び直してください。"
            ),
            Self::NoHeader(columns) => write!(
                f,
                "1行目に見出し（列の名前）がありません。1行目に次の見出しを入れてください: {}",
                columns.join(",")
            ),
        }
    }
}

/// What a file is that begins so, if no text in CSV.
///
/// # Errors
/// The file cannot be read, or is a pipe.
pub fn by_start(file: &mut (impl Read + Seek)) -> io::Result<Option<WrongFile>> {
    let mut start = Vec::with_capacity(START);
    file.by_ref().take(START as u64).read_to_end(&mut start)?;
    file.rewind()?;
    // Every header has a column whose name ends in 番号.
    let has = |bytes: &[u8]| start.windows(bytes.len()).any(|some| some == bytes);
    let text = start.trim_ascii_start();
    let tag = text
        .get(..5.min(text.len()))
        .map(<[u8]>::to_ascii_lowercase);
    let is_markup = matches!(
        tag.as_deref(),
        Some(b"<html" | b"<!doc" | b"<?xml" | b"<tabl")
    );
    Ok(match start.as_slice() {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Some(WrongFile::Encoding(UTF_16)),
        [b'%', b'P', b'D', b'F', ..] => Some(WrongFile::Format("PDF")),
        [b'{', b'\\', b'r', b't', b'f', ..] => Some(WrongFile::Format("リッチテキスト（RTF）")),
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] => Some(WrongFile::Format("画像")),
        [0x1F, 0x8B, ..] | [b'7', b'z', 0xBC, 0xAF, ..] => {
            Some(WrongFile::Format("圧縮されたファイル"))
        }
        _ if is_markup => Some(WrongFile::Format("ウェブページやXML")),
        // A NUL stands in every other byte of what is ASCII in UTF-16.
        _ if has(&[b',', 0]) || has(&[0, b',']) || has(&[b'\t', 0]) => {
            Some(WrongFile::Encoding(UTF_16))
        }
        _ if has(b"\x1B$B") || has(b"\x1B$@") => Some(WrongFile::Encoding("JIS（ISO-2022-JP）")),
        _ if has(b"\xC8\xD6\xB9\xE6") => Some(WrongFile::Encoding("EUC-JP")),
        _ => None,
    })
}

const UTF_16: &str = "UTF-16（Excelの「Unicodeテキスト」）";

/// What else than a comma may stand between cells.
const SEPARATORS: [(char, &str); 8] = [
    ('\t', "タブ"),
    (';', "セミコロン（;）"),
    ('|', "縦線（|）"),
    (':', "コロン（:）"),
    ('，', "全角のコンマ（，）"),
    ('；', "全角のセミコロン（；）"),
    ('、', "読点（、）"),
    (' ', "空白"),
];

/// The separator that a first line `sep=;` announces to Excel; an own line of it is no
/// header.
pub fn announced(first: &Record<'_>) -> Option<Result<(), WrongFile>> {
    let text = first.field(0).trim().strip_prefix("sep=")?;
    match (text.chars().next(), first.width()) {
        (None, 2) | (Some(','), 1) => Some(Ok(())),
        (Some(sign), 1) => separator(sign).map(Err),
        // The tab of `sep=` and a tab was taken for a blank around it.
        (None, _) => Some(Err(WrongFile::Separator("タブ"))),
        _ => None,
    }
}

fn separator(sign: char) -> Option<WrongFile> {
    let (_, name) = SEPARATORS.iter().find(|(one, _)| *one == sign)?;
    Some(WrongFile::Separator(name))
}

/// What a file is whose first line is not the header of `columns`, if that can be told.
pub fn by_first_line(first: &Record<'_>, columns: &'static [&'static str]) -> Option<WrongFile> {
    let line: Vec<&str> = first.fields().collect();
    let line = line.join(",");
    let parted = |sign: char| {
        let parts = line
            .split(sign)
            .filter(|part| is_any_column(part.trim_matches('"')));
        parts.count()
    };
    // Two names that stand apart: what one column's name holds is not taken for it.
    if let Some((sign, _)) = SEPARATORS.iter().find(|(sign, _)| parted(*sign) > 1) {
        return separator(*sign);
    }
    let known = |columns: &'static [&'static str]| {
        let names = first
            .fields()
            .filter_map(|name| columns::meant(name, columns));
        names.collect::<std::collections::HashSet<_>>().len()
    };
    let other = LISTS.iter().filter(|list| list.columns != columns);
    // Half of another list's own columns, and more of its than of ours.
    let other = other
        .filter(|list| known(list.columns) * 2 > list.columns.len())
        .max_by_key(|list| known(list.columns))
        .filter(|list| known(list.columns) > known(columns));
    if let Some(list) = other {
        return Some(WrongFile::OtherList(list));
    }
    let filled = first
        .fields()
        .filter(|cell| !cell.trim().is_empty())
        .count();
    let holds_values = filled > columns.len() / 2
        && first
            .fields()
            .any(|cell| cell.bytes().any(|b| b.is_ascii_digit()));
    (holds_values && !first.fields().any(is_any_column)).then_some(WrongFile::NoHeader(columns))
}

fn is_any_column(name: &str) -> bool {
    let mut lists = LISTS.iter();
    lists.any(|list| columns::meant(name, list.columns).is_some())
}
