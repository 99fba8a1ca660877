//! `portal roster import`: the roster comes in whole or not at all.

pub mod line;

use std::{fmt, path::Path};

use domain::values::timestamp::Timestamp;
use store::{
    self, Db, Tx,
    audit::Event,
    differences::Difference,
    household, postcard,
    roster::{Outcome, Staged},
    roster_moves::{self, Move, Moves},
};

pub use crate::office::file::list::ImportError;

use crate::office::file::{
    changes::Changes,
    encoding::Encoding,
    header::Header,
    list::read_list,
    problem::{MAX_LISTED, Problems, ZEROS},
    reading::{FileError, Progress},
    records::Record,
};

/// How a roster is imported.
#[derive(Clone, Copy, Debug)]
pub struct Import {
    /// When.
    pub now: Timestamp,
    /// Only find out what would change.
    pub dry_run: bool,
    /// Take the file although nobody on file works for any of its employers.
    pub accept_other_employers: bool,
    /// What becomes of people who seem to have another key than on file.
    pub moved: Moved,
}

/// What becomes of a person who seems to be on file under another 記号, 番号 or 枝番.
/// Account, expenses and checkups hang on it: nobody is linked unless it is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Moved {
    /// The file is refused, and they are named.
    #[default]
    Refused,
    /// They get the new key and keep everything.
    Linked,
    /// They are new people.
    New,
}

/// What an import did, or would have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How the file was read.
    pub encoding: Encoding,
    /// Nothing was kept.
    pub dry_run: bool,
    /// How many were added, changed, …
    pub people: Outcome,
    /// How many of them have another 記号, 番号 or 枝番 now.
    pub moved: i64,
    /// Lines about a key that its holder has not any more, passed over.
    pub former: u64,
    /// Lines that fit somebody on file and could not be linked; the first ten.
    pub unclear: Vec<i64>,
    /// Decisions about the insured's looking that ended, since there is another insured.
    pub decisions_ended: u64,
    /// Open postcards that ended with their holders' membership.
    pub postcards_ended: u64,
    /// Employers that nobody on file had; the first ten.
    pub new_employers: Vec<String>,
    /// Of a dry run: what would change.
    pub changes: Changes,
    /// The first roster of all, and no key has a zero in front.
    pub without_zeros: bool,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outcome {
            added,
            changed,
            left,
            unchanged,
            absent,
        } = self.people;
        writeln!(f, "文字コード: {}", self.encoding)?;
        writeln!(
            f,
            "追加 {added}人、変更 {changed}人、資格喪失 {left}人、変更なし {unchanged}人"
        )?;
        if absent > 0 {
            writeln!(
                f,
                "このファイルにない登録済みの加入者: {absent}人（そのままにしました）"
            )?;
        }
        if self.moved > 0 {
            writeln!(
                f,
                "記号・番号・枝番が変わった加入者: {}人（同じ人として引き継ぎました）",
                self.moved
            )?;
        }
        if self.former > 0 {
            writeln!(
                f,
                "以前の記号・番号・枝番の行: {}件（読み飛ばしました）",
                self.former
            )?;
        }
        if !self.unclear.is_empty() {
            let lines: Vec<_> = self
                .unclear
                .iter()
                .map(|line| format!("{line}行目"))
                .collect();
            writeln!(
                f,
                "同じ人かどうか決められず、新しい加入者とした行: {}",
                lines.join("、")
            )?;
        }
        if self.decisions_ended > 0 {
            writeln!(
                f,
                "世帯が変わり、医療費の表示の設定が終わった加入者: {}人（もう一度たずねます）",
                self.decisions_ended
            )?;
        }
        if self.postcards_ended > 0 {
            writeln!(
                f,
                "資格喪失により無効になったハガキ: {}枚",
                self.postcards_ended
            )?;
        }
        if !self.new_employers.is_empty() {
            writeln!(f, "新しい事業所コード: {}", self.new_employers.join("、"))?;
        }
        if self.without_zeros {
            writeln!(
                f,
                "ご注意: 0で始まる番号も枝番も1つもありません。先頭の0が消えていないか、資格確認書と見比べてください。{ZEROS}"
            )?;
        }
        self.changes.fmt(f)?;
        f.write_str(if self.dry_run {
            "確認のみです。何も変更していません。"
        } else {
            "名簿を取り込みました。"
        })
    }
}

