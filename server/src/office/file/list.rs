//! A list about people on the roster, whatever it tells of them.

use std::fmt;

use domain::values::timestamp::Timestamp;

use super::reading::FileError;

/// How a list is imported.
#[derive(Clone, Copy, Debug)]
pub struct Import {
    /// When.
    pub now: Timestamp,
    /// Only find out what would change.
    pub dry_run: bool,
}

/// Says how many lines stood under a key of before.
///
/// # Errors
/// Those of the writer.
pub fn say_former_keys(lines: i64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if lines == 0 {
        return Ok(());
    }
    writeln!(
        f,
        "以前の記号・番号・枝番の行: {lines}件（番号が変わった方のものとして取り込みます）"
    )
}

/// Why a list was not imported. In every case nothing was changed.
#[derive(Debug)]
pub enum ImportError {
    /// The file is not one that can be taken.
    File(FileError),
    /// Not one of its people is on the roster: another society's file?
    NobodyKnown,
    /// Another list came in while this one was compared with what is there.
    Overtaken,
    /// The database refused.
    Store(store::Error),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(unfit) => unfit.fmt(f),
            Self::NobodyKnown => f.write_str(
                "このファイルの加入者は、登録済みの名簿に1人もいません。\
                 別の健保組合のファイルではありませんか。名簿の取り込みがまだのときは、先に名簿を取り込んでください。",
            ),
            Self::Overtaken => f.write_str(
                "取り込みの途中で、ほかの取り込みが行われました。もう一度取り込んでください。",
            ),
            Self::Store(error) => write!(f, "データベースの誤りです: {error}"),
        }?;
        f.write_str("\n何も取り込んでいません。")
    }
}

impl std::error::Error for ImportError {}

impl From<store::Error> for ImportError {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<FileError> for ImportError {
    fn from(unfit: FileError) -> Self {
        Self::File(unfit)
    }
}
