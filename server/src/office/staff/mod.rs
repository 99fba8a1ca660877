//! The office's people: who they are, what they are there for, and how they come in.

pub mod changes;
pub mod passkeys;
pub mod sign_in;

use std::sync::Arc;

use domain::{
    office::{
        StaffMember,
        login::StaffLogin,
        password::{StaffPassword, StaffPasswordError},
        role::Roles,
    },
    rules::RecoveryCode,
    values::{society::Society, timestamp::Timestamp},
};
use store::{
    Db, Tx,
    audit::{Entry, Event},
    is_unique_violation, person,
    person::Key,
    second_step::{self, Holder},
    staff, staff_session,
};
use uuid::Uuid;

use self::sign_in::command_line_form;
use crate::{
    base::{
        fault::InternalError,
        hash::Hasher,
        secrets::{session_token, token_hash},
    },
    office::access::{Acting, AnyRole},
    second_step::codes,
};

/// The longest name of somebody of the office, in characters.
const NAME_CHARS: usize = 60;

/// Characters of a code from the command line: none that look alike, 40 bits together.
const CODE_LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const CODE_CHARS: usize = 8;

/// The use cases about the office's people.
#[derive(Clone)]
pub struct StaffService {
    /// The database.
    pub db: Db,
    /// The hash workers.
    pub hasher: Hasher,
    /// Whose names no password may hold.
    pub society: Arc<Society>,
    /// Whether a second person confirms what is done to the office's people.
    pub four_eyes: bool,
}

/// Why something was not done.
#[derive(Debug)]
pub enum StaffError {
    /// Somebody has that login.
    LoginTaken,
    /// Nobody has that login, or row.
    Unknown,
    /// A name of no characters, or of too many.
    Name,
    /// No role was given.
    NoRole,
    /// Nobody on the roster has that key.
    UnknownPerson,
    /// The password cannot be one.
    Password(StaffPasswordError),
    /// Nobody changes their own roles or state.
    Own,
    /// Nobody would be left who can administer the office.
    LastAdmin,
    /// Whoever asks was kept out meanwhile.
    NotInAnyMore,
    /// A person made or changed by somebody does not confirm that one's work.
    TooClose,
    /// It was decided already.
    Decided,
    /// It waits for a decision already.
    Waits,
    /// The link is over.
    LinkOver,
    /// Something broke.
    Internal(InternalError),
}

impl<E: Into<InternalError>> From<E> for StaffError {
    fn from(error: E) -> Self {
        Self::Internal(error.into())
    }
}

impl std::fmt::Display for StaffError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::LoginTaken => "そのログインIDは、ほかの職員が使っています。",
            Self::Unknown => "その職員は登録されていません。",
            Self::Name => "氏名を60文字までで入力してください。",
            Self::NoRole => "役割を1つ以上選んでください。",
            Self::UnknownPerson => "その記号・番号・枝番の加入者は名簿にいません。",
            Self::Password(error) => return error.fmt(f),
            Self::Own => "ご自分の役割や状態は変更できません。ほかの管理者に依頼してください。",
            Self::LastAdmin => {
                "二段階認証を設定した管理者が、ほかにいなくなります。先にほかの管理者を登録してください。"
            }
            Self::NotInAnyMore => "ログインは終了しました。何も変更していません。",
            Self::TooClose => {
                "7日以内に登録または変更した職員どうしでは、確認できません。ほかの管理者に依頼してください。"
            }
            Self::Decided => "すでに確認または取消しされています。",
            Self::Waits => "前の変更が、ほかの管理者の確認を待っています。",
            Self::LinkOver => {
                "このURLは期限切れか、使用済みです。管理者に新しいURLを依頼してください。"
            }
            Self::Internal(error) => return error.fmt(f),
        })
    }
}

impl std::error::Error for StaffError {}

/// Somebody new, as typed.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// What they sign in with.
    pub login_id: StaffLogin,
    /// Their name.
    pub name: String,
    /// What they are there for.
    pub roles: Roles,
    /// Who they are on the roster.
    pub person: Option<Key>,
}

impl StaffService {
    /// The names that no password may hold.
    fn names(&self) -> [&str; 3] {
        let society = &self.society;
        [&society.portal_name, &society.name, &society.mail_domain]
    }

