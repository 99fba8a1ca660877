//! Provisional credentials for everybody who may register and has none: by
//! `portal postcards issue` as a file for the print shop, and in the browser as a run
//! ([`run`]), which keeps them sealed until they are handed out.
//!
//! At the command line the file is the only place where the passwords ever stand in clear; the
//! database keeps hashes. So a line is on the disk before its row is committed:
//! after a crash a line without a row is dropped and its person drawn anew, and
//! there is never a row whose password nobody has. And wherever it crashed, the next
//! run with the same FILE leaves that file alone: what was beside it is gone.

pub mod choice;
mod credentials;
mod error;
mod part_file;
pub mod run;
pub mod run_error;
pub mod sealed;

use std::{fmt, path::Path, time::Duration as Span};

use domain::{
    age,
    rules::provisional::{ProvisionalId, ProvisionalPassword},
    values::timestamp::Timestamp,
};
use futures::{StreamExt, TryStreamExt, stream};
use store::{
    Db, Tx,
    audit::{Entry, Event},
    person::{self, Addressee, Eligible, Key, Place},
    postcard::{self, Holder, NewPostcard},
};
use time::{Date, Duration};
use uuid::Uuid;

pub use self::{
    credentials::{Credentials, csv_file},
    error::PostcardError,
};

use self::part_file::{Line, PartFile};
use crate::{
    account::new_postcard,
    base::hash::{HashError, Hasher},
};

/// How long whoever makes postcards waits where members have taken every place at the
/// threads that hash.
const BUSY: Span = Span::from_millis(200);

/// People whose lines and rows are written together.
const BATCH: i64 = 200;

/// Whom the society lets register, and for how long a postcard is good.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// The age from which a dependent may register.
    pub age: u8,
    /// A postcard is good for this many days after the day of its issue, to the
    /// end of the last one.
    pub valid_days: u16,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            age: 20,
            valid_days: 365,
        }
    }
}

/// What was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Issued {
    /// Postcards in the file; without any there is no file.
    pub postcards: u64,
    /// Those among them that an interrupted run had made.
    pub resumed: u64,
    /// Those made now for people whose address is not on the roster.
    pub without_address: u64,
}

impl fmt::Display for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.postcards == 0 {
            return f.write_str("発行の対象となる加入者はいません。ファイルは作っていません。");
        }
        write!(
            f,
            "仮ログインIDと仮パスワードを{}人分発行しました。",
            self.postcards
        )?;
        if self.resumed > 0 {
            write!(f, "\nうち{}人分は、中断した前回の続きです。", self.resumed)?;
        }
        if self.without_address > 0 {
            write!(
                f,
                "\n住所のない方が{}人います。ハガキは届きません。",
                self.without_address
            )?;
        }
        Ok(())
    }
}

/// Issues a postcard to everybody who may register and has neither an account
/// nor an open one. `progress` is told how many of how many are done.
///
/// Interrupted at any point, the same call goes on where it stood.
///
/// # Errors
/// Whatever stands in the way; what was finished until then waits in `FILE.part`.
pub async fn issue(
    db: &Db,
    hasher: &Hasher,
    terms: Terms,
    now: Timestamp,
    out: &Path,
    mut progress: impl FnMut(u64, u64),
) -> Result<Issued, PostcardError> {
    let run = Issuing::new(db, hasher, terms, now, By::CommandLine);
    let mut part = PartFile::open(out)?;
    run.drop_dead_lines(&mut part).await?;
    let mut issued = Issued {
        resumed: part.count(),
        ..Issued::default()
    };

    let waiting = person::count_awaiting_postcard(db, run.who, now, None).await?;
    let total = part.count() + waiting.cast_unsigned();
    progress(part.count(), total);
    let mut last = Place::default();
    let mut any_dead = false;
    loop {
        let people = person::awaiting_postcard(db, run.who, now, None, &last, BATCH).await?;
        match people.last() {
            // From the start once more: whoever was missed has to be drawn again.
            None if last != Place::default() => {
                last = Place::default();
                continue;
            }
            None => break,
            Some(person) => last = person.place(),
        }
        issued.without_address += people
            .iter()
            .filter(|person| person.address.is_empty())
            .count() as u64;
        any_dead |= run.issue_to(&people, &mut part, Kind::First).await?;
        progress(part.count().min(total), total);
    }
    if any_dead {
        run.drop_dead_lines(&mut part).await?;
    }
    issued.postcards = part.count();
    part.finish()?;
    Ok(issued)
}

