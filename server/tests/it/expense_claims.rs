//! Claims that come late, are corrected, or are withdrawn: what a later file says of
//! what is there already.

use std::collections::BTreeMap;

use domain::values::{
    expense::{Amounts, Kind},
    month::Month,
};
use proptest::prelude::*;
use server::office::{
    expenses::{Import, ImportError, Report},
    file::reading::FileError,
};
use store::{
    Db,
    person::Key,
    staged_expenses::{ExpenseRow, Outcome, Staged, merge},
};

use crate::{
    drawn,
    expense_import::{FOR_GOOD, HEADER, try_import},
    fresh::Fresh,
    roster,
    test_app::{PEOPLE, TARO, TestApp, WISH},
};

const ADD_REPEATED: Import = Import {
    add_repeated: true,
    ..FOR_GOOD
};

/// A claim of Taro's at one clinic: what was paid, three tenths of all.
fn paid(yen: i64) -> String {
    let (total, insurer) = (yen / 3 * 10, yen / 3 * 7);
    format!("1001,12,00,2026-03,みほん医院,外来,1,{total},{insurer},,{yen},,\n")
}

/// The line that withdraws what is there of that clinic.
const WITHDRAWN: &str = "1001,12,00,2026-03,みほん医院,外来,0,0,0,,0,,\n";

async fn lines(fresh: &Fresh, lines: &str, how: Import) -> Result<Report, ImportError> {
    try_import(fresh, format!("{HEADER}{lines}"), how).await
}

/// Added, changed, withdrawn, unchanged.
async fn counted(fresh: &Fresh, text: &str, how: Import) -> [i64; 4] {
    let Outcome {
        added,
        changed,
        withdrawn,
        unchanged,
        ..
    } = lines(fresh, text, how).await.unwrap().lines;
    [added, changed, withdrawn, unchanged]
}

/// The lines that a file is refused for.
async fn refused(fresh: &Fresh, text: &str) -> Vec<u64> {
    match lines(fresh, text, FOR_GOOD).await {
        Err(ImportError::File(FileError::Lines(_, problems))) => problems
            .named()
            .iter()
            .map(|problem| problem.line)
            .collect(),
        other => panic!("{other:?}"),
    }
}

/// What is on file of that clinic, the least first.
async fn on_file(fresh: &Fresh) -> Vec<i64> {
    let sql = "select paid from expense where provider = 'みほん医院' order by paid";
    match &fresh.db {
        Db::Sqlite(file) => sqlx::query_scalar(sql).fetch_all(&file.writer).await,
        Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_all(pool).await,
    }
    .unwrap()
}

on_both! {
    async fn a_late_claim_joins_the_others_only_when_the_office_says_so(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        let first = paid(3_000) + &paid(6_000);
        assert_eq!(counted(&fresh, &first, FOR_GOOD).await, [2, 0, 0, 0]);
        let late = paid(12_000);
        let refusal = lines(&fresh, &late, FOR_GOOD).await.unwrap_err().to_string();
        assert_eq!(
            refusal,
            "2行目: 同じ加入者・診療年月・医療機関名・区分の明細が登録済みで、追加なのか訂正なのか判断できません。\
             別の明細の追加なら、--add-repeated を付けて取り込んでください。\
             訂正や取り消しなら、日数と金額がすべて0の行と、正しい明細の行をすべて入れてください\n\
             誤りは全部で1件です。（文字コード: UTF-8）\n何も取り込んでいません。"
        );
        assert_eq!(on_file(&fresh).await, [3_000, 6_000]);
        // One other line of the file is good, and stays out with it.
        let other = "1001,13,00,2026-03,じろうの医院,外来,1,100,70,,30,,\n";
        assert_eq!(refused(&fresh, &format!("{other}{}{late}", paid(3_000))).await, [4]);
        let all: i64 = ask!(&fresh.db, "select count(*) from expense");
        assert_eq!(all, 2);

        assert_eq!(counted(&fresh, &late, ADD_REPEATED).await, [1, 0, 0, 0]);
        assert_eq!(on_file(&fresh).await, [3_000, 6_000, 12_000]);
        for how in [ADD_REPEATED, FOR_GOOD] {
            assert_eq!(counted(&fresh, &late, how).await, [0, 0, 0, 1], "twice is once");
        }
        // Equal claims are told apart by how many there are.
        let twice = late.repeat(2);
        assert_eq!(refused(&fresh, &twice).await, [3]);
        assert_eq!(counted(&fresh, &twice, ADD_REPEATED).await, [1, 0, 0, 1]);
        assert_eq!(on_file(&fresh).await, [3_000, 6_000, 12_000, 12_000]);
    }
}

