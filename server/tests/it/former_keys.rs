//! A person's 記号・番号 changes and the person stays: what belongs to whom, and who sees
//! what of whom, before and after it.

use server::office::{
    expenses::{Import, ImportError},
    file::reading::FileError,
    roster::{self as roster_import, Moved},
};

use crate::{
    checkups,
    expense_import::{self, HEADER, import},
    expenses::{HANAKO_WISH, decide},
    fresh::Fresh,
    roster::{self, file, try_import},
    test_app::{HANAKO, JIRO, OTHER_WISH, TARO, TestApp, WISH},
};

const LINKED: roster_import::Import = roster_import::Import {
    moved: Moved::Linked,
    ..roster::FOR_GOOD
};

/// Taro comes under another number on this day, as 任意継続被保険者; a column as the roster
/// has it.
fn taro_as(number: &str, qualified_on: &str, disqualified_on: &str) -> String {
    format!(
        "9000,{number},00,架空 太郎,,1980-04-01,男,本人,{qualified_on},{disqualified_on},0007,,,\n"
    )
}

/// Hanako comes under somebody's number.
fn hanako_as(key: &str, qualified_on: &str) -> String {
    format!("{key},架空 花子,,1982-12-31,女,妻,{qualified_on},,0007,,,\n")
}

/// Jiro's line, with another number.
fn jiro_as(key: &str, qualified_on: &str) -> String {
    format!("{key},見本 次郎,,1970-01-01,男,本人,{qualified_on},,0007,,,\n")
}

async fn moved(fresh: &Fresh, lines: &str) -> roster_import::Report {
    let path = file(fresh, format!("{}{lines}", roster::HEADER));
    try_import(fresh, &path, LINKED).await.unwrap()
}

/// A claim of 3,000 yen at a clinic of this name.
fn claim(key: &str, month: &str, provider: &str) -> String {
    format!("{key},{month},{provider},外来,1,10000,7000,,3000,,\n")
}

/// What the office is told instead of an import.
async fn refusal(fresh: &Fresh, lines: &str) -> String {
    let text = format!("{HEADER}{lines}");
    let tried = expense_import::try_import(fresh, text, expense_import::FOR_GOOD).await;
    tried.unwrap_err().to_string()
}

async fn periods(fresh: &Fresh) -> i64 {
    ask!(&fresh.db, "select count(*) from former_membership")
}

on_both! {
    async fn a_late_claim_or_checkup_under_the_former_number_finds_its_person(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        moved(&app.fresh, &taro_as("5", "2026-04-01", "")).await;

        let late = claim("1001,12,00", "2026-03", "以前の医院")
            + &claim("9000,5,00", "2026-04", "いまの医院")
            // Billed with the old card, after it was over.
            + &claim("1001,12,00", "2026-06", "古い証の医院");
        let report = import(&app.fresh, &late).await;
        assert_eq!((report.lines.added, report.former_keys), (3, 2));
        assert!(report.to_string().contains("以前の記号・番号・枝番の行: 2件"), "{report}");
        taro.get("/expenses?year=2026").await
            .shows("以前の医院").shows("いまの医院").shows("古い証の医院");
        // Again, it changes nothing; under the new number it is the same claim.
        let again = import(&app.fresh, &late.replace("1001,12,00", "9000,5,00")).await;
        assert_eq!((again.lines.unchanged, again.former_keys), (3, 0));

        let result = "1001,12,00,2025-06-05,170.0,65.0,84.5,128,79,110,55,152,95,5.4,22,25,40,-,-,A 異常なし\n";
        let report = checkups::import(&app.fresh, result).await;
        assert_eq!(report.former_keys, 1);
        taro.get("/checkups").await.shows("2025年6月5日");
        // One person and one day are one, whatever the key.
        let twice = result.to_owned() + &result.replace("1001,12,00", "9000,5,00");
        let refusal = checkups::refused(&app.fresh, &twice).await;
        assert!(refusal.contains("3行目"), "{refusal}");
    }
}

