//! A new postcard for a member who has a second step. It opens the account anew and takes
//! the second step away, so its issue is told to all addresses, and it is good a day later:
//! whoever was handed a stranger's postcard comes too late.

use std::time::Duration;

use domain::values::timestamp::Timestamp;
use store::{
    Result, Tx, email,
    letter::{self, LetterKind},
    postcard,
    second_step::{self, Holder},
};
use uuid::Uuid;

/// From telling to being good.
const DELAY: Duration = Duration::from_secs(24 * 3600);

/// Tells of a postcard that was issued in this change, and has it wait. Of a member without a
/// second step, or whom no letter reaches, it is good at once.
///
/// # Errors
/// Whatever the database answers.
pub async fn tell(tx: &mut Tx, account: Uuid, postcard: Uuid, now: Timestamp) -> Result<()> {
    let protects = second_step::is_any(tx, Holder::Member(account)).await?;
    if !protects || email::confirmed(tx, account).await?.is_empty() {
        return Ok(());
    }
    let good_from = now.plus(DELAY);
    postcard::hold_back(tx, postcard, good_from).await?;
    let about = good_from.0.to_string();
    letter::notify_all(tx, account, LetterKind::NewPostcard, &about, now).await
}
