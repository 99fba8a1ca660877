//! Whom the office finds, and what it sees of them: no look without a reason, and every one
//! in the audit before anything is shown.

use std::fmt;
use std::time::Duration;

use domain::{
    looking::{Confirmed, MOST_CHARS, Reason, ReasonText},
    office::role::Role,
    rules::half_width::half_width_char,
    spelling::searched,
};
use store::{
    Db,
    audit::{Entry, Event},
    email,
    look::{self, Look},
    people::{self, Card, Hit, Search, SentLetter, SentPostcard},
    second_person::{self, Question, What},
    second_step::{Holder, codes, passkeys},
};
use uuid::Uuid;

use crate::{
    account::by_office::Clerk,
    base::fault::InternalError,
    office::access::{Acting, Desk, HealthImporter},
};

/// The letters that a page shows are of the last ninety days, as all that are kept.
const LETTERS: Duration = Duration::from_secs(90 * 24 * 3600);

/// As what the office looks at people, in the audit and in the member's history.
const ROLE: Role = Role::Desk;

/// Whoever answers the telephone, and so may look at people.
#[derive(Clone, Copy, Debug)]
pub struct Looker<'a> {
    staff: Uuid,
    /// Who they are on the roster, where that is known: the own household is refused.
    person: Option<Uuid>,
    role: Role,
    clerk: Clerk<'a>,
}

impl<'a> Looker<'a> {
    /// Whoever has the role; `person` is who they are on the roster, and `confirmed` what
    /// was confirmed of who called.
    pub fn new(desk: &'a Acting<Desk>, person: Option<Uuid>, confirmed: &'a str) -> Self {
        Self {
            staff: desk.id(),
            person,
            role: ROLE,
            clerk: desk.clerk(confirmed),
        }
    }

    /// Whoever brings files about health, and looks at some lines of one.
    pub fn at_a_file(health: &'a Acting<HealthImporter>, person: Option<Uuid>) -> Self {
        Self {
            staff: health.id(),
            person,
            role: Role::HealthImporter,
            clerk: health.clerk(""),
        }
    }

    /// As their acts are noted.
    pub fn clerk(&self) -> Clerk<'a> {
        self.clerk
    }
}

/// Why a search is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchError {
    /// Nothing was typed that a name or a key could have.
    Empty,
    /// So many characters are more than 200.
    TooLong(usize),
}

impl fmt::Display for SearchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str(
                "お名前（カナも可）、記号-番号-枝番、ログインID、メールアドレスのどれかを入力してください。",
            ),
            Self::TooLong(chars) => write!(
                f,
                "{MOST_CHARS}文字以内で入力してください（いま{chars}文字）。"
            ),
        }
    }
}

/// Reads what a clerk typed into the search field.
///
/// # Errors
/// Nothing to search for, or too much of it.
pub fn read_search(typed: &str) -> Result<Search, SearchError> {
    let typed = typed.trim();
    let chars = typed.chars().count();
    if chars > MOST_CHARS {
        return Err(SearchError::TooLong(chars));
    }
    let half: String = typed.chars().map(half_width_char).collect();
    if half.contains('@') {
        return Ok(Search::Address(half.to_ascii_lowercase()));
    }
    let mut readings = Vec::new();
    for written in [typed, &half] {
        readings.extend(
            keys_in(written)
                .filter(|key| !readings.contains(key))
                .collect::<Vec<_>>(),
        );
    }
    if !readings.is_empty() {
        return Ok(Search::Key(readings));
    }
    let folded = searched(typed);
    if folded.is_empty() {
        return Err(SearchError::Empty);
    }
    Ok(Search::Name {
        folded,
        login_id: half.to_ascii_lowercase(),
    })
}

/// `1001-12-00` is 記号-番号-枝番, and may be 記号-番号 of a 記号 with a hyphen; of both the
/// last part is digits.
fn keys_in(written: &str) -> impl Iterator<Item = (String, String, Option<String>)> {
    let digits = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_digit() || ('０'..='９').contains(&c))
    };
    let part = |part: &str| part.trim().to_owned();
    let mut three = written.rsplitn(3, '-').map(str::trim);
    let with_branch = match (three.next(), three.next(), three.next()) {
        (Some(branch), Some(number), Some(symbol))
            if digits(branch) && !number.is_empty() && !symbol.is_empty() =>
        {
            Some((part(symbol), part(number), Some(part(branch))))
        }
        _ => None,
    };
    let number = written.rsplit_once('-').and_then(|(symbol, number)| {
        let is_one = digits(number.trim()) && !symbol.trim().is_empty();
        is_one.then(|| (part(symbol), part(number), None))
    });
    with_branch.into_iter().chain(number)
}