on_both! {
    async fn a_former_number_can_lose_its_zeros_or_its_branch_like_any_other(fresh: Fresh) {
        roster::import(&fresh, &hanako_as("1001,000077,00", "2010-06-01")).await;
        moved(&fresh, &hanako_as("9000,000005,00", "2026-04-01")).await;
        let said = refusal(&fresh, &claim("1001,77,0", "2026-03", "みほん医院")).await;
        assert!(said.contains("名簿には「1001-000077-00」がいます。先頭の0が消えていませんか"), "{said}");
        let path = file(&fresh, format!("{}{}", roster::HEADER, hanako_as("1001,77,0", "2010-06-01")));
        let said = try_import(&fresh, &path, LINKED).await.unwrap_err().to_string();
        assert!(said.contains("登録済みの名簿では「1001-000077-00」です"), "{said}");

        let report = import(&fresh, &claim("1001,000077,", "2026-03", "みほん医院")).await;
        assert_eq!((report.lines.added, report.former_keys), (1, 1));
        // Somebody comes under that number: a line without a branch may be either's.
        roster::import(&fresh, &jiro_as("1001,000077,01", "2026-05-01")).await;
        let said = refusal(&fresh, &claim("1001,000077,", "2026-06", "みほん医院")).await;
        assert!(said.contains("枝番を書いてください"), "{said}");
    }
}

on_both! {
    async fn the_months_under_the_former_number_belong_to_the_membership(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let first = claim("1001,12,00", "2026-01", "正月の医院") + &claim("1001,12,00", "2026-02", "二月の医院")
            + &claim("1001,12,00", "2026-05", "五月の医院");
        import(&app.fresh, &first).await;
        let months = async || {
            let words = taro.get("/expenses?year=2026").await.words();
            let (_, months) = words.split_once("月ごとの窓口負担額").unwrap();
            months.split_once("明細").unwrap().0.to_owned()
        };
        let before = months().await;
        moved(&app.fresh, &taro_as("5", "2026-05-01", "")).await;
        assert_eq!(months().await, before, "nothing of it is before the membership");

        // And it stays when he leaves.
        moved(&app.fresh, &taro_as("5", "2026-05-01", "2026-11-01")).await;
        taro.get("/expenses?year=2026").await
            .shows("正月の医院").shows("二月の医院").shows("五月の医院")
            .shows("9,000円").hides("加入前");
    }
}

on_both! {
    async fn a_new_date_under_the_same_number_is_a_further_period(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        import(&app.fresh, &claim("1001,12,00", "2026-01", "正月の医院")).await;
        let line = "1001,12,00,架空 太郎,,1980-04-01,男,本人,2026-04-01,,0007,,,\n";
        moved(&app.fresh, line).await;
        assert_eq!(periods(&app.fresh).await, 1);
        moved(&app.fresh, line).await;
        assert_eq!(periods(&app.fresh).await, 1, "twice is once");
        let left = line.replace("2026-04-01,,", "2026-04-01,2026-11-01,");
        moved(&app.fresh, &left).await;
        taro.get("/expenses?year=2026").await.shows("正月の医院");
        // The date was a mistake.
        moved(&app.fresh, &line.replace("2026-04-01", "2003-04-01")).await;
        assert_eq!(periods(&app.fresh).await, 0);
    }
}

on_both! {
    async fn where_two_had_the_number_in_a_month_it_is_asked_about(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        // Taro goes on the 10th of April, and Jiro comes under his number on that day.
        let lines = taro_as("5", "2026-04-10", "") + &jiro_as("1001,12,00", "2026-04-10");
        moved(&app.fresh, &lines).await;

        let march = claim("1001,12,00", "2026-03", "三月の医院");
        let april = claim("1001,12,00", "2026-04", "四月の医院");
        let may = claim("1001,12,00", "2026-05", "五月の医院");
        let all = format!("{HEADER}{march}{april}{may}");
        let refusal = expense_import::try_import(&app.fresh, &all, expense_import::FOR_GOOD).await;
        let Err(ImportError::File(FileError::Lines(_, problems))) = refusal else {
            panic!("{refusal:?}")
        };
        let said = problems.to_string();
        assert!(said.contains("3行目") && said.contains("2人以上の加入者"), "{said}");
        assert!(said.contains("--present-holder") && problems.count() == 1, "{said}");

        let to_jiro = Import { present_holder: true, ..expense_import::FOR_GOOD };
        expense_import::try_import(&app.fresh, &all, to_jiro).await.unwrap();
        taro.get("/expenses?year=2026").await
            .shows("三月の医院").hides("四月の医院").hides("五月の医院");
        // Taro's own of that month goes by the number that he has now.
        import(&app.fresh, &claim("9000,5,00", "2026-04", "太郎の医院")).await;
        taro.get("/expenses?year=2026").await.shows("太郎の医院");
    }
}

