//! Publishing in the browser: 下書き → 予約 → 公開中 → 公開終了, and what goes beside it.
//!
//! Whoever changes a notice says which version they saw. Of two people the second one is
//! refused, and told what the first one changed.

use std::{fmt, time::Duration};

use domain::{
    office::{
        notice::{Kept, NoticeState},
        role::Role,
    },
    values::timestamp::Timestamp,
};
use sha2::{Digest, Sha256};
use store::{
    Db, Tx,
    audit::{Entry, Event},
    is_unique_violation,
    notice::Kind,
    publishing::{self as kept, OfficeNotice, Step, Taken, Written},
    staff, staff_change, staff_session,
};
use time::Date;
use uuid::Uuid;

use super::form::differences;
use crate::{
    base::fault::InternalError,
    office::access::{Acting, Publisher, StaffVisit},
};

/// Publishing.
#[derive(Clone, Debug)]
pub struct Publishing {
    /// The database.
    pub db: Db,
    /// Whether a second person agrees before letters go out.
    pub four_eyes: bool,
}

/// What becomes of the attachment.
#[derive(Clone, Debug)]
pub enum FileChange {
    /// It stays.
    Keep,
    /// It goes.
    Remove,
    /// This one takes its place: its name and what is in it.
    Set(String, Vec<u8>),
}

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is kept.
    Kept,
    /// Nothing was to be changed.
    Same,
    /// It is kept, and has to be published anew.
    Returned,
    /// It is on view, or will be.
    Published(NoticeState),
    /// It waits for a second person.
    Asked,
    /// It is on view no more.
    Withdrawn,
    /// So many letters are held back, or go on.
    Letters(u64),
}

/// Why something was not done.
#[derive(Debug)]
pub enum PublishingError {
    /// There is no such notice.
    Unknown,
    /// Somebody else has changed it since: as it is now, and the steps since then.
    Stale(Box<OfficeNotice>, Vec<Taken>),
    /// Another article has that address.
    SlugTaken,
    /// It was withdrawn.
    Withdrawn,
    /// It is published already.
    Published,
    /// It is not published.
    NotPublished,
    /// Its last day is over.
    Over,
    /// What is on view cannot be put off.
    PutOff,
    /// Its letters have still to be queued, and a second person agreed to them.
    BeforeLetters,
    /// Nobody agrees to what they asked for themselves.
    Own,
    /// Whoever asked has made or changed this account within a week, or the other way.
    TooClose,
    /// Whoever asks was kept out meanwhile.
    NotInAnyMore,
    /// Something broke.
    Internal(InternalError),
}

impl<E: Into<InternalError>> From<E> for PublishingError {
    fn from(error: E) -> Self {
        Self::Internal(error.into())
    }
}

impl fmt::Display for PublishingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "このお知らせはありません。",
            Self::Stale(..) => {
                "開いたあとで、ほかの職員が変更しました。下の「変更された内容」を確かめて、もう一度保存してください。入力した内容は残っています。"
            }
            Self::SlugTaken => "アドレス名：別の健康情報で使われています。",
            Self::Withdrawn => {
                "取り下げたお知らせは変更できません。必要なときは、この内容で新しく書いてください。"
            }
            Self::Published => "すでに公開の手続きが済んでいます。",
            Self::NotPublished => "まだ公開していません。",
            Self::Over => "公開終了日：もう過ぎています。日付を直してから公開してください。",
            Self::PutOff => "公開日：公開中のお知らせの公開日は、先の日付に変えられません。",
            Self::BeforeLetters => {
                "メールを送る前のお知らせです。メールの送信が始まってから変更するか、取り下げてください。"
            }
            Self::Own => "ご自分の依頼は、ほかの広報の職員が確認します。",
            Self::TooClose => {
                "7日以内に登録または変更した職員どうしでは確認できません。ほかの広報の職員に依頼してください。"
            }
            Self::NotInAnyMore => "ログインは終了しました。",
            Self::Internal(error) => return error.fmt(f),
        })
    }
}

type Done = Result<Outcome, PublishingError>;

/// Whether letters have still to be queued for it.
fn has_letters_ahead(notice: &OfficeNotice) -> bool {
    notice.kept == Kept::Published && notice.written.letter && notice.told_at.is_none()
}

