//! One list, saved on Windows and on a Mac: what looks the same is the same.

use store::Db;

use crate::{
    checkups,
    expense_import::{self, FOR_GOOD, HEADER},
    fresh::Fresh,
    roster::{self, file, outcome},
    test_app::PEOPLE,
};

/// Made by Windows, in CP932.
fn windows(text: &str) -> Vec<u8> {
    encoding_rs::SHIFT_JIS.encode(text).0.into_owned()
}

/// The same, saved on a Mac.
fn mac(text: &str) -> String {
    text.replace('\u{FF5E}', "\u{301C}")
        .replace('\u{FF0D}', "\u{2212}")
        .replace('が', "か\u{3099}")
        .replace('パ', "ハ\u{309A}")
}

async fn providers(fresh: &Fresh) -> Vec<String> {
    let sql = "select provider from expense order by provider, nth";
    match &fresh.db {
        Db::Sqlite(file) => sqlx::query_scalar(sql).fetch_all(&file.writer).await,
        Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_all(pool).await,
    }
    .unwrap()
}

fn claim(provider: &str) -> String {
    format!("{HEADER}1001,12,00,2026-03,{provider},外来,1,10000,7000,,3000,,\n")
}

on_both! {
    async fn a_list_of_claims_from_a_mac_is_the_one_from_windows(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        let list = claim("みなと～がっこう－クリニック");
        expense_import::try_import(&fresh, windows(&list), FOR_GOOD).await.unwrap();
        let again = expense_import::try_import(&fresh, mac(&list), FOR_GOOD).await.unwrap();
        assert_eq!((again.lines.added, again.lines.unchanged), (0, 1));
        assert_eq!(providers(&fresh).await, [mac("みなと～がっこう－クリニック")]);

        // So is one that an earlier version has taken as it was.
        tell!(
            &fresh.db, "update expense set provider = $1", mac("みなと～がっこう－クリニック")
        );
        let again = expense_import::try_import(&fresh, windows(&list), FOR_GOOD).await.unwrap();
        assert_eq!((again.lines.added, again.lines.unchanged), (0, 1));
        assert_eq!(providers(&fresh).await, ["みなと～がっこう－クリニック"]);
    }
}

on_both! {
    async fn a_provider_is_one_however_wide_it_is_written_and_shown_as_the_newest_file_has_it(
        fresh: Fresh
    ) {
        roster::import(&fresh, PEOPLE).await;
        for (spelled, counts) in [
            ("ＡＢＣ　ガーデン医院", (1, 0, 0)),
            ("ABC ｶﾞｰﾃﾞﾝ医院", (0, 0, 1)),
            ("ABCガーデン医院", (0, 0, 1)),
            // A correction, too.
            ("ABC ガーデン 医院", (0, 1, 0)),
        ] {
            let list = if counts.1 == 1 {
                claim(spelled).replace("10000,7000,,3000", "20000,14000,,6000")
            } else {
                claim(spelled)
            };
            let report = expense_import::try_import(&fresh, list, FOR_GOOD).await.unwrap().lines;
            assert_eq!((report.added, report.changed, report.unchanged), counts, "{spelled}");
            assert_eq!(providers(&fresh).await, [spelled]);
        }
        // 株式会社 and ㈱ are left alone, and so is what is taken back by another spelling.
        let other = expense_import::try_import(&fresh, claim("㈱ABC"), FOR_GOOD).await.unwrap();
        assert_eq!(other.lines.added, 1);
        let back = claim("ＡＢＣガーデン医院").replace(",1,10000,7000,,3000", ",0,0,0,,0");
        let report = expense_import::try_import(&fresh, back, FOR_GOOD).await.unwrap();
        assert_eq!(report.lines.withdrawn, 1);
        assert_eq!(providers(&fresh).await, ["㈱ABC"]);
    }
}

on_both! {
    async fn a_spelling_alone_is_no_change_of_a_person(fresh: Fresh) {
        let text = format!(
            "{}1001,12,00,架空 が太郎,カクウ,1980-04-01,男,本人,2003-04-01,,0007,パン商会,1050001,1－2－3～\n",
            roster::HEADER
        );
        let path = file(&fresh, windows(&text));
        roster::try_import(&fresh, &path, roster::FOR_GOOD).await.unwrap();
        let path = file(&fresh, mac(&text));
        let again = roster::try_import(&fresh, &path, roster::FOR_GOOD).await.unwrap();
        assert_eq!(again.people, outcome(0, 0, 0, 1, 0), "{again}");
        // On file as an earlier version has taken it.
        tell!(
            &fresh.db, "update person set name = $1, address = $2, employer_name = $3",
            mac("架空 が太郎"), mac("1－2－3～"), mac("パン商会")
        );
        let path = file(&fresh, windows(&text));
        let again = roster::try_import(&fresh, &path, roster::FOR_GOOD).await.unwrap();
        assert_eq!(again.people, outcome(0, 0, 0, 1, 0), "{again}");
        let kept: String = ask!(&fresh.db, "select name || address || employer_name from person");
        assert_eq!(kept, "架空 が太郎1－2－3～パン商会");
    }
}

on_both! {
    async fn a_name_keeps_its_own_ideograph(fresh: Fresh) {
        let line = "1001,12,00,\u{FA19}戸 髙﨑,,1980-04-01,男,本人,2003-04-01,,0007,,,\n";
        roster::import(&fresh, line).await;
        let kept: String = ask!(&fresh.db, "select name from person");
        assert_eq!(kept, "\u{FA19}戸 髙﨑");
    }
}

on_both! {
    async fn a_verdict_is_one_in_every_spelling(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        let row = "1001,12,00,2026-06-05,170.0,65.0,84.5,128,79,110,55,152,95,5.4,22,25,40,-,-,A が～\n";
        checkups::import(&fresh, row).await;
        tell!(&fresh.db, "update checkup set verdict = $1", mac("A が～"));
        let again = checkups::import(&fresh, row).await.results;
        assert_eq!((again.changed, again.unchanged), (0, 1));
    }
}
