//! An import is withdrawn whole: what it brought goes, what it replaced comes back.

use domain::values::timestamp::Timestamp;
use server::office::{
    checkups, expenses,
    list::{
        self,
        withdraw::{WithdrawError, withdraw},
    },
};
use store::import_batch;

use crate::{
    fresh::Fresh,
    roster::{self, NOW},
};

const TARO: &str =
    "1001,12,00,架空 太郎,カクウ タロウ,1980-04-01,男,本人,2003-04-01,,0007,みほん商会,,\n";
const CLAIMS: &str = "記号,番号,枝番,診療年月,医療機関名,区分,日数,医療費総額,保険者負担額,公費負担額,窓口負担額,食事療養費,付加給付額\n";
const CHECKUPS: &str = "記号,番号,枝番,受診日,身長,体重,腹囲,収縮期血圧,拡張期血圧,空腹時中性脂肪,HDL,LDL,空腹時血糖,HbA1c,AST,ALT,γGT,尿糖,尿蛋白,判定\n";
const DAY: i64 = 24 * 3600 * 1000;

fn claim(month: &str, provider: &str, paid: u32) -> String {
    let total = paid * 10;
    format!(
        "1001,12,00,{month},{provider},外来,1,{total},{},0,{paid},0,0\n",
        total - paid
    )
}

/// Imports these claims: the import's number.
async fn claims(fresh: &Fresh, rows: &str) -> i64 {
    let path = fresh.folder.path().join("claims.csv");
    std::fs::write(&path, format!("{CLAIMS}{rows}")).unwrap();
    let how = expenses::Import {
        now: NOW,
        dry_run: false,
        add_repeated: false,
        present_holder: false,
    };
    expenses::import(&fresh.db, &path, how, |_| {})
        .await
        .unwrap();
    newest(fresh).await.id
}

async fn results(fresh: &Fresh, rows: &str) -> i64 {
    let path = fresh.folder.path().join("checkups.csv");
    std::fs::write(&path, format!("{CHECKUPS}{rows}")).unwrap();
    let how = list::Import {
        now: NOW,
        dry_run: false,
    };
    checkups::import(&fresh.db, &path, how, |_| {})
        .await
        .unwrap();
    newest(fresh).await.id
}

async fn newest(fresh: &Fresh) -> import_batch::Batch {
    import_batch::newest(&fresh.db, 1).await.unwrap().remove(0)
}

async fn paid(fresh: &Fresh) -> i64 {
    ask!(
        &fresh.db,
        "select cast(coalesce(sum(paid), 0) as bigint) from expense"
    )
}

async fn counted(fresh: &Fresh) -> i64 {
    ask!(
        &fresh.db,
        "select cast(coalesce(sum(claims), 0) as bigint) from expense_month"
    )
}

on_both! {
    async fn what_an_import_of_claims_has_changed_comes_back(fresh: Fresh) {
        roster::import(&fresh, TARO).await;
        let first = claims(&fresh, &(claim("2026-08", "見本医院", 3_000) + &claim("2026-08", "例示 歯科", 500))).await;
        // One is corrected, one spelled otherwise, one added, in another month; one is taken out.
        let second = claims(
            &fresh,
            &(claim("2026-08", "見本医院", 4_000) + &claim("2026-08", "例示　歯科", 500) + &claim("2026-09", "架空薬局", 700)),
        )
        .await;
        assert_eq!((paid(&fresh).await, counted(&fresh).await), (5_200, 3));
        let batch = newest(&fresh).await;
        assert_eq!((batch.file_name.as_str(), batch.added, batch.changed), ("claims.csv", 1, 1));

        // The first has been touched, and what it replaced is not kept.
        let refused = withdraw(&fresh.db, first, "", NOW).await.unwrap_err();
        assert!(matches!(refused, WithdrawError::Touched(by) if by == second), "{refused}");
        let done = withdraw(&fresh.db, second, "", NOW).await.unwrap();
        assert_eq!((done.lines.removed, done.lines.restored), (3, 2));
        assert_eq!((paid(&fresh).await, counted(&fresh).await), (3_500, 2));
        let spelled: i64 = ask!(&fresh.db, "select count(*) from expense where provider = '例示 歯科'");
        assert_eq!(spelled, 1);
        let months_in: i64 = ask!(&fresh.db, "select count(*) from expense_month where is_in");
        assert_eq!(months_in, 1);
        let kept: i64 = ask!(&fresh.db, "select count(*) from expense_replaced");
        assert_eq!(kept, 0);
        let refused = withdraw(&fresh.db, second, "", NOW).await.unwrap_err();
        assert!(matches!(refused, WithdrawError::Already), "{refused}");
        // The same file comes in again.
        let third = claims(&fresh, &claim("2026-08", "見本医院", 4_000)).await;
        let lines = newest(&fresh).await;
        assert_eq!((lines.id, lines.changed), (third, 1));
    }
}

