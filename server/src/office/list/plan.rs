//! What a file would bring, as a page shows it.

use serde::{Deserialize, Serialize};
use store::{differences::Difference, roster};

use super::{error::ImportError, kind::Kind};
use crate::office::file::{
    changes::Changes,
    problem::{Problem, Problems},
    reading::FileError,
};

/// So many changes are shown one by one.
const SHOWN: usize = 100;

/// A file that can come in, and what it changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Which list.
    pub kind: Kind,
    /// What the command line prints of it.
    pub report: String,
    /// Good rows in the file.
    pub rows: u64,
    /// The number of the import, once it was taken: by it, it can be withdrawn.
    pub batch: Option<i64>,
    /// SHA-256 over every planned change and every answer. Nothing that depends on the clock
    /// or on what members do is in it.
    pub digest: [u8; 32],
    /// How many are added, changed, …: each with what it counts.
    pub counts: Vec<(String, i64)>,
    /// The first values that change; of health, without the values.
    pub changes: Vec<Change>,
    /// How many values change in all.
    pub all_changes: u64,
    /// Of a roster.
    pub employers: Vec<OfEmployer>,
    /// Of claims and checkups.
    pub months: Vec<OfMonth>,
}

/// A value that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The line of the file, if it is one of the file.
    pub line: Option<i64>,
    /// Somebody's 記号-番号-枝番, with the month of a claim or a checkup; or a 管理番号.
    pub whose: String,
    /// The column.
    pub column: String,
    /// What is on file; `None` as well where it is not to be read.
    pub old: Option<String>,
    /// What is in the file.
    pub new: Option<String>,
}

impl From<&Difference> for Change {
    fn from(one: &Difference) -> Self {
        Self {
            line: one.line,
            whose: one.whose.clone(),
            column: one.title.clone(),
            old: one.old.clone(),
            new: one.new.clone(),
        }
    }
}

/// What a roster brings of one employer, in people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfEmployer {
    /// 事業所コード; empty for 任意継続被保険者.
    pub code: String,
    /// 事業所名
    pub name: String,
    /// In the file.
    pub lines: i64,
    /// Added.
    pub added: i64,
    /// Changed.
    pub changed: i64,
    /// 資格喪失
    pub left: i64,
}

impl From<roster::OfEmployer> for OfEmployer {
    fn from(one: roster::OfEmployer) -> Self {
        Self {
            code: one.code,
            name: one.name,
            lines: one.lines,
            added: one.added,
            changed: one.changed,
            left: one.left,
        }
    }
}

/// What a list brings of one month: to be compared with the system that it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfMonth {
    /// As YYYYMM.
    pub month: i64,
    /// Lines in the file.
    pub lines: i64,
    /// Added.
    pub added: i64,
    /// Changed.
    pub changed: i64,
    /// Taken out.
    pub withdrawn: i64,
    /// Of claims: what all lines of the file come to, in yen, by column.
    pub yen: Vec<(String, i64)>,
}

/// What a plan shows besides its report.
#[derive(Debug, Default)]
pub(in crate::office) struct Tables {
    pub(in crate::office) changes: Changes,
    pub(in crate::office) employers: Vec<OfEmployer>,
    pub(in crate::office) months: Vec<OfMonth>,
}

impl Tables {
    /// The changes that are shown, and how many there are.
    pub(super) fn shown(&self) -> (Vec<Change>, u64) {
        let found = self.changes.found();
        let first = found.iter().take(SHOWN).map(Change::from).collect();
        (first, found.len() as u64)
    }
}

/// Why a file cannot come in, as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// In a sentence; empty where the lines say all.
    pub sentence: String,
    /// The sheet of a workbook in which the lines are.
    pub sheet: Option<String>,
    /// The lines that are wrong.
    pub lines: Vec<Told>,
    /// How many there are in all.
    pub count: u64,
}

/// A line that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// In the file; the first is 1.
    pub line: u64,
    /// 記号-番号-枝番 or 管理番号, as it stands there.
    pub key: Option<String>,
    /// The column, if it is one.
    pub column: Option<String>,
    /// What stands there; of a list about health never.
    pub value: Option<String>,
    /// What is wrong.
    pub what: String,
}

impl Refusal {
    /// Of this error; `None` where the file is not to blame.
    pub(super) fn of(kind: Kind, error: &ImportError) -> Option<Self> {
        let (sentence, problems) = match error {
            ImportError::Store(_)
            | ImportError::Changed
            | ImportError::Stopped
            | ImportError::Overtaken
            | ImportError::Asks(_) => return None,
            ImportError::File(FileError::Lines(_, problems)) => {
                let zeros = problems.zeros().unwrap_or_default();
                (zeros.to_owned(), Some(problems))
            }
            ImportError::File(FileError::Header(problem)) if kind.is_about_health() => {
                (problem.without_values(), None)
            }
            ImportError::File(unfit) => (unfit.to_string(), None),
            error => (error.to_string(), None),
        };
        let told = |problem: &Problem| Told {
            line: problem.line,
            key: problem.key.clone(),
            column: problem
                .cell
                .as_ref()
                .map(|(column, _)| (*column).to_owned()),
            value: match &problem.cell {
                Some((_, value)) if !kind.is_about_health() => Some(value.clone()),
                _ => None,
            },
            what: problem.why.to_string(),
        };
        Some(Self {
            sentence,
            sheet: problems.and_then(Problems::sheet).map(str::to_owned),
            lines: problems.map_or_else(Vec::new, |all| all.kept().iter().map(told).collect()),
            count: problems.map_or(0, Problems::count),
        })
    }
}
