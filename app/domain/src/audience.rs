//! 対象: for whom a notice is meant.

use std::fmt;

use crate::{rules::half_width::half_width_char, values::sex::Sex};

/// Nobody is older: where a range of ages has no end, it ends here.
const OLDEST: u8 = 200;

/// For whom a notice is meant. Everything that is said has to be so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// 被保険者 or 被扶養者, if only they.
    pub relation: Option<InsuredOrDependent>,
    /// 性別, if only one.
    pub sex: Option<Sex>,
    /// 事業所コード, as on the roster; empty: whatever it is.
    pub employers: Vec<String>,
    /// 年齢: the youngest.
    pub age_from: u8,
    /// The oldest.
    pub age_to: u8,
}

/// Which side of the roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsuredOrDependent {
    /// 被保険者
    Insured,
    /// 被扶養者
    Dependent,
}

impl InsuredOrDependent {
    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Insured => "insured",
            Self::Dependent => "dependent",
        }
    }

    /// The side that is stored so.
    pub fn parse(stored: &str) -> Option<Self> {
        [Self::Insured, Self::Dependent]
            .into_iter()
            .find(|side| side.as_str() == stored)
    }
}

/// As the office writes it, so that [`Audience::parse`] reads the same.
impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Vec::new();
        words.extend(self.relation.map(|relation| match relation {
            InsuredOrDependent::Insured => "被保険者".to_owned(),
            InsuredOrDependent::Dependent => "被扶養者".to_owned(),
        }));
        words.extend(self.sex.map(|sex| format!("性別:{}", sex.as_str())));
        if !self.employers.is_empty() {
            words.push(format!("事業所:{}", self.employers.join("/")));
        }
        match (self.age_from, self.age_to) {
            (0, OLDEST) => {}
            (0, to) => words.push(format!("年齢:-{to}")),
            (from, OLDEST) => words.push(format!("年齢:{from}-")),
            (from, to) if from == to => words.push(format!("年齢:{from}")),
            (from, to) => words.push(format!("年齢:{from}-{to}")),
        }
        if words.is_empty() {
            words.push("全員".to_owned());
        }
        f.write_str(&words.join(" "))
    }
}

/// Why 対象 names nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AudienceProblem {
    /// A word that means nobody.
    Unknown(String),
    /// Something is said twice, or beside 全員.
    Contradiction,
}

impl fmt::Display for AudienceProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(word) => write!(
                f,
                "対象「{word}」は読めません（例: 全員、被保険者、被扶養者、性別:女、事業所:0001/0002、年齢:40-74）"
            ),
            Self::Contradiction => f.write_str("対象に同じ種類の条件が2つあります"),
        }
    }
}

impl Audience {
    /// 全員
    pub const EVERYBODY: Self = Self {
        relation: None,
        sex: None,
        employers: Vec::new(),
        age_from: 0,
        age_to: OLDEST,
    };

    /// Reads 対象: words between blanks or 、 such as `被保険者 年齢:40-74`.
    ///
    /// # Errors
    /// The first word that means nobody, or one too many.
    pub fn parse(written: &str) -> Result<Self, AudienceProblem> {
        let words: Vec<&str> = written
            .split(|c: char| c.is_whitespace() || matches!(c, '、' | ','))
            .filter(|word| !word.is_empty())
            .collect();
        let mut audience = Self::EVERYBODY;
        if words == ["全員"] {
            return Ok(audience);
        }
        if words.is_empty() {
            return Err(AudienceProblem::Unknown(String::new()));
        }
        for word in words {
            let unknown = || AudienceProblem::Unknown(word.to_owned());
            let is_new = match word.split_once([':', '：']) {
                None => {
                    let relation = match word {
                        "被保険者" => InsuredOrDependent::Insured,
                        "被扶養者" => InsuredOrDependent::Dependent,
                        "全員" => return Err(AudienceProblem::Contradiction),
                        _ => return Err(unknown()),
                    };
                    audience.relation.replace(relation).is_none()
                }
                Some(("性別", sex)) => {
                    let sex = match sex {
                        "男" => Sex::Male,
                        "女" => Sex::Female,
                        _ => return Err(unknown()),
                    };
                    audience.sex.replace(sex).is_none()
                }
                Some(("事業所", codes)) => {
                    let codes: Vec<_> = codes.split(['/', '／']).map(str::to_owned).collect();
                    if codes.iter().any(String::is_empty) {
                        return Err(unknown());
                    }
                    std::mem::replace(&mut audience.employers, codes).is_empty()
                }
                Some(("年齢", ages)) => {
                    let was = (audience.age_from, audience.age_to);
                    (audience.age_from, audience.age_to) = range(ages).ok_or_else(unknown)?;
                    was == (Self::EVERYBODY.age_from, Self::EVERYBODY.age_to)
                }
                Some(_) => return Err(unknown()),
            };
            if !is_new {
                return Err(AudienceProblem::Contradiction);
            }
        }
        Ok(audience)
    }