/// Imports the roster at `path` and reports what changed; `progress` is told
/// after every batch.
///
/// The file waits in a temporary table until its last line is found good, so
/// others read and write meanwhile; then one transaction brings it in.
///
/// # Errors
/// Whatever is wrong; then nothing was changed.
pub async fn import(
    db: &Db,
    path: &Path,
    options: Import,
    progress: impl FnMut(Progress),
) -> Result<Report, ImportError> {
    let today = options.now.in_japan().date();
    let parse = move |record: &Record<'_>, header: &Header, problems: &mut Problems| {
        line::parse(record, header, today, problems)
    };
    let mut staged = Staged::begin(db).await?;
    let read = read_list(path, &line::COLUMNS, parse, progress, async |rows| {
        Ok(staged.add(rows).await?)
    })
    .await?;
    let duplicates = staged.duplicates(MAX_LISTED as i64).await?;
    // Before any other explanation: another society, or people with new keys.
    let keys = staged.keys_without_zeros(MAX_LISTED as i64).await?;
    let employers = staged.employers_without_zeros(MAX_LISTED as i64).await?;
    let without_zeros = staged.is_first_without_zeros().await?;
    let encoding = read
        .with_duplicates(duplicates)
        .with_zeros_lost("記号・番号・枝番", keys)
        .with_zeros_lost("事業所コード", employers)
        .judge()?;

    let mut tx = staged.into_tx().await?;
    let employers = store::roster::employers(&mut tx).await?;
    if employers.none_known && !options.accept_other_employers {
        return Err(ImportError::OtherEmployers(employers.new));
    }
    store::roster::respell(&mut tx).await?;
    let linking = options.moved != Moved::New;
    // Whoever tries it without obligation is told of all.
    let most = if options.dry_run && options.moved == Moved::Linked {
        i64::MAX
    } else {
        MAX_LISTED as i64
    };
    let moves = roster_moves::find(&mut tx, linking, most).await?;
    if moves.reused.count > 0 {
        let mut problems = Problems::default();
        problems.other_people(&moves.reused.first, moves.reused.count);
        return Err(FileError::Lines(encoding, problems).into());
    }
    if options.moved == Moved::Refused && moves.count + moves.unclear.count > 0 {
        return Err(ImportError::Moved(moves));
    }
    if moves.count > 0 {
        roster_moves::follow(&mut tx, options.now).await?;
    }
    let changes = if options.dry_run {
        Changes::of(differences(&mut tx, &moves).await?)
    } else {
        Changes::default()
    };
    let people = store::roster::merge(&mut tx).await?;
    let decisions_ended = household::end_decisions_for_others(&mut tx, options.now).await?;
    let postcards_ended = postcard::end_of_disqualified(&mut tx, today, options.now).await?;
    if people.added + people.changed + people.left + moves.count > 0
        || decisions_ended + postcards_ended > 0
    {
        let Outcome {
            added,
            changed,
            left,
            ..
        } = people;
        let detail = format!(
            "added {added}, changed {changed}, left {left}, moved {}, \
             decisions ended {decisions_ended}, postcards ended {postcards_ended}",
            moves.count
        );
        Event::RosterImported
            .at_the_command_line(&detail, options.now)
            .record(&mut tx)
            .await?;
    }
    if !options.dry_run {
        tx.commit().await?;
    }
    Ok(Report {
        encoding,
        dry_run: options.dry_run,
        people,
        moved: moves.count,
        former: moves.former,
        unclear: moves.unclear.first.into_iter().take(10).collect(),
        decisions_ended,
        postcards_ended,
        new_employers: employers.new,
        changes,
        without_zeros,
    })
}

/// What would change: keys, and then what the file says of people on file.
async fn differences(tx: &mut Tx, moves: &Moves) -> store::Result<Vec<Difference>> {
    let key = |one: &Move| Difference {
        line: Some(one.line),
        whose: one.to_key.clone(),
        title: "記号・番号・枝番".to_owned(),
        old: Some(one.from_key.clone()),
        new: Some(one.to_key.clone()),
    };
    let mut found: Vec<Difference> = moves.first.iter().map(key).collect();
    found.extend(store::roster::differences(tx).await?);
    found.sort_by_key(|one| one.line);
    Ok(found)
}
