//! What was found in a file, as it is kept until the file is gone: encrypted with the job's
//! key, since a roster's names are in it.

use serde::{Deserialize, Serialize};
use store::job::Job;

use super::chunks::{JobKey, Place};
use crate::{
    base::{fault::InternalError, secrets::Secrets},
    office::list::{Plan, Questions, Refusal},
};

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shown {
    /// Why it cannot come in.
    Refused(Refusal),
    /// What has to be answered first.
    Asks(Questions),
    /// What it would change.
    Planned(Box<Plan>),
}

impl Shown {
    /// Encrypts it for the job's row.
    ///
    /// # Errors
    /// The machine gives no random numbers.
    pub fn seal(&self, key: &JobKey) -> Result<Vec<u8>, InternalError> {
        let text = serde_json::to_vec(self).unwrap_or_default();
        Ok(key.seal(Place::Preview, &text)?)
    }

    /// What a job's row keeps; `None` where nothing is kept any more.
    pub fn of(secrets: &Secrets, job: &Job) -> Option<Self> {
        let key = JobKey::of(secrets, job)?;
        let text = key.open(Place::Preview, job.sealed_preview.as_deref()?)?;
        serde_json::from_slice(&text).ok()
    }
}

/// The counts of a plan in one line, without a value of anybody's.
pub fn counts(plan: &Plan) -> String {
    let counts = plan.counts.iter();
    let words: Vec<_> = counts
        .map(|(what, count)| format!("{what} {count}件"))
        .collect();
    words.join("、")
}
