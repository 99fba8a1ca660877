//! What the import of every list has in common, whatever the list tells of.

use std::{fmt, io, path::Path};

use domain::values::timestamp::Timestamp;
use store::roster_moves::Moves;

use super::{
    header::Header,
    problem::{Problems, shown},
    reading::{FileError, ListReader, ListSummary, Progress},
    records::Record,
    trouble::reason,
};

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

/// Reads the list at `path` and hands its good lines on to `stage`, a batch at a time;
/// `progress` is told after each. Others read and write meanwhile: what is staged locks
/// nothing.
///
/// # Errors
/// A file that cannot be read, or whatever `stage` answers. What is wrong with lines comes
/// with the summary.
pub async fn read_list<R: Send + 'static>(
    path: &Path,
    columns: &'static [&'static str],
    parse: impl FnMut(&Record<'_>, &Header, &mut Problems) -> Option<R> + Send + 'static,
    mut progress: impl FnMut(Progress),
    mut stage: impl AsyncFnMut(&[(u64, R)]) -> Result<(), ImportError>,
) -> Result<ListSummary, ImportError> {
    let mut reading = ListReader::begin(path, columns, parse)?;
    while let Some(batch) = reading.next().await {
        stage(&batch.rows).await?;
        progress(batch.progress);
    }
    Ok(reading.end().await?)
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
    /// Of a roster: nobody on file works for any of these employers.
    OtherEmployers(Vec<String>),
    /// Of a roster: people seem to be on file under other keys, and nobody has said whether
    /// they are.
    Moved(Moves),
    /// Of notices: an attachment could not be read to its end.
    Attachment(String, io::Error),
    /// Of notices: other articles have these addresses.
    SlugsTaken(Vec<String>),
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
            Self::OtherEmployers(codes) => write!(
                f,
                "このファイルの事業所（{}）は、登録済みの名簿に1つもありません。\
                 別の健保組合のファイルではありませんか。",
                all_shown(codes)
            ),
            Self::Moved(moves) => say_moved(moves, f),
            Self::Attachment(name, error) => write!(
                f,
                "添付ファイル{}を読めません: {}",
                shown(name),
                reason(error)
            ),
            Self::SlugsTaken(slugs) => write!(
                f,
                "アドレス名{}は、別の管理番号の健康情報で使われています。",
                all_shown(slugs)
            ),
            Self::Store(error) => write!(f, "データベースの誤りです: {}", store::told(error)),
        }?;
        f.write_str("\n何も取り込んでいません。")
    }
}

fn all_shown(values: &[String]) -> String {
    let values: Vec<_> = values.iter().map(|value| shown(value)).collect();
    values.join("、")
}

/// Who seems to have moved, and what the clerk can do.
fn say_moved(moves: &Moves, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for one in &moves.first {
        let (from, to) = (shown(&one.from_key), shown(&one.to_key));
        write!(f, "{}行目: 登録済みの{from}の人と、", one.line)?;
        if one.is_same_name {
            writeln!(f, "氏名・生年月日・性別が同じです（ファイルでは{to}）")?;
        } else {
            writeln!(
                f,
                "生年月日・性別が同じで、氏名の書き方か氏だけがちがいます（登録は{}、ファイルでは{to}の{}）",
                shown(&one.from_name),
                shown(&one.to_name)
            )?;
        }
    }
    let unnamed = moves.count - moves.first.len() as i64;
    if unnamed > 0 {
        writeln!(f, "ほか{unnamed}件")?;
    }
    for line in &moves.unclear.first {
        writeln!(
            f,
            "{line}行目: 氏名・生年月日・性別が同じ人が2人以上いて、だれのことか決められません"
        )?;
    }
    f.write_str(
        "記号・番号・枝番が変わった人のようです。名簿で確かめてから、もう一度取り込んでください。\n\
         同じ人のとき: --accept-moves（利用登録・医療費・健診結果を新しい番号に引き継ぎます）\n\
         別の人のとき: --no-moves（新しい加入者とします）\n\
         だれのことか決められない行は、どちらの場合も新しい加入者とします。",
    )
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
