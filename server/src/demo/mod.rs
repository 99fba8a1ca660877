//! `portal demo`: a society to try things out with. All of it is invented.

mod claims;
mod results;
pub mod staff;

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use domain::values::timestamp::Timestamp;
use store::{Db, person, postcard};
use time::Date;

use crate::{
    base::hash::Hasher,
    office::{
        checkups, expenses, notices,
        postcards::{self, PostcardError, Terms},
        roster::{self, Import, ImportError, Moved},
        staff::{StaffError, StaffService},
    },
};

const ROSTER: &[u8] = include_bytes!("../../demo/roster.csv");

/// `{-3}` in it stands for the day three days before the demo's first: whenever it is
/// tried out, its notices are fresh.
const NOTICES: &str = include_str!("../../demo/notices.csv");
const GUIDE: &[u8] = include_bytes!("../../demo/checkup-guide.pdf");
/// As the notices' file has it.
const GUIDE_NAME: &str = "特定健診のご案内.pdf";

/// Where the demo's postcards lie, in the data folder.
const POSTCARDS: &str = "postcards.csv";

/// The first list that the society gets and the last one. They have these names only when
/// they have been taken: where both lie, nothing is missing but the postcards.
const FIRST: &str = "roster.csv";
const LAST: &str = "checkups.csv";

/// Why there is no demo society.
#[derive(Debug)]
pub enum DemoError {
    /// The database holds somebody else already.
    NotEmpty,
    /// The postcards of a database that is gone.
    Leftover(PathBuf),
    /// The roster was not taken.
    Roster(ImportError),
    /// The medical expenses were not taken.
    Expenses(expenses::ImportError),
    /// The notices were not taken.
    Notices(notices::ImportError),
    /// The checkups were not taken.
    Checkups(checkups::ImportError),
    /// The postcards were not made.
    Postcards(PostcardError),
    /// Nobody could be registered in the office.
    Staff(StaffError),
    /// The postcards' file cannot be read.
    File(PathBuf, io::Error),
    /// The database refused.
    Store(store::Error),
}

impl fmt::Display for DemoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEmpty => f.write_str(
                "データベースは空ではありません。デモのデータは空のデータベースにだけ入れられます。何も変更していません。",
            ),
            Self::Leftover(file) => write!(
                f,
                "{} は前のデータベースのハガキです。削除してから、もう一度お試しください。",
                file.display()
            ),
            Self::Roster(error) => error.fmt(f),
            Self::Expenses(error) => error.fmt(f),
            Self::Notices(error) => error.fmt(f),
            Self::Checkups(error) => error.fmt(f),
            Self::Postcards(error) => error.fmt(f),
            Self::Staff(error) => error.fmt(f),
            Self::File(file, error) => write!(f, "{}: {error}", file.display()),
            Self::Store(error) => write!(f, "データベースの誤りです: {}", store::told(error)),
        }
    }
}

impl std::error::Error for DemoError {}

impl From<store::Error> for DemoError {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

/// With what the demo can be tried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A postcard that nobody has used yet.
    Postcard(Try),
    /// Every postcard of the file has been used.
    AllUsed,
    /// The file was removed, and everybody who may have a postcard has one. What it said
    /// stands nowhere else.
    FileGone(PathBuf),
}

/// A postcard to try out: nobody has used it yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    /// Whose it is.
    pub name: String,
    /// 仮ログインID
    pub login_id: String,
    /// 仮パスワード
    pub password: String,
    /// Where all the others are.
    pub file: PathBuf,
}

/// Fills an empty database; on one that holds the demo already it changes
/// nothing.
///
/// # Errors
/// A database that holds anything else, and whatever stands in the way.
pub async fn fill(
    db: &Db,
    hasher: &Hasher,
    terms: Terms,
    data_dir: &Path,
    now: Timestamp,
) -> Result<Found, DemoError> {
    let file = data_dir.join(POSTCARDS);
    let somebody = person::is_anybody_there(db).await?;
    if file.exists() && !somebody {
        return Err(DemoError::Leftover(file));
    }
    if !file.exists() {
        if !(somebody && is_filled(data_dir)) {
            fill_roster(db, data_dir, somebody, now).await?;
            fill_expenses(db, data_dir, now).await?;
            fill_notices(db, data_dir, now).await?;
            fill_checkups(db, data_dir, now).await?;
        }
        let issued = postcards::issue(db, hasher, terms, now, &file, |_, _| {})
            .await
            .map_err(DemoError::Postcards)?;
        if issued.postcards == 0 {
            return Ok(Found::FileGone(file));
        }
    }
    let unreadable = |error: csv::Error| DemoError::File(file.clone(), io::Error::other(error));
    let mut lines = csv::Reader::from_path(&file).map_err(unreadable)?;
    for line in lines.records() {
        let line = line.map_err(unreadable)?;
        let field = |column: usize| line.get(column).unwrap_or_default().to_owned();
        // 記号,番号,枝番,氏名,郵便番号,住所,仮ログインID,仮パスワード,有効期限
        let (name, login_id, password) = (field(3), field(6), field(7));
        if postcard::holder(db, &login_id, now).await?.is_some() {
            return Ok(Found::Postcard(Try {
                name,
                login_id,
                password,
                file,
            }));
        }
    }
    Ok(Found::AllUsed)
}