/// Voids what the person with this key has, and issues a new postcard; to a
/// member too, whose account it will reopen.
///
/// # Errors
/// Whatever stands in the way; nothing is voided unless the new one is issued.
pub async fn reissue(
    db: &Db,
    hasher: &Hasher,
    terms: Terms,
    now: Timestamp,
    key: &Key,
    out: &Path,
) -> Result<Issued, PostcardError> {
    let run = Issuing::new(db, hasher, terms, now, By::CommandLine);
    let Some(person) = person::eligible_by_key(db, run.who, key).await? else {
        let known = person::exists(db, key).await?;
        return Err(if known {
            PostcardError::NotEligible
        } else {
            PostcardError::Unknown
        });
    };
    if person.is_disabled {
        return Err(PostcardError::Disabled);
    }
    let mut part = PartFile::open(out)?;
    run.drop_dead_lines(&mut part).await?;
    if part.lines()?.iter().any(|line| !line.is_of(key)) {
        return Err(PostcardError::Unfinished);
    }
    let mut issued = Issued {
        resumed: part.count(),
        ..Issued::default()
    };
    while part.count() == 0 {
        issued.without_address = u64::from(person.address.is_empty());
        if run
            .issue_to(std::slice::from_ref(&person), &mut part, Kind::Again)
            .await?
        {
            run.drop_dead_lines(&mut part).await?;
        }
    }
    issued.postcards = part.count();
    part.finish()?;
    Ok(issued)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    First,
    Again,
}

/// At which door postcards are issued.
#[derive(Clone, Copy, Debug)]
enum By<'a> {
    /// The command line.
    CommandLine,
    /// A run, and who of the office asked for it.
    Run(Uuid, &'a str),
}

/// What stays the same from the first batch to the last.
struct Issuing<'a> {
    db: &'a Db,
    hasher: &'a Hasher,
    now: Timestamp,
    who: Eligible,
    good_until: Date,
    expires_at: Timestamp,
    by: By<'a>,
}

/// Who may register at an instant.
fn eligible_at(now: Timestamp, terms: Terms) -> Eligible {
    let today = now.in_japan().date();
    Eligible {
        today,
        born_by: age::born_by(today, terms.age),
    }
}

impl<'a> Issuing<'a> {
    fn new(db: &'a Db, hasher: &'a Hasher, terms: Terms, now: Timestamp, by: By<'a>) -> Self {
        let local = now.in_japan();
        let good_until = local
            .date()
            .saturating_add(Duration::days(terms.valid_days.into()));
        let over = good_until.saturating_add(Duration::DAY).midnight();
        let over = over.assume_offset(local.offset()).unix_timestamp() * 1000;
        Self {
            db,
            hasher,
            now,
            who: eligible_at(now, terms),
            good_until,
            expires_at: Timestamp(over),
            by,
        }
    }

    /// Takes the lines out of the file whose postcards the database does not have as
    /// open ones. Where a line has another key than the postcard's holder, either the
    /// person's has changed since, or the ID was drawn at the same moment elsewhere: the
    /// password tells, and a line that is good gets today's key.
    async fn drop_dead_lines(&self, part: &mut PartFile) -> Result<(), PostcardError> {
        let mut alive = Vec::new();
        for line in part.lines()? {
            let holder = postcard::holder(self.db, line.login_id(), self.now).await?;
            match holder {
                Some(holder) if line.is_of(&holder.key) => alive.push(line),
                Some(holder) if self.opens(&line, &holder).await? => {
                    alive.push(line.of(&holder.key));
                }
                _ => {}
            }
        }
        part.keep_only(&alive)
    }

    /// Whether the line has the password of the postcard that somebody holds.
    async fn opens(&self, line: &Line, holder: &Holder) -> Result<bool, PostcardError> {
        let Ok(password) = ProvisionalPassword::parse(line.password()) else {
            return Ok(false);
        };
        let verified = self.hasher.verify(password.as_str(), &holder.password_hash);
        Ok(verified.await?)
    }

