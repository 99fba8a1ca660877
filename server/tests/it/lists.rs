//! The office's door of the lists: what is seen before is what is done, what only the office
//! knows is asked, and nothing of anybody's health is repeated.

use std::{
    io::Cursor,
    sync::atomic::{AtomicU32, Ordering},
};

use futures::future::BoxFuture;
use server::office::list::{
    Answer, Answers, Bring, Came, Door, Job, Kind, Plan, Question, Source, Until, by_kind::bring_in,
};
use store::Tx;

use crate::{
    fresh::Fresh,
    roster::{self, HEADER, NOW},
};

/// A job that is somebody's, or not any more.
struct Held {
    is_held: bool,
    done: AtomicU32,
}

impl Job for Held {
    fn is_held<'a>(&'a self, _: &'a mut Tx) -> BoxFuture<'a, store::Result<bool>> {
        Box::pin(async move { Ok(self.is_held) })
    }

    fn is_done<'a>(&'a self, _: &'a mut Tx, _: &'a Plan) -> BoxFuture<'a, store::Result<()>> {
        Box::pin(async move {
            self.done.fetch_add(1, Ordering::Relaxed);
            Ok(())
        })
    }
}

fn held(is_held: bool) -> Held {
    Held {
        is_held,
        done: AtomicU32::new(0),
    }
}

pub(crate) async fn brought(
    fresh: &Fresh,
    kind: Kind,
    bytes: impl Into<Vec<u8>>,
    answers: &Answers,
    until: Until,
) -> Came {
    by(fresh, kind, bytes, answers, until, &held(true)).await
}

async fn by(
    fresh: &Fresh,
    kind: Kind,
    bytes: impl Into<Vec<u8>>,
    answers: &Answers,
    until: Until,
    job: &Held,
) -> Came {
    let bytes = bytes.into();
    let source = Source::of("list.csv", bytes.len() as u64, Cursor::new(bytes));
    let bring = Bring {
        kind,
        door: Door::Office {
            actor: "0199a9d2-0000-7000-8000-000000000001",
            job,
        },
        answers,
        until,
        now: NOW,
    };
    bring_in(&fresh.db, source, bring, |_| {}).await.unwrap()
}

fn previewed(came: Came) -> Plan {
    match came {
        Came::Previewed(plan) => *plan,
        other => panic!("{other:?}"),
    }
}

const TARO: &str =
    "1001,12,00,架空 太郎,カクウ タロウ,1980-04-01,男,本人,2003-04-01,,0007,みほん商会,,\n";
const HANAKO: &str =
    "1001,34,00,見本 花子,ミホン ハナコ,1985-04-01,女,本人,2010-04-01,,0008,例示商店,,\n";

on_both! {
    async fn a_run_does_what_was_seen_or_nothing(fresh: Fresh) {
        let none = Answers::default();
        let file = format!("{HEADER}{TARO}{HANAKO}");
        let plan = previewed(brought(&fresh, Kind::Roster, &*file, &none, Until::Preview).await);
        assert_eq!(plan.counts[0], ("追加".to_owned(), 2));
        assert_eq!(plan.employers.len(), 2, "{:?}", plan.employers);
        assert_eq!(roster::people_on_file(&fresh).await, 0);
        let run = Until::Run { digest: Some(plan.digest) };

        // Somebody else brings in one of them meanwhile.
        roster::import(&fresh, TARO).await;
        assert_eq!(brought(&fresh, Kind::Roster, &*file, &none, run).await, Came::Changed);
        assert_eq!(roster::people_on_file(&fresh).await, 1);
        let again = previewed(brought(&fresh, Kind::Roster, &*file, &none, Until::Preview).await);
        assert_ne!(again.digest, plan.digest);
        let run = Until::Run { digest: Some(again.digest) };

        // Stopped, or taken over by another server.
        let lost = held(false);
        let came = by(&fresh, Kind::Roster, &*file, &none, run, &lost).await;
        assert_eq!((came, lost.done.into_inner()), (Came::Stopped, 0));
        let job = held(true);
        let came = by(&fresh, Kind::Roster, &*file, &none, run, &job).await;
        assert!(matches!(came, Came::Done(_)), "{came:?}");
        assert_eq!((job.done.into_inner(), roster::people_on_file(&fresh).await), (1, 2));
        let actor: String =
            ask!(&fresh.db, "select actor from audit where event = 'roster_imported' order by id desc limit 1");
        assert_eq!(actor, "0199a9d2-0000-7000-8000-000000000001");
    }
}

