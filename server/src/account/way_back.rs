//! What the ways back into an account do to its second steps, and how they begin.

use std::time::Duration;

use domain::{values::timestamp::Timestamp, visit::RequestOrigin};
use store::{
    Result, Tx,
    audit::Event,
    letter::{self, LetterKind},
    second_step::Removed,
};
use uuid::Uuid;

use crate::mail::letters::Changed;

/// A reissue takes away what was added for so long: whoever had the password, and not the
/// mailbox, may have added it.
pub const DOUBTED: Duration = Duration::from_secs(14 * 24 * 3600);

/// Notes that second steps went with a way back, and tells all addresses; nothing where
/// there were none.
///
/// # Errors
/// Whatever the database answers.
pub async fn tell(
    tx: &mut Tx,
    account: Uuid,
    removed: Removed,
    origin: &RequestOrigin,
    now: Timestamp,
) -> Result<()> {
    let Removed {
        codes,
        recovery_codes,
        passkeys,
    } = removed;
    let changes: Vec<_> = [
        (codes, Changed::CodesOff),
        (recovery_codes, Changed::RecoveryCodesOff),
        (passkeys > 0, Changed::PasskeyRemoved),
    ]
    .into_iter()
    .filter_map(|(is_so, changed)| is_so.then_some(changed))
    .collect();
    if changes.is_empty() {
        return Ok(());
    }
    let about = Changed::about(&changes);
    letter::notify_all(tx, account, LetterKind::Change, &about, now).await?;
    Event::SecondStepsRemoved
        .by(origin, now)
        .of_member(account)
        .record(tx)
        .await
}
