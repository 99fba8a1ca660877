//! Recovery codes: for whoever has lost the app, each good once.

use domain::rules::RecoveryCode;

use crate::base::secrets::token_hash;

/// So many are handed out at a time.
pub(super) const AT_A_TIME: usize = 10;

/// Ten new ones.
///
/// # Errors
/// The machine gives no random numbers.
pub(super) fn draw() -> Result<Vec<RecoveryCode>, getrandom::Error> {
    (0..AT_A_TIME)
        .map(|_| {
            let mut bytes = [0; RecoveryCode::BYTES];
            getrandom::fill(&mut bytes)?;
            Ok(RecoveryCode::from_chance(bytes))
        })
        .collect()
}

/// What the database keeps of one: it has 80 bits of chance, so there is no list of likely
/// ones to try.
pub(super) fn hash(code: &RecoveryCode) -> [u8; 32] {
    token_hash(code.as_str())
}
