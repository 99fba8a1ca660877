//! What the office has a server do beside its pages: a file comes in, in encrypted pieces; it
//! is checked, and somebody says that it is to be brought in.

pub mod chunks;
pub mod decisions;
pub mod night;
pub mod shown;
pub mod upload;
pub mod values;
pub mod worker;

use std::ops::Deref;

use domain::office::job::JobKind;

use super::access::{Acting, HealthImporter, Importer, Publisher, StaffVisit};

/// Somebody who may handle files of one kind: made by [`FileActing::of`] alone, from what
/// each role's own type says.
#[derive(Clone, Debug)]
pub struct FileActing {
    kind: JobKind,
    whose: Whose,
}

#[derive(Clone, Debug)]
enum Whose {
    Importer(Acting<Importer>),
    HealthImporter(Acting<HealthImporter>),
    Publisher(Acting<Publisher>),
}

impl FileActing {
    /// Judges a visit: `None` without the role that such files need, and for what is no file.
    pub fn of(visit: StaffVisit, kind: JobKind) -> Option<Self> {
        let whose = match kind {
            JobKind::Roster => Whose::Importer(Acting::of(visit)?),
            JobKind::Expenses | JobKind::Checkups => Whose::HealthImporter(Acting::of(visit)?),
            JobKind::Notices => Whose::Publisher(Acting::of(visit)?),
            JobKind::Postcards => return None,
        };
        Some(Self { kind, whose })
    }

    /// They as whoever brings files about health; `None` where they bring others.
    pub const fn health(&self) -> Option<&Acting<HealthImporter>> {
        match &self.whose {
            Whose::HealthImporter(acting) => Some(acting),
            _ => None,
        }
    }

    /// What kind of files.
    pub const fn kind(&self) -> JobKind {
        self.kind
    }
}

impl Deref for FileActing {
    type Target = StaffVisit;

    fn deref(&self) -> &StaffVisit {
        match &self.whose {
            Whose::Importer(acting) => acting,
            Whose::HealthImporter(acting) => acting,
            Whose::Publisher(acting) => acting,
        }
    }
}
