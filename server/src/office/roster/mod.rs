//! `portal roster import`: the roster comes in whole or not at all.

pub mod line;

use std::{fmt, path::Path};

use domain::values::timestamp::Timestamp;
use store::{
    self, Db, Tx,
    differences::Difference,
    household,
    import_batch::Lines,
    planned::Each,
    postcard,
    roster::{Employers, Outcome, RosterRow, Staged},
    roster_moves::{self, Move, Moves, New},
};

pub use crate::office::list::ImportError;

use crate::office::{
    file::{
        changes::Changes,
        encoding::Encoding,
        header::Header,
        problem::{MAX_KEPT, MAX_LISTED, Problems, ZEROS},
        reading::{FileError, ListSummary, Progress},
        records::Record,
    },
    list::{
        self, Answer, Answers, Applied, How, Kind, List, Question, Questions, Source,
        plan::{OfEmployer, Tables},
        question::WHOLE_FILE,
    },
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
/// # Errors
/// Whatever is wrong; then nothing was changed.
pub async fn import(
    db: &Db,
    path: &Path,
    options: Import,
    progress: impl FnMut(Progress),
) -> Result<Report, ImportError> {
    let mut answers = Answers::default();
    match options.moved {
        Moved::Refused => {}
        Moved::Linked => answers.add(WHOLE_FILE, Answer::Same),
        Moved::New => answers.add(WHOLE_FILE, Answer::New),
    }
    if options.accept_other_employers {
        answers.add(WHOLE_FILE, Answer::Yes);
    }
    let Import { now, dry_run, .. } = options;
    let how = list::Import { now, dry_run };
    list::at_the_command_line::<Roster>(db, path, how, &answers, progress).await
}

/// A roster on its way in.
pub(in crate::office) struct Roster(Staged);

/// What is known of it.
pub(in crate::office) struct Found {
    encoding: Encoding,
    without_zeros: bool,
    employers: Employers,
    moves: Moves,
}

impl List for Roster {
    const KIND: Kind = Kind::Roster;
    type Row = RosterRow;
    type Found = Found;
    type Report = Report;

    async fn begin(db: &Db) -> store::Result<Self> {
        Ok(Self(Staged::begin(db).await?))
    }

    fn parser(
        _: &Source,
        now: Timestamp,
    ) -> impl FnMut(&Record<'_>, &Header, &mut Problems) -> Option<RosterRow> + Send + 'static {
        let today = now.in_japan().date();
        move |record: &Record<'_>, header: &Header, problems: &mut Problems| {
            line::parse(record, header, today, problems)
        }
    }

    async fn stage(&mut self, rows: &[(u64, RosterRow)]) -> Result<(), ImportError> {
        Ok(self.0.add(rows).await?)
    }

    async fn check(
        &mut self,
        read: ListSummary,
        _: &How<'_>,
        _: Option<Each<'_>>,
    ) -> Result<Found, ImportError> {
        let staged = &mut self.0;
        let duplicates = staged.duplicates(MAX_KEPT as i64).await?;
        // Before any other explanation: another society, or people with new keys.
        let keys = staged.keys_without_zeros(MAX_KEPT as i64).await?;
        let employers = staged.employers_without_zeros(MAX_KEPT as i64).await?;
        let without_zeros = staged.is_first_without_zeros().await?;
        let encoding = read
            .with_duplicates(duplicates)
            .with_zeros_lost("記号・番号・枝番", keys)
            .with_zeros_lost("事業所コード", employers)
            .judge()?;
        Ok(Found {
            encoding,
            without_zeros,
            employers: Employers::default(),
            moves: Moves::default(),
        })
    }

    async fn into_tx(self) -> store::Result<Tx> {
        self.0.into_tx().await
    }

    async fn plan(
        found: &mut Found,
        tx: &mut Tx,
        how: &How<'_>,
        each: Option<Each<'_>>,
    ) -> Result<Tables, ImportError> {
        found.employers = store::roster::employers(tx).await?;
        if found.employers.none_known && !how.answers.says(Answer::Yes) {
            let codes = found.employers.new.clone();
            return Err(if how.asks {
                let first = vec![Question::OtherEmployers { codes }];
                ImportError::Asks(Box::new(Questions { first, count: 1 }))
            } else {
                ImportError::OtherEmployers(codes)
            });
        }
        store::roster::respell(tx).await?;
        found.moves = find_moves(found.encoding, tx, how).await?;
        if let Some(each) = each {
            roster_moves::planned(tx, each).await?;
            if found.moves.count > 0 {
                roster_moves::follow(tx, how.now).await?;
            }
            store::roster::planned(tx, each).await?;
        } else if found.moves.count > 0 {
            roster_moves::follow(tx, how.now).await?;
        }
        if !how.is_preview {
            return Ok(Tables::default());
        }
        let employers = store::roster::by_employer(tx).await?;
        Ok(Tables {
            changes: Changes::of(differences(tx, &found.moves).await?),
            employers: employers.into_iter().map(OfEmployer::from).collect(),
            months: Vec::new(),
        })
    }

    async fn apply(
        found: Found,
        tx: &mut Tx,
        how: &How<'_>,
        changes: Changes,
        _: Option<i64>,
    ) -> Result<Applied<Report>, ImportError> {
        let today = how.now.in_japan().date();
        let people = store::roster::merge(tx).await?;
        let decisions_ended = household::end_decisions_for_others(tx, how.now).await?;
        let postcards_ended = postcard::end_of_disqualified(tx, today, how.now).await?;
        let Outcome {
            added,
            changed,
            left,
            unchanged,
            absent,
        } = people;
        let moved = found.moves.count;
        let is_any = added + changed + left + moved > 0 || decisions_ended + postcards_ended > 0;
        let detail = is_any.then(|| {
            format!(
                "added {added}, changed {changed}, left {left}, moved {moved}, \
                 decisions ended {decisions_ended}, postcards ended {postcards_ended}"
            )
        });
        Ok(Applied {
            report: Report {
                encoding: found.encoding,
                dry_run: how.is_preview,
                people,
                moved,
                former: found.moves.former,
                unclear: found.moves.unclear.first.into_iter().take(10).collect(),
                decisions_ended,
                postcards_ended,
                new_employers: found.employers.new,
                changes,
                without_zeros: found.without_zeros,
            },
            lines: Lines {
                added,
                changed: changed + moved,
                taken_out: left,
            },
            counts: vec![
                ("追加", added),
                ("変更", changed),
                ("資格喪失", left),
                ("番号の変更", moved),
                ("変更なし", unchanged),
                ("ファイルにない方（そのまま）", absent),
            ],
            detail,
        })
    }
}

/// Who has another key in the file, if it was answered of each whether it is them.
async fn find_moves(encoding: Encoding, tx: &mut Tx, how: &How<'_>) -> Result<Moves, ImportError> {
    let (linked, new) = (
        how.answers.says(Answer::Same),
        how.answers.says(Answer::New),
    );
    let not_moved = match (new, linked) {
        (true, false) => New::AllBut(how.answers.lines(Answer::Same)),
        _ => New::These(how.answers.lines(Answer::New)),
    };
    // Who tries it without obligation is told of all, and so is who answers one by one.
    let most = if how.asks || (how.is_preview && linked) {
        i64::MAX
    } else {
        MAX_LISTED as i64
    };
    let moves = roster_moves::find(tx, &not_moved, most).await?;
    if moves.reused.count > 0 {
        let mut problems = Problems::default();
        problems.other_people(&moves.reused.first, moves.reused.count);
        return Err(FileError::Lines(encoding, problems).into());
    }
    if how.asks {
        let unclear = moves.unclear.first.iter().map(|line| Question::Unclear {
            line: line.cast_unsigned(),
        });
        let open = Questions::unanswered(moves.first.iter().map(asked).chain(unclear), how.answers);
        if open.count > 0 {
            return Err(ImportError::Asks(Box::new(open)));
        }
    } else if !linked && !new && moves.count + moves.unclear.count > 0 {
        return Err(ImportError::Moved(moves));
    }
    Ok(moves)
}

fn asked(one: &Move) -> Question {
    Question::Moved {
        line: one.line.cast_unsigned(),
        from_key: one.from_key.clone(),
        from_name: one.from_name.clone(),
        to_key: one.to_key.clone(),
        to_name: one.to_name.clone(),
        is_same_name: one.is_same_name,
    }
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
