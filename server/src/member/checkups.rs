//! What a member may see of the own results. Nobody sees anybody else's: not the
//! insured those of the family either.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    membership::Membership,
    ports::{Answer, CheckupLook, CheckupResults, Checkups},
    values::{society::Society, timestamp::Timestamp},
    visit::Member,
};
use store::{Db, checkup};

use crate::base::fault::Fault;

/// The use cases of checkups.
#[derive(Clone)]
pub struct CheckupDesk {
    /// The database.
    pub db: Db,
    /// Says for how long results can be read after 資格喪失.
    pub society: Arc<Society>,
}

#[async_trait]
impl Checkups for CheckupDesk {
    async fn look(&self, member: &Member, now: Timestamp) -> Answer<CheckupLook> {
        self.results(member, now).await.map_err(Fault::report)
    }
}

impl CheckupDesk {
    async fn results(&self, member: &Member, now: Timestamp) -> Result<CheckupLook, Fault> {
        let today = now.in_japan().date();
        let person = checkup::person(&self.db, member.person).await?;
        let months = self.society.months_after_leaving;
        let (within, until) = match Membership::on(today, person.disqualified_on, months) {
            Membership::Current => (None, None),
            Membership::Left { on, until } => (Some((person.qualified_on, on)), Some(until)),
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