    /// Hashes, writes the lines, and then the rows. Answers whether a line was
    /// written that has no row: its ID was drawn at the same moment elsewhere,
    /// or its person got a postcard from elsewhere.
    async fn issue_to(
        &self,
        people: &[Addressee],
        part: &mut PartFile,
        kind: Kind,
    ) -> Result<bool, PostcardError> {
        let drawn = self.draw_all(people).await?;
        let lines: Vec<Line> = drawn.iter().map(|(line, _)| Line::new(line)).collect();
        part.append(lines.iter())?;

        let mut tx = self.db.write().await?;
        let inserted = self.insert_all(&mut tx, people, &drawn, kind).await?;
        let any_dead = inserted.contains(&false);
        if any_dead && kind == Kind::Again {
            // Dropped uncommitted: what the person has stays good.
            return Ok(any_dead);
        }
        tx.commit().await?;
        Ok(any_dead)
    }

    /// Draws for each of these people, on all threads that hash.
    async fn draw_all(&self, people: &[Addressee]) -> Result<Vec<Drawn>, PostcardError> {
        let draws: Vec<_> = people.iter().map(|person| self.draw(person)).collect();
        stream::iter(draws)
            .buffered(2 * self.hasher.threads())
            .try_collect()
            .await
    }

    /// Writes the rows of what was drawn, and what is told and noted of each. Of which people
    /// there is one now, in their order: where one is missing, its ID was drawn at the same
    /// moment elsewhere, or its person got a postcard from elsewhere.
    async fn insert_all(
        &self,
        tx: &mut Tx,
        people: &[Addressee],
        drawn: &[Drawn],
        kind: Kind,
    ) -> Result<Vec<bool>, PostcardError> {
        let mut inserted = Vec::with_capacity(people.len());
        for (person, (_, new)) in people.iter().zip(drawn) {
            if kind == Kind::Again {
                postcard::end_all_of(tx, person.id, self.now).await?;
            }
            let is_new = postcard::insert(tx, new).await?;
            inserted.push(is_new);
            if !is_new {
                continue;
            }
            if let Some(account) = person.member_id {
                new_postcard::tell(tx, account, new.id, self.now).await?;
            }
            let event = match kind {
                Kind::First => Event::PostcardIssued,
                Kind::Again => Event::PostcardReissued,
            };
            let entry = Entry {
                member: person.member_id,
                actor: match self.by {
                    By::CommandLine => "",
                    By::Run(_, actor) => actor,
                },
                ..event.at_the_command_line("", self.now)
            };
            entry.of_person(person.id).record(tx).await?;
        }
        Ok(inserted)
    }

    async fn draw(&self, person: &Addressee) -> Result<Drawn, PostcardError> {
        let login_id = loop {
            let login_id = drawn(|random| ProvisionalId::generate(random))?;
            if !postcard::is_login_id_taken(self.db, login_id.as_str()).await? {
                break login_id;
            }
        };
        let password = drawn(|random| ProvisionalPassword::generate(random))?;
        let new = NewPostcard {
            id: Uuid::now_v7(),
            person_id: person.id,
            login_id: login_id.as_str().to_owned(),
            password_hash: self.hash(&password).await?,
            issued_at: self.now,
            expires_at: self.expires_at,
            run: match self.by {
                By::CommandLine => None,
                By::Run(run, _) => Some(run),
            },
        };
        Ok((
            Credentials::new(person, &login_id, &password, self.good_until),
            new,
        ))
    }

    /// Members come first: where they have taken every place, this waits for one.
    async fn hash(&self, password: &ProvisionalPassword) -> Result<String, PostcardError> {
        loop {
            match self.hasher.hash(password.as_str()).await {
                Err(HashError::Busy) => tokio::time::sleep(BUSY).await,
                hashed => return Ok(hashed?),
            }
        }
    }
}

/// What a postcard says, and its row.
type Drawn = (Credentials, NewPostcard);

/// What `generate` makes of the system's random bytes.
fn drawn<T>(generate: impl FnOnce(&mut dyn FnMut() -> u8) -> T) -> Result<T, PostcardError> {
    let mut failed = false;
    let value = generate(&mut || {
        let mut byte = [0];
        failed |= getrandom::fill(&mut byte).is_err();
        byte[0]
    });
    if failed {
        Err(PostcardError::Random)
    } else {
        Ok(value)
    }
}