/// Searches, and notes that it was done: what kind, and how many were found, and never the
/// text.
///
/// # Errors
/// Whatever the database answers.
pub async fn search(
    db: &Db,
    looker: &Looker<'_>,
    search: &Search,
) -> Result<Vec<Hit>, InternalError> {
    let hits = people::find(db, search, looker.person).await?;
    let detail = format!("{} {}", search.kind(), hits.len());
    let clerk = looker.clerk;
    let mut tx = db.write().await?;
    Entry {
        network_address: clerk.network_address,
        actor: clerk.actor,
        ..Event::OfficeSearched.at_the_command_line(&detail, clerk.now)
    }
    .record(&mut tx)
    .await?;
    tx.commit().await?;
    Ok(hits)
}

/// What became of asking for a person's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// It is open for ten minutes.
    Open,
    /// Another clerk has to agree first, and was asked.
    AnotherIsAsked,
    /// It is of the clerk's own household.
    Own,
    /// There is nobody of that identifier.
    Nobody,
}

/// Opens a person's page for ten minutes, and notes the reason; an inquiry when another
/// clerk has agreed to it.
///
/// # Errors
/// Whatever the database answers.
pub async fn look(
    db: &Db,
    looker: &Looker<'_>,
    person: Uuid,
    reason: Reason,
    text: &ReasonText,
) -> Result<Looked, InternalError> {
    let Some(household) = people::household(db, person).await? else {
        return Ok(Looked::Nobody);
    };
    if is_own(db, looker, &household).await? {
        return Ok(Looked::Own);
    }
    let (staff, clerk) = (looker.staff, looker.clerk);
    let mut tx = db.write().await?;
    if reason == Reason::Inquiry
        && !second_person::use_up(&mut tx, What::Inquiry, person, staff, clerk.now).await?
    {
        ask_another(tx, looker, What::Inquiry, person, text).await?;
        return Ok(Looked::AnotherIsAsked);
    }
    if look::begin(&mut tx, staff, person, reason, clerk.now).await? {
        let detail = format!("{} {}", looker.role.as_str(), reason.as_str());
        let noted = Clerk {
            confirmed: &detail,
            ..clerk
        };
        // Of the person alone: the history has rules of its own for looks.
        let whose = (person, None);
        noted
            .note(&mut tx, Event::OfficeLooked, whose, Some(text))
            .await?;
    }
    tx.commit().await?;
    Ok(Looked::Open)
}

/// Asks for another clerk's word; once, while the question stands.
async fn ask_another(
    mut tx: store::Tx,
    looker: &Looker<'_>,
    what: What,
    person: Uuid,
    text: &ReasonText,
) -> Result<(), InternalError> {
    let clerk = looker.clerk;
    if second_person::ask(&mut tx, what, person, looker.staff, clerk.now).await? {
        let noted = Clerk {
            confirmed: what.as_str(),
            ..clerk
        };
        let whose = (person, None);
        noted
            .note(&mut tx, Event::SecondPersonAsked, whose, Some(text))
            .await?;
    }
    Ok(tx.commit().await?)
}

/// Whether another clerk has agreed, so that it may be done now, once; otherwise one is
/// asked.
///
/// # Errors
/// Whatever the database answers.
pub async fn has_agreed(
    db: &Db,
    looker: &Looker<'_>,
    what: What,
    person: Uuid,
    text: &ReasonText,
) -> Result<bool, InternalError> {
    let (staff, now) = (looker.staff, looker.clerk.now);
    let mut tx = db.write().await?;
    if second_person::use_up(&mut tx, what, person, staff, now).await? {
        tx.commit().await?;
        return Ok(true);
    }
    ask_another(tx, looker, what, person, text).await?;
    Ok(false)
}

/// What other clerks have asked.
///
/// # Errors
/// Whatever the database answers.
pub async fn questions(db: &Db, looker: &Looker<'_>) -> Result<Vec<Question>, InternalError> {
    Ok(second_person::waiting(db, looker.staff, looker.clerk.now).await?)
}

/// Agrees to what another clerk has asked. `false` for one's own question, for one about the
/// own household, and for one that does not stand any more.
///
/// # Errors
/// Whatever the database answers.
pub async fn agree(db: &Db, looker: &Looker<'_>, question: Uuid) -> Result<bool, InternalError> {
    let clerk = looker.clerk;
    let mut tx = db.write().await?;
    let agreed = second_person::agree(&mut tx, question, looker.staff, clerk.now).await?;
    let Some(person) = agreed else {
        return Ok(false);
    };
    let household = people::household(db, person).await?;
    if let Some(household) = household
        && is_own(db, looker, &household).await?
    {
        return Ok(false);
    }
    let whose = (person, None);
    clerk
        .note(&mut tx, Event::SecondPersonAgreed, whose, None)
        .await?;
    tx.commit().await?;
    Ok(true)
}

async fn is_own(
    db: &Db,
    looker: &Looker<'_>,
    household: &(String, String),
) -> Result<bool, InternalError> {
    Ok(match looker.person {
        Some(own) => people::household(db, own).await?.as_ref() == Some(household),
        None => false,
    })
}