on_both! {
    async fn who_has_moved_is_asked_about_one_by_one(fresh: Fresh) {
        roster::import(&fresh, &format!("{TARO}{HANAKO}")).await;
        let file = format!("{HEADER}{TARO}{HANAKO}")
            .replace("1001,12", "2002,12")
            .replace("1001,34", "2002,34");
        let mut answers = Answers::default();
        let Came::Asks(asked) = brought(&fresh, Kind::Roster, &*file, &answers, Until::Preview).await
        else {
            panic!("nothing is asked");
        };
        assert_eq!((asked.count, asked.first.len()), (2, 2));
        assert!(matches!(&asked.first[0], Question::Moved { line: 2, from_key, to_key, .. }
            if from_key == "1001-12-00" && to_key == "2002-12-00"), "{asked:?}");
        answers.add(2, Answer::Same);
        let Came::Asks(asked) = brought(&fresh, Kind::Roster, &*file, &answers, Until::Preview).await
        else {
            panic!("one is open");
        };
        assert_eq!(asked.first[0].line(), 3);
        answers.add(3, Answer::New);
        let plan = previewed(brought(&fresh, Kind::Roster, &*file, &answers, Until::Preview).await);
        assert_eq!(plan.changes[0].old.as_deref(), Some("1001-12-00"), "{:?}", plan.changes);
        // Other answers are another plan.
        let mut others = Answers::default();
        others.add(2, Answer::New);
        others.add(3, Answer::New);
        let run = Until::Run { digest: Some(plan.digest) };
        assert_eq!(brought(&fresh, Kind::Roster, &*file, &others, run).await, Came::Changed);
        let came = brought(&fresh, Kind::Roster, &*file, &answers, run).await;
        assert!(matches!(came, Came::Done(_)), "{came:?}");
        assert_eq!(roster::people_on_file(&fresh).await, 3);
    }
}

const CLAIMS: &str = "記号,番号,枝番,診療年月,医療機関名,区分,日数,医療費総額,保険者負担額,公費負担額,窓口負担額,食事療養費,付加給付額\n";

fn claim(days: u32, paid: u32) -> String {
    let total = paid * 10;
    format!(
        "1001,12,00,2026-09,ひみつ医院,外来,{days},{total},{},0,{paid},0,0\n",
        total - paid
    )
}

on_both! {
    async fn claims_that_could_be_either_are_asked_about_and_nothing_of_them_is_told(fresh: Fresh) {
        roster::import(&fresh, TARO).await;
        let mut answers = Answers::default();
        let first = format!("{CLAIMS}{}{}", claim(1, 3_000), claim(2, 6_000));
        let plan = previewed(brought(&fresh, Kind::Expenses, &*first, &answers, Until::Preview).await);
        assert_eq!(plan.months[0].yen[3], ("窓口負担額".to_owned(), 9_000));
        let run = Until::Run { digest: Some(plan.digest) };
        assert!(matches!(brought(&fresh, Kind::Expenses, &*first, &answers, run).await, Came::Done(_)));

        let other = format!("{CLAIMS}{}", claim(4, 12_000));
        let Came::Asks(asked) = brought(&fresh, Kind::Expenses, &*other, &answers, Until::Preview).await
        else {
            panic!("nothing is asked");
        };
        assert_eq!(asked.first, [Question::Repeated { line: 2, key: "1001-12-00".into(), month: 202_609 }]);
        for (answer, added, withdrawn) in [(Answer::Add, 1, 0), (Answer::Correct, 1, 2)] {
            let mut answers = Answers::default();
            answers.add(2, answer);
            let plan = previewed(brought(&fresh, Kind::Expenses, &*other, &answers, Until::Preview).await);
            let counts: Vec<i64> = plan.counts.iter().map(|(_, count)| *count).collect();
            assert_eq!(counts, [added, 0, withdrawn, 0]);
            let told = format!("{:?}", plan.changes);
            assert!(!told.contains("ひみつ") && !told.contains("12000"), "{told}");
        }
        answers.add(2, Answer::Correct);
        let plan = previewed(brought(&fresh, Kind::Expenses, &*other, &answers, Until::Preview).await);
        let run = Until::Run { digest: Some(plan.digest) };
        assert!(matches!(brought(&fresh, Kind::Expenses, &*other, &answers, run).await, Came::Done(_)));
        let paid: i64 = ask!(&fresh.db, "select cast(sum(paid) as bigint) from expense");
        assert_eq!(paid, 12_000);

        // Bad lines, with their column and their key, and without what stands there.
        let bad = format!("{CLAIMS}{}", claim(1, 3_000).replace("3000,0,0", "三千三百,0,0"));
        let Came::Refused(why) = brought(&fresh, Kind::Expenses, &*bad, &answers, Until::Preview).await
        else {
            panic!("it is taken");
        };
        assert_eq!((why.count, why.lines[0].line), (1, 2));
        assert_eq!(why.lines[0].key.as_deref(), Some("1001-12-00"));
        assert_eq!(why.lines[0].column.as_deref(), Some("窓口負担額"));
        let headless = "1001,12,00,2026-09,ひみつ医院,外来,1,要精密検査\n";
        let came = brought(&fresh, Kind::Expenses, headless, &answers, Until::Preview).await;
        for told in [format!("{why:?}"), format!("{came:?}")] {
            assert!(!told.contains("三千三百") && !told.contains("ひみつ") && !told.contains("要精密"), "{told}");
        }
    }
}
