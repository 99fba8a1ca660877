//! 健診結果: they come in whole or not at all, and are seen by whose they are.

use std::{fs, path::Path};

use server::office::{
    checkups::{self, Import, ImportError, Report, line::COLUMNS},
    file::{encoding::Encoding, reading::FileError},
};
use store::staged_checkups::Outcome;

use crate::{
    fresh::Fresh,
    roster::{self, NOW},
    test_app::{HANAKO, JIRO, OTHER_WISH, PEOPLE, TARO, TestApp, WISH, Wish},
};

/// Taro's three years, and one of Hanako's.
pub(crate) const RESULTS: &str = "\
1001,12,00,2024-06-03,170.0,72.0,88.0,142,91,160,38,145,105,5.7,24,30,60,-,-,C 要受診
1001,12,00,2025-06-04,170.0,70.0,86.0,136,86,140,42,146,102,5.5,24,30,55,(-),±,B 要経過観察
1001,12,00,2026-06-05,170.0,65.0,84.5,128,79,110,55,152,95,5.4,22,25,40,-,1+,C 要受診
1001,12,01,2026-06-05,158.0,50.0,70.0,111,64,80,70,100,88,5.2,18,15,20,-,-,A 花子の判定
";

const FOR_GOOD: Import = Import {
    now: NOW,
    dry_run: false,
};

async fn try_import(
    fresh: &Fresh,
    bytes: impl AsRef<[u8]>,
    how: Import,
) -> Result<Report, ImportError> {
    let path = fresh.folder.path().join("checkups.csv");
    fs::write(&path, bytes).unwrap();
    let path: &Path = &path;
    checkups::import(&fresh.db, path, how, |_| {}).await
}

fn sheet(rows: &str) -> String {
    format!("{}\n{rows}", COLUMNS.join(","))
}

pub(crate) async fn import(fresh: &Fresh, rows: &str) -> Report {
    try_import(fresh, sheet(rows), FOR_GOOD).await.unwrap()
}

/// What the clerk reads where the list is not taken.
pub(crate) async fn refused(fresh: &Fresh, rows: &str) -> String {
    let refusal = try_import(fresh, sheet(rows), FOR_GOOD).await;
    refusal.unwrap_err().to_string()
}

fn outcome(added: i64, changed: i64, unchanged: i64) -> Outcome {
    Outcome {
        added,
        changed,
        unchanged,
        withdrawn: 0,
        nothing_to_withdraw: 0,
    }
}

async fn results_on_file(fresh: &Fresh) -> i64 {
    ask!(&fresh.db, "select count(*) from checkup")
}

on_both! {
    async fn triglycerides_are_of_two_kinds(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        let old = sheet(RESULTS).replace("空腹時中性脂肪", "中性脂肪").replace(",随時中性脂肪", "");
        let report = try_import(&fresh, old, FOR_GOOD).await.unwrap();
        assert_eq!(report.results, outcome(4, 0, 0));
        let row = "1001,13,00,2026-06-05,170.0,65.0,84.5,128.0,79,,55,152,95,5.60%,22,25,40,未実施,-,A,180\n";
        assert_eq!(import(&fresh, row).await.results, outcome(1, 0, 0));
        assert_eq!(import(&fresh, &row.replace("未実施", "")).await.results, outcome(0, 0, 1));
        assert_eq!(import(&fresh, &row.replace(",180", ",170")).await.results, outcome(0, 1, 0));
        let fasting: i64 = ask!(&fresh.db, "select count(*) from checkup where triglycerides is not null");
        let casual: i64 = ask!(&fresh.db, "select count(*) from checkup where casual_triglycerides = 170");
        assert_eq!((fasting, casual), (4, 1));
    }
}

on_both! {
    async fn case_63_the_same_file_twice_changes_nothing_and_a_corrected_one_its_lines(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        assert_eq!(import(&fresh, RESULTS).await.results, outcome(4, 0, 0));
        let noted: i64 = ask!(&fresh.db, "select count(*) from audit");

        let cp932 = sheet(RESULTS);
        let (cp932, ..) = encoding_rs::SHIFT_JIS.encode(&cp932);
        let again = try_import(&fresh, cp932, FOR_GOOD).await.unwrap();
        assert_eq!(again.encoding, Encoding::Cp932);
        assert_eq!(again.results, outcome(0, 0, 4));
        let noted_again: i64 = ask!(&fresh.db, "select count(*) from audit");
        assert_eq!(noted, noted_again, "nothing happened, and nothing is said to have");

        let corrected = RESULTS.replace("128,79", "129,").replace("2024-06-03", "R6.6.3");
        let dry = Import { dry_run: true, ..FOR_GOOD };
        let tried = try_import(&fresh, sheet(&corrected), dry).await.unwrap();
        assert_eq!(tried.results, outcome(0, 1, 3));
        let said = tried.to_string();
        assert!(said.contains("変わるところ: 収縮期血圧 1か所、拡張期血圧 1か所\n"), "{said}");
        assert!(said.contains(" 収縮期血圧\n") && !said.contains("129"), "{said}");
        let kept: i64 = ask!(&fresh.db, "select count(*) from checkup where systolic = 128");
        assert_eq!(kept, 1, "a dry run keeps nothing");
        assert_eq!(import(&fresh, &corrected).await.results, outcome(0, 1, 3));
        let gone: i64 = ask!(&fresh.db, "select count(*) from checkup where diastolic is null");
        assert_eq!(gone, 1);
    }
}

