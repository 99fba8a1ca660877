//! The audit as auditors read it: a page, and a sheet of everything that was asked for.

use domain::values::timestamp::Timestamp;
use store::{
    Db,
    audit::{Entry, Event},
    audit_seal,
    audit_trail::{self, Filter, Line},
    office_reason,
};
use uuid::Uuid;

use crate::{
    account::history,
    base::{fault::InternalError, spreadsheet::escape_formula},
    office::access::{Acting, Auditor},
};

/// Entries of one page.
pub const PAGE: i64 = 100;
/// Entries that an export reads at a time: so many are in memory, however many there are.
const BATCH: i64 = 1000;
/// Entries behind the newest seal are counted up to here: a page is no time for more.
pub const MANY_WAIT: i64 = 10_000;
/// Searches of one clerk in a day that are told to auditors when there are more.
const MANY_SEARCHES: i64 = 200;

/// The seals, as far as one look tells: whether all of them fit takes `portal check`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seals {
    /// When the newest was made.
    pub newest_at: Option<Timestamp>,
    /// Entries behind it, which wait for theirs; at most [`MANY_WAIT`].
    pub waiting: i64,
    /// Since when.
    pub waiting_since: Option<Timestamp>,
}

/// What an auditor sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trail {
    /// The newest first.
    pub lines: Vec<Line>,
    /// The number before which the next page begins, where there may be one.
    pub next: Option<i64>,
    /// The seals.
    pub seals: Seals,
    /// Who has searched very often today, and how often.
    pub many_searches: Vec<(String, i64)>,
}

/// A page of it.
///
/// # Errors
/// Whatever the database answers.
pub async fn page(
    db: &Db,
    auditor: &Acting<Auditor>,
    filter: &Filter,
    before: Option<i64>,
) -> Result<Trail, InternalError> {
    let lines = audit_trail::before(db, filter, before, PAGE).await?;
    let is_full = i64::try_from(lines.len()).is_ok_and(|lines| lines == PAGE);
    let next = lines.last().filter(|_| is_full).map(|line| line.id);
    let newest = audit_seal::newest(db).await?;
    let last = newest.as_ref().map_or(0, |seal| seal.last_entry);
    let seals = Seals {
        newest_at: newest.as_ref().map(|seal| Timestamp(seal.sealed_at)),
        waiting: audit_seal::count_after(db, last, MANY_WAIT).await?,
        waiting_since: audit_seal::waiting_since(db, last).await?.map(Timestamp),
    };
    Ok(Trail {
        lines,
        next,
        seals,
        many_searches: audit_trail::many_searches(db, auditor.now.midnight_before(), MANY_SEARCHES)
            .await?,
    })
}

/// What an entry says, in words; what only a later version knows by its name.
pub fn in_words(line: &Line) -> String {
    match Event::parse(&line.event) {
        Some(event) => history::event_in_words(event, &line.actor, &line.detail).into_owned(),
        None => line.event.clone(),
    }
}

/// What an event is called.
pub fn event_in_words(event: Event) -> String {
    history::event_in_words(event, "", "").into_owned()
}

/// Removes what was written of a reason; that it was removed is noted. `false` where there
/// is none.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove_words(
    db: &Db,
    auditor: &Acting<Auditor>,
    entry: i64,
) -> Result<bool, InternalError> {
    let mut tx = db.write().await?;
    let Some(person) = office_reason::remove(&mut tx, entry).await? else {
        return Ok(false);
    };
    let number = entry.to_string();
    auditor
        .clerk(&number)
        .note(&mut tx, Event::ReasonRemoved, (person, None), None)
        .await?;
    tx.commit().await?;
    Ok(true)
}

/// An export that is under way: the sheet in pieces, of which few are in memory.
pub struct Export {
    db: Db,
    filter: Filter,
    /// Staff identifiers and what they are called.
    names: Vec<(Uuid, String)>,
    before: Option<i64>,
    is_begun: bool,
    is_over: bool,
}

impl Export {
    /// Notes the export before the first byte of it. It ends where the audit ends now.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn begin(
        db: &Db,
        auditor: &Acting<Auditor>,
        filter: Filter,
        names: Vec<(Uuid, String)>,
    ) -> Result<Self, InternalError> {
        let words = filter.in_words();
        let mut tx = db.write().await?;
        Entry {
            detail: &words,
            ..auditor.entry(Event::AuditExported)
        }
        .record(&mut tx)
        .await?;
        tx.commit().await?;
        Ok(Self {
            db: db.clone(),
            filter,
            names,
            before: None,
            is_begun: false,
            is_over: false,
        })
    }

    /// The next piece; `None` behind the last.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, InternalError> {
        if self.is_over {
            return Ok(None);
        }
        let lines = audit_trail::before(&self.db, &self.filter, self.before, BATCH).await?;
        self.is_over = i64::try_from(lines.len()).is_ok_and(|lines| lines < BATCH);
        self.before = lines.last().map(|line| line.id);
        let mut sheet = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        if !self.is_begun {
            self.is_begun = true;
            // By the mark Excel knows UTF-8.
            sheet.write_record([
                "\u{FEFF}番号",
                "日時",
                "できごと",
                "内容",
                "記号・番号・枝番",
                "職員",
                "接続元",
                "詳細",
                "理由",
            ])?;
        }
        for line in &lines {
            let who = self.name(&line.actor);
            let cells = [
                &line.id.to_string(),
                &Timestamp(line.at).full(),
                &line.event,
                &in_words(line),
                line.person_key.as_deref().unwrap_or_default(),
                &who,
                &line.network_address,
                &line.detail,
                line.words.as_deref().unwrap_or_default(),
            ];
            sheet.write_record(cells.map(|cell| escape_formula(cell).into_owned()))?;
        }
        let bytes = sheet
            .into_inner()
            .map_err(|error| InternalError::Other(error.to_string()))?;
        Ok(Some(bytes))
    }

    fn name(&self, actor: &str) -> String {
        let known = self.names.iter().find(|(id, _)| id.to_string() == actor);
        known.map_or_else(|| actor.to_owned(), |(_, name)| name.clone())
    }
}
