//! For whom postcards are made in the browser, and why for nobody.

use std::fmt;

use domain::values::timestamp::Timestamp;
use store::{
    Db,
    person::{self, Addressee, Key, Place},
    postcard,
    postcard_run::{self, Choice},
};
use uuid::Uuid;

use super::{BATCH, Kind, Terms, eligible_at};

/// What somebody of the office typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Everybody.
    Everybody,
    /// One employer, by its code.
    Employer(String),
    /// One person who has none yet.
    Person(Key),
    /// One person, whatever they have.
    Reissue(Key),
    /// Everybody for whom a new one was asked for.
    Waiting,
}

/// Why no postcard is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChoiceError {
    /// Everybody who may register has an account or an open postcard.
    Nobody,
    /// So has everybody of this employer.
    NobodyOfEmployer,
    /// The office has asked for no new postcard.
    NobodyWaits,
    /// Nobody on the roster has this key.
    Unknown,
    /// The person has left, is not qualified yet, or is too young.
    NotEligible,
    /// The office has closed the account.
    Disabled,
    /// They are a member.
    HasAccount,
    /// They have an open postcard.
    HasPostcard,
    /// They are of the clerk's own household.
    Own,
}

impl fmt::Display for ChoiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nobody => {
                "発行の対象となる加入者はいません。全員に、アカウントか有効なハガキがあります。新しい加入者は、名簿を取り込むと対象になります。"
            }
            Self::NobodyOfEmployer => {
                "この事業所に、発行の対象となる加入者はいません。ほかの事業所を選ぶか、名簿を取り込んでください。"
            }
            Self::NobodyWaits => {
                "新しいハガキを待っている加入者はいません。窓口が加入者の画面で発行を依頼すると、対象になります。"
            }
            Self::Unknown => {
                "その記号・番号・枝番の加入者はいません。名簿を取り込んだあとで、もう一度お試しください。"
            }
            Self::NotEligible => {
                "この方は利用登録の対象ではありません（資格喪失、資格取得前、または年齢）。名簿を確認してください。"
            }
            Self::Disabled => {
                "この方の利用は停止しています。先に、窓口の職員が加入者の画面で再開してください。"
            }
            Self::HasAccount => {
                "この方は利用登録を済ませています。新しいハガキが必要なときは「再発行」を選んでください。"
            }
            Self::HasPostcard => {
                "この方には、まだ使えるハガキがあります。紛失などのときは「再発行」を選んでください。"
            }
            Self::Own => "ご自分の世帯のハガキは、ほかの職員に依頼してください。",
        })
    }
}

impl std::error::Error for ChoiceError {}

/// Whether one person can be given a postcard, a first one or another.
fn judge(person: Option<&Addressee>, kind: Kind, has_open: bool) -> Result<(), ChoiceError> {
    let person = person.ok_or(ChoiceError::NotEligible)?;
    match kind {
        _ if person.is_disabled => Err(ChoiceError::Disabled),
        Kind::First if person.member_id.is_some() => Err(ChoiceError::HasAccount),
        Kind::First if has_open => Err(ChoiceError::HasPostcard),
        _ => Ok(()),
    }
}

/// For whom it is, and how many people that are; the error is a sentence.
pub(super) async fn read(
    db: &Db,
    terms: Terms,
    wish: &Wish,
    now: Timestamp,
) -> store::Result<Result<(Choice, i64), ChoiceError>> {
    let who = eligible_at(now, terms);
    let (choice, people, nobody) = match wish {
        Wish::Everybody => (
            Choice::Everybody,
            person::count_awaiting_postcard(db, who, now, None).await?,
            ChoiceError::Nobody,
        ),
        Wish::Employer(code) => (
            Choice::Employer(code.clone()),
            person::count_awaiting_postcard(db, who, now, Some(code)).await?,
            ChoiceError::NobodyOfEmployer,
        ),
        Wish::Waiting => (
            Choice::Waiting,
            person::count_wanting_another(db, who).await?,
            ChoiceError::NobodyWaits,
        ),
        Wish::Person(key) | Wish::Reissue(key) => {
            let Some(id) = person::by_key(db, key).await? else {
                return Ok(Err(ChoiceError::Unknown));
            };
            let choice = match wish {
                Wish::Reissue(_) => Choice::Reissue(id),
                _ => Choice::Person(id),
            };
            return one(db, terms, choice, id, now).await;
        }
    };
    Ok(match people {
        0 => Err(nobody),
        people => Ok((choice, people)),
    })
}

/// The same of one person.
pub(super) async fn one(
    db: &Db,
    terms: Terms,
    choice: Choice,
    id: Uuid,
    now: Timestamp,
) -> store::Result<Result<(Choice, i64), ChoiceError>> {
    let person = person::eligible_by_id(db, eligible_at(now, terms), id).await?;
    let has_open = postcard::has_open(db, id, now).await?;
    let judged = judge(person.as_ref(), kind(&choice), has_open);
    Ok(judged.map(|()| (choice, 1)))
}

/// What becomes of what people have.
pub(super) const fn kind(choice: &Choice) -> Kind {
    match choice.replaces() {
        true => Kind::Again,
        false => Kind::First,
    }
}

/// The next people of a run who have no postcard of it yet, behind `after`.
pub(super) async fn next(
    db: &Db,
    terms: Terms,
    (run, choice): (Uuid, &Choice),
    after: &Place,
    now: Timestamp,
) -> store::Result<Vec<Addressee>> {
    let who = eligible_at(now, terms);
    match choice {
        Choice::Everybody => person::awaiting_postcard(db, who, now, None, after, BATCH).await,
        Choice::Employer(code) => {
            person::awaiting_postcard(db, who, now, Some(code), after, BATCH).await
        }
        Choice::Waiting => person::wanting_another(db, who, after, BATCH).await,
        Choice::Person(id) | Choice::Reissue(id) => {
            if *after != Place::default() || postcard_run::has_made(db, run, *id).await? {
                return Ok(Vec::new());
            }
            let person = person::eligible_by_id(db, who, *id).await?;
            let has_open = postcard::has_open(db, *id, now).await?;
            let may = judge(person.as_ref(), kind(choice), has_open).is_ok();
            Ok(person.into_iter().filter(|_| may).collect())
        }
    }
}
