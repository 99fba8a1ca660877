//! 新しい端末からのログイン: a sign-in from a browser that a member has not signed in
//! from before is told to every confirmed address, with a link to disown it.

use domain::{rules::EmailAddress, values::timestamp::Timestamp};
use store::{
    Tx, email,
    letter::{self, LetterKind, NewLetter},
    link::{self, NewLink, Purpose},
};
use uuid::Uuid;

use crate::base::{
    fault::InternalError,
    secrets::{Secrets, token_hash},
};

/// Queues the letters about a session, in the transaction of its sign-in. Their
/// links live as long as the session can.
///
/// # Errors
/// Whatever the database answers.
pub(super) async fn tell(
    tx: &mut Tx,
    secrets: &Secrets,
    account: Uuid,
    session: Uuid,
    (now, until): (Timestamp, Timestamp),
) -> Result<(), InternalError> {
    let purpose = Purpose::Device;
    for (address, address_key) in email::confirmed(tx, account).await? {
        let Ok(address) = EmailAddress::parse(&address) else {
            // No letter could go there; the member is let in all the same.
            tracing::error!(member = %account, "a confirmed address is none by our rule");
            continue;
        };
        let link = Uuid::now_v7();
        // Only here is it known where the letters go. At most three times, and each
        // takes microseconds: nobody waits for it.
        let token = secrets.link_token(purpose.as_str(), link, address.as_str());
        link::insert(
            tx,
            &NewLink {
                id: link,
                purpose,
                token_hash: &token_hash(&token),
                address: &address,
                member: Some(account),
                email: None,
                session: Some(session),
                asked_at: now,
                expires_at: until,
                is_untold: false,
                ended_at: None,
            },
        )
        .await?;
        letter::queue(
            tx,
            NewLetter {
                kind: LetterKind::NewDevice,
                address: address.as_str(),
                address_key: &address_key,
                link: Some(link),
                member: Some(account),
                about: "",
                asked_at: now,
            },
        )
        .await?;
    }
    Ok(())
}
