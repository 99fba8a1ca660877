//! Passkeys: what a browser is asked to sign, and what its answer is worth. Members and
//! staff have the same; whose a passkey is stands in its user handle, so that either is
//! refused at the other's door.

use std::{sync::Arc, time::Duration};

use domain::{
    ports::{AskedChallenge, PasskeyRefusal},
    values::timestamp::Timestamp,
    visit::Challenge,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::{
    Db, Tx,
    second_step::{
        Holder,
        passkeys::{self, Credential},
    },
};
use url::Url;
use uuid::Uuid;
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{DiscoverableAuthentication, Passkey, PasskeyRegistration, WebauthnError},
};
use webauthn_rs_proto::{
    AuthenticatorSelectionCriteria, PublicKeyCredential, PublicKeyCredentialDescriptor,
    RegisterPublicKeyCredential, ResidentKeyRequirement, UserVerificationPolicy,
};

use crate::base::{fault::InternalError, secrets::token_hash, tally};

/// For so long a challenge can be answered.
pub const LIFE: Duration = Duration::from_secs(5 * 60);
/// Passkeys that a holder can have.
pub const MOST: i64 = 10;

/// Who signs in where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// `/login`
    Members,
    /// `/office/login`
    Office,
}

impl Door {
    /// What a user handle begins with.
    const fn mark(self) -> u8 {
        match self {
            Self::Members => b'm',
            Self::Office => b's',
        }
    }

    const fn of(holder: Holder) -> Self {
        match holder {
            Holder::Member(_) => Self::Members,
            Holder::Staff(_) => Self::Office,
        }
    }

    const fn holder(self, id: Uuid) -> Holder {
        match self {
            Self::Members => Holder::Member(id),
            Self::Office => Holder::Staff(id),
        }
    }
}

/// What a device writes beside a new passkey.
#[derive(Clone, Copy, Debug)]
pub struct Label<'a> {
    /// The login ID.
    pub login: &'a str,
    /// What the portal calls them.
    pub name: &'a str,
}

/// The portal, as passkeys know it: by its domain name. Under an IP address there is none.
#[derive(Clone, Debug)]
pub struct RelyingParty(Option<Arc<Webauthn>>);

impl RelyingParty {
    /// The portal of that address, such as `https://portal.example.jp`, and of that name.
    pub fn new(public_url: &str, name: &str) -> Self {
        let made = Url::parse(public_url).ok().and_then(|url| {
            let builder = WebauthnBuilder::new(url.domain()?, &url).ok()?;
            builder.timeout(LIFE).rp_name(name).build().ok()
        });
        Self(made.map(Arc::new))
    }

    /// Whether there are passkeys at all.
    pub const fn is_possible(&self) -> bool {
        self.0.is_some()
    }

    fn webauthn(&self) -> Result<&Webauthn, PasskeyRefusal> {
        self.0.as_deref().ok_or(PasskeyRefusal::NotPossible)
    }