on_both! {
    async fn what_is_there_and_more_is_added_without_a_question(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        counted(&fresh, &paid(6_000), FOR_GOOD).await;
        let more = paid(3_000) + &paid(6_000) + &paid(3_000);
        assert_eq!(counted(&fresh, &more, FOR_GOOD).await, [2, 0, 0, 1]);
        assert_eq!(counted(&fresh, &paid(3_000), FOR_GOOD).await, [0, 0, 0, 1]);
        assert_eq!(on_file(&fresh).await, [3_000, 3_000, 6_000]);
    }
}

on_both! {
    async fn one_for_one_is_a_correction_where_a_provider_is_named(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        counted(&fresh, &paid(3_000), FOR_GOOD).await;
        assert_eq!(counted(&fresh, &paid(6_000), FOR_GOOD).await, [0, 1, 0, 0]);
        assert_eq!(on_file(&fresh).await, [6_000]);
        assert_eq!(counted(&fresh, &paid(9_000), ADD_REPEATED).await, [1, 0, 0, 0]);
        assert_eq!(on_file(&fresh).await, [6_000, 9_000]);
        // Nobody knows whether two claims without a name are of one provider.
        let nameless = paid(3_000).replace("みほん医院", "");
        counted(&fresh, &nameless, FOR_GOOD).await;
        assert_eq!(refused(&fresh, &nameless.replace(",1,", ",2,")).await, [2]);
    }
}

on_both! {
    async fn a_withdrawn_claim_is_nowhere_any_more(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let fresh = &app.fresh;
        counted(fresh, &(paid(3_000) + &paid(6_000) + &paid(9_000)), FOR_GOOD).await;
        // The zeros may stand anywhere among the lines that are right.
        let right = paid(3_000) + WITHDRAWN + &paid(12_000);
        let report = lines(fresh, &right, FOR_GOOD).await.unwrap();
        assert!(
            report.to_string().contains("追加 1件、変更 0件、取り消し 2件、変更なし 1件"),
            "{report}"
        );
        assert_eq!(on_file(fresh).await, [3_000, 12_000]);
        assert_eq!(counted(fresh, &right, FOR_GOOD).await, [0, 0, 0, 2], "twice is once");
        assert_eq!(counted(fresh, WITHDRAWN, ADD_REPEATED).await, [0, 0, 2, 0]);
        assert_eq!(on_file(fresh).await, [0; 0]);
        assert_eq!(counted(fresh, WITHDRAWN, FOR_GOOD).await, [0, 0, 0, 0]);
        for way in ["", "/print", ".csv", "/form.csv"] {
            taro.get(&format!("/expenses{way}?year=2026")).await.hides("みほん医院");
        }
        let audited: String = ask!(
            &fresh.db,
            "select detail from audit where event = 'expenses_imported' order by id desc limit 1"
        );
        assert_eq!(audited, "added 0, changed 0, withdrawn 2");
    }
}

on_both! {
    async fn of_two_imports_at_once_the_later_has_to_look_again(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        counted(&fresh, &paid(3_000), FOR_GOOD).await;
        let mut slow = Staged::begin(&fresh.db).await.unwrap();
        let row = ExpenseRow {
            key: Key { symbol: "1001".into(), number: "12".into(), branch: "00".into() },
            month: Month::from_number(202_603).unwrap(),
            provider: "みほん医院".into(),
            kind: Kind::Outpatient,
            days: 1,
            amounts: Amounts { total: 9_000, paid: 9_000, ..Amounts::default() },
        };
        slow.add(&[(2, row)]).await.unwrap();
        slow.resolve(false, 1).await.unwrap();
        let compared = slow.compare(false).await.unwrap();
        counted(&fresh, &paid(6_000), FOR_GOOD).await;
        let mut tx = slow.into_tx().await.unwrap();
        assert!(!merge(&mut tx, compared, 1).await.unwrap());
        drop(tx);
        assert_eq!(on_file(&fresh).await, [6_000]);
    }
}