on_both! {
    async fn case_62_whatever_is_wrong_is_named_by_line_and_column_and_nothing_comes_in(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        let rows = format!(
            "{RESULTS}1001,12,00,2026-06-05,,,,,,,,,,,,,,,,A\n\
             1001,99,00,2026-06-05,,,,,,,,,,,,,,,,A\n\
             1001,13,00,2026-11-23,1.70,,,29,,,,,,,,,,あり,,\n\
             1001,12,00,1980-03-31,,,,,,,,,,,,,,,,A\n\
             1001,13,00,2026-06-05,,,,,,,,,,,,,,,,\n\
             1001,14,00,2026-06-05,,,,80,120,,,,,,,,,,,\n"
        );
        let refusal = try_import(&fresh, sheet(&rows), FOR_GOOD).await.unwrap_err().to_string();
        for said in [
            "6行目: 記号・番号・枝番と受診日が4行目と同じです",
            "7行目: この記号・番号・枝番の加入者は名簿にいません",
            "8行目 受診日「2026-11-23」: 今日より後の受診日です",
            "8行目 身長「1.70」: 50から250までの数値（小数は1桁まで）ではありません",
            "8行目 収縮期血圧「29」: 30から300までの整数ではありません",
            "8行目 尿糖「あり」: 「－」「±」「＋」「２＋」「３＋」のどれでもありません",
            "9行目: 受診日が、名簿の生年月日より前です",
            "10行目 判定「」: 検査の値も判定もありません",
            "11行目 収縮期血圧「80」: 拡張期血圧（下）以下です",
            "誤りは全部で9件です。",
            "何も取り込んでいません。",
        ] {
            assert!(refusal.contains(said), "「{said}」 is not in: {refusal}");
        }
        let header = try_import(&fresh, "記号,番号\n1,2\n", FOR_GOOD).await.unwrap_err();
        assert!(matches!(header, ImportError::File(FileError::Header(_))), "{header}");
        assert_eq!(results_on_file(&fresh).await, 0);
    }
}

on_both! {
    async fn case_67_a_list_in_which_nobody_is_known_is_another_society_s(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        let unknown_people = RESULTS.replace("1001,12,", "9009,77,");
        let refusal = try_import(&fresh, sheet(&unknown_people), FOR_GOOD).await.unwrap_err();
        assert!(matches!(refusal, ImportError::NobodyKnown), "{refusal}");
        assert_eq!(results_on_file(&fresh).await, 0);
    }
}

on_both! {
    async fn a_member_reads_every_value_with_its_unit_range_and_word(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        taro.get("/checkups").await.shows("健診結果はまだありません。").shows("画面");

        import(&app.fresh, RESULTS).await;
        let page = taro.get("/checkups").await;
        let page = page
            .shows("2026年6月5日")
            .shows("診断ではありません")
            .shows("主治医にご相談ください")
            .shows("C 要受診");
        let words = page.words();
        for row in [
            "身長 170.0 cm ±0",
            "体重 65.0 kg −5.0",
            "BMI 22.5 18.5以上25.0未満 範囲内 −1.7",
            "腹囲 84.5 cm 85.0未満 範囲内 −1.5",
            "収縮期血圧（上） 128 mmHg 130未満 範囲内 −8",
            "HDLコレステロール 55 mg/dL 40以上 範囲内 +13",
            "LDLコレステロール 152 mg/dL 120未満 受診をおすすめ +6",
            "尿蛋白 + − 受診をおすすめ 前回 ±",
            // What improved, and what to ask.
            "収縮期血圧（上） 136 → 128 mmHg。範囲内になりました。",
            "LDLコレステロールが 152 mg/dL でした。受診の時期と",
            "尿蛋白が + でした。受診の時期と",
            // The years before, and the course as a table.
            "2024年6月3日の結果",
            "HDLコレステロール 38 mg/dL 40以上 要注意",
            "2025年6月4日 136 mmHg 86 mmHg",
        ] {
            assert!(words.contains(row), "「{row}」 is not in: {words}");
        }
        let body = &page.body;
        assert_eq!(body.matches("<svg").count(), 12, "a drawing for each measurement");
        assert!(body.contains("points=\"32,"), "the oldest stands at the left");
        assert!(!body.contains("style="), "the policy allows no style in the page");
        // 判定 of somebody else in the household.
        page.hides("花子の判定");
    }
}

