//! What a value of a checkup means, in one plain word. Never a diagnosis: these are
//! the published limits of 特定健診, at which guidance or a visit is offered.
//!
//! Source: 厚生労働省「標準的な健診・保健指導プログラム（令和6年度版）」, its table of
//! 保健指導判定値 and 受診勧奨判定値 and its フィードバック文例集.
//!
//! Compared with the text of the ministry's draft of that edition (working group of
//! 2023-03-07, mhlw.go.jp/stf/newpage_31652.html): blood pressure 130/85 and 140/90,
//! waist 85 and 90 cm, BMI 25, 中性脂肪 150, HDL 40, 空腹時血糖 100, and 尿蛋白, whose
//! ± asks for no visit while 1+ does. The same draft puts HDL below 40 among what
//! guidance is for, and so no HDL recommends a visit here, unlike the 34 of earlier
//! editions. Compared with tables that societies and clinics print from the ministry's,
//! and not with the table itself: the upper limits of 中性脂肪 and 空腹時血糖, both of
//! LDL, HbA1c, AST, ALT and γ-GT, and a BMI below 18.5. For 尿糖 there is no published
//! limit: its reference is −, and whatever lies above is 要注意.

use crate::values::{
    checkup::{Checkup, Item, Urine},
    sex::Sex,
};

/// The plain word for a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// Better than 保健指導判定値.
    Within,
    /// At 保健指導判定値 or beyond.
    Watch,
    /// At 受診勧奨判定値 or beyond.
    SeeDoctor,
}

impl Word {
    /// As a member reads it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Within => "範囲内",
            Self::Watch => "要注意",
            Self::SeeDoctor => "受診をおすすめ",
        }
    }
}

/// The limits of one item, counted as the item is. At least one of the first two is
/// there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// 範囲内 from here.
    pub from: Option<i64>,
    /// 範囲内 below this: 保健指導判定値.
    pub below: Option<i64>,
    /// 受診をおすすめ from here: 受診勧奨判定値.
    pub see_doctor: Option<i64>,
}

impl Limits {
    /// An item's; `None` where a number alone says nothing.
    pub const fn of(item: Item, sex: Sex) -> Option<Self> {
        Some(match item {
            Item::Height | Item::Weight => return None,
            Item::Bmi => Self {
                from: Some(185),
                below: Some(250),
                see_doctor: None,
            },
            Item::Waist => match sex {
                Sex::Male => Self::high(850, None),
                Sex::Female => Self::high(900, None),
            },
            Item::Systolic => Self::high(130, Some(140)),
            Item::Diastolic => Self::high(85, Some(90)),
            Item::Triglycerides => Self::high(150, Some(300)),
            Item::CasualTriglycerides => Self::high(175, Some(300)),
            Item::Hdl => Self {
                from: Some(40),
                below: None,
                see_doctor: None,
            },
            Item::Ldl => Self::high(120, Some(140)),
            Item::Glucose => Self::high(100, Some(126)),
            Item::HbA1c => Self::high(56, Some(65)),
            Item::Ast | Item::Alt => Self::high(31, Some(51)),
            Item::GammaGt => Self::high(51, Some(101)),
        })
    }

    const fn high(below: i64, see_doctor: Option<i64>) -> Self {
        Self {
            from: None,
            below: Some(below),
            see_doctor,
        }
    }

    /// The word for a value.
    pub fn word(self, value: i64) -> Word {
        if self.see_doctor.is_some_and(|limit| value >= limit) {
            Word::SeeDoctor
        } else if self.beyond(value) > 0 {
            Word::Watch
        } else {
            Word::Within
        }
    }

    /// How far outside a value lies; 0 inside.
    pub fn beyond(self, value: i64) -> i64 {
        let too_low = self.from.map_or(0, |from| from - value);
        let too_high = self.below.map_or(0, |below| value - below + 1);
        too_low.max(too_high).max(0)
    }

    /// The range in words: `130未満`, `40以上`, `18.5以上25.0未満`.
    pub fn in_words(self, item: Item) -> String {
        let from = self.from.map(|from| item.number(from) + "以上");
        let below = self.below.map(|below| item.number(below) + "未満");
        from.into_iter().chain(below).collect()
    }
}

/// The word for 尿糖.
pub fn word_for_urine_sugar(grade: Urine) -> Word {
    match grade {
        Urine::Negative => Word::Within,
        Urine::Trace | Urine::One | Urine::Two | Urine::Three => Word::Watch,
    }
}

/// The word for 尿蛋白.
pub fn word_for_urine_protein(grade: Urine) -> Word {
    match grade {
        Urine::Negative => Word::Within,
        Urine::Trace => Word::Watch,
        Urine::One | Urine::Two | Urine::Three => Word::SeeDoctor,
    }
}

/// A value beside the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub item: Item,
    /// Then.
    pub before: i64,
    /// Now.
    pub now: i64,
    /// The word for it now.
    pub word: Word,
}

/// What lay outside and has come nearer to its range, or into it.
pub fn improved(now: &Checkup, before: &Checkup, sex: Sex) -> Vec<Change> {
    changes(now, before, sex, |beyond_now, beyond_before| {
        beyond_now < beyond_before
    })
}

/// What lies outside and is farther from its range than before.
pub fn worsened(now: &Checkup, before: &Checkup, sex: Sex) -> Vec<Change> {
    changes(now, before, sex, |beyond_now, beyond_before| {
        beyond_now > beyond_before
    })
}