/// The look that is open at a person, if any.
///
/// # Errors
/// Whatever the database answers.
pub async fn open_look(
    db: &Db,
    looker: &Looker<'_>,
    person: Uuid,
) -> Result<Option<Look>, InternalError> {
    Ok(look::open(db, looker.staff, person, looker.clerk.now).await?)
}

/// Keeps what was confirmed of who called, for the acts of this look.
///
/// # Errors
/// Whatever the database answers.
pub async fn confirm_caller(
    db: &Db,
    looker: &Looker<'_>,
    person: Uuid,
    confirmed: &Confirmed,
) -> Result<(), InternalError> {
    let mut tx = db.write().await?;
    look::confirm(&mut tx, looker.staff, person, &confirmed.words()).await?;
    Ok(tx.commit().await?)
}

/// An address as the office sees it: `ta…@example.jp`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskedAddress {
    /// Its row, for its confirmation.
    pub id: Uuid,
    /// Two characters of the local part, and the domain.
    pub address: String,
    /// Whether it is confirmed.
    pub is_confirmed: bool,
    /// Whether notices go there.
    pub gets_notices: bool,
}

/// Two characters of the local part, and the domain whole.
pub fn masked(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let shown: String = local.chars().take(2).collect();
    format!("{shown}…@{domain}")
}

/// What the office's page shows of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The roster and the account.
    pub card: Card,
    /// The names of the household's others.
    pub family: Vec<String>,
    /// The addresses, masked.
    pub addresses: Vec<MaskedAddress>,
    /// The letters of ninety days, their addresses masked.
    pub letters: Vec<SentLetter>,
    /// The postcards.
    pub postcards: Vec<SentPostcard>,
    /// Whether there are passkeys or codes.
    pub has_second_step: bool,
}

/// The page; `None` without an open look.
///
/// # Errors
/// Whatever the database answers.
pub async fn page(
    db: &Db,
    looker: &Looker<'_>,
    person: Uuid,
) -> Result<Option<(Look, Page)>, InternalError> {
    let Some(look) = open_look(db, looker, person).await? else {
        return Ok(None);
    };
    let Some(card) = people::card(db, person).await? else {
        return Ok(None);
    };
    let mut addresses = Vec::new();
    let mut letters = Vec::new();
    let mut has_second_step = false;
    if let Some(member) = card.member_id {
        for one in email::of_account(db, member).await? {
            addresses.push(MaskedAddress {
                id: one.id,
                is_confirmed: one.is_confirmed(),
                gets_notices: one.notices,
                address: masked(&one.address),
            });
        }
        let since = looker.clerk.now.minus(LETTERS);
        for letter in people::letters(db, member, since).await? {
            letters.push(SentLetter {
                address: masked(&letter.address),
                ..letter
            });
        }
        let holder = Holder::Member(member);
        has_second_step = codes::on_since(db, holder).await?.is_some()
            || !passkeys::of(db, holder).await?.is_empty();
    }
    Ok(Some((
        look,
        Page {
            family: people::family(db, person).await?,
            postcards: people::postcards(db, person).await?,
            card,
            addresses,
            letters,
            has_second_step,
        },
    )))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_typed_is_a_key_an_address_or_the_beginning_of_a_name() {
        let key = |symbol: &str, number: &str, branch: Option<&str>| {
            (
                symbol.to_owned(),
                number.to_owned(),
                branch.map(str::to_owned),
            )
        };
        assert_eq!(
            read_search(" 1001-12-00 "),
            Ok(Search::Key(vec![
                key("1001", "12", Some("00")),
                key("1001-12", "00", None)
            ]))
        );
        assert_eq!(
            read_search("本社-12"),
            Ok(Search::Key(vec![key("本社", "12", None)]))
        );
        assert_eq!(
            read_search("１００１－１２"),
            Ok(Search::Key(vec![key("1001", "12", None)]))
        );
        assert_eq!(
            read_search("Taro@Example.jp"),
            Ok(Search::Address("taro@example.jp".to_owned()))
        );
        assert_eq!(
            read_search("たかはし"),
            Ok(Search::Name {
                folded: "タカハシ".to_owned(),
                login_id: "たかはし".to_owned()
            })
        );
        for nothing in ["", "  ", "　", "・"] {
            assert_eq!(read_search(nothing), Err(SearchError::Empty), "{nothing}");
        }
        for literal in ["%", "_", "a%b_c", "ー"] {
            assert!(
                matches!(read_search(literal), Ok(Search::Name { .. })),
                "{literal}"
            );
        }
        assert_eq!(
            read_search(&"あ".repeat(10_000)),
            Err(SearchError::TooLong(10_000))
        );
    }

    #[test]
    fn an_address_shows_two_characters_and_its_domain() {
        assert_eq!(masked("hanako@example.jp"), "ha…@example.jp");
        assert_eq!(masked("a@example.jp"), "a…@example.jp");
    }
}