/// A group of claims in the model: the person's branch, and the provider.
type Group = (u8, &'static str);
/// Claims by their groups.
type OnFile = BTreeMap<Group, Vec<Claim>>;
/// Days, and what was paid.
type Claim = (i64, i64);

/// A file: its lines, and whether they are further claims.
type List = (Vec<(Group, Claim)>, bool);

fn lists() -> impl Strategy<Value = Vec<List>> {
    let group = (0..2_u8, prop::sample::select(vec!["みほん医院", ""]));
    let claim = prop_oneof![
        1 => Just((0, 0)),
        6 => (1..3_i64, 1..3_i64).prop_map(|(days, hundreds)| (days, hundreds * 100)),
    ];
    let list = (prop::collection::vec((group, claim), 1..7), any::<bool>());
    prop::collection::vec(list, 1..9)
}

/// One of these, taken out.
fn take(claims: &mut Vec<Claim>, claim: Claim) -> bool {
    let place = claims.iter().position(|other| *other == claim);
    place.map(|place| claims.remove(place)).is_some()
}

/// What is in the first and not in the second.
fn without(claims: &[Claim], others: &[Claim]) -> Vec<Claim> {
    let mut others = others.to_vec();
    let mut rest = claims.to_vec();
    rest.retain(|claim| !take(&mut others, *claim));
    rest
}

/// The rule, group by group and claim by claim: what is on file after a list, and the
/// counts; `None` where it is refused.
fn after(on_file: &OnFile, (lines, add_repeated): &List) -> Option<(OnFile, [i64; 4])> {
    let (mut left, mut counts) = (on_file.clone(), [0; 4]);
    let mut spoken = OnFile::new();
    for (group, claim) in lines {
        spoken.entry(*group).or_default().push(*claim);
    }
    for (group, mut said) in spoken {
        let stored = left.entry(group).or_default();
        let all = said.len();
        said.retain(|claim| *claim != (0, 0));
        let (new, missing) = (without(&said, stored), without(stored, &said));
        let same = said.len() - new.len();
        let [added, changed, withdrawn, unchanged] = &mut counts;
        *unchanged += same as i64;
        if said.len() < all {
            *added += new.len() as i64;
            *withdrawn += missing.len() as i64;
            *stored = said;
        } else if new.is_empty() || missing.is_empty() || *add_repeated {
            *added += new.len() as i64;
            stored.extend(new);
        } else if said.len() == 1 && stored.len() == 1 && !group.1.is_empty() {
            *changed += 1;
            *stored = said;
        } else {
            return None;
        }
    }
    for stored in left.values_mut() {
        stored.sort_unstable();
    }
    left.retain(|_, stored| !stored.is_empty());
    Some((left, counts))
}

fn text((lines, _): &List) -> String {
    let line = |((branch, provider), (days, paid)): &(Group, Claim)| {
        let total = paid * 3;
        format!("1001,12,0{branch},2026-03,{provider},外来,{days},{total},0,,{paid},,\n")
    };
    lines.iter().map(line).collect()
}

/// What is on file, as the model has it.
async fn stored(db: &Db) -> OnFile {
    let sql = "select p.branch, e.provider, e.days, e.paid
               from expense e join person p on p.id = e.person_id order by e.days, e.paid";
    let rows: Vec<(String, String, i64, i64)> = match db {
        Db::Sqlite(file) => sqlx::query_as(sql).fetch_all(&file.writer).await,
        Db::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await,
    }
    .unwrap();
    let mut stored = OnFile::new();
    for (branch, provider, days, paid) in rows {
        let provider = if provider.is_empty() {
            ""
        } else {
            "みほん医院"
        };
        let group = (branch.parse().unwrap(), provider);
        stored.entry(group).or_default().push((days, paid));
    }
    stored
}

/// One list after the other, each of them twice, and in either order of its lines.
async fn all_as_the_rule_says(fresh: &Fresh, lists: Vec<List>) {
    let mut expected = BTreeMap::new();
    for mut list in lists {
        let how = Import {
            add_repeated: list.1,
            ..FOR_GOOD
        };
        let outcome = lines(fresh, &text(&list), how).await;
        match after(&expected, &list) {
            None => assert!(matches!(
                outcome,
                Err(ImportError::File(FileError::Lines(..)))
            )),
            Some((left, counts)) => {
                let Outcome {
                    added,
                    changed,
                    withdrawn,
                    unchanged,
                    ..
                } = outcome.unwrap().lines;
                assert_eq!([added, changed, withdrawn, unchanged], counts);
                expected = left;
                list.0.reverse();
                let [added, changed, withdrawn, _] = counted(fresh, &text(&list), how).await;
                assert_eq!([added, changed, withdrawn], [0; 3], "twice is once");
            }
        }
        assert_eq!(stored(&fresh.db).await, expected);
    }
}

on_both! {
    async fn any_files_one_after_the_other_leave_what_the_rule_says(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        let story = async |lists: Vec<List>| {
            tell!(&fresh.db, "delete from expense");
            all_as_the_rule_says(&fresh, lists).await;
        };
        drawn::holds(24, lists(), story);
    }
}