fn changes(
    now: &Checkup,
    before: &Checkup,
    sex: Sex,
    is_meant: fn(i64, i64) -> bool,
) -> Vec<Change> {
    let change = |item: Item| {
        let limits = Limits::of(item, sex)?;
        let (before, now) = (before.value(item)?, now.value(item)?);
        is_meant(limits.beyond(now), limits.beyond(before)).then_some(Change {
            item,
            before,
            now,
            word: limits.word(now),
        })
    };
    Item::SHOWN.into_iter().filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn every_limit_is_kept_on_both_of_its_sides() {
        use Word::{SeeDoctor, Watch, Within};

        type Values = &'static [(i64, Word)];
        // The last value with a word, and the first one with the next.
        let table: &[(Item, Sex, Values)] = &[
            (
                Item::Bmi,
                Sex::Male,
                &[(184, Watch), (185, Within), (249, Within), (250, Watch)],
            ),
            (Item::Waist, Sex::Male, &[(849, Within), (850, Watch)]),
            (Item::Waist, Sex::Female, &[(899, Within), (900, Watch)]),
            (
                Item::Systolic,
                Sex::Male,
                &[(129, Within), (130, Watch), (139, Watch), (140, SeeDoctor)],
            ),
            (
                Item::Diastolic,
                Sex::Male,
                &[(84, Within), (85, Watch), (89, Watch), (90, SeeDoctor)],
            ),
            (
                Item::Triglycerides,
                Sex::Male,
                &[(149, Within), (150, Watch), (299, Watch), (300, SeeDoctor)],
            ),
            (
                Item::CasualTriglycerides,
                Sex::Male,
                &[(174, Within), (175, Watch), (299, Watch), (300, SeeDoctor)],
            ),
            (
                Item::Hdl,
                Sex::Male,
                &[(34, Watch), (39, Watch), (40, Within)],
            ),
            (
                Item::Ldl,
                Sex::Male,
                &[(119, Within), (120, Watch), (139, Watch), (140, SeeDoctor)],
            ),
            (
                Item::Glucose,
                Sex::Male,
                &[(99, Within), (100, Watch), (125, Watch), (126, SeeDoctor)],
            ),
            (
                Item::HbA1c,
                Sex::Male,
                &[(55, Within), (56, Watch), (64, Watch), (65, SeeDoctor)],
            ),
            (
                Item::Ast,
                Sex::Male,
                &[(30, Within), (31, Watch), (50, Watch), (51, SeeDoctor)],
            ),
            (
                Item::Alt,
                Sex::Male,
                &[(30, Within), (31, Watch), (50, Watch), (51, SeeDoctor)],
            ),
            (
                Item::GammaGt,
                Sex::Male,
                &[(50, Within), (51, Watch), (100, Watch), (101, SeeDoctor)],
            ),
        ];
        for (item, sex, values) in table {
            let limits = Limits::of(*item, *sex).unwrap();
            for (value, word) in *values {
                assert_eq!(limits.word(*value), *word, "{item:?} {value}");
            }
        }
        let judged = table.iter().map(|(item, ..)| *item);
        for item in Item::SHOWN {
            let is_judged = judged.clone().any(|one| one == item);
            assert_eq!(Limits::of(item, Sex::Female).is_some(), is_judged);
        }
        assert_eq!(Limits::of(Item::Height, Sex::Male), None);
    }

    #[test]
    fn a_strip_has_its_word_too() {
        use Word::{SeeDoctor, Watch, Within};
        let words = |word: fn(Urine) -> Word| Urine::ALL.map(word);
        assert_eq!(
            words(word_for_urine_protein),
            [Within, Watch, SeeDoctor, SeeDoctor, SeeDoctor]
        );
        assert_eq!(
            words(word_for_urine_sugar),
            [Within, Watch, Watch, Watch, Watch]
        );
    }

    #[test]
    fn a_range_is_said_in_words() {
        let words = |item| Limits::of(item, Sex::Male).unwrap().in_words(item);
        assert_eq!(words(Item::Systolic), "130未満");
        assert_eq!(words(Item::Hdl), "40以上");
        assert_eq!(words(Item::Bmi), "18.5以上25.0未満");
        assert_eq!(words(Item::Waist), "85.0未満");
    }

    #[test]
    fn better_is_nearer_to_the_range_whatever_the_direction() {
        let checkup = |systolic, hdl, ldl| {
            let mut checkup = Checkup {
                taken_on: date!(2026 - 06 - 01),
                measured: [None; Item::MEASURED.len()],
                urine_sugar: None,
                urine_protein: None,
                verdict: String::new(),
            };
            checkup.measured[3] = systolic;
            checkup.measured[6] = hdl;
            checkup.measured[7] = ldl;
            checkup
        };
        let before = checkup(Some(150), Some(35), Some(110));
        let now = checkup(Some(138), Some(42), Some(125));
        let items = |changes: Vec<Change>| changes.iter().map(|c| c.item).collect::<Vec<_>>();
        assert_eq!(
            items(improved(&now, &before, Sex::Male)),
            [Item::Systolic, Item::Hdl]
        );
        assert_eq!(items(worsened(&now, &before, Sex::Male)), [Item::Ldl]);
        assert_eq!(
            items(worsened(&before, &now, Sex::Male)),
            [Item::Systolic, Item::Hdl]
        );
        let other = checkup(None, None, Some(100));
        assert_eq!(
            items(improved(&other, &before, Sex::Male)),
            [],
            "inside the range there is no better"
        );
    }
}
