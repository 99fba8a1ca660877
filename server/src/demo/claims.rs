//! Two years of medical expenses for the demo's people. Nothing of it ever
//! happened; the same people get the same every time.

use std::fmt::Write as _;

use domain::values::{
    expense::{Amounts, COLUMNS, Kind},
    month::Month,
};
use time::{Date, Duration};

use crate::office::file::date;

/// So long does a claim take from the visit to the society.
const ON_ITS_WAY: Duration = Duration::days(61);

const CLINICS: [&str; 6] = [
    "あおぞら内科クリニック",
    "みほん小児科",
    "れいだい整形外科",
    "かくう耳鼻咽喉科",
    "ひなた皮膚科医院",
    "こもれび眼科",
];
const HOSPITALS: [&str; 2] = ["架空市民病院", "見本総合医療センター"];
const DENTISTS: [&str; 2] = ["にじいろ歯科", "例題デンタルクリニック"];
const PHARMACIES: [&str; 3] = ["みほん薬局 駅前店", "つばめ調剤薬局", "れいだい薬局"];
const OSTEOPATH: &str = "架空接骨院";
const NURSES: &str = "ほほえみ訪問看護ステーション";

/// The list as the society would send it at `today`, for the people of `roster`.
///
/// # Errors
/// A roster that is not readable CSV.
pub(super) fn list(roster: &[u8], today: Date) -> Result<String, csv::Error> {
    let last = Month::of(today.saturating_sub(ON_ITS_WAY));
    let months = Month::all_of(last.year() - 2)
        .chain(Month::all_of(last.year() - 1))
        .chain(Month::all_of(last.year()))
        .filter(|month| *month <= last && month.number() > last.number() - 200);
    let months: Vec<Month> = months.collect();
    let mut list = COLUMNS.join(",") + "\n";
    let mut people = csv::Reader::from_reader(roster);
    for person in people.records() {
        let person = person?;
        let field = |column: usize| person.get(column).unwrap_or_default();
        let key = format!("{},{},{}", field(0), field(1), field(2));
        let (Ok(born_on), Ok(qualified_on)) = (date::parse(field(5)), date::parse(field(8))) else {
            continue;
        };
        let left = date::parse(field(9)).ok().and_then(Date::previous_day);
        let mut dice = Dice::of(&key);
        for &month in &months {
            // Thrown for every month, so that a later start changes nothing of it.
            let rows = rows(&mut dice, month, month.year() - born_on.year());
            let is_insured =
                month >= Month::of(qualified_on) && left.is_none_or(|day| month <= Month::of(day));
            for row in rows.iter().filter(|_| is_insured) {
                row.write(&mut list, &key, month);
            }
        }
    }
    Ok(list)
}

struct Row {
    provider: &'static str,
    kind: Kind,
    days: u64,
    amounts: Amounts,
}

impl Row {
    fn write(&self, list: &mut String, key: &str, month: Month) {
        let Amounts {
            total,
            insurer,
            public,
            paid,
            meals,
            extra,
        } = self.amounts;
        let (provider, kind, days) = (self.provider, self.kind.as_str(), self.days);
        // Writing into a string cannot fail.
        let _ = writeln!(
            list,
            "{key},{month},{provider},{kind},{days},{total},{insurer},{public},{paid},{meals},{extra}"
        );
    }
}

/// What one person of that age has in one month.
fn rows(dice: &mut Dice, month: Month, age: i32) -> Vec<Row> {
    let mut rows = Vec::new();
    let often = match age {
        ..10 => 50,
        10..40 => 22,
        40..65 => 35,
        _ => 60,
    };
    // Colds in winter, pollen in spring.
    let season = match month.month() {
        12 | 1 | 2 => 15,
        3 | 4 => 12,
        8 => -8,
        _ => 0,
    };
    if dice.percent(often + season) {
        let days = 1 + dice.below(3);
        let clinic = dice.one_of(&CLINICS);
        let points = 280 + dice.below(600) * days;
        rows.push(row(clinic, Kind::Outpatient, days, points, age));
        if dice.percent(65) {
            let points = 150 + dice.below(700);
            rows.push(row(
                dice.one_of(&PHARMACIES),
                Kind::Pharmacy,
                1,
                points,
                age,
            ));
        }
    }
    if dice.percent(8) {
        let days = 1 + dice.below(4);
        let points = 350 * days + dice.below(900);
        rows.push(row(dice.one_of(&DENTISTS), Kind::Dental, days, points, age));
    }
    if dice.percent(1) {
        let days = 2 + dice.below(12);
        let points = 4_000 * days + dice.below(20_000);
        rows.push(row(
            dice.one_of(&HOSPITALS),
            Kind::Inpatient,
            days,
            points,
            age,
        ));
    }
    if age >= 16 && dice.percent(2) {
        rows.push(row(OSTEOPATH, Kind::Osteopathy, 4, 900, age));
    }
    if age >= 70 && dice.percent(8) {
        rows.push(row(NURSES, Kind::HomeNursing, 4, 3_800, age));
    }
    rows
}

fn row(provider: &'static str, kind: Kind, days: u64, points: u64, age: i32) -> Row {
    // A point is 10 yen.
    let total = points.cast_signed() * 10;
    let tenths = if (6..70).contains(&age) { 3 } else { 2 };
    let share = (total * tenths / 10 + 5) / 10 * 10;
    // Towns pay for their children, but for a small sum.
    let paid = if age < 15 { share.min(200) } else { share };
    let in_hospital = kind == Kind::Inpatient;
    let meals = if in_hospital {
        days.cast_signed() * 3 * 490
    } else {
        0
    };
    // The society gives back what is above 25,000 yen, in hundreds.
    let extra = (paid - 25_000).max(0) / 100 * 100;
    Row {
        provider,
        kind,
        days,
        amounts: Amounts {
            total,
            insurer: total - share,
            public: share - paid,
            paid,
            meals,
            extra,
        },
    }
}

/// Chance that is the same in every run.
struct Dice(u64);

impl Dice {
    /// A person's own: FNV-1a of the key.
    fn of(key: &str) -> Self {
        Self(key.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }))
    }

    fn below(&mut self, most: u64) -> u64 {
        // Knuth's generator; its upper bits are the good ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn percent(&mut self, chance: i32) -> bool {
        self.below(100) < u64::from(chance.max(0).cast_unsigned())
    }

    fn one_of(&mut self, names: &[&'static str]) -> &'static str {
        let place = self.below(names.len() as u64);
        usize::try_from(place).map_or("", |place| names[place])
    }
}
