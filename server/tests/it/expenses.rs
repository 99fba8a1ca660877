//! 医療費通知: what a member sees of it, and of whom; on the page, on paper and in
//! the sheets alike.

use std::time::Duration;

use domain::values::expense::yen;
use reqwest::Method;
use server::{office::list::withdraw::withdraw, upkeep::purge};
use store::{expense::list_sql, import_batch};

use crate::{
    browser::Browser,
    expense_import::import,
    fresh::Fresh,
    log::{Log, everything},
    roster,
    test_app::{HANAKO, HOUR, INSTANT, JIRO, OTHER_WISH, SEIJIN, TARO, TestApp, WISH, Wish},
};

pub(crate) const HANAKO_WISH: Wish<'_> = Wish {
    login_id: "123456Hana",
    password: "haru2026sora",
    email: "hanako@example.jp",
    nickname: "はなこ",
};

const SEIJIN_WISH: Wish<'_> = Wish {
    login_id: "123456Sei",
    password: "aki2026momiji",
    email: "seijin@example.jp",
    nickname: "せい",
};

/// Eleven years old.
pub(crate) const CHILD: &str = "1001,12,03,架空 小太郎,,2015-05-05,男,次男,2015-05-05,,0007,,1050001,東京都架空区見本町1-2-3\n";

const LIST: &str = "\
1001,12,00,2025-12,昨年の医院,外来,1,5000,3500,,1500,,
1001,12,00,2026-01,架空中央病院,外来,2,10000,7000,0,3000,0,0
1001,12,00,2026-02,架空中央病院,入院,5,300000,210000,,90000,3450,25000
1001,12,01,2026-03,はなこの薬局,調剤,1,4560,3192,,1368,,
1001,12,02,2026-04,せいじんの歯科,歯科,1,8000,5600,,2400,,
1001,12,03,2026-05,こどもの医院,外来,1,3000,2400,400,200,,
1001,12,03,2026-05,,調剤,1,1000,800,200,0,,
1001,13,00,2026-03,じろうの医院,外来,1,8000,5600,,2400,,
";

/// What the household of Taro paid in 2026, by person.
const TARO_PAID: i64 = 93_000;
const HANAKO_PAID: i64 = 1_368;
const SEIJIN_PAID: i64 = 2_400;
const CHILD_PAID: i64 = 200;

/// All ways to look at a year.
const WAYS: [&str; 4] = [
    "/expenses?year=2026",
    "/expenses/print?year=2026",
    "/expenses.csv?year=2026",
    "/expenses/form.csv?year=2026",
];

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A portal with a household, its child, and the list.
async fn portal(fresh: Fresh) -> TestApp {
    let app = TestApp::start(fresh).await;
    roster::import(&app.fresh, CHILD).await;
    import(&app.fresh, LIST).await;
    app
}

/// What a browser reads by each of the four ways.
async fn seen(browser: &Browser) -> Vec<String> {
    let mut all = Vec::new();
    for way in WAYS {
        let seen = browser.get(way).await;
        assert_eq!(seen.status, 200, "{way}: {}", seen.words());
        all.push(seen.body.replace("<!>", ""));
    }
    all
}

/// Each way shows these words and none of those.
#[track_caller]
fn all_show(all: &[String], shown: &[&str], hidden: &[&str]) {
    for (way, text) in WAYS.iter().zip(all) {
        for words in shown {
            assert!(text.contains(words), "{way} lacks {words}");
        }
        for words in hidden {
            assert!(!text.contains(words), "{way} has {words}");
        }
    }
}

pub(crate) async fn decide(browser: &Browser, share: &str) {
    let answer = browser.post("/expenses/sharing", &[("share", share)]).await;
    answer.leads_to("/expenses#sharing");
}

