//! `portal postcards issue`: provisional credentials for everybody who may
//! register and has none, as a file for the print shop.
//!
//! The file is the only place where the passwords ever stand in clear; the
//! database keeps hashes. So a line is on the disk before its row is committed:
//! after a crash a line without a row is dropped and its person drawn anew, and
//! there is never a row whose password nobody has. And wherever it crashed, the next
//! run with the same FILE leaves that file alone: what was beside it is gone.

mod error;
mod part_file;

use std::{fmt, path::Path};

use domain::{
    age,
    rules::provisional::{ProvisionalId, ProvisionalPassword},
    values::timestamp::Timestamp,
};
use futures::{StreamExt, TryStreamExt, stream};
use store::{
    Db,
    audit::{Entry, Event},
    person::{self, Addressee, Eligible, Key},
    postcard::{self, Holder, NewPostcard},
};
use time::{Date, Duration};
use uuid::Uuid;

pub use self::error::PostcardError;

use self::part_file::{Line, PartFile};
use crate::{account::new_postcard, base::hash::Hasher};

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
    let run = Run::new(db, hasher, terms, now);
    let mut part = PartFile::open(out)?;
    run.drop_dead_lines(&mut part).await?;
    let mut issued = Issued {
        resumed: part.count(),
        ..Issued::default()
    };

    let waiting = person::count_awaiting_postcard(db, run.who, now).await?;
    let total = part.count() + waiting.cast_unsigned();
    progress(part.count(), total);
    let mut last = Key::default();
    let mut any_dead = false;
    loop {
        let people = person::awaiting_postcard(db, run.who, now, &last, BATCH).await?;
        match people.last() {
            // From the start once more: whoever was missed has to be drawn again.
            None if last != Key::default() => {
                last = Key::default();
                continue;
            }
            None => break,
            Some(person) => last = person.key.clone(),
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
    let run = Run::new(db, hasher, terms, now);
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

/// What stays the same from the first batch to the last.
struct Run<'a> {
    db: &'a Db,
    hasher: &'a Hasher,
    now: Timestamp,
    who: Eligible,
    good_until: Date,
    expires_at: Timestamp,
}

impl<'a> Run<'a> {
    fn new(db: &'a Db, hasher: &'a Hasher, terms: Terms, now: Timestamp) -> Self {
        let local = now.in_japan();
        let today = local.date();
        let good_until = today.saturating_add(Duration::days(terms.valid_days.into()));
        let over = good_until.saturating_add(Duration::DAY).midnight();
        let over = over.assume_offset(local.offset()).unix_timestamp() * 1000;
        Self {
            db,
            hasher,
            now,
            who: Eligible {
                today,
                born_by: age::born_by(today, terms.age),
            },
            good_until,
            expires_at: Timestamp(over),
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
        let drawn: Vec<(Line, NewPostcard)> = stream::iter(people)
            .map(|person| self.draw(person))
            .buffered(2 * self.hasher.threads())
            .try_collect()
            .await?;
        part.append(drawn.iter().map(|(line, _)| line))?;

        let mut any_dead = false;
        let mut tx = self.db.write().await?;
        for (person, (_, new)) in people.iter().zip(&drawn) {
            if kind == Kind::Again {
                postcard::end_all_of(&mut tx, person.id, self.now).await?;
            }
            if !postcard::insert(&mut tx, new).await? {
                any_dead = true;
                if kind == Kind::Again {
                    // Dropped uncommitted: what the person has stays good.
                    return Ok(any_dead);
                }
                continue;
            }
            if let Some(account) = person.member_id {
                new_postcard::tell(&mut tx, account, new.id, self.now).await?;
            }
            let event = match kind {
                Kind::First => Event::PostcardIssued,
                Kind::Again => Event::PostcardReissued,
            };
            let entry = Entry {
                member: person.member_id,
                ..event.at_the_command_line("", self.now)
            };
            entry.of_person(person.id).record(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(any_dead)
    }

    async fn draw(&self, person: &Addressee) -> Result<(Line, NewPostcard), PostcardError> {
        let login_id = loop {
            let login_id = drawn(|random| ProvisionalId::generate(random))?;
            if !postcard::is_login_id_taken(self.db, login_id.as_str()).await? {
                break login_id;
            }
        };
        let password = drawn(|random| ProvisionalPassword::generate(random))?;
        let password_hash = self.hasher.hash(password.as_str()).await?;
        let new = NewPostcard {
            id: Uuid::now_v7(),
            person_id: person.id,
            login_id: login_id.as_str().to_owned(),
            password_hash,
            issued_at: self.now,
            expires_at: self.expires_at,
        };
        Ok((
            Line::new(person, &login_id, &password, self.good_until),
            new,
        ))
    }
}

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