on_both! {
    async fn what_a_line_of_zeros_took_out_comes_back_and_no_file_beside_it_is_touched(fresh: Fresh) {
        roster::import(&fresh, TARO).await;
        let first = claims(&fresh, &claim("2026-08", "見本医院", 3_000)).await;
        let zeros = "1001,12,00,2026-08,見本医院,外来,0,0,0,0,0,0,0\n";
        let second = claims(&fresh, zeros).await;
        assert_eq!((paid(&fresh).await, counted(&fresh).await), (0, 0));
        // Of the same person and month, and of another group.
        claims(&fresh, &claim("2026-08", "例示歯科", 900)).await;
        withdraw(&fresh.db, second, "", NOW).await.unwrap();
        assert_eq!((paid(&fresh).await, counted(&fresh).await), (3_900, 2));
        assert!(matches!(withdraw(&fresh.db, first, "", NOW).await, Err(WithdrawError::Touched(_))));
        // A group from which everything was taken, and into which something comes.
        let fourth = claims(&fresh, zeros).await;
        let fifth = claims(&fresh, &claim("2026-08", "見本医院", 1_000)).await;
        let refused = withdraw(&fresh.db, fourth, "", NOW).await.unwrap_err();
        assert!(matches!(refused, WithdrawError::Touched(by) if by == fifth), "{refused}");
    }
}

on_both! {
    async fn results_come_back_too_within_forty_days(fresh: Fresh) {
        roster::import(&fresh, TARO).await;
        let of = |weight: u32| format!("1001,12,00,2026-06-01,170.0,{weight}.0,,120,80,,,,,,,,,,,異常なし\n");
        results(&fresh, &of(60)).await;
        let second = results(&fresh, &of(90)).await;
        let third = results(&fresh, &of(90).replace("06-01", "06-02")).await;
        withdraw(&fresh.db, second, "", NOW).await.unwrap();
        let weights: i64 = ask!(&fresh.db, "select cast(sum(weight) as bigint) from checkup");
        assert_eq!(weights, 600 + 900);
        let late = Timestamp(NOW.0 + 40 * DAY + 1);
        let refused = withdraw(&fresh.db, third, "", late).await.unwrap_err();
        assert!(matches!(refused, WithdrawError::TooOld), "{refused}");
        let refused = withdraw(&fresh.db, 1, "", NOW).await.unwrap_err();
        assert!(matches!(refused, WithdrawError::Roster), "{refused}");
        assert!(matches!(withdraw(&fresh.db, 99, "", NOW).await, Err(WithdrawError::Unknown)));
        // What is kept for this goes by itself.
        results(&fresh, &of(70)).await;
        let kept: i64 = ask!(&fresh.db, "select count(*) from checkup_replaced");
        assert_eq!(kept, 1);
        assert_eq!(import_batch::remove_replaced(&fresh.db, late, 200).await.unwrap(), 1);
        assert_eq!(import_batch::remove_replaced(&fresh.db, late, 200).await.unwrap(), 0);
        let noted: String = ask!(&fresh.db, "select detail from audit where event = 'import_withdrawn'");
        assert_eq!(noted, format!("import {second}, checkups, removed 1, restored 1"));
    }
}