/// One of each role in the office, where nobody is there yet; and how it is opened.
///
/// # Errors
/// Whatever stands in the way.
pub async fn fill_office(
    service: &StaffService,
    data_dir: &Path,
    now: Timestamp,
) -> Result<staff::Office, DemoError> {
    staff::fill(service, data_dir, now).await
}

/// Whether this folder's society is the demo's, and whole but for its postcards.
fn is_filled(data_dir: &Path) -> bool {
    let first = fs::read(data_dir.join(FIRST));
    first.is_ok_and(|roster| roster == ROSTER) && data_dir.join(LAST).exists()
}

async fn fill_roster(
    db: &Db,
    data_dir: &Path,
    somebody: bool,
    now: Timestamp,
) -> Result<(), DemoError> {
    let source = data_dir.join("roster-to-take.csv");
    let failed = |error| DemoError::File(source.clone(), error);
    fs::create_dir_all(data_dir).map_err(|e| DemoError::File(data_dir.to_owned(), e))?;
    fs::write(&source, ROSTER).map_err(failed)?;
    // A run that was interrupted goes on; anybody else's people stay alone.
    let options = Import {
        now,
        dry_run: somebody,
        accept_other_employers: somebody,
        moved: Moved::New,
    };
    let report =
        roster::import(db, &source, options, |_| {})
            .await
            .map_err(|error| match error {
                // Somebody else has one of the demo's keys.
                ImportError::File(_) if somebody => DemoError::NotEmpty,
                error => DemoError::Roster(error),
            })?;
    let unknown_people = report.people.added + report.people.changed + report.people.absent;
    if somebody && unknown_people > 0 {
        return Err(DemoError::NotEmpty);
    }
    fs::rename(&source, data_dir.join(FIRST)).map_err(failed)
}

async fn fill_expenses(db: &Db, data_dir: &Path, now: Timestamp) -> Result<(), DemoError> {
    let file = data_dir.join("expenses.csv");
    let failed = |error| DemoError::File(file.clone(), error);
    let list = claims::list(ROSTER, now.in_japan().date()).map_err(io::Error::other);
    std::fs::write(&file, list.map_err(failed)?).map_err(failed)?;
    let options = expenses::Import {
        now,
        dry_run: false,
        add_repeated: false,
        present_holder: false,
    };
    expenses::import(db, &file, options, |_| {})
        .await
        .map_err(DemoError::Expenses)?;
    Ok(())
}
/// Notices and articles, through the very import.
async fn fill_notices(db: &Db, data_dir: &Path, now: Timestamp) -> Result<(), DemoError> {
    let today = now.in_japan().date();
    let file = data_dir.join("notices.csv");
    let failed = |error| DemoError::File(file.clone(), error);
    fs::write(data_dir.join(GUIDE_NAME), GUIDE).map_err(failed)?;
    let dated = dated(NOTICES, today).map_err(|error| failed(io::Error::other(error)))?;
    fs::write(&file, dated).map_err(failed)?;
    let options = notices::Import {
        now,
        dry_run: false,
    };
    notices::import(db, &file, options, |_| {})
        .await
        .map_err(DemoError::Notices)?;
    Ok(())
}

/// The notices with days in place of `{-3}`: whole dates where a cell is nothing else,
/// month and day in a text.
fn dated(notices: &str, today: Date) -> Result<Vec<u8>, csv::Error> {
    let mut dated = csv::Writer::from_writer(Vec::new());
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(notices.as_bytes());
    for record in reader.records() {
        let record = record?;
        dated.write_record(record.iter().map(|cell| {
            let mut pieces = cell.split('{');
            let mut filled = pieces.next().unwrap_or_default().to_owned();
            for piece in pieces {
                let (days, rest) = piece.split_once('}').unwrap_or_default();
                let day = today.saturating_add(time::Duration::days(days.parse().unwrap_or(0)));
                filled += &match filled.is_empty() && rest.is_empty() {
                    true => day.to_string(),
                    false => format!("{}月{}日", u8::from(day.month()), day.day()),
                };
                filled += rest;
            }
            filled
        }))?;
    }
    dated
        .into_inner()
        .map_err(|error| error.into_error().into())
}

/// Checkups for everybody, through the import that a society would use.
async fn fill_checkups(db: &Db, data_dir: &Path, now: Timestamp) -> Result<(), DemoError> {
    let source = data_dir.join("checkups-to-take.csv");
    let broken = |error| DemoError::File(source.clone(), error);
    let list = results::list(ROSTER, now.in_japan().date())
        .map_err(|error| broken(io::Error::other(error)))?;
    std::fs::write(&source, list).map_err(broken)?;
    let options = checkups::Import {
        now,
        dry_run: false,
    };
    checkups::import(db, &source, options, |_| {})
        .await
        .map_err(DemoError::Checkups)?;
    fs::rename(&source, data_dir.join(LAST)).map_err(broken)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn the_demo_s_days_are_counted_from_its_first() {
        let dated = dated(
            "公開日,本文\n{-3},\"{+9}まで、{0}から\"\n",
            date!(2026 - 12 - 02),
        );
        let dated = String::from_utf8(dated.unwrap()).unwrap();
        assert_eq!(dated, "公開日,本文\n2026-11-29,12月11日まで、12月2日から\n");
    }
}
