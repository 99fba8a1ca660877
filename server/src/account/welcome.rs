//! ようこそ: the letter to the first address of an account that is known to be its
//! member's.

use domain::{rules::EmailAddress, values::timestamp::Timestamp};
use store::{
    Result, Tx,
    letter::{self, LetterKind, NewLetter},
};
use uuid::Uuid;

/// Queues it.
///
/// # Errors
/// Whatever the database answers.
pub async fn send(
    tx: &mut Tx,
    account: Uuid,
    address: &EmailAddress,
    now: Timestamp,
) -> Result<()> {
    let letter = NewLetter {
        kind: LetterKind::Welcome,
        address: address.as_str(),
        address_key: &address.key(),
        link: None,
        member: Some(account),
        about: "",
        asked_at: now,
    };
    letter::queue(tx, letter).await?;
    Ok(())
}