impl Publishing {
    /// Begins a draft.
    ///
    /// # Errors
    /// An address that another article has.
    pub async fn write(
        &self,
        publisher: &Acting<Publisher>,
        written: &Written,
        file: &FileChange,
    ) -> Result<Uuid, PublishingError> {
        let id = Uuid::now_v7();
        let sha256 = hash(file);
        let mut tx = self.held(publisher).await?;
        taken(kept::insert(&mut tx, id, written, publisher.now).await)?;
        if let FileChange::Set(name, content) = file {
            kept::attach(&mut tx, id, Some((&sha256, name, content))).await?;
        }
        noted(&mut tx, publisher, id, Step::Written, &[]).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Changes what it says, its attachment, or both. What is on view is corrected where it
    /// stands, and nobody gets a second letter. Where a second person had agreed to letters,
    /// or was asked to, it becomes a draft again.
    ///
    /// # Errors
    /// An older version, and whatever [`PublishingError`] says besides.
    pub async fn change(
        &self,
        publisher: &Acting<Publisher>,
        (id, version): (Uuid, i64),
        written: Option<&Written>,
        file: &FileChange,
    ) -> Done {
        let sha256 = hash(file);
        let today = today(publisher);
        let mut tx = self.held(publisher).await?;
        let notice = seen(&mut tx, id, Some(version)).await?;
        let state = state(&notice, today);
        if state == NoticeState::Withdrawn {
            return Err(PublishingError::Withdrawn);
        }
        let mut written = written.cloned().unwrap_or_else(|| notice.written.clone());
        if !state.is_unpublished() {
            // Letters were decided on when it was published.
            written.letter = notice.written.letter;
        }
        let is_shown = matches!(state, NoticeState::OnView | NoticeState::Over);
        if is_shown && today < written.opens_on {
            return Err(PublishingError::PutOff);
        }
        let mut columns = differences(&notice.written, &written);
        let has_text = !columns.is_empty();
        match file {
            FileChange::Keep => {}
            FileChange::Remove if notice.file.is_none() => {}
            FileChange::Remove | FileChange::Set(..) => columns.push("attachment"),
        }
        if columns.is_empty() {
            return Ok(Outcome::Same);
        }
        let was_agreed = self.four_eyes && has_letters_ahead(&notice);
        if was_agreed && is_shown {
            return Err(PublishingError::BeforeLetters);
        }
        if has_text {
            taken(kept::change(&mut tx, id, &written).await)?;
        }
        match file {
            FileChange::Keep => {}
            FileChange::Remove => kept::attach(&mut tx, id, None).await?,
            FileChange::Set(name, content) => {
                kept::attach(&mut tx, id, Some((&sha256, name, content))).await?;
            }
        }
        let step = if has_text {
            Step::Changed
        } else {
            Step::Attached
        };
        noted(&mut tx, publisher, id, step, &columns).await?;
        let is_returned = state == NoticeState::Waiting || was_agreed;
        if is_returned {
            let first = written.opens_on;
            kept::move_to(&mut tx, id, Kept::Draft, first, false, publisher.now).await?;
            noted(&mut tx, publisher, id, Step::Returned, &[]).await?;
        } else if notice.told_at.is_some() && columns.contains(&"audience") {
            kept::take_back(&mut tx, id, false, today).await?;
        }
        tx.commit().await?;
        Ok(match is_returned {
            true => Outcome::Returned,
            false => Outcome::Kept,
        })
    }

    /// Publishes it: at once, or on its day. With letters and four eyes, one person asks
    /// and another agrees.
    ///
    /// # Errors
    /// An older version, and whatever [`PublishingError`] says besides.
    pub async fn publish(
        &self,
        publisher: &Acting<Publisher>,
        id: Uuid,
        version: Option<i64>,
    ) -> Done {
        let (now, today) = (publisher.now, today(publisher));
        let mut tx = self.held(publisher).await?;
        let notice = seen(&mut tx, id, version).await?;
        let waits = match notice.kept {
            Kept::Draft => false,
            Kept::Waiting => true,
            Kept::Published => return Err(PublishingError::Published),
            Kept::Withdrawn => return Err(PublishingError::Withdrawn),
        };
        // What nobody has seen yet begins no earlier than today.
        let first = notice.written.opens_on.max(today);
        if notice.written.ends_on.is_some_and(|last| last < first) {
            return Err(PublishingError::Over);
        }
        let letters = notice.written.letter && notice.written.kind == Kind::Notice;
        if self.four_eyes && letters && !waits {
            kept::move_to(&mut tx, id, Kept::Waiting, first, false, now).await?;
            noted(&mut tx, publisher, id, Step::Asked, &[]).await?;
            tx.commit().await?;
            return Ok(Outcome::Asked);
        }
        if self.four_eyes && letters {
            let steps = kept::steps_of_held(&mut tx, id).await?;
            let asked = steps.iter().rev().find(|taken| taken.step == Step::Asked);
            let asker = asked.and_then(|taken| taken.by.as_ref()).map(|(id, _)| *id);
            let asker = asker.ok_or(PublishingError::Own)?;
            if asker == publisher.id() {
                return Err(PublishingError::Own);
            }
            if staff_change::are_too_close(&mut tx, publisher.id(), asker, now).await? {
                return Err(PublishingError::TooClose);
            }
        }
        kept::move_to(&mut tx, id, Kept::Published, first, !letters, now).await?;
        noted(&mut tx, publisher, id, Step::Published, &[]).await?;
        tx.commit().await?;
        Ok(Outcome::Published(Kept::Published.on(
            today,
            first,
            notice.written.ends_on,
        )))
    }

    /// Takes it from view, with every letter that has not left; what was not on view yet
    /// becomes a draft again, and a draft is put away.
    ///
    /// # Errors
    /// One that is withdrawn.
    pub async fn withdraw(
        &self,
        publisher: &Acting<Publisher>,
        id: Uuid,
        version: Option<i64>,
    ) -> Done {
        let (now, today) = (publisher.now, today(publisher));
        let mut tx = self.held(publisher).await?;
        let notice = seen(&mut tx, id, version).await?;
        let first = notice.written.opens_on;
        let (to, step) = match state(&notice, today) {
            NoticeState::Withdrawn => return Err(PublishingError::Withdrawn),
            NoticeState::Waiting | NoticeState::Scheduled => (Kept::Draft, Step::Returned),
            NoticeState::Draft | NoticeState::OnView | NoticeState::Over => {
                kept::take_back(&mut tx, id, true, today).await?;
                (Kept::Withdrawn, Step::Withdrawn)
            }
        };
        kept::move_to(&mut tx, id, to, first, false, now).await?;
        noted(&mut tx, publisher, id, step, &[]).await?;
        tx.commit().await?;
        Ok(match to {
            Kept::Withdrawn => Outcome::Withdrawn,
            _ => Outcome::Returned,
        })
    }

    /// Holds its letters back, or goes on with them.
    ///
    /// # Errors
    /// One that is not on view.
    pub async fn letters(&self, publisher: &Acting<Publisher>, id: Uuid, paused: bool) -> Done {
        let now = publisher.now;
        let mut tx = self.held(publisher).await?;
        let notice = seen(&mut tx, id, None).await?;
        if notice.kept != Kept::Published {
            return Err(PublishingError::NotPublished);
        }
        let (letters, step) = match paused {
            true => (kept::pause(&mut tx, id, now).await?, Step::Paused),
            false => (kept::resume(&mut tx, id, now).await?, Step::Resumed),
        };
        if letters > 0 {
            noted(&mut tx, publisher, id, step, &[]).await?;
        }
        tx.commit().await?;
        Ok(Outcome::Letters(letters))
    }

    /// Whether somebody else could agree to this one's letters.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn has_another(&self, publisher: &StaffVisit) -> store::Result<bool> {
        let everybody = staff::everybody(&self.db).await?;
        Ok(publisher.has_colleague(Role::Publisher, &everybody))
    }

