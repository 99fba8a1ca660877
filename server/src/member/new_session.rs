//! A member is let in, by whatever it came about: the session, the end of the oldest one
//! beyond the most there may be, and the letter about a browser that is new.

use domain::{
    ports::{NewSession, SignedIn},
    values::timestamp::Timestamp,
    visit::{DeviceToken, RequestOrigin, SessionToken},
};
use store::{Tx, device, lifetime, session};
use uuid::Uuid;

use crate::{
    base::{
        fault::InternalError,
        secrets::{Secrets, session_token, token_hash},
    },
    member::new_device,
};

/// A session to be, with everything that has to be known before the transaction.
pub(super) struct Opening<'a> {
    token: String,
    hash: [u8; 32],
    device: DeviceToken,
    /// By which the browser is known, as the table has it.
    pub(super) device_hash: [u8; 32],
    origin: &'a RequestOrigin,
    now: Timestamp,
}

impl<'a> Opening<'a> {
    /// In a browser that is known by `device`, or from now on by a token of its own.
    ///
    /// # Errors
    /// The machine gives no random numbers.
    pub(super) fn new(
        device: Option<&DeviceToken>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> Result<Self, InternalError> {
        let token = session_token()?;
        let fresh = DeviceToken(session_token()?);
        let device = device.cloned().unwrap_or(fresh);
        Ok(Self {
            hash: token_hash(&token),
            token,
            device_hash: token_hash(&device.0),
            device,
            origin,
            now,
        })
    }

    /// Opens it, in the transaction of the sign-in. `previous` is the sign-in before this
    /// one: the first of all is told to nobody.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub(super) async fn open(
        self,
        tx: &mut Tx,
        secrets: &Secrets,
        account: Uuid,
        previous: Option<Timestamp>,
    ) -> Result<SignedIn, InternalError> {
        let now = self.now;
        let until = now.plus(lifetime::SESSION);
        session::end_all_but(tx, account, session::MOST - 1, now).await?;
        let session = session::insert(
            tx,
            &session::NewSession {
                token_hash: &self.hash,
                of: session::Holder::Member(account, previous),
                origin: self.origin,
                started_at: now,
                expires_at: until,
            },
        )
        .await?;
        let is_new = device::note(tx, account, &self.device_hash, session, now).await?;
        if is_new && previous.is_some() {
            new_device::tell(tx, secrets, account, session, (now, until)).await?;
        }
        Ok(SignedIn {
            session: NewSession {
                token: SessionToken(self.token),
                until,
            },
            device: self.device,
        })
    }
}
