//! Everybody on the roster.

use time::Date;
use uuid::Uuid;

use crate::age::reaches;

/// What decides whether somebody may register.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Membership {
    /// The person.
    #[sqlx(rename = "person_id")]
    pub id: Uuid,
    relation: String,
    born_on: Date,
    qualified_on: Date,
    disqualified_on: Option<Date>,
}

impl Membership {
    /// A member of the society today, and either insured or old enough.
    pub fn is_eligible(&self, today: Date, age: u8) -> bool {
        let belongs =
            self.qualified_on <= today && self.disqualified_on.is_none_or(|end| today < end);
        let insured = self.relation == "本人";
        belongs && (insured || reaches(self.born_on, age) <= today)
    }
}
