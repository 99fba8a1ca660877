//! お知らせメールの配信停止: by the link in a letter, without a sign-in (RFC 8058).

use domain::{values::timestamp::Timestamp, visit::RequestOrigin};
use store::{Db, audit::Event, email, member};

use crate::base::{fault::InternalError, secrets::Secrets};

/// Whether a token is one of ours, and its address still there.
///
/// # Errors
/// Whatever the database answers.
pub async fn is_good(db: &Db, secrets: &Secrets, token: &str) -> Result<bool, InternalError> {
    Ok(address_of(db, secrets, token).await?.is_some())
}

/// Letters about notices go to that address no more; that it was so before is as good.
/// `false` for a token that is none.
///
/// # Errors
/// Whatever the database answers.
pub async fn unsubscribe(
    db: &Db,
    secrets: &Secrets,
    token: &str,
    origin: &RequestOrigin,
    now: Timestamp,
) -> Result<bool, InternalError> {
    let Some(address) = address_of(db, secrets, token).await? else {
        return Ok(false);
    };
    if !address.notices {
        return Ok(true);
    }
    let mut tx = db.write().await?;
    if member::lock(&mut tx, address.member_id).await?
        && email::unsubscribe(&mut tx, address.id).await?.is_some()
    {
        Event::Unsubscribed
            .by(origin, now)
            .of_member(address.member_id)
            .record(&mut tx)
            .await?;
    }
    tx.commit().await?;
    Ok(true)
}

async fn address_of(
    db: &Db,
    secrets: &Secrets,
    token: &str,
) -> Result<Option<email::Email>, InternalError> {
    let Some(row) = Secrets::email_of_token(token) else {
        return Ok(None);
    };
    let found = email::find(db, row).await?;
    Ok(found.filter(|email| secrets.is_unsubscribe_token(token, email.id, &email.address)))
}
