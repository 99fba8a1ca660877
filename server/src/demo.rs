//! `portal demo`: a society to try things out with. All of it is invented.

mod results;

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use app::timestamp::Timestamp;

use crate::{
    checkups,
    hash::Hasher,
    postcards::{self, PostcardError, Terms},
    roster::{self, Import, ImportError},
    store::{Db, person, postcard},
};

const ROSTER: &[u8] = include_bytes!("../demo/roster.csv");

/// Where the demo's postcards lie, in the data folder.
const POSTCARDS: &str = "postcards.csv";

/// Why there is no demo society.
#[derive(Debug)]
pub enum DemoError {
    /// The database holds somebody else already.
    NotEmpty,
    /// The postcards of a database that is gone.
    Leftover(PathBuf),
    /// The roster was not taken.
    Roster(ImportError),
    /// The checkups were not taken.
    Checkups(checkups::ImportError),
    /// The postcards were not made.
    Postcards(PostcardError),
    /// The postcards' file cannot be read.
    File(PathBuf, io::Error),
    /// The database refused.
    Store(sqlx::Error),
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
            Self::Checkups(error) => error.fmt(f),
            Self::Postcards(error) => error.fmt(f),
            Self::File(file, error) => write!(f, "{}: {error}", file.display()),
            Self::Store(error) => write!(f, "データベースの誤りです: {error}"),
        }
    }
}

impl std::error::Error for DemoError {}

impl From<sqlx::Error> for DemoError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error)
    }
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
/// nothing. `None` when every postcard has been used.
///
/// # Errors
/// A database that holds anything else, and whatever stands in the way.
pub async fn fill(
    db: &Db,
    hasher: &Hasher,
    terms: Terms,
    data_dir: &Path,
    now: Timestamp,
) -> Result<Option<Try>, DemoError> {
    let file = data_dir.join(POSTCARDS);
    let somebody = person::is_anybody_there(db).await?;
    if file.exists() && !somebody {
        return Err(DemoError::Leftover(file));
    }
    if !file.exists() {
        let source = data_dir.join("roster.csv");
        std::fs::create_dir_all(data_dir).map_err(|e| DemoError::File(data_dir.to_owned(), e))?;
        std::fs::write(&source, ROSTER).map_err(|e| DemoError::File(source.clone(), e))?;
        // A run that was interrupted goes on; anybody else's people stay alone.
        let options = Import {
            now,
            dry_run: somebody,
            accept_other_employers: somebody,
        };
        let report = roster::import(db, &source, options, |_| {})
            .await
            .map_err(DemoError::Roster)?;
        let strangers = report.people.added + report.people.changed + report.people.absent;
        if somebody && strangers > 0 {
            return Err(DemoError::NotEmpty);
        }
        fill_checkups(db, data_dir, now).await?;
        postcards::issue(db, hasher, terms, now, &file, |_, _| {})
            .await
            .map_err(DemoError::Postcards)?;
    }
    let unreadable = |error: csv::Error| DemoError::File(file.clone(), io::Error::other(error));
    let mut lines = csv::Reader::from_path(&file).map_err(unreadable)?;
    for line in lines.records() {
        let line = line.map_err(unreadable)?;
        let field = |column: usize| line.get(column).unwrap_or_default().to_owned();
        // 記号,番号,枝番,氏名,郵便番号,住所,仮ログインID,仮パスワード,有効期限
        let (name, login_id, password) = (field(3), field(6), field(7));
        if postcard::holder(db, &login_id, now).await?.is_some() {
            return Ok(Some(Try {
                name,
                login_id,
                password,
                file,
            }));
        }
    }
    Ok(None)
}

/// Checkups for everybody, through the import that a society would use.
async fn fill_checkups(db: &Db, data_dir: &Path, now: Timestamp) -> Result<(), DemoError> {
    let source = data_dir.join("checkups.csv");
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
    Ok(())
}