on_both! {
    async fn a_result_booked_on_the_wrong_person_is_taken_out_again(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        import(&app.fresh, RESULTS).await;
        let taro = app.signed_in(TARO, &WISH).await;
        taro.get("/checkups").await.shows("2026年6月5日");
        // The same file books it on whose it is.
        let corrected = "1001,12,00,2026-06-05,,,,,,,,,,,,,,,,取消\n\
                         1001,13,00,2026-06-05,170.0,65.0,84.5,128,79,110,55,152,95,5.4,22,25,40,-,1+,C 要受診\n";
        let report = import(&app.fresh, corrected).await;
        assert_eq!(report.results, Outcome { withdrawn: 1, ..outcome(1, 0, 0) });
        assert!(report.to_string().contains("取消 1件、取り消す結果がない行 0件"), "{report}");
        taro.get("/checkups").await.hides("2026年6月5日").shows("2025年6月4日");
        let again = import(&app.fresh, corrected).await;
        assert_eq!(again.results, Outcome { nothing_to_withdraw: 1, ..outcome(0, 0, 1) });
    }
}

on_both! {
    async fn results_are_read_by_fiscal_year(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        import(&app.fresh, "1001,12,00,2026-04-01,,65.0,,,,,,,,,,,,,,\n\
                            1001,12,00,2026-03-31,,66.0,,,,,,,,,,,,,,\n\
                            1001,12,00,2025-04-01,,67.0,,,,,,,,,,,,,,\n\
                            1001,12,00,2025-03-31,,68.0,,,,,,,,,,,,,,\n").await;
        let taro = app.signed_in(TARO, &WISH).await;
        let words = taro.get("/checkups").await.words();
        let mut rest = words.as_str();
        for next in [
            "2026年4月1日の結果", "2026年度（令和8年度）の健診です。",
            "2025年度（令和7年度）", "2026年3月31日の結果", "2025年4月1日の結果",
            "2024年度（令和6年度）", "2025年3月31日の結果",
        ] {
            let (_, after) = rest.split_once(next)
                .unwrap_or_else(|| panic!("「{next}」 does not follow in: {words}"));
            rest = after;
        }
        assert_eq!(words.matches("2025年度").count(), 1, "{words}");
    }
}

on_both! {
    async fn case_43_nobody_sees_anybody_else_s_results(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        import(&app.fresh, RESULTS).await;
        app.browser().get("/checkups").await.leads_to("/login");
        app.with_postcard(HANAKO, "hanako@example.jp").await
            .get("/checkups").await.leads_to("/login");

        let jiro = app.signed_in(JIRO, &OTHER_WISH).await;
        jiro.get("/checkups").await.shows("健診結果はまだありません。");
        jiro.get("/checkups?person=00&member=1").await.hides("要受診");
        // The wife of the insured: her own, and not his; as he does not see hers.
        let wish = Wish { login_id: "123456Hana", email: "hanako@example.jp", ..WISH };
        let hanako = app.signed_in(HANAKO, &wish).await;
        hanako.get("/checkups").await.shows("花子の判定").hides("要受診").hides("170.0");
    }
}

on_both! {
    async fn after_leaving_the_own_time_is_read_for_a_while(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        import(&app.fresh, RESULTS).await;
        let taro = app.signed_in(TARO, &WISH).await;
        // He left on the day before the last checkup, which another insurer paid for.
        let left = |day: &str| PEOPLE.replace("2003-04-01,,0007", &format!("2003-04-01,{day},0007"));
        roster::import(&app.fresh, &left("2026-06-04")).await;
        taro.get("/checkups").await
            .shows("2027年12月3日")
            .shows("2025年6月4日")
            .hides("2026年6月5日");

        // Eighteen months after 2025-05-22 it is over, on that very day.
        roster::import(&app.fresh, &left("2025-05-23")).await;
        taro.get("/checkups").await.shows("2026年11月22日").shows("2024年6月3日");
        roster::import(&app.fresh, &left("2025-05-22")).await;
        taro.get("/checkups").await.shows("期間が過ぎました").hides("2024年6月3日");
        assert_eq!(taro.get("/checkups").await.status, 404);
    }
}

on_both! {
    async fn a_result_is_shown_as_text_whatever_it_says(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let row = "1001,12,00,2026-06-05,,,,,,,,,,,,,,,,\"</td><script>alert(1)</script>\"\n";
        import(&app.fresh, row).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let page = taro.get("/checkups").await;
        assert!(!page.body.contains("<script>alert"), "{}", page.body);
        assert_eq!(page.body.matches("<svg").count(), 0, "nothing was measured");
    }
}

on_both! {
    async fn case_55_no_letter_speaks_of_health(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let before = app.letters_to(WISH.email).await.len();
        import(&app.fresh, RESULTS).await;
        taro.get("/checkups").await.shows("152");
        assert_eq!(app.letters_to(WISH.email).await.len(), before, "nothing is sent");
    }
}
