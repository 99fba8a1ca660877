//! What stands in the way of a postcard, in words for the clerk.

use std::{fmt, io};

use crate::{base::hash::HashError, office::file::trouble::reason};

/// Why nothing, or not everything, was issued.
#[derive(Debug)]
pub enum PostcardError {
    /// The file is there already; it is never written over.
    FileExists,
    /// The file is that of an interrupted run, and complete.
    Finished,
    /// Another run writes to the same file.
    InUse,
    /// `FILE.part` is not the beginning of such a file.
    NotOurs,
    /// `FILE.part` holds lines of an interrupted run that have to be finished
    /// first, with that run's command.
    Unfinished,
    /// Nobody on the roster has this key.
    Unknown,
    /// The person has left, is not qualified yet, or is too young.
    NotEligible,
    /// The office has closed the account: the postcard would be refused.
    Disabled,
    /// The file cannot be written.
    File(io::Error),
    /// No hash could be made.
    Hash(HashError),
    /// The system gave no randomness.
    Random,
    /// The database refused.
    Store(store::Error),
}

impl fmt::Display for PostcardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FileExists => f.write_str(
                "出力先のファイルがすでにあります。上書きはしません。別の名前を指定してください。",
            ),
            Self::Finished => f.write_str(
                "出力先のファイルは、中断した前回の発行で完成しています。そのままお使いください。残っていた .part ファイルは削除しました。",
            ),
            Self::InUse => f.write_str("同じファイルへの発行が、いま別に行われています。"),
            Self::NotOurs => f.write_str(
                "出力先と同じ名前の .part ファイルがありますが、中断した発行のものではありません。",
            ),
            Self::Unfinished => f.write_str(
                "出力先の .part ファイルに、中断した発行が残っています。先にそれを終えるか、別の名前を指定してください。",
            ),
            Self::Unknown => f.write_str("その記号・番号・枝番の加入者はいません。"),
            Self::NotEligible => f.write_str(
                "この方は利用登録の対象ではありません（資格喪失、資格取得前、または年齢）。",
            ),
            Self::Disabled => f.write_str(
                "この方の利用は停止しています。先に portal members enable で再開してください。",
            ),
            Self::File(error) => write!(f, "ファイルに書けません: {}", reason(error)),
            Self::Hash(error) => write!(f, "仮パスワードを処理できません: {error}"),
            Self::Random => f.write_str("乱数を得られません。"),
            Self::Store(error) => write!(f, "データベースの誤りです: {}", store::told(error)),
        }
    }
}

impl std::error::Error for PostcardError {}

impl From<io::Error> for PostcardError {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl From<HashError> for PostcardError {
    fn from(error: HashError) -> Self {
        Self::Hash(error)
    }
}

impl From<csv::Error> for PostcardError {
    fn from(error: csv::Error) -> Self {
        Self::File(io::Error::other(error))
    }
}

impl From<store::Error> for PostcardError {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}