on_both! {
    async fn a_year_is_shown_with_every_column_and_its_sums(fresh: Fresh) {
        let app = portal(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let all = TARO_PAID + HANAKO_PAID + SEIJIN_PAID + CHILD_PAID;
        let page = taro.get("/expenses").await;
        assert_eq!(page.status, 200);
        let page = page
            .shows("<h1>医療費通知</h1>")
            .shows("2026年（令和8年）").shows("2025年（令和7年）")
            .shows(&format!("<p class=\"amount\">{}</p>", yen(all)))
            .shows("記号 1001").shows("番号 12")
            .hides("昨年の医院").hides("じろうの医院");
        for column in domain::values::expense::COLUMNS.iter().skip(3) {
            assert!(page.body.contains(&format!("\"col\">{column}</th>")), "{column}");
        }
        // A row with everything in it, and the sums at the end.
        let words = page.words();
        assert!(words.contains(
            "2026年2月 架空 太郎 架空中央病院 入院 5日 300,000円 210,000円 0円 90,000円 3,450円 25,000円"
        ), "{words}");
        assert!(words.contains("合計 326,560円 228,992円 600円 96,968円 3,450円 25,000円"), "{words}");
        assert!(words.contains("明細（6件）"), "{words}");
        let (first, last) = (words.rfind("2026年5月").unwrap(), words.rfind("2026年1月").unwrap());
        assert!(first < last, "the newest month comes first");
        let style = page.body.contains("style=\"");
        assert!(!style && !page.body.contains("<script>"), "nothing inline");
        taro.get("/expenses?year=2025").await.shows("昨年の医院").hides("架空中央病院");
    }
}

on_both! {
    async fn home_says_of_which_month_there_is_something_that_this_member_may_see(fresh: Fresh) {
        let app = portal(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let hanako = app.signed_in(HANAKO, &HANAKO_WISH).await;
        let nothing = "<b>医療費通知の確認</b>医療費の明細と";
        // The child's is the newest; the wife sees her own.
        taro.home().await.shows("2026年5月診療分まで");
        hanako.home().await.shows("2026年3月診療分まで");
        import(&app.fresh, "1001,12,01,2026-09,はなこの薬局,調剤,1,100,70,,30,,\n").await;
        taro.home().await.shows("2026年9月診療分まで");
        decide(&hanako, "no").await;
        taro.home().await.shows("2026年5月診療分まで");
        hanako.home().await.shows("2026年9月診療分まで");
        let looks: i64 = ask!(&app.fresh.db, "select count(*) from audit where event = 'expenses_seen'");
        assert_eq!(looks, 0, "nobody's line was shown");
        // Of who has left: not after the membership, and at last nothing.
        for (day, door) in [
            (time::macros::date!(2026 - 03 - 01), "2026年2月診療分まで"),
            (time::macros::date!(2025 - 05 - 22), nothing),
        ] {
            tell!(
                &app.fresh.db,
                "update person set disqualified_on = $1 where number = '12' and branch = '00'",
                day
            );
            taro.home().await.shows(door);
        }
        let shiro = Wish { login_id: "123456Shi", email: "shiro@example.jp", ..WISH };
        app.signed_in(crate::test_app::SHIRO, &shiro).await.home().await.shows(nothing);
    }
}

on_both! {
    async fn one_person_or_one_kind_can_be_asked_for(fresh: Fresh) {
        let app = portal(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        taro.get("/expenses?year=2026&person=01&kind=").await
            .shows("はなこの薬局").hides("架空中央病院").shows("<p class=\"amount\">1,368円</p>");
        taro.get("/expenses?year=2026&person=&kind=%E5%85%A5%E9%99%A2").await
            .shows("架空中央病院").hides("はなこの薬局").shows("<p class=\"amount\">90,000円</p>");
        taro.get("/expenses?year=2026&person=01&kind=%E5%85%A5%E9%99%A2").await
            .shows("この条件に合う医療費はありません。");
        for path in [
            "/expenses?year=abc", "/expenses?kind=x", "/expenses?person=99", "/expenses?year=2020",
            "/expenses?year=2027", "/expenses.csv?year=2020", "/expenses.csv?encoding=utf-7",
            "/expenses/form.csv?year=abc", "/expenses/print?year=2027",
        ] {
            taro.get(path).await.refuses(404);
        }
        taro.get("/expenses?year=2024").await
            .shows("2024年（令和6年）の医療費はまだありません。")
            .shows("2025年（令和7年）から表示できます。").shows("2〜3か月後");
    }
}

on_both! {
    /// Nobody takes a part for the year: every heading says what was chosen, and the whole
    /// stands beside it.
    async fn a_part_is_headed_by_what_was_chosen_with_the_year_beside_it(fresh: Fresh) {
        let app = portal(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let dental = "&kind=%E6%AD%AF%E7%A7%91";
        for (filter, chosen, paid) in [
            (dental, "歯科", "2,400円"),
            ("&person=01", "架空 花子さん", "1,368円"),
            (&*format!("&person=02{dental}"), "架空 成人さん・歯科", "2,400円"),
        ] {
            let page = taro.get(&format!("/expenses?year=2026{filter}")).await
                .shows(&format!("<p>{chosen}の窓口負担額の合計</p>"))
                .shows(&format!("<p class=\"amount\">{paid}</p>"))
                .shows("2026年全体（全員・すべての区分）の合計は96,968円です。")
                .shows(&format!("<h2>{chosen}の月ごとの窓口負担額</h2>"))
                .shows(&format!("<h2>{chosen}の受診者ごとの合計</h2>"))
                .hides("<p>窓口負担額の合計</p>").hides("<h2>月ごとの窓口負担額</h2>");
            let words = page.words();
            assert!(words.contains(&format!("{chosen}の明細（1件）")), "{words}");
            assert!(words.contains(&format!("{chosen}の合計 ")), "{words}");
        }
        // Where there is nothing of it, too; and not of two of the years.
        taro.get(&format!("/expenses?year=2025{dental}")).await
            .shows("歯科の窓口負担額の合計").shows("<p class=\"amount\">0円</p>")
            .shows("2025年全体（全員・すべての区分）の合計は1,500円です。");
        taro.get("/expenses?year=2026").await
            .shows("<p>窓口負担額の合計</p>").shows("<h2>月ごとの窓口負担額</h2>")
            .hides("年全体");
        let jiro = app.signed_in(JIRO, &OTHER_WISH).await;
        jiro.get(&format!("/expenses?year=2026{dental}")).await
            .shows("2026年全体（すべての区分）の合計は2,400円です。");
    }
}

on_both! {
    async fn what_the_tax_return_needs_is_said(fresh: Fresh) {
        let app = portal(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        taro.get("/expenses?year=2026").await
            .shows("医療費控除（確定申告）のために")
            .shows("架空 太郎、架空 花子、架空 成人、架空 小太郎")
            .shows("6月から12月までの診療分は、まだ届いていません。")
            .shows("医療機関の名称がない明細があります。領収書で名称を確かめて書き足してください。（1件）")
            .shows("公費の助成がある明細があります。").shows("（2件）")
            .shows("付加給付がある明細があります。")
            .shows("架空 太郎さんの2026年2月の窓口負担額は90,000円です。高額療養費")
            .shows("その金額は、下の医療費集計フォーム用のデータでは「補填される金額」に入れてあります。")
            .shows("ここに入っているのは、あなたが見ることのできる方の医療費だけです。");
        // The year before has one month, with which the data begin.
        taro.get("/expenses?year=2025").await
            .hides("まだ届いていません").hides("見つかりませんでした")
            .shows("1月から11月までの診療分は、このポータルに載せていません（載せているのは2025年12月の診療分からです）。");
        // It is complete when every month is.
        let rest: String = (1..12)
            .map(|month| format!("1001,13,00,2025-{month:02},じろうの医院,外来,1,8000,5600,,2400,,\n"))
            .collect();
        import(&app.fresh, &rest).await;
        taro.get("/expenses?year=2025").await
            .hides("載せていません").shows("足りないものや直すものは見つかりませんでした");
        let jiro = app.signed_in(JIRO, &OTHER_WISH).await;
        jiro.get("/expenses?year=2025").await
            .hides("あなたが見ることのできる方の医療費だけです")
            .shows("<details>").shows("接骨院・整骨院").shows("シフトジス").shows("〓（ゲタ）");
    }
}

/// A claim of Taro's in a month, at the n-th of many clinics.
fn claim(month: &str, n: usize) -> String {
    format!("1001,12,00,{month},第{n}医院,外来,1,1000,700,,300,,\n")
}

on_both! {
    async fn a_month_is_in_when_it_holds_a_quarter_of_what_others_do(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let claims = async |month: &str, count: usize| {
            let lines: String = (0..count).map(|n| claim(month, n)).collect();
            import(&app.fresh, &lines).await
        };
        for month in 1..=9 {
            claims(&format!("2026-{month:02}"), 20).await;
        }
        // A late claim of the year before is no beginning, early ones are no month.
        claims("2025-12", 1).await;
        claims("2026-10", 4).await;
        claims("2026-11", 1).await;
        let page = taro.get("/expenses?year=2026").await
            .shows("10月から12月までの診療分は、まだ届いていません。")
            .hides("載せていません");
        assert!(page.words().contains("10月 1,200円 11月 300円 12月 未着"), "{}", page.words());
        let page = taro.get("/expenses?year=2025").await
            .shows("1月から12月までの診療分は、このポータルに載せていません（載せているのは2026年1月の診療分からです）。");
        assert!(page.words().contains("11月 対象外 12月 300円"), "{}", page.words());

        claims("2026-10", 5).await;
        taro.get("/expenses?year=2026").await.shows("11月、12月の診療分は、まだ届いていません。");
        let withdrawn = claim("2026-10", 4).replace("外来,1,1000,700,,300", "外来,0,0,0,,0");
        import(&app.fresh, &withdrawn).await;
        taro.get("/expenses?year=2026").await
            .shows("10月から12月までの診療分は、まだ届いていません。");
    }
}

on_both! {
    async fn the_months_before_joining_and_after_leaving_are_another_insurer_s(fresh: Fresh) {
        let app = portal(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        tell!(
            &app.fresh.db,
            "update person set qualified_on = $1 where number = '12' and branch = '00'",
            time::macros::date!(2026 - 02 - 15)
        );
        let page = taro.get("/expenses?year=2026&person=02").await;
        assert!(page.words().contains("1月 対象外 2月 0円"), "{}", page.words());
        taro.get("/expenses?year=2026").await
            .shows("1月は、この健康保険組合に加入される前です。その間の医療費は、前に加入していた健康保険")
            .hides("載せていません");
        // 30 April is the last day, known beforehand or not.
        for day in [time::macros::date!(2026 - 05 - 01), time::macros::date!(2026 - 12 - 01)] {
            tell!(
                &app.fresh.db,
                "update person set disqualified_on = $1 where number = '12' and branch = '00'", day
            );
            let page = taro.get("/expenses?year=2026").await.hides("見つかりませんでした");
            let words = page.words();
            if day.month() == time::Month::May {
                assert!(words.contains("5月から12月までは、資格を喪失されたあとです。"), "{words}");
                assert!(words.contains("5月 対象外") && !words.contains("まだ届いていません"), "{words}");
            } else {
                assert!(words.contains("12月は、資格を喪失されたあとです。"), "{words}");
                assert!(words.contains("6月から11月までの診療分は、まだ届いていません"), "{words}");
            }
        }
    }
}

on_both! {
    async fn what_is_taken_along_is_the_whole_year_whatever_was_filtered(fresh: Fresh) {
        let app = portal(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let filter = "&person=01&kind=%E8%AA%BF%E5%89%A4";
        taro.get(&format!("/expenses?year=2026{filter}")).await
            .shows("絞り込みにかかわらず、この年の全員・すべての区分が入ります。");
        for way in &WAYS[1..] {
            let whole = taro.get(way).await.body;
            for filter in [filter, "&person=99", "&kind=x"] {
                let filtered = taro.get(&format!("{way}{filter}")).await;
                assert_eq!(filtered.status, 200, "{way}{filter}");
                assert_eq!(filtered.body, whole, "{way}{filter}");
            }
        }
        let print = taro.get(&format!("/expenses/print?year=2026{filter}")).await;
        assert!(print.words().contains("合計 96,968円"), "{}", print.words());
    }
}

on_both! {
    /// Seventy on 31 March, the day before the birthday: the limits hold from April.
    async fn from_seventy_on_a_lower_sum_may_have_been_paid_back(fresh: Fresh) {
        let app = portal(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let visits = ["2026-03", "2026-04"].map(|month| {
            format!("1001,12,00,{month},七十歳の医院,外来,1,80000,72000,,8000,,\n")
        });
        import(&app.fresh, &visits.concat()).await;
        for (born_on, months) in [
            (time::macros::date!(1956 - 04 - 01), &["2026年4月"][..]),
            (time::macros::date!(1956 - 04 - 02), &[]),
            (time::macros::date!(1956 - 03 - 01), &["2026年3月", "2026年4月"]),
        ] {
            tell!(
                &app.fresh.db,
                "update person set born_on = $1 where number = '12' and branch = '00'",
                born_on
            );
            let page = taro.get("/expenses?year=2026").await.body.replace("<!>", "");
            for month in ["2026年3月", "2026年4月"] {
                let said = page.contains(&format!(
                    "架空 太郎さんの{month}の窓口負担額は8,000円です。70歳以上の方は、外来だけでも"
                ));
                assert_eq!(said, months.contains(&month), "born {born_on}: {month}");
            }
            assert!(page.contains("2026年2月の窓口負担額は90,000円です。高額療養費"));
        }
    }
}

on_both! {
    /// 世帯合算: added up of those whom the insured sees, and of nobody else. What may be
    /// added to others is said of the own lines, the same whether there is anything or not.
    async fn what_a_household_paid_together_is_asked_about_as_far_as_it_is_seen(fresh: Fresh) {
        let app = portal(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let hanako = app.signed_in(HANAKO, &HANAKO_WISH).await;
        import(&app.fresh, "\
            1001,12,00,2026-03,みほん病院,外来,3,73340,51340,,22000,,\n\
            1001,12,01,2026-03,架空医院,外来,2,76670,53670,,23000,,\n").await;
        // With what she paid at the pharmacy.
        let sum = "2026年3月は、架空 太郎さん、架空 花子さんの窓口負担額のうち世帯で合算できるものが、合わせて46,368円です";
        let may_be = "3月には、世帯で合算できる窓口負担額があります";
        taro.get("/expenses?year=2026").await.shows(sum).hides(may_be);
        // Of the household she sees herself alone, whatever the others have.
        let alone = |page: &str| page.split("id=\"deduction\"").nth(1).map(str::to_owned);
        let page = hanako.get("/expenses?year=2026").await.shows(may_be).hides("合わせて46,368円");
        let with_his = alone(&page.body);
        import(&app.fresh, "1001,12,00,2026-03,みほん病院,外来,0,0,0,,0,,\n").await;
        let page = hanako.get("/expenses?year=2026").await;
        assert_eq!(alone(&page.body), with_his, "nothing of his is told");
        import(&app.fresh, "1001,12,00,2026-03,みほん病院,外来,3,73340,51340,,22000,,\n").await;

        // She says no: only his own counts, and the page is the same whatever hers were.
        decide(&hanako, "no").await;
        let page = taro.get("/expenses?year=2026").await.shows(may_be).hides("合わせて46,368円");
        let with_hers = alone(&page.body);
        import(&app.fresh, "1001,12,01,2026-03,架空医院,外来,0,0,0,,0,,\n").await;
        let page = taro.get("/expenses?year=2026").await.hides("合わせて46,368円");
        assert_eq!(alone(&page.body), with_hers, "nothing of hers is told");
        // Somebody without a family has nobody to add to.
        import(&app.fresh, "1001,13,00,2026-03,みほん病院,外来,3,73340,51340,,22000,,\n").await;
        let jiro = app.signed_in(JIRO, &OTHER_WISH).await;
        jiro.get("/expenses?year=2026").await.hides("世帯で合算");
    }
}

on_both! {
    async fn the_print_has_the_six_items_and_neither_symbol_nor_number(fresh: Fresh) {
        let app = portal(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let print = taro.get("/expenses/print?year=2026").await
            .shows("ご自身での確認用です。")
            .shows("被保険者等の氏名").shows("診療年月").shows("医療を受けた方")
            .shows("病院・薬局などの名称").shows("支払った医療費の額").shows("保険者等の名称")
            .shows("オートバックス健康保険組合").shows("2026年11月22日（令和8年）")
            .hides("1001").hides("記号").hides("06139497").hides("枝番");
        assert!(print.words().contains("合計 96,968円"), "{}", print.words());

        let app = app.restart_with(|config| config.society.print_is_official = true).await;
        let again = app.browser();
        again.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        again.get("/expenses/print?year=2026").await
            .shows("オートバックス健康保険組合が発行する医療費通知です。").hides("確認用");
    }
}

on_both! {
    async fn sheets_come_in_both_encodings_with_the_headers_of_a_download(fresh: Fresh) {
        let app = portal(fresh).await;
        let line = "1001,12,00,2026-06,=𠮷田〜医院,外来,1,100,70,,30,,\n";
        import(&app.fresh, line).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let get = async |path: &str| {
            let response = taro.request(Method::GET, path).send().await.unwrap();
            let headers = response.headers().clone();
            let header = |name: &str| headers[name].to_str().unwrap().to_owned();
            assert_eq!(header("cache-control"), "no-store");
            assert_eq!(header("x-content-type-options"), "nosniff");
            let about = (header("content-type"), header("content-disposition"));
            (about, response.bytes().await.unwrap())
        };
        let (about, bytes) = get("/expenses.csv?year=2026").await;
        assert_eq!(about.0, "text/csv; charset=utf-8");
        assert_eq!(about.1, "attachment; filename=\"expenses-2026.csv\"");
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(text.starts_with("\u{FEFF}記号,番号,枝番,氏名,続柄,診療年月,"), "{text}");
        assert!(text.contains("\r\n1001,12,00,架空 太郎,本人,2026年6月,'=𠮷田〜医院,外来,1,100,70,0,30,0,0\r\n"), "{text}");

        let (about, bytes) = get("/expenses.csv?year=2026&encoding=cp932").await;
        assert_eq!(about.0, "text/csv; charset=Shift_JIS");
        let text = encoding_rs::SHIFT_JIS.decode(&bytes).0;
        assert!(text.contains("'=〓田〓医院"), "{text}");
        taro.get("/expenses?year=2026").await.shows("「〓」になります").shows("=𠮷田〜医院");

        let (about, bytes) = get("/expenses/form.csv?year=2026").await;
        assert_eq!(about.1, "attachment; filename=\"expenses-2026-form.csv\"");
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(text.starts_with("\u{FEFF}架空 太郎,架空中央病院,該当する,,,,3000,,\r\n"), "{text}");
        assert!(text.contains("架空 太郎,架空中央病院,該当する,,,,90000,25000,\r\n"), "{text}");
        assert!(text.contains("架空 花子,はなこの薬局,,該当する,,,1368,,\r\n"), "{text}");
        assert!(!text.contains("小太郎,,"), "nothing was paid at that counter: {text}");
    }
}

on_both! {
    async fn only_a_member_gets_anything(fresh: Fresh) {
        let app = portal(fresh).await;
        for way in WAYS {
            app.browser().get(way).await.leads_to("/login");
            app.with_postcard(JIRO, "jiro@example.jp").await.get(way).await.leads_to("/login");
        }
        let nobody = app.browser();
        nobody.post("/expenses/sharing", &[("share", "yes")]).await.leads_to("/login");
    }
}

on_both! {
    async fn who_has_seen_a_year_that_was_withdrawn_is_told_on_its_page(fresh: Fresh) {
        let app = portal(fresh).await;
        let told = "この年の内容を訂正しました";
        let wrong = "1001,12,01,2026-06,まちがいの薬局,調剤,1,4560,3192,,1368,,\n";
        import(&app.fresh, wrong).await;
        let batch = import_batch::newest(&app.fresh.db, 1).await.unwrap().remove(0).id;
        let taro = app.signed_in(TARO, &WISH).await;
        let jiro = app.signed_in(JIRO, &OTHER_WISH).await;
        taro.get("/expenses").await.shows("まちがいの薬局").hides(told);
        taro.get("/expenses?year=2025").await.hides(told);
        jiro.get("/expenses").await.hides(told);

        withdraw(&app.fresh.db, batch, "", app.clock.now()).await.unwrap();
        taro.get("/expenses").await.hides("まちがいの薬局").shows(told).shows("2026年11月22日");
        taro.get("/expenses?year=2025").await.hides(told);
        jiro.get("/expenses").await.hides(told);
        // She has not seen what was wrong.
        let hanako = app.signed_in(HANAKO, &HANAKO_WISH).await;
        hanako.get("/expenses").await.shows("はなこの薬局").hides(told);
        // What comes in later is another thing, and nothing was wrong with it.
        import(&app.fresh, "1001,13,00,2026-06,あとの医院,外来,1,8000,5600,,2400,,\n").await;
        taro.get("/expenses").await.shows(told);
        jiro.get("/expenses").await.shows("あとの医院").hides(told);
    }
}

on_both! {
    async fn case_43_the_insured_sees_the_household_and_nobody_else_does(fresh: Fresh) {
        let app = portal(fresh).await;
        let all = ["架空中央病院", "はなこの薬局", "せいじんの歯科", "こどもの医院"];
        let taro = app.signed_in(TARO, &WISH).await;
        all_show(&seen(&taro).await, &all, &["じろうの医院"]);
        let jiro = app.signed_in(JIRO, &OTHER_WISH).await;
        all_show(&seen(&jiro).await, &["じろうの医院"], &all);
        let hanako = app.signed_in(HANAKO, &HANAKO_WISH).await;
        let others = ["架空中央病院", "せいじんの歯科", "こどもの医院", "じろうの医院"];
        all_show(&seen(&hanako).await, &["はなこの薬局"], &others);
        // LetterRequest for somebody by name helps nobody, and is noted.
        for branch in ["00", "02", "03", "99"] {
            hanako.get(&format!("/expenses?person={branch}")).await.refuses(404);
        }
        let noted: i64 = ask!(&app.fresh.db, "select count(*) from audit where event = 'not_theirs'");
        assert_eq!(noted, 4);
    }
}

on_both! {
    async fn a_dependent_decides_and_it_holds_from_the_next_request_on(fresh: Fresh) {
        let app = portal(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let hanako = app.signed_in(HANAKO, &HANAKO_WISH).await;
        // Told on the first visits, until there is a decision.
        hanako.home().await.shows("あなたの医療費の表示について").shows("見ることができます");
        hanako.get("/expenses").await
            .shows("あなたの医療費の表示について").shows("いまの設定：").shows("標準の設定");
        taro.home().await.hides("あなたの医療費の表示について");
        hanako.get("/profile").await.shows("被保険者への表示").shows("いまの設定：");
        taro.get("/profile").await.shows("プロフィール設定").hides("被保険者への表示");

        all_show(&seen(&taro).await, &["はなこの薬局"], &[]);
        decide(&hanako, "no").await;
        all_show(&seen(&taro).await, &["こどもの医院"], &["はなこの薬局", "架空 花子"]);
        taro.get("/expenses?person=01").await.refuses(404);
        all_show(&seen(&hanako).await, &["はなこの薬局"], &[]);
        hanako.home().await.hides("あなたの医療費の表示について");
        let page = hanako.get("/expenses").await;
        assert!(page.words().contains("いまの設定： 表示しない"), "{}", page.words());

        decide(&hanako, "yes").await;
        all_show(&seen(&taro).await, &["はなこの薬局"], &[]);
        // The insured has nothing to decide, and for nobody else.
        taro.get("/expenses").await.hides("被保険者への表示");
        taro.post("/expenses/sharing", &[("share", "no")]).await.refuses(403);
        hanako.post("/expenses/sharing", &[("share", "perhaps")]).await.refuses(403);
        hanako.post("/expenses/sharing", &[]).await.refuses(403);
        all_show(&seen(&taro).await, &["はなこの薬局"], &[]);
        let changes: i64 = ask!(
            &app.fresh.db, "select count(*) from audit where event like 'sharing_%'"
        );
        assert_eq!(changes, 2);
    }
}

on_both! {
    async fn without_a_decision_the_setting_holds_but_never_against_children(fresh: Fresh) {
        let app = portal(fresh).await;
        let app = app.restart_with(|config| config.society.share_by_default = false).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let seijin = app.signed_in(SEIJIN, &SEIJIN_WISH).await;
        // Hanako has no account; Seijin has one and has not decided.
        let shown = ["架空中央病院", "こどもの医院"];
        all_show(&seen(&taro).await, &shown, &["はなこの薬局", "せいじんの歯科"]);
        seijin.home().await.shows("表示されていません");
        decide(&seijin, "yes").await;
        let shown = ["架空中央病院", "こどもの医院", "せいじんの歯科"];
        all_show(&seen(&taro).await, &shown, &["はなこの薬局"]);
    }
}

on_both! {
    async fn a_child_becomes_somebody_who_decides_on_the_day_before_the_birthday(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        // Eighteen on 24 November: of age on the 23rd, tomorrow.
        roster::import(&app.fresh, &CHILD.replace("2015-05-05,男", "2008-11-24,男")).await;
        import(&app.fresh, LIST).await;
        let app = app.restart_with(|config| config.society.share_by_default = false).await;
        let taro = app.signed_in(TARO, &WISH).await;
        all_show(&seen(&taro).await, &["こどもの医院"], &[]);
        app.clock.advance(DAY);
        let taro = app.browser();
        taro.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        all_show(&seen(&taro).await, &[], &["こどもの医院"]);
    }
}

on_both! {
    /// The age of consent and that of registration are two.
    async fn case_the_age_of_consent_is_that_of_majority_whoever_may_register(fresh: Fresh) {
        let app = portal(fresh).await;
        // A wife of nineteen has no account before twenty, and is nobody's child.
        let line = "1001,12,04,架空 若菜,,2007-06-01,女,妻,2026-01-01,,0007,,1050001,東京都架空区見本町1-2-3\n";
        roster::import(&app.fresh, line).await;
        import(&app.fresh, "1001,12,04,2026-03,わかなの医院,外来,1,1000,700,,300,,\n").await;
        let app = app.restart_with(|config| config.society.share_by_default = false).await;
        let taro = app.signed_in(TARO, &WISH).await;
        all_show(&seen(&taro).await, &["こどもの医院"], &["わかなの医院"]);
        // Raised, the age of registration takes nobody's say away.
        let app = app.restart_with(|config| {
            config.society.share_by_default = false;
            config.society.registration_age = 60;
        }).await;
        let again = app.browser();
        again.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        all_show(&seen(&again).await, &["こどもの医院"], &["はなこの薬局", "わかなの医院"]);
    }
}

on_both! {
    async fn case_a_minor_with_an_account_is_asked_nothing_before_the_day(fresh: Fresh) {
        let app = portal(fresh).await;
        let app = app.restart_with(|config| config.society.registration_age = 15).await;
        // Eighteen tomorrow, with an account today.
        tell!(
            &app.fresh.db,
            "update person set born_on = $1 where number = '12' and branch = '02'",
            time::macros::date!(2008 - 11 - 24)
        );
        let taro = app.signed_in(TARO, &WISH).await;
        let seijin = app.signed_in(SEIJIN, &SEIJIN_WISH).await;
        for page in ["/home", "/expenses", "/profile"] {
            seijin.get(page).await.hides("被保険者への表示").hides("医療費の表示について");
        }
        seijin.post("/expenses/sharing", &[("share", "no")]).await.refuses(403);
        all_show(&seen(&taro).await, &["せいじんの歯科"], &[]);
        app.clock.advance(DAY);
        let (taro, seijin) = (app.browser(), app.browser());
        taro.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        seijin.sign_in(SEIJIN_WISH.login_id, SEIJIN_WISH.password).await.leads_to("/home");
        seijin.home().await.shows("あなたの医療費の表示について");
        decide(&seijin, "no").await;
        all_show(&seen(&taro).await, &[], &["せいじんの歯科"]);
    }
}

on_both! {
    async fn case_attack_18_a_look_noted_for_tomorrow_is_none_of_today(fresh: Fresh) {
        let app = portal(fresh).await;
        app.registered(TARO, &WISH).await;
        let looks = async || -> i64 {
            ask!(&app.fresh.db, "select count(*) from audit where event = 'expenses_seen'")
        };
        let looked = async || {
            let taro = app.browser();
            taro.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
            taro.get("/expenses?person=01").await;
        };
        app.clock.advance(24 * HOUR);
        looked().await;
        app.clock.set_back(24 * HOUR);
        looked().await;
        assert_eq!(looks().await, 2);
        looked().await;
        assert_eq!(looks().await, 2, "once a day, as ever");
    }
}

on_both! {
    async fn every_look_at_somebody_else_is_in_that_persons_history_once_a_day(fresh: Fresh) {
        let app = portal(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let hanako = app.signed_in(HANAKO, &HANAKO_WISH).await;
        let looks = async || -> i64 {
            ask!(&app.fresh.db, "select count(*) from audit where event = 'expenses_seen'")
        };
        hanako.get("/expenses").await;
        assert_eq!(looks().await, 0, "the own ones are no news");
        // Only Hanako's, then everybody's, then once more.
        taro.get("/expenses?person=01").await;
        assert_eq!(looks().await, 1);
        taro.get("/expenses").await;
        assert_eq!(looks().await, 3);
        seen(&taro).await;
        assert_eq!(looks().await, 3);
        let of_hanako: i64 = ask!(
            &app.fresh.db,
            "select count(*) from audit a join person p on p.id = a.person_id
             join member m on m.id = a.member_id
             where a.event = 'expenses_seen' and p.branch = '01' and m.login_id = '123456Taro'"
        );
        assert_eq!(of_hanako, 1);
        hanako.get("/security").await.shows("被保険者が、あなたの医療費通知を見ました");
        taro.get("/security").await.shows("ご家族の医療費通知を見ました")
            .hides("被保険者が、あなたの医療費通知を見ました");
        app.clock.advance(DAY);
        let taro = app.browser();
        taro.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        taro.get("/expenses.csv").await;
        assert_eq!(looks().await, 6, "a sheet is a look, too");
    }
}

on_both! {
    async fn symbol_and_number_may_change_and_the_expenses_stay(fresh: Fresh) {
        let app = portal(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        tell!(&app.fresh.db, "update person set symbol = '7', number = '8' where number = '12'");
        all_show(&seen(&taro).await, &["架空中央病院", "はなこの薬局"], &[]);
        taro.get("/expenses").await.shows("記号 7");
    }
}

on_both! {
    async fn who_has_left_reads_the_own_period_until_it_is_over_and_purged(fresh: Fresh) {
        let app = portal(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        // The last day is 28 February 2026; the data end 18 months later.
        tell!(
            &app.fresh.db,
            "update person set disqualified_on = $1 where symbol = '1001' and number = '12'",
            time::macros::date!(2026 - 03 - 01)
        );
        all_show(&seen(&taro).await, &["架空中央病院"], &["はなこの薬局", "こどもの医院"]);
        taro.get("/expenses").await
            .shows("2003年4月から2026年2月").shows("2027年8月31日")
            .hides("まだ届いていません");
        let report = purge(&app, false).await;
        assert_eq!((report.accounts, report.found.expenses, report.found.old_expenses), (0, 0, 0));

        // 31 August 2027, the last day; and the day after.
        app.days_later(DAY * 282).await;
        let signed_in = async || {
            let taro = app.browser();
            taro.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
            taro
        };
        signed_in().await.get("/expenses?year=2026").await.shows("架空中央病院");
        app.clock.advance(DAY);
        let taro = signed_in().await;
        for way in WAYS {
            let seen = taro.get(way).await.refuses(404).hides("架空中央病院");
            seen.shows("資格喪失後にご覧いただける期間が過ぎました。").shows("ログアウト");
        }
        // Whatever a member does not get, they are told as the member they are.
        for way in ["/expenses.csv?encoding=utf-16", "/expenses.csv?year=x", "/files/x", "/nowhere"] {
            taro.get(way).await.refuses(404).shows("ログアウト");
        }
        taro.get("/my-data.zip").await.refuses(405).shows("ログアウト");

        let dry = purge(&app, true).await;
        assert!(dry.to_string().ends_with("確認のみです。何も削除していません。"));
        let report = purge(&app, false).await;
        assert_eq!(
            report.to_string(),
            "2022年1月より前の医療費: 0件\n資格喪失から18か月を過ぎた方\n  医療費: 7件\n  \
             健診結果: 0件\n  お知らせの既読の記録: 0件\n  医療費の表示の設定: 0件\n  ポータルの利用登録（メールアドレス、ログインID、パスワード）: 1人\n削除しました。"
        );
        let left: i64 = ask!(&app.fresh.db, "select count(*) from expense");
        assert_eq!(left, 1, "another household's stay");
        taro.home().await.leads_to("/login");
        app.browser().sign_in(WISH.login_id, WISH.password).await.refuses(422);
        let addresses: i64 = ask!(&app.fresh.db, "select count(*) from email");
        assert_eq!(addresses, 0);
        let again = purge(&app, false).await;
        assert_eq!((again.accounts, again.found.rows()), (0, 0));
        let said: i64 = ask!(
            &app.fresh.db,
            "select count(*) from audit where event = 'purged' and member_id is null"
        );
        assert_eq!(said, 1);
    }
}

async fn purge(app: &TestApp, dry_run: bool) -> purge::Report {
    let society = domain::values::society::Society::default();
    purge::purge(
        &app.fresh.db,
        &society,
        "no password fits this",
        app.clock.now(),
        dry_run,
    )
    .await
    .unwrap()
}

on_both! {
    /// 1 January begins in Japan: nine hours before it does in Greenwich.
    async fn what_is_over_is_removed_at_the_turn_of_the_year_in_japan_and_not_before(fresh: Fresh) {
        let app = portal(fresh).await;
        import(&app.fresh, "\
1001,13,00,2021-01,じろうの古い医院,外来,1,100,70,,30,,
1001,13,00,2021-12,じろうの古い医院,外来,1,100,70,,30,,
1001,13,00,2022-01,じろうの医院,外来,1,100,70,,30,,
").await;
        crate::checkups::import(&app.fresh, crate::checkups::RESULTS).await;
        crate::notices::import(&app.fresh, "N-1,お知らせ,題,分類,,全員,2025-06-01,,本文,,\n").await;
        app.registered(JIRO, &OTHER_WISH).await;
        let hanako = app.signed_in(HANAKO, &HANAKO_WISH).await;
        decide(&hanako, "no").await;
        let notice: uuid::Uuid = ask!(&app.fresh.db, "select id from notice");
        hanako.get(&format!("/notices/{notice}")).await.shows("本文");
        // Eighteen months before the first of January.
        tell!(
            &app.fresh.db,
            "update person set disqualified_on = $1 where number = '12' and branch = '01'",
            time::macros::date!(2025 - 07 - 01)
        );
        app.browser().get("/about").await
            .shows("今年と、その前の5年分。資格喪失後は18か月")
            .shows("どのお知らせをお読みになったか").shows("ご加入の間。資格喪失後は18か月")
            .shows("（同意）").shows("ご家族の医療費通知を見た日");

        // It is 10:00 on 22 November.
        app.days_later(DAY * 39 + 14 * HOUR - INSTANT).await;
        let before = purge(&app, false).await;
        assert_eq!((before.found.old_expenses, before.found.expenses, before.accounts), (0, 0, 0));
        let hanako = app.browser();
        hanako.sign_in(HANAKO_WISH.login_id, HANAKO_WISH.password).await.leads_to("/home");
        hanako.get("/notices").await.shows("2026年12月31日まで").shows("題");

        app.clock.advance(INSTANT);
        hanako.get("/notices").await.refuses(404).shows("期間が過ぎました");
        let jiro = app.browser();
        jiro.sign_in(OTHER_WISH.login_id, OTHER_WISH.password).await.leads_to("/home");
        jiro.get("/expenses?year=2021").await.refuses(404);
        jiro.get("/expenses?year=2022").await.shows("じろうの医院");
        let report = purge(&app, false).await;
        assert_eq!(
            report.to_string(),
            "2022年1月より前の医療費: 2件\n資格喪失から18か月を過ぎた方\n  医療費: 1件\n  \
             健診結果: 1件\n  お知らせの既読の記録: 1件\n  医療費の表示の設定: 1件\n  \
             ポータルの利用登録（メールアドレス、ログインID、パスワード）: 1人\n削除しました。"
        );
        jiro.get("/expenses?year=2022").await.shows("じろうの医院");
        let again = purge(&app, false).await;
        assert_eq!((again.found.rows(), again.accounts), (0, 0));
        let said: i64 = ask!(
            &app.fresh.db,
            "select count(*) from audit where event = 'purged' and member_id is null"
        );
        assert_eq!(said, 1);
    }
}

on_both! {
    async fn case_attack_14_a_purge_takes_a_few_at_a_time_and_a_dry_run_locks_nothing(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let people: String = (100..350)
            .map(|n| format!("1001,{n},00,架空 {n},,1966-06-06,男,本人,2003-04-01,,0007,,1050001,東京都\n"))
            .collect();
        roster::import(&app.fresh, &people).await;
        tell!(
            &app.fresh.db,
            "insert into expense select id, 202001, '古い医院', '外来', 1, 1, 100, 70, 0, 30, 0, 0, null
             from person"
        );
        let all: i64 = ask!(&app.fresh.db, "select count(*) from person");
        let somebody = store::Db::open_existing(&app.fresh.url).await.unwrap();
        let writing = somebody.write().await.unwrap();
        let dry = purge(&app, true).await;
        drop(writing);
        assert_eq!(dry.found.old_expenses, all.cast_unsigned());
        let report = purge(&app, false).await;
        assert_eq!(report.found, dry.found);
        let left: i64 = ask!(&app.fresh.db, "select count(*) from expense");
        assert_eq!(left, 0);
    }
}

on_both! {
    async fn five_tax_years_and_the_current_one_are_kept(fresh: Fresh) {
        let app = portal(fresh).await;
        import(&app.fresh, "\
1001,12,00,2021-01,六年目の医院,外来,1,100,70,,30,,
1001,12,00,R2.12,古い医院,外来,1,100,70,,30,,
").await;
        let taro = app.signed_in(TARO, &WISH).await;
        taro.get("/expenses?year=2021").await.shows("六年目の医院");
        taro.get("/expenses?year=2020").await.refuses(404);
        taro.get("/expenses").await.hides("2020年");
        let report = purge(&app, false).await;
        assert_eq!((report.found.old_expenses, report.kept_since.number()), (1, 202_101));
        taro.get("/expenses?year=2021").await.shows("六年目の医院");
    }
}

on_both! {
    async fn a_member_s_year_is_found_by_the_key_among_a_great_many(fresh: Fresh) {
        roster::import(&fresh, crate::test_app::PEOPLE).await;
        // Forty thousand rows of two people who are not asked for.
        tell!(
            &fresh.db,
            "insert into expense
             with recursive n (n) as (select 1 union all select n + 1 from n where n < 20000)
             select p.id, 202501 + n % 12, 'm' || n, '外来', 1, 1, 1, 1, 0, 1, 0, 0, null
             from n, person p where p.branch = '00' and p.number in ('13', '14')"
        );
        tell!(&fresh.db, "analyze expense");
        let plan: Vec<String> = match &fresh.db {
            store::Db::Sqlite(file) => {
                let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(sqlx::AssertSqlSafe(
                    format!("explain query plan {}", list_sql(2)),
                ))
                .fetch_all(&file.writer)
                .await
                .unwrap();
                plan.into_iter().map(|step| step.3).collect()
            }
            store::Db::Postgres(pool) => {
                let mut query = sqlx::query_scalar(sqlx::AssertSqlSafe(
                    format!("explain {}", list_sql(2)),
                ));
                for _ in 0..2 {
                    query = query.bind(uuid::Uuid::nil()).bind(202_601_i64).bind(202_612_i64);
                }
                query.fetch_all(pool).await.unwrap()
            }
        };
        let plan = plan.join("\n");
        let by_key = match &fresh.db {
            store::Db::Sqlite(_) => {
                "SEARCH e USING PRIMARY KEY (person_id=? AND month>? AND month<?)"
            }
            store::Db::Postgres(_) => "expense_pkey",
        };
        assert!(plan.contains(by_key) && !plan.contains("SCAN e"), "{plan}");
        assert!(!plan.contains("Seq Scan on expense"), "{plan}");
    }
}

/// On one engine: the statements are the same text on both.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_asks_the_database_as_often_for_many_rows_as_for_few() {
    let test = "expenses::a_page_asks_the_database_as_often_for_many_rows_as_for_few";
    let Some(log) = everything(test) else {
        return;
    };
    let app = portal(crate::fresh::postgres().await).await;
    let taro = app.signed_in(TARO, &WISH).await;
    taro.get("/expenses").await; // The looks of the day are noted.
    let few = statements(&taro, &log).await;
    let lines: String = (0..500)
        .map(|n| {
            let (branch, month) = (n % 4, 1 + n % 9);
            format!("1001,12,0{branch},2026-0{month},第{n}医院,外来,1,100,70,,30,,\n")
        })
        .collect();
    import(&app.fresh, &lines).await;
    taro.get("/expenses").await.shows("（506件）");
    let many = statements(&taro, &log).await;
    assert_eq!(few, many);
    // The session; the household, its months, the looks of the day, the rows, the
    // months that are in.
    assert_eq!(few, [6; WAYS.len()]);
}

/// How many statements each way takes. The mail worker and the cleanup work beside
/// the page now and then: of three tries the least is the page's own.
async fn statements(browser: &Browser, log: &Log) -> [usize; WAYS.len()] {
    let mut counts = [usize::MAX; WAYS.len()];
    for (way, count) in WAYS.iter().zip(&mut counts) {
        for _ in 0..3 {
            let before = log.text().len();
            assert_eq!(browser.get(way).await.status, 200);
            let text = log.text();
            let said = text[before..].lines();
            *count = said
                .filter(|line| line.contains("sqlx::query"))
                .count()
                .min(*count);
        }
    }
    counts
}

on_both! {
    async fn the_demo_s_people_have_two_years_of_expenses(fresh: Fresh) {
        let hasher = server::base::hash::Hasher::start(crate::test_app::CHEAP, Default::default());
        let terms = server::office::postcards::Terms { age: 20, valid_days: 365 };
        let folder = fresh.folder.path().join("data");
        let now = roster::NOW;
        let hasher = hasher.unwrap();
        server::demo::fill(&fresh.db, &hasher, terms, &folder, now).await.unwrap();
        let rows: i64 = ask!(&fresh.db, "select count(*) from expense");
        let months: i64 = ask!(&fresh.db, "select count(distinct month) from expense");
        assert!(rows > 2_000 && months == 24, "{rows} rows, {months} months");
        let some: i64 = ask!(
            &fresh.db, "select count(*) from expense where public > 0 or extra > 0"
        );
        assert!(some > 100, "{some}");
        let outside: i64 = ask!(
            &fresh.db,
            "select count(*) from expense e join person p on p.id = e.person_id
             where p.disqualified_on = $1 and e.month > 202602",
            time::macros::date!(2026 - 03 - 01)
        );
        assert_eq!(outside, 0, "nobody is ill after leaving");
        server::demo::fill(&fresh.db, &hasher, terms, &folder, now).await.unwrap();
        let again: i64 = ask!(&fresh.db, "select count(*) from expense");
        assert_eq!(again, rows);
    }
}