    /// The employers as they are stored: `,0001,0002,`, or nothing. No code has a
    /// comma, since 対象 is split there.
    pub fn employers_as_text(&self) -> String {
        match self.employers.is_empty() {
            true => String::new(),
            false => format!(",{},", self.employers.join(",")),
        }
    }
}

/// `40-74`, `40-`, `-39` or `40`; in full-width too, and with 〜.
fn range(written: &str) -> Option<(u8, u8)> {
    let plain: String = written
        .chars()
        .map(|c| match half_width_char(c) {
            '~' | '〜' => '-',
            c => c,
        })
        .filter(|c| *c != '歳')
        .collect();
    let age = |digits: &str| {
        let is_age = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        let age: u8 = digits.parse().ok().filter(|_| is_age)?;
        (age < OLDEST).then_some(age)
    };
    let (from, to) = match plain.split_once('-') {
        None => (age(&plain)?, age(&plain)?),
        Some(("", "")) => return None,
        Some((from, "")) => (age(from)?, OLDEST),
        Some(("", to)) => (0, age(to)?),
        Some((from, to)) => (age(from)?, age(to)?),
    };
    (from <= to).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_answered(written in "(全員|被保険者|性別|年齢|事業所|[:：0-9〜、 /-]){0,8}|.{0,20}") {
            let _ = Audience::parse(&written);
        }
    }

    #[test]
    fn what_the_office_writes_names_people() {
        for (written, audience) in [
            ("全員", Audience::EVERYBODY),
            (
                "被保険者",
                Audience {
                    relation: Some(InsuredOrDependent::Insured),
                    ..Audience::EVERYBODY
                },
            ),
            (
                "被扶養者\u{3000}年齢：４０〜７４歳",
                Audience {
                    relation: Some(InsuredOrDependent::Dependent),
                    age_from: 40,
                    age_to: 74,
                    ..Audience::EVERYBODY
                },
            ),
            (
                "性別:女、年齢:20-、事業所:0001/A-2",
                Audience {
                    sex: Some(Sex::Female),
                    age_from: 20,
                    employers: vec!["0001".to_owned(), "A-2".to_owned()],
                    ..Audience::EVERYBODY
                },
            ),
            (
                "年齢:-39",
                Audience {
                    age_to: 39,
                    ..Audience::EVERYBODY
                },
            ),
            (
                "年齢:65",
                Audience {
                    age_from: 65,
                    age_to: 65,
                    ..Audience::EVERYBODY
                },
            ),
        ] {
            assert_eq!(Audience::parse(&audience.to_string()), Ok(audience.clone()));
            assert_eq!(Audience::parse(written), Ok(audience), "{written}");
        }
    }

    #[test]
    fn what_names_nobody_is_refused() {
        for word in [
            "社員",
            "年齢:74-40",
            "年齢:",
            "年齢:-",
            "年齢:+4",
            "年齢:200",
            "年齢:四十",
            "性別:他",
            "事業所:",
            "事業所:0001/",
            "部署:総務",
        ] {
            let problem = AudienceProblem::Unknown(word.to_owned());
            assert_eq!(Audience::parse(word), Err(problem), "{word}");
        }
        for twice in [
            "全員 被保険者",
            "被保険者 被扶養者",
            "年齢:40- 年齢:-74",
            "性別:男 性別:女",
        ] {
            assert_eq!(
                Audience::parse(twice),
                Err(AudienceProblem::Contradiction),
                "{twice}"
            );
        }
        assert!(Audience::parse("、 ").is_err());
    }
}