    /// Reads a password.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn password(&self, login: &StaffLogin, typed: &str) -> Result<StaffPassword, StaffError> {
        StaffPassword::parse(typed, login, &self.names()).map_err(StaffError::Password)
    }

    /// Who somebody new is on the roster.
    async fn person(&self, new: &Newcomer) -> Result<Option<Uuid>, StaffError> {
        match &new.person {
            None => Ok(None),
            Some(key) => match person::by_key(&self.db, key).await? {
                Some(person) => Ok(Some(person)),
                None => Err(StaffError::UnknownPerson),
            },
        }
    }

    /// Adds somebody at the command line, with a password.
    ///
    /// # Errors
    /// A login that somebody has, and whatever is wrong with the rest.
    pub async fn add(
        &self,
        new: &Newcomer,
        password: &StaffPassword,
        now: Timestamp,
    ) -> Result<(), StaffError> {
        let hash = self.hasher.acquire()?.hash(password.as_str()).await?;
        let person = self.person(new).await?;
        let mut tx = self.db.write().await?;
        let id = insert(&mut tx, (new, person), Some(&hash), now).await?;
        let change =
            changes::at_the_command_line(id, store::staff_change::ChangeKind::Add, new.roles);
        store::staff_change::insert(&mut tx, change, now).await?;
        self.note(&mut tx, Event::StaffAdded, id, &new.roles.words(), now)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Adds somebody at the command line, with a link under which they choose a password.
    ///
    /// # Errors
    /// As for [`StaffService::add`].
    pub async fn invite(&self, new: &Newcomer, now: Timestamp) -> Result<String, StaffError> {
        let token = session_token()?;
        let person = self.person(new).await?;
        let mut tx = self.db.write().await?;
        let id = insert(&mut tx, (new, person), None, now).await?;
        staff::insert_link(&mut tx, id, &token_hash(&token), now).await?;
        let change =
            changes::at_the_command_line(id, store::staff_change::ChangeKind::Add, new.roles);
        store::staff_change::insert(&mut tx, change, now).await?;
        self.note(&mut tx, Event::StaffAdded, id, &new.roles.words(), now)
            .await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Keeps somebody out, or lets them in again, at the command line.
    ///
    /// # Errors
    /// A login that nobody has. The last administrator can be kept out there: whoever has
    /// the command line can add another.
    pub async fn set_disabled(
        &self,
        login: &str,
        disabled: bool,
        now: Timestamp,
    ) -> Result<(), StaffError> {
        let mut tx = self.db.write().await?;
        staff::lock(&mut tx).await?;
        let account = named(&mut tx, login).await?;
        let (id, roles) = (account.id, account.roles);
        let kind = changes::disable(&mut tx, id, disabled, now).await?;
        let change = changes::at_the_command_line(id, kind, roles);
        store::staff_change::insert(&mut tx, change, now).await?;
        self.note(&mut tx, changes::event(kind), id, "", now)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Another password at the command line: earlier second steps, sessions and links go.
    ///
    /// # Errors
    /// A login that nobody has.
    pub async fn reset(
        &self,
        login: &str,
        password: &StaffPassword,
        now: Timestamp,
    ) -> Result<(), StaffError> {
        let hash = self.hasher.acquire()?.hash(password.as_str()).await?;
        let mut tx = self.db.write().await?;
        staff::lock(&mut tx).await?;
        let id = named(&mut tx, login).await?.id;
        renew(&mut tx, id, Some(&hash), now).await?;
        self.note(&mut tx, Event::StaffPasswordChosen, id, "", now)
            .await?;
        Ok(tx.commit().await?)
    }

    /// A code that stands for somebody's second step, once, within five minutes.
    ///
    /// # Errors
    /// A login that nobody has.
    pub async fn code(&self, login: &str, now: Timestamp) -> Result<String, StaffError> {
        let mut bytes = [0; CODE_CHARS];
        getrandom::fill(&mut bytes)?;
        // 32 letters: each byte's last five bits are one, none likelier than another.
        let code: String = bytes
            .iter()
            .filter_map(|byte| CODE_LETTERS.get(usize::from(byte & 31)))
            .map(|letter| char::from(*letter))
            .collect();
        let hash = token_hash(&command_line_form(&code));
        let mut tx = self.db.write().await?;
        let id = named(&mut tx, login).await?.id;
        staff::set_code(&mut tx, id, &hash, now).await?;
        self.note(&mut tx, Event::StaffCodeMade, id, "", now)
            .await?;
        tx.commit().await?;
        Ok(code)
    }

    /// Everybody of the office.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn list(&self) -> store::Result<Vec<StaffMember>> {
        staff::everybody(&self.db).await
    }

    /// Whose invitation a token is.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn invited(&self, token: &str, now: Timestamp) -> store::Result<Option<StaffMember>> {
        staff::of_link(&self.db, &token_hash(token), now).await
    }

    /// Chooses a password by a link: once; earlier second steps and sessions are gone.
    ///
    /// # Errors
    /// A link that is over, a password that cannot be one.
    pub async fn accept(&self, token: &str, typed: &str, now: Timestamp) -> Result<(), StaffError> {
        let invited = self.invited(token, now).await?;
        let staff = invited.ok_or(StaffError::LinkOver)?;
        let password = self.password(&staff.login_id, typed)?;
        let hash = self.hasher.acquire()?.hash(password.as_str()).await?;
        let mut tx = self.db.write().await?;
        let used = staff::use_link(&mut tx, &token_hash(token), now).await?;
        let id = used.ok_or(StaffError::LinkOver)?;
        renew(&mut tx, id, Some(&hash), now).await?;
        let entry = Entry {
            actor: &id.to_string(),
            ..Event::StaffPasswordChosen.at_the_command_line("by a link", now)
        };
        entry.record(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// Another password, chosen by whoever is in.
    ///
    /// # Errors
    /// A password that cannot be one.
    pub async fn choose_password(
        &self,
        acting: &Acting<AnyRole>,
        typed: &str,
    ) -> Result<(), StaffError> {
        let password = self.password(&acting.session.staff.login_id, typed)?;
        let hash = self.hasher.acquire()?.hash(password.as_str()).await?;
        let mut tx = self.db.write().await?;
        staff::set_password(&mut tx, acting.id(), Some(&hash)).await?;
        staff::end_links(&mut tx, acting.id(), acting.now).await?;
        staff_session::end_waiting_of(&mut tx, acting.id(), acting.now).await?;
        acting
            .entry(Event::StaffPasswordChosen)
            .record(&mut tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Ten new recovery codes in place of the earlier ones; `None` where codes are not on.
    ///
    /// # Errors
    /// Database or randomness.
    pub async fn new_recovery_codes(
        &self,
        acting: &Acting<AnyRole>,
    ) -> Result<Option<Vec<RecoveryCode>>, InternalError> {
        let new = codes::NewRecoveryCodes::draw()?;
        let holder = Holder::Staff(acting.id());
        let mut tx = self.db.write().await?;
        if codes::app(&mut tx, holder).await?.is_none() {
            return Ok(None);
        }
        let codes = codes::hand_out(&mut tx, holder, new, acting.now).await?;
        acting.entry(Event::StaffSecondStep).record(&mut tx).await?;
        tx.commit().await?;
        Ok(Some(codes))
    }

    async fn note(
        &self,
        tx: &mut Tx,
        event: Event,
        staff: Uuid,
        detail: &str,
        now: Timestamp,
    ) -> store::Result<()> {
        let about = format!("{staff} {detail}");
        event
            .at_the_command_line(about.trim_end(), now)
            .record(tx)
            .await
    }
}

/// Writes somebody new, with a place for their wrong tries.
async fn insert(
    tx: &mut Tx,
    (new, person): (&Newcomer, Option<Uuid>),
    hash: Option<&str>,
    now: Timestamp,
) -> Result<Uuid, StaffError> {
    if new.name.trim().is_empty() || new.name.chars().count() > NAME_CHARS {
        return Err(StaffError::Name);
    }
    if new.roles.is_empty() {
        return Err(StaffError::NoRole);
    }
    let id = Uuid::now_v7();
    let row = staff::NewStaff {
        id,
        login_id: &new.login_id,
        name: new.name.trim(),
        roles: new.roles,
        password_hash: hash,
        person,
    };
    match staff::insert(tx, row, now).await {
        Err(error) if is_unique_violation(&error) => Err(StaffError::LoginTaken),
        inserted => Ok(inserted.map(|()| id)?),
    }
}

async fn named(tx: &mut Tx, login: &str) -> Result<StaffMember, StaffError> {
    let account = staff::by_login(tx, &StaffLogin::key_of(login)).await?;
    Ok(account.ok_or(StaffError::Unknown)?.staff)
}

/// Another password, or none until a link is followed; whatever let somebody in is gone.
async fn renew(tx: &mut Tx, id: Uuid, hash: Option<&str>, now: Timestamp) -> store::Result<()> {
    staff::set_password(tx, id, hash).await?;
    let _ = second_step::remove_all(tx, Holder::Staff(id)).await?;
    staff_session::end_all_of(tx, id, now).await?;
    staff::end_links(tx, id, now).await?;
    staff::forget_devices(tx, id).await?;
    store::throttle::reset_tries(tx, store::throttle::Count::Anybody(id)).await
}
