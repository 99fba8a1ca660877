//! What a member may see of the own results. Nobody sees anybody else's: not the
//! insured those of the family either.

use std::sync::Arc;

use domain::{
    membership::Membership,
    ports::{Answer, CheckupLook, CheckupResults, Checkups},
    values::{society::Society, timestamp::Timestamp},
    visit::Member,
};
use futures::future::BoxFuture;
use store::{Db, checkup};

use crate::base::fault::InternalError;

/// The use cases of checkups.
#[derive(Clone)]
pub struct CheckupService {
    /// The database.
    pub db: Db,
    /// Says for how long results can be read after 資格喪失.
    pub society: Arc<Society>,
}

impl Checkups for CheckupService {
    fn look<'a>(
        &'a self,
        member: &'a Member,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<CheckupLook>> {
        Box::pin(async move {
            self.results(member, now)
                .await
                .map_err(InternalError::report)
        })
    }
}

impl CheckupService {
    async fn results(&self, member: &Member, now: Timestamp) -> Result<CheckupLook, InternalError> {
        let today = now.in_japan().date();
        let person = checkup::person(&self.db, member.person).await?;
        let months = self.society.months_after_leaving;
        let (within, until) = match Membership::on(today, person.disqualified_on, months) {
            Membership::Current => (None, None),
            Membership::Disqualified { on, until } => {
                (Some((person.qualified_on, on)), Some(until))
            }
            Membership::Over => return Ok(CheckupLook::Over),
        };
        let checkups = checkup::list(&self.db, member.person, within).await?;
        Ok(CheckupLook::Results(CheckupResults {
            sex: person.sex,
            checkups,
            until,
        }))
    }
}
