//! The present password, given once more before a change. Guessing it here is counted
//! for the session alone: strangers who guess at sign-in pause nobody who is signed in,
//! and whoever guesses here gets as far as there.

use domain::{
    rules::SignInPassword,
    values::timestamp::Timestamp,
    visit::{Member, RequestOrigin},
};
use store::{
    Db,
    audit::Event,
    member,
    throttle::{self, Count},
};

use crate::base::{fault::InternalError, hash::Hasher};

/// Whether it is the member's. During a pause the right one is refused too.
///
/// # Errors
/// Whatever the database or the hash workers answer.
pub(super) async fn verify_current(
    (db, hasher): (&Db, &Hasher),
    member: &Member,
    typed: &SignInPassword,
    origin: &RequestOrigin,
    now: Timestamp,
) -> Result<bool, InternalError> {
    // First of all a place: whoever is turned away has not tried.
    let place = hasher.acquire()?;
    // Counted before it is judged, so that parallel guesses count too.
    let mut tx = db.write().await?;
    let stored = member::password_hash(&mut tx, member.id).await?;
    let count = Count::Session(member.session);
    let admitted = throttle::count_try(&mut tx, count, now).await?;
    tx.commit().await?;

    let right = place.verify(typed.as_str(), &stored).await? && admitted;
    drop(place);

    let mut tx = db.write().await?;
    if right {
        throttle::reset_tries(&mut tx, count).await?;
    } else {
        Event::PasswordRefused
            .by(origin, now)
            .of_member(member.id)
            .record(&mut tx)
            .await?;
    }
    tx.commit().await?;
    Ok(right)
}
