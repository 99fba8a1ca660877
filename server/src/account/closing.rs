//! What an account loses when it closes or opens anew, whoever causes it. How its
//! sessions end, who is told and what is noted is the caller's own.

use domain::values::timestamp::Timestamp;
use store::{
    Result, Tx, device, email,
    link::{self, End},
    member,
    second_step::{self, Holder},
    throttle::{self, Count},
};
use uuid::Uuid;

/// Takes away what lets in and names: the row of `member` keeps history and data.
/// `decoy` is a hash that no password fits. Answers the confirmed addresses that were
/// removed, as typed and by key.
///
/// # Errors
/// Whatever the database answers.
pub async fn close(
    tx: &mut Tx,
    account: Uuid,
    decoy: &str,
    now: Timestamp,
) -> Result<Vec<(String, String)>> {
    // Who holds this row changes what belongs to it.
    member::close(tx, account, decoy, now).await?;
    take_ways_in(tx, account, End::Removed, now).await
}

/// Ends links, addresses, known devices and second steps, and forgets what was tried. Answers as
/// [`close`] does. `end` says why the links end.
///
/// # Errors
/// Whatever the database answers.
pub async fn take_ways_in(
    tx: &mut Tx,
    account: Uuid,
    end: End,
    now: Timestamp,
) -> Result<Vec<(String, String)>> {
    link::end_all_of(tx, account, end, now).await?;
    device::forget_all_of(tx, account).await?;
    let _ = second_step::remove_all(tx, Holder::Member(account)).await?;
    throttle::reset_tries(tx, Count::Anybody(account)).await?;
    email::remove_all(tx, account, now).await
}
