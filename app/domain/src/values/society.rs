//! The society whose members the portal serves: what its pages and letters say
//! of it.

use serde::Deserialize;

/// Names and ways to reach the society. Settings; the defaults are those of the
/// printed manual.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Society {
    /// What the portal is called: titles, and 【…】 in every letter's subject.
    pub portal_name: String,
    /// The society itself.
    pub name: String,
    /// Its telephone, as it is printed; `tel:` links take it as it is.
    pub telephone: String,
    /// The domain its letters come from, and that members let through their
    /// spam filter.
    pub mail_domain: String,
    /// The sender of letters, where it is not `no-reply@` the mail domain.
    pub mail_sender: Option<String>,
    /// 保険者番号: eight digits, the last of which checks the others.
    pub insurer_number: String,
    /// From which age, in years, a dependent may register.
    pub registration_age: u8,
    /// From which age, in years, a dependent alone decides who sees the own medical
    /// expenses: that of majority, whatever the age of registration is.
    pub consent_age: u8,
    /// Whether the insured sees an adult dependent's medical expenses before that
    /// dependent has decided.
    pub share_by_default: bool,
    /// For how many months after 資格喪失 the data of the time before can be read.
    pub months_after_leaving: u16,
    /// Whether the printed 医療費通知 is one that the tax office takes.
    pub print_is_official: bool,
}

impl Default for Society {
    fn default() -> Self {
        Self {
            portal_name: "AB健康マイポータル".to_owned(),
            name: "オートバックス健康保険組合".to_owned(),
            telephone: "03-6219-8877".to_owned(),
            mail_domain: "autobacs-kenpo.jp".to_owned(),
            mail_sender: None,
            insurer_number: "06139497".to_owned(),
            registration_age: 20,
            // 民法4条, since 2022-04-01.
            consent_age: 18,
            // As societies have always sent it, to the insured for the household:
            // the ministry's guidance takes a dependent who is told and does not
            // object to agree.
            share_by_default: true,
            // Whoever leaves in January claims for that year in March of the next.
            months_after_leaving: 18,
            print_is_official: false,
        }
    }
}

impl Society {
    /// The address letters are sent from; nobody reads what comes back to it.
    pub fn sender(&self) -> String {
        match &self.mail_sender {
            Some(address) => address.clone(),
            None => format!("no-reply@{}", self.mail_domain),
        }
    }
}