on_both! {
    async fn case_a_new_household_sees_nothing_of_what_was_before_it(fresh: Fresh) {
        let closed = |config: &mut server::config::Config| config.society.share_by_default = false;
        let app = TestApp::start_with(fresh, closed).await;
        let jiro = app.signed_in(JIRO, &OTHER_WISH).await;
        let hanako = app.signed_in(HANAKO, &HANAKO_WISH).await;
        let claims = claim("1001,12,01", "2025-11", "昨年の医院")
            + &claim("1001,12,01", "2026-03", "三月の医院")
            + &claim("1001,12,01", "2026-04", "四月の医院");
        import(&app.fresh, &claims).await;
        decide(&hanako, "yes").await;

        // She comes under Jiro's number in the middle of April.
        let report = moved(&app.fresh, &hanako_as("1001,13,01", "2026-04-15")).await;
        assert_eq!(report.decisions_ended, 1);
        assert!(report.to_string().contains("医療費の表示の設定が終わった加入者: 1人"), "{report}");
        // Her yes was for Taro: it is over, noted, told, and asked for again.
        hanako.get("/security").await.shows("世帯が変わったため、医療費の表示の設定は終わりました");
        hanako.get("/expenses").await
            .shows("世帯（被保険者）が変わったため、以前の設定は終わりました");
        jiro.get("/expenses?year=2026").await.hides("四月の医院");

        decide(&hanako, "yes").await;
        hanako.get("/expenses").await.hides("以前の設定は終わりました");
        for way in ["/expenses?year=2026", "/expenses/print?year=2026", "/expenses.csv?year=2026"] {
            jiro.get(way).await.shows("四月の医院").hides("三月の医院");
        }
        for way in ["/expenses?year=2025", "/expenses/print?year=2025", "/expenses.csv?year=2025"] {
            jiro.get(way).await.hides("昨年の医院");
        }
        // She herself has everything.
        hanako.get("/expenses?year=2026").await.shows("三月の医院").shows("四月の医院");
        hanako.get("/expenses?year=2025").await.shows("昨年の医院");
        // The same roster again ends nothing.
        let again = moved(&app.fresh, &hanako_as("1001,13,01", "2026-04-15")).await;
        assert_eq!(again.decisions_ended, 0);
    }
}

on_both! {
    async fn case_a_household_that_changes_its_number_as_a_whole_stays_one(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let hanako = app.signed_in(HANAKO, &HANAKO_WISH).await;
        let claims = claim("1001,12,01", "2026-03", "三月の医院")
            + &claim("1001,12,01", "2026-05", "五月の医院");
        import(&app.fresh, &claims).await;
        decide(&hanako, "yes").await;
        // Some rosters keep the date of the first 資格取得, others give the new one.
        let lines = taro_as("5", "2026-04-01", "") + &hanako_as("9000,5,01", "2010-06-01");
        let report = moved(&app.fresh, &lines).await;
        assert_eq!((report.moved, report.decisions_ended), (2, 0));
        taro.get("/expenses?year=2026").await.shows("三月の医院").shows("五月の医院");
    }
}

on_both! {
    async fn case_who_takes_over_a_number_sees_nothing_of_those_who_stayed_under_it(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let jiro = app.signed_in(JIRO, &OTHER_WISH).await;
        let hanako = app.signed_in(HANAKO, &HANAKO_WISH).await;
        import(&app.fresh, &claim("1001,12,01", "2026-03", "三月の医院")).await;
        decide(&hanako, "yes").await;
        // Hanako has left; Taro goes on under another number, and Jiro gets his.
        let left = hanako_as("1001,12,01", "2010-06-01").replace("2010-06-01,", "2010-06-01,2026-04-01");
        moved(&app.fresh, &left).await;
        let lines = taro_as("5", "2026-05-01", "") + &jiro_as("1001,12,00", "2026-05-01");
        moved(&app.fresh, &lines).await;
        for year in [2025, 2026] {
            let page = jiro.get(&format!("/expenses?year={year}")).await;
            page.hides("三月の医院").hides("架空 花子");
        }
    }
}
