//! 続柄: who is insured, and who comes under somebody who is.

use crate::rules::half_width::half_width_char;

/// 続柄. It decides who is insured (被保険者) and who a dependent (被扶養者).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relation {
    /// 本人 or 被保険者.
    Insured,
    /// 妻, 長男, …: as written.
    Dependent(String),
}

impl Relation {
    /// How the insured are stored; everybody else is a dependent.
    pub const INSURED: &str = "本人";

    /// As it is stored.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Insured => Self::INSURED,
            Self::Dependent(relation) => relation,
        }
    }

    /// Codes differ from one payroll system to the next (1 may be the insured
    /// or the wife): only words are taken.
    pub fn parse(written: &str) -> Option<Self> {
        match written {
            Self::INSURED | "被保険者" | "被保険者本人" => Some(Self::Insured),
            other if other.chars().any(|c| half_width_char(c).is_ascii()) => None,
            other => Some(Self::Dependent(other.to_owned())),
        }
    }
}
