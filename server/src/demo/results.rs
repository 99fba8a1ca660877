//! Four years of checkups for the adults of the demo society: invented, plausible,
//! and the same at every run of a day. Some get better, some have something to ask.

use domain::{
    age,
    values::{
        checkup::{Checkup, Item, Urine},
        reference::{Limits, Word},
        sex::Sex,
    },
};
use time::{Date, Month};

use crate::office::{checkups::line::COLUMNS, file::date};

/// From this age on is one an adult.
const ADULT: u8 = 20;
const YEARS: i32 = 4;

/// The list of results for the people of a roster, as a society would send it.
///
/// # Errors
/// A roster that is none.
pub(super) fn list(roster: &[u8], today: Date) -> Result<Vec<u8>, csv::Error> {
    let mut sheet = csv::Writer::from_writer(Vec::new());
    sheet.write_record(COLUMNS)?;
    for line in csv::Reader::from_reader(roster).records() {
        let line = line?;
        let field = |place: usize| line.get(place).unwrap_or_default();
        // 記号,番号,枝番,氏名,氏名カナ,生年月日,性別,続柄,資格取得日,資格喪失日,…
        let (Ok(born_on), Some(sex), Ok(qualified_on)) = (
            date::parse(field(5)),
            Sex::parse(field(6)),
            date::parse(field(8)),
        ) else {
            continue;
        };
        let disqualified_on = date::parse(field(9)).ok();
        let somebody = Somebody::new([field(0), field(1), field(2)], born_on, sex);
        let adult_on = age::reaches(born_on, ADULT);
        for checkup in somebody.checkups(today) {
            let day = checkup.taken_on;
            let is_member = day >= qualified_on && disqualified_on.is_none_or(|end| day < end);
            if is_member && day >= adult_on {
                let key = [field(0), field(1), field(2)].map(str::to_owned);
                sheet.write_record(key.into_iter().chain(cells(&checkup)))?;
            }
        }
    }
    let bytes = sheet.into_inner();
    bytes.map_err(|error| csv::Error::from(error.into_error()))
}

/// An invented body, and where it is going.
struct Somebody {
    dice: Dice,
    sex: Sex,
    born_on: Date,
    height: i64,
    /// In tenths, and what it changes by in a year.
    bmi: i64,
    trend: i64,
    ldl: i64,
    liver: i64,
}

impl Somebody {
    fn new(key: [&str; 3], born_on: Date, sex: Sex) -> Self {
        let mut dice = Dice::of(&key);
        let height = match sex {
            Sex::Male => 1590 + dice.roll(230),
            Sex::Female => 1470 + dice.roll(210),
        };
        Self {
            sex,
            born_on,
            height,
            bmi: 190 + dice.roll(40) + dice.roll(40),
            trend: dice.roll(13) - 6,
            ldl: 75 + dice.roll(62),
            liver: dice.roll(40) + dice.roll(40),
            dice,
        }
    }

    /// The oldest first. A year in fifteen is missed.
    fn checkups(mut self, today: Date) -> Vec<Checkup> {
        let (month, day) = (4 + self.dice.roll(4), 1 + self.dice.roll(28));
        let month = u8::try_from(month)
            .ok()
            .and_then(|month| Month::try_from(month).ok())
            .unwrap_or(Month::June);
        let day = u8::try_from(day).unwrap_or(1);
        let this_year = Date::from_calendar_date(today.year(), month, day);
        let last = today.year() - i32::from(this_year.is_ok_and(|day| day > today));
        let days = (last - YEARS + 1..=last)
            .filter_map(|year| Date::from_calendar_date(year, month, day).ok());
        (0_i64..)
            .zip(days)
            .map(|(year, day)| (self.dice.roll(15), self.checkup(year, day)))
            .filter(|(missed, _)| *missed > 0)
            .map(|(_, checkup)| checkup)
            .collect()
    }

    /// The checkup of one year, counted from the first.
    fn checkup(&mut self, year: i64, taken_on: Date) -> Checkup {
        let age = i64::from(taken_on.year() - self.born_on.year());
        let is_male = self.sex == Sex::Male;
        let mut dice = |sides| self.dice.roll(sides);
        let bmi = (self.bmi + self.trend * year + dice(5)).max(180);
        let weight = bmi * self.height * self.height / 1_000_000;
        let waist = if is_male { 820 } else { 790 } + (bmi - 235) * 5 / 2 + dice(15);
        let systolic = 96 + age / 3 + (bmi - 220) / 4 + dice(14);
        let glucose = 76 + age / 6 + (bmi - 220) / 6 + dice(12);
        let liver = self.liver + (bmi - 230) / 4;
        let measured = [
            self.height,
            weight,
            waist,
            systolic,
            systolic * 62 / 100 + dice(6),
            (85 + (bmi - 220) * 3 / 2 + dice(50)).max(38),
            if is_male { 50 } else { 62 } - (bmi - 230) / 6 + dice(8),
            self.ldl + self.trend * year + dice(10),
            glucose,
            50 + (glucose - 92) / 3 + dice(3),
            17 + liver / 6 + dice(5),
            (14 + liver / 3 + dice(8)).max(8),
            if is_male { 24 } else { 14 } + liver.max(0) + dice(8),
        ];
        // Everybody came without breakfast.
        let mut values = [None; Item::MEASURED.len()];
        for (value, measured) in values.iter_mut().zip(measured) {
            *value = Some(measured);
        }
        let mut checkup = Checkup {
            taken_on,
            measured: values,
            urine_sugar: Some(if glucose > 118 {
                Urine::One
            } else {
                Urine::Negative
            }),
            urine_protein: Some(match dice(30) {
                0 => Urine::One,
                1 | 2 => Urine::Trace,
                _ => Urine::Negative,
            }),
            verdict: String::new(),
        };
        checkup.verdict = verdict(&checkup, self.sex).to_owned();
        checkup
    }
}

/// As a doctor might sum it up.
fn verdict(checkup: &Checkup, sex: Sex) -> &'static str {
    let word = |item| Some(Limits::of(item, sex)?.word(checkup.value(item)?));
    match Item::SHOWN.into_iter().filter_map(word).max() {
        Some(Word::SeeDoctor) => "C 要受診",
        Some(Word::Watch) => "B 要経過観察",
        _ => "A 異常なし",
    }
}

fn cells(checkup: &Checkup) -> Vec<String> {
    let urine = |grade: Option<Urine>| grade.map_or("", Urine::as_str).to_owned();
    let mut numbers: Vec<String> = Item::MEASURED
        .into_iter()
        .zip(checkup.measured)
        .map(|(item, value)| value.map(|value| item.number(value)).unwrap_or_default())
        .collect();
    let casual_triglycerides = numbers.pop();
    let mut cells = vec![checkup.taken_on.to_string()];
    cells.extend(numbers);
    cells.push(urine(checkup.urine_sugar));
    cells.push(urine(checkup.urine_protein));
    cells.push(checkup.verdict.clone());
    cells.extend(casual_triglycerides);
    cells
}

/// Chance that is the same for the same person (splitmix64).
struct Dice(u64);

impl Dice {
    fn of(key: &[&str]) -> Self {
        let bytes = key.iter().flat_map(|part| part.bytes().chain(*b"-"));
        Self(bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }))
    }

    /// A number from 0 to below `sides`.
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 2).cast_signed() % sides
    }
}