    /// What a passkey is asked to sign for a sign-in, whosever it is.
    ///
    /// # Errors
    /// What the library cannot make or write down.
    pub fn ask_for_sign_in(
        &self,
        now: Timestamp,
    ) -> Result<Result<AskedChallenge, PasskeyRefusal>, InternalError> {
        let webauthn = match self.webauthn() {
            Ok(webauthn) => webauthn,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (mut asked, state) = webauthn.start_discoverable_authentication().map_err(odd)?;
        // The script says itself whether it asks by autofill or by the button.
        asked.mediation = None;
        asked_challenge(&asked, &state, now).map(Ok)
    }

    /// What a new passkey of this holder is asked to sign.
    ///
    /// # Errors
    /// Whatever the database answers, and what the library cannot make or write down.
    pub async fn ask_for_new(
        &self,
        db: &Db,
        holder: Holder,
        label: Label<'_>,
        now: Timestamp,
    ) -> Result<Result<AskedChallenge, PasskeyRefusal>, InternalError> {
        let webauthn = match self.webauthn() {
            Ok(webauthn) => webauthn,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let door = Door::of(holder);
        let (login, name) = match door {
            Door::Members => (label.login.to_owned(), label.name.to_owned()),
            Door::Office => {
                let of_the_office = |name: &str| format!("{name}（事務局）");
                (of_the_office(label.login), of_the_office(label.name))
            }
        };
        let own = passkeys::credential_ids(db, holder).await?;
        // Those that are excluded are not in the state, which has to fit into a cookie:
        // a credential comes in once, by its key in the table.
        let (mut asked, state) = webauthn
            .start_passkey_registration(holder.id(), &login, &name, None)
            .map_err(odd)?;
        let options = &mut asked.public_key;
        options.user.id = [&[door.mark()], holder.id().as_bytes().as_slice()].concat();
        options.exclude_credentials = Some(own.into_iter().map(descriptor).collect());
        options.authenticator_selection = Some(AuthenticatorSelectionCriteria {
            authenticator_attachment: None,
            // The library's default is "discouraged", and such a passkey is not found by
            // a sign-in that names nobody.
            resident_key: Some(ResidentKeyRequirement::Required),
            require_resident_key: true,
            user_verification: UserVerificationPolicy::Required,
        });
        asked_challenge(&asked, &state, now).map(Ok)
    }

    /// Judges what a browser answered for a new passkey, and uses the challenge up.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn judge_new(
        &self,
        db: &Db,
        challenge: Option<&Challenge>,
        credential: &str,
        now: Timestamp,
    ) -> Result<Result<Kept, PasskeyRefusal>, InternalError> {
        let judged = self.read_answer::<RegisterPublicKeyCredential, PasskeyRegistration>(
            challenge, credential, now,
        );
        let (webauthn, answer, state, hash) = match judged {
            Ok(judged) => judged,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut tx = db.write().await?;
        let first = passkeys::use_challenge(&mut tx, &hash, now.plus(LIFE)).await?;
        tx.commit().await?;
        if !first {
            return Ok(Err(PasskeyRefusal::Stale));
        }
        let is_kept = answer.extensions.cred_props.as_ref();
        if is_kept.and_then(|properties| properties.rk) == Some(false) {
            return Ok(Err(PasskeyRefusal::NotKept));
        }
        match webauthn.finish_passkey_registration(&answer, &state) {
            Ok(passkey) => Kept::of(&passkey).map(Ok),
            Err(WebauthnError::MismatchedChallenge) => Ok(Err(PasskeyRefusal::Stale)),
            Err(why) => {
                tally::warn("a new passkey was refused", why.to_string());
                Ok(Err(PasskeyRefusal::Unfit))
            }
        }
    }

    /// Judges what a browser answered at this door, and uses the challenge up. That the
    /// holder is let in is for the caller to say, in the transaction of
    /// [`Presented::note_use`].
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn judge_sign_in(
        &self,
        db: &Db,
        door: Door,
        challenge: Option<&Challenge>,
        credential: &str,
        now: Timestamp,
    ) -> Result<Result<Presented, PasskeyRefusal>, InternalError> {
        let judged = self.read_answer::<PublicKeyCredential, DiscoverableAuthentication>(
            challenge, credential, now,
        );
        let (webauthn, answer, state, hash) = match judged {
            Ok(judged) => judged,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut tx = db.write().await?;
        let first = passkeys::use_challenge(&mut tx, &hash, now.plus(LIFE)).await?;
        let stored = passkeys::by_credential_id(&mut tx, answer.get_credential_id()).await?;
        tx.commit().await?;
        if !first {
            return Ok(Err(PasskeyRefusal::Stale));
        }
        // The handle and the row have to name the same holder, and one of this door.
        let stored = stored.filter(|stored| {
            let handle = [&[door.mark()], stored.holder_id.as_bytes().as_slice()].concat();
            stored.holder_kind == door.holder(stored.holder_id).kind()
                && answer.get_user_unique_id() == Some(&handle)
        });
        let Some(stored) = stored else {
            return Ok(Err(PasskeyRefusal::Unknown));
        };
        let mut passkey: Passkey = serde_json::from_str(&stored.credential).map_err(odd)?;
        match webauthn.finish_discoverable_authentication_v2(&answer, state, &passkey) {
            Ok(result) => {
                passkey.update_credential(&result);
                Ok(Ok(Presented {
                    holder: door.holder(stored.holder_id),
                    passkey: stored.id,
                    kept: Kept::of(&passkey)?,
                }))
            }
            Err(WebauthnError::MismatchedChallenge) => Ok(Err(PasskeyRefusal::Stale)),
            Err(why) => {
                // A count that does not grow may be a copy of the device: worth a line.
                tally::warn("a passkey was refused", why.to_string());
                Ok(Err(PasskeyRefusal::Unknown))
            }
        }
    }

    /// The answer, what it is judged by, and the hash by which the challenge is used up.
    fn read_answer<A: DeserializeOwned, S: DeserializeOwned>(
        &self,
        challenge: Option<&Challenge>,
        credential: &str,
        now: Timestamp,
    ) -> Result<(&Webauthn, A, S, [u8; 32]), PasskeyRefusal> {
        let webauthn = self.webauthn()?;
        let answer = serde_json::from_str(credential).map_err(|_| PasskeyRefusal::Malformed)?;
        let challenge = challenge.filter(|challenge| challenge.asked_at.is_within(LIFE, now));
        let challenge = challenge.ok_or(PasskeyRefusal::Stale)?;
        // Of an earlier version, perhaps.
        let state = serde_json::from_str(&challenge.state).map_err(|_| PasskeyRefusal::Stale)?;
        // The challenge is in the state, which so is as random.
        Ok((webauthn, answer, state, token_hash(&challenge.state)))
    }
}

fn asked_challenge(
    options: &impl Serialize,
    state: &impl Serialize,
    now: Timestamp,
) -> Result<AskedChallenge, InternalError> {
    Ok(AskedChallenge {
        options: serde_json::to_string(options).map_err(odd)?,
        challenge: Challenge {
            asked_at: now,
            state: serde_json::to_string(state).map_err(odd)?,
        },
    })
}

fn descriptor(credential: Vec<u8>) -> PublicKeyCredentialDescriptor {
    PublicKeyCredentialDescriptor {
        type_: "public-key".to_owned(),
        id: credential,
        transports: None,
    }
}

fn odd(error: impl std::fmt::Display) -> InternalError {
    InternalError::Other(format!("passkeys: {error}"))
}

/// What is kept of a passkey.
#[derive(Clone, Debug)]
pub struct Kept {
    id: Vec<u8>,
    text: String,
    flags: Flags,
}

/// Of what the library keeps: it tells these in no other way.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Flags {
    counter: u32,
    backup_eligible: bool,
    backup_state: bool,
}

impl Kept {
    fn of(passkey: &Passkey) -> Result<Self, InternalError> {
        #[derive(Deserialize)]
        struct Whole {
            cred: Flags,
        }
        let text = serde_json::to_string(passkey).map_err(odd)?;
        let whole: Whole = serde_json::from_str(&text).map_err(odd)?;
        Ok(Self {
            id: passkey.cred_id().to_vec(),
            text,
            flags: whole.cred,
        })
    }

    /// As the table has it.
    pub fn credential(&self) -> Credential<'_> {
        Credential {
            id: &self.id,
            text: &self.text,
            counter: self.flags.counter,
            backup_eligible: self.flags.backup_eligible,
            backup_state: self.flags.backup_state,
        }
    }
}

/// A passkey that has signed what it was asked to.
#[derive(Clone, Debug)]
pub struct Presented {
    /// Whose it is.
    pub holder: Holder,
    passkey: Uuid,
    kept: Kept,
}

impl Presented {
    /// Notes the sign-in, in its transaction; `false` where the passkey was removed since
    /// it was judged, or a copy of it was quicker.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn note_use(&self, tx: &mut Tx, now: Timestamp) -> store::Result<bool> {
        passkeys::used(tx, self.passkey, &self.kept.credential(), now).await
    }
}
