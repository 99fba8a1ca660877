//! パスキーでログイン: a whole sign-in. The browser names no account, the passkey does; so
//! what fails is counted for the network, and for the member whose passkey it was.

use domain::{
    ports::{PasskeyRefusal, SignedIn},
    values::timestamp::Timestamp,
    visit::{Challenge, DeviceToken, RequestOrigin},
};
use store::{audit::Event, member, session};
use uuid::Uuid;

use crate::{
    base::fault::InternalError,
    member::{new_session::Opening, sign_in::SignInService},
    second_step::passkeys::Door,
};

impl SignInService {
    pub(super) async fn let_in_with_passkey(
        &self,
        (credential, challenge): (&str, Option<&Challenge>),
        (device, earlier): (Option<&DeviceToken>, Option<Uuid>),
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<Result<SignedIn, PasskeyRefusal>, InternalError> {
        let opening = Opening::new(device, origin, now)?;
        let judged = self
            .relying_party
            .judge_sign_in(&self.db, Door::Members, challenge, credential, now)
            .await?;

        let mut tx = self.db.write().await?;
        let mut entry = Event::SignInFailed.by(origin, now);
        let answer = match judged {
            Err(refusal) => Err(refusal),
            Ok(presented) => {
                // At this door there are no others.
                let account = presented.holder.id();
                entry.member = Some(account);
                // The account first, and what is its afterwards.
                if member::lock(&mut tx, account).await? && presented.note_use(&mut tx, now).await?
                {
                    let previous = member::note_sign_in(&mut tx, account, now).await?;
                    session::end_earlier(&mut tx, earlier, now).await?;
                    let opened = opening.open(&mut tx, &self.secrets, account, previous);
                    entry.event = Event::SignedInWithPasskey;
                    Ok(opened.await?)
                } else {
                    Err(PasskeyRefusal::Unknown)
                }
            }
        };
        entry.record(&mut tx).await?;
        tx.commit().await?;
        if answer.is_ok() {
            self.wake_mail.notify_one();
        }
        Ok(answer)
    }
}