    /// A change by somebody whom nobody has kept out meanwhile.
    async fn held(&self, publisher: &Acting<Publisher>) -> Result<Tx, PublishingError> {
        let mut tx = self.db.write().await?;
        match staff_session::is_open(&mut tx, publisher.session.id).await? {
            true => Ok(tx),
            false => Err(PublishingError::NotInAnyMore),
        }
    }
}

/// Where a notice stands.
pub fn state(notice: &OfficeNotice, today: Date) -> NoticeState {
    let written = &notice.written;
    notice.kept.on(today, written.opens_on, written.ends_on)
}

fn today(visit: &StaffVisit) -> Date {
    visit.now.in_japan().date()
}

fn hash(file: &FileChange) -> [u8; 32] {
    match file {
        FileChange::Set(_, content) => Sha256::digest(content).into(),
        FileChange::Keep | FileChange::Remove => [0; 32],
    }
}

/// The notice, held, in the version that was seen.
async fn seen(
    tx: &mut Tx,
    id: Uuid,
    version: Option<i64>,
) -> Result<OfficeNotice, PublishingError> {
    let notice = kept::hold(tx, id).await?.ok_or(PublishingError::Unknown)?;
    match version {
        Some(version) if version != notice.version => {
            let mut steps = kept::steps_of_held(tx, id).await?;
            steps.retain(|taken| taken.version > version);
            Err(PublishingError::Stale(Box::new(notice), steps))
        }
        _ => Ok(notice),
    }
}

/// An address is unique, and nothing else is.
fn taken(kept: store::Result<()>) -> Result<(), PublishingError> {
    match kept {
        Err(error) if is_unique_violation(&error) => Err(PublishingError::SlugTaken),
        kept => Ok(kept?),
    }
}

/// Writes down who did what, for the notice's page and for the audit.
async fn noted(
    tx: &mut Tx,
    publisher: &StaffVisit,
    id: Uuid,
    step: Step,
    columns: &[&str],
) -> store::Result<()> {
    kept::note(tx, id, step, columns, publisher.id(), publisher.now).await?;
    let event = match step {
        Step::Written | Step::Changed | Step::Attached => Event::NoticeWritten,
        Step::Asked => Event::NoticeAsked,
        Step::Published => Event::NoticePublished,
        Step::Returned | Step::Withdrawn => Event::NoticeWithdrawn,
        Step::Paused => Event::NoticeLettersPaused,
        Step::Resumed => Event::NoticeLettersResumed,
    };
    let detail = [&[id.to_string().as_str()], columns].concat().join(" ");
    let entry = Entry {
        detail: &detail,
        ..publisher.entry(event)
    };
    entry.record(tx).await
}

/// When its letters are due: at nine of its first day, or at once.
pub fn letters_due(notice: &OfficeNotice) -> Timestamp {
    Timestamp::start_of(notice.written.opens_on).plus(Duration::from_secs(9 * 3600))
}
