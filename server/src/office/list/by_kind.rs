//! Which of the lists a file is of decides by whose rules it comes in.

use store::Db;

use super::{Bring, Came, ImportError, Kind, List, Refusal, Source, Step, Until, run};
use crate::office::{checkups::Checkups, expenses::Claims, notices::Notices, roster::Roster};

/// Brings a list. `told` is told how far it is.
///
/// The file waits in a temporary table until its last line is found good, so others read
/// and write meanwhile; then one transaction brings it in.
///
/// # Errors
/// Whatever the database answers; then nothing was changed.
pub async fn bring_in(
    db: &Db,
    source: Source,
    bring: Bring<'_>,
    told: impl FnMut(Step) + Send,
) -> store::Result<Came> {
    match bring.kind {
        Kind::Roster => came::<Roster>(db, source, bring, told).await,
        Kind::Expenses => came::<Claims>(db, source, bring, told).await,
        Kind::Checkups => came::<Checkups>(db, source, bring, told).await,
        Kind::Notices => came::<Notices>(db, source, bring, told).await,
    }
}

async fn came<L: List>(
    db: &Db,
    source: Source,
    bring: Bring<'_>,
    told: impl FnMut(Step) + Send,
) -> store::Result<Came> {
    match run::<L>(db, source, bring, told).await {
        Ok((_, plan)) if bring.until == Until::Preview => Ok(Came::Previewed(Box::new(plan))),
        Ok((_, plan)) => Ok(Came::Done(Box::new(plan))),
        Err(ImportError::Store(error)) => Err(error),
        Err(ImportError::Asks(questions)) => Ok(Came::Asks(*questions)),
        Err(ImportError::Stopped) => Ok(Came::Stopped),
        Err(error) => Ok(Refusal::of(L::KIND, &error).map_or(Came::Changed, Came::Refused)),
    }
}
