//! The present password, given once more before a change. Guessing it here
//! counts as guessing at sign-in, and pauses it alike.

use domain::{
    rules::SignInPassword,
    values::timestamp::Timestamp,
    visit::{Asker, Member},
};
use store::{Db, audit::Event, member, throttle};

use crate::base::{fault::Fault, hash::Hasher};

/// Whether it is the member's. During a pause the right one is refused too.
///
/// # Errors
/// Whatever the database or the hash workers answer.
pub(super) async fn is_right(
    (db, hasher): (&Db, &Hasher),
    member: &Member,
    typed: &SignInPassword,
    asker: &Asker,
    now: Timestamp,
) -> Result<bool, Fault> {
    // First of all a place: whoever is turned away has not tried.
    let place = hasher.reserve()?;
    // Counted before it is judged, so that parallel guesses count too.
    let mut tx = db.write().await?;
    let stored = member::password_hash(&mut tx, member.id).await?;
    let admitted = throttle::count_try(&mut tx, member.id, now).await?;
    tx.commit().await?;

    let right = place.verify(typed.as_str(), &stored).await? && admitted;
    drop(place);

    let mut tx = db.write().await?;
    if right {
        throttle::forgive(&mut tx, member.id).await?;
    } else {
        Event::PasswordRefused
            .by(asker, now)
            .of_member(member.id)
            .record(&mut tx)
            .await?;
    }
    tx.commit().await?;
    Ok(right)
}
