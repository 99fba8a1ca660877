//! Why a list was not imported, in words for the clerk who brought it.

use std::{fmt, io};

use store::roster_moves::Moves;

use super::question::Questions;
use crate::office::file::{problem::shown, reading::FileError, trouble::reason};

/// Why a list was not imported. In every case nothing was changed.
#[derive(Debug)]
pub enum ImportError {
    /// The file is not one that can be taken.
    File(FileError),
    /// Not one of its people is on the roster: another society's file?
    NobodyKnown,
    /// Another list came in while this one was compared with what is there.
    Overtaken,
    /// What it would change is not what was seen before.
    Changed,
    /// Whoever wanted it has stopped it, or somebody else has taken it over.
    Stopped,
    /// What has to be answered before it can come in.
    Asks(Box<Questions>),
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
            Self::Changed => f.write_str(
                "下見のあとに登録済みの内容が変わり、下見と同じ変更になりません。もう一度下見してください。",
            ),
            Self::Stopped => f.write_str("取り込みは中止されました。"),
            Self::Asks(questions) => {
                write!(f, "答えの必要な質問が{}件あります。", questions.count)
            }
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
