//! The society's list of medical expenses comes in, whole or not at all.

use std::{fs, path::PathBuf};

use domain::values::month::Month;
use server::office::{
    expenses::{self, Import, ImportError, Report},
    file::{
        encoding::Encoding,
        reading::{FileError, Progress},
    },
};
use store::{expense_month, staged_expenses::Outcome};

use crate::{
    fresh::Fresh,
    roster::{self, NOW},
    test_app::PEOPLE,
};

pub(crate) const HEADER: &str = "記号,番号,枝番,診療年月,医療機関名,区分,日数,医療費総額,\
                                 保険者負担額,公費負担額,窓口負担額,食事療養費,付加給付額\n";

const LIST: &str = "\
1001,12,00,2026-01,架空中央病院,外来,2,10000,7000,0,3000,0,0
1001,12,00,2026/02,架空中央病院,入院,5,300000,210000,,90000,3450,25000
1001,12,01,202603,みほん薬局,調剤,1,\"4,560\",\"3,192\",,\"1,368\",,
1001,13,00,R8.3,髙﨑歯科,歯科,1,8000,5600,,2400,,
";

pub(crate) const FOR_GOOD: Import = Import {
    now: NOW,
    dry_run: false,
    add_repeated: false,
    present_holder: false,
};

/// So many lines of Taro's household, each from a clinic of its own.
pub(crate) fn many(lines: usize) -> String {
    (0..lines)
        .map(|n| {
            format!(
                "1001,12,0{},2026-0{},第{n}医院,外来,1,100,70,,30,,\n",
                n % 3,
                1 + n % 9
            )
        })
        .collect()
}

fn file(fresh: &Fresh, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = fresh.folder.path().join("expenses.csv");
    fs::write(&path, bytes).unwrap();
    path
}

pub(crate) async fn try_import(
    fresh: &Fresh,
    bytes: impl AsRef<[u8]>,
    how: Import,
) -> Result<Report, ImportError> {
    let path = file(fresh, bytes);
    let mut last = None;
    let result = expenses::import(&fresh.db, &path, how, |progress| last = Some(progress)).await;
    if result.is_ok() {
        let size = fs::metadata(path).unwrap().len();
        let end = Progress {
            done: size,
            total: size,
        };
        assert_eq!(last, Some(end), "the bar reaches its end");
    }
    result
}

/// The lines come in.
pub(crate) async fn import(fresh: &Fresh, lines: &str) -> Report {
    let text = format!("{HEADER}{lines}");
    try_import(fresh, text, FOR_GOOD).await.unwrap()
}

/// The same of a whole file that may be refused.
pub(crate) async fn try_import_text(fresh: &Fresh, text: &str) -> Result<Report, ImportError> {
    try_import(fresh, text, FOR_GOOD).await
}

/// Added, changed, unchanged; nothing was taken out.
fn counts(report: &Report) -> (i64, i64, i64) {
    let Outcome {
        added,
        changed,
        withdrawn,
        unchanged,
        ..
    } = report.lines;
    assert_eq!(withdrawn, 0);
    (added, changed, unchanged)
}

async fn on_file(fresh: &Fresh) -> i64 {
    ask!(&fresh.db, "select count(*) from expense")
}

on_both! {
    async fn the_last_empty_cells_may_be_there_or_not(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        let short: String = LIST.lines().map(|line| format!("{}\n", line.trim_end_matches(','))).collect();
        let report = try_import(&fresh, format!("{HEADER}{short}"), FOR_GOOD).await.unwrap();
        assert_eq!(counts(&report), (4, 0, 0));
        // As a spreadsheet writes a list beside which something stood once.
        let long: String = format!("{HEADER}{LIST}").lines().map(|line| format!("{line},,\n")).collect();
        let report = try_import(&fresh, long, FOR_GOOD).await.unwrap();
        assert_eq!(counts(&report), (0, 0, 4));
        for (line, said) in [
            ("1001,12,00,2026-01,架空中央病院,外来", "2行目: 列の数が違います（13列のところ6列）"),
            (
                "1001,12,00,2026-01,架空中央病院,外来,2,10000,7000,,3000,0,,,0",
                "2行目: 列の数が違います（13列のところ15列）。値にコンマがあるときは、その値を引用符（\"）で囲んでください",
            ),
        ] {
            let error = try_import(&fresh, format!("{HEADER}{line}"), FOR_GOOD).await.unwrap_err();
            assert_eq!(error.to_string().lines().next(), Some(said), "{error}");
        }
    }
}

on_both! {
    async fn the_same_list_is_read_from_every_encoding(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        let text = format!("{HEADER}{LIST}");
        let cp932 = encoding_rs::SHIFT_JIS.encode(&text).0.into_owned();
        let report = try_import(&fresh, cp932, FOR_GOOD).await.unwrap();
        assert_eq!(report.encoding, Encoding::Cp932);
        assert_eq!(counts(&report), (4, 0, 0));
        assert_eq!(
            report.to_string(),
            "文字コード: CP932（Shift_JIS）\n診療年月: 2026年1月から2026年3月まで\n\
             追加 4件、変更 0件、取り消し 0件、変更なし 0件\n医療費を取り込みました。"
        );
        let bom = format!("\u{FEFF}{text}").replace('\n', "\r\n");
        let report = try_import(&fresh, bom, FOR_GOOD).await.unwrap();
        assert_eq!(report.encoding, Encoding::Utf8WithBom);
        assert_eq!(counts(&report), (0, 0, 4), "every value is the same");
        let audited: i64 =
            ask!(&fresh.db, "select count(*) from audit where event = 'expenses_imported'");
        assert_eq!(audited, 1, "nothing happened the second time, and nothing is said to have");
        let paid: i64 = ask!(&fresh.db, "select cast(sum(paid) as bigint) from expense");
        assert_eq!(paid, 3000 + 90000 + 1368 + 2400);
    }
}

on_both! {
    async fn the_same_lines_in_another_order_change_nothing(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        // Two claims of one month that only their amounts tell apart.
        let twice = "\
1001,12,00,2026-01,架空中央病院,外来,2,10000,7000,0,3000,0,0
1001,12,00,2026-01,架空中央病院,外来,1,2000,1400,0,600,0,0
1001,12,00,2026-01,架空中央病院,外来,1,2000,1400,0,600,0,0
";
        assert_eq!(counts(&import(&fresh, twice).await), (3, 0, 0));
        let backwards: Vec<_> = twice.lines().rev().collect();
        let report = import(&fresh, &backwards.join("\n")).await;
        assert_eq!(counts(&report), (0, 0, 3));
        let paid: i64 = ask!(&fresh.db, "select cast(sum(paid) as bigint) from expense");
        assert_eq!(paid, 4200);
    }
}

on_both! {
    async fn a_corrected_line_takes_the_place_of_the_wrong_one(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        import(&fresh, LIST).await;
        let report = import(&fresh, "\
1001,12,00,2026-01,架空中央病院,外来,2,10000,7000,1000,2000,0,0
1001,12,01,2026-03,みほん薬局,調剤,1,4560,3192,,1368,,
1001,12,00,2025-12,架空中央病院,外来,1,5000,3500,,1500,,
").await;
        assert_eq!(counts(&report), (1, 1, 1), "and a late month of an earlier year comes in");
        assert_eq!(on_file(&fresh).await, 5, "what the file does not speak of stays");
        let paid: i64 = ask!(
            &fresh.db, "select paid from expense where month = 202601 and public = 1000"
        );
        assert_eq!(paid, 2000);
        let arrived = expense_month::all_in(&fresh.db).await.unwrap();
        let arrived: Vec<_> = arrived.into_iter().map(Month::number).collect();
        assert_eq!(
            arrived,
            [202_512, 202_601, 202_602, 202_603],
            "an older file takes no month back"
        );
    }
}

on_both! {
    /// 合算付加金: one line carries what was given back for several.
    async fn what_is_given_back_for_a_household_s_month_may_stand_in_one_line(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        let taro = |extra: i64| format!("1001,12,00,2026-03,架空中央病院,外来,2,26000,18000,,8000,,{extra}\n");
        let hanako = "1001,12,01,2026-03,みほん歯科,歯科,2,73000,51000,,22000,,\n";
        let neighbour = "1001,13,00,2026-03,みほん歯科,歯科,2,73000,51000,,22000,,\n";
        let other_month = "1001,12,01,2026-02,みほん歯科,歯科,2,73000,51000,,22000,,\n";
        let refused = async |lines: &str, said: &str| {
            let error = try_import_text(&fresh, &format!("{HEADER}{lines}")).await.unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
            assert!(error.contains("1つのファイルにまとめてください"), "{error}");
            assert!(error.contains("25,000円を、窓口負担額8,000円の行に8,000円、22,000円の行に17,000円"), "{error}");
            assert!(error.contains("誤りは全部で1件です。") && error.ends_with("何も取り込んでいません。"), "{error}");
        };
        let beyond = "行目 付加給付額「25000」: 付加給付額が、窓口負担額より大きくなっています。";
        // Alone, with a neighbour's, with another month's.
        refused(&taro(25_000), &format!("2{beyond}")).await;
        refused(&format!("{neighbour}{other_month}{}", taro(25_000)), &format!("4{beyond}")).await;
        // With the household's.
        let report = import(&fresh, &format!("{}{hanako}", taro(25_000))).await;
        assert_eq!(counts(&report), (2, 0, 0));
        // Up to what the month holds, with what is on file; again and corrected, too.
        let report = import(&fresh, &taro(30_000)).await;
        assert_eq!(counts(&report), (0, 1, 0));
        assert_eq!(counts(&import(&fresh, &taro(30_000)).await), (0, 0, 1));
        refused(&taro(30_001), "2行目 付加給付額「30001」: ").await;
        // What hers gives back is not given twice.
        let hers = hanako.replace("22000,,", "22000,,1");
        refused(&format!("{hers}{}", taro(30_000)), "3行目 付加給付額「30000」: ").await;
        // A line that is corrected in the same file counts as it will be.
        let less = hanako.replace("73000,51000,,22000", "73000,64000,,9000");
        refused(&format!("{}{less}", taro(25_000)), &format!("2{beyond}")).await;
        assert_eq!(counts(&import(&fresh, &format!("{}{less}", taro(17_000))).await), (0, 2, 0));
    }
}

on_both! {
    async fn a_dry_run_reports_the_same_and_keeps_nothing(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        let text = format!("{HEADER}{LIST}");
        let dry_run = Import { dry_run: true, ..FOR_GOOD };
        let dry = try_import(&fresh, &text, dry_run).await.unwrap();
        assert!(dry.to_string().ends_with("確認のみです。何も変更していません。"));
        assert_eq!(on_file(&fresh).await, 0);
        let counted: i64 = ask!(&fresh.db, "select count(*) from expense_month");
        assert_eq!(counted, 0);
        let real = try_import(&fresh, &text, FOR_GOOD).await.unwrap();
        assert_eq!(Report { dry_run: false, ..dry }, real);
    }
}

on_both! {
    async fn a_dry_run_says_what_is_replaced_without_amounts(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        import(&fresh, LIST).await;
        let changed = "\
            1001,12,00,2026-01,架空　中央病院,外来,2,10000,7000,0,3000,0,0\n\
            1001,12,00,2026-02,架空中央病院,入院,6,300000,210000,,90000,3450,26000\n\
            1001,13,00,2026-03,髙﨑歯科,歯科,0,0,0,,0,,\n\
            1001,13,00,2026-04,髙﨑歯科,歯科,1,8000,5600,,2400,,\n";
        let dry = Import { dry_run: true, ..FOR_GOOD };
        let report = try_import(&fresh, format!("{HEADER}{changed}"), dry).await.unwrap().to_string();
        let told = report.split_once("変更なし 1件\n").unwrap().1;
        assert_eq!(told, "\
変わるところ: 医療機関名 1か所、日数 1か所、付加給付額 1か所、取り消し 1か所
2行目 1001-12-00 2026-01 医療機関名
3行目 1001-12-00 2026-02 日数
3行目 1001-12-00 2026-02 付加給付額
1001-13-00 2026-03 取り消し
確認のみです。何も変更していません。");
        assert_eq!(on_file(&fresh).await, 4);
        // As a Mac saves it: nothing that could be seen.
        let wave = "1001,13,00,2026-05,みなと～クリニック,歯科,1,8000,5600,,2400,,\n";
        import(&fresh, wave).await;
        let mac = format!("{HEADER}{}", wave.replace("～", "\u{301C}").replace("ク", "\u{FF78}"));
        let report = try_import(&fresh, mac, dry).await.unwrap().to_string();
        assert!(report.contains("変わるところ: 医療機関名 1か所"), "half-width kana can be seen: {report}");
        let mac = format!("{HEADER}{}", wave.replace("～", "\u{301C}"));
        let report = try_import(&fresh, mac, dry).await.unwrap().to_string();
        assert!(report.contains("変更なし 1件") && !report.contains("変わるところ"), "{report}");
    }
}

on_both! {
    async fn one_bad_line_keeps_all_out_and_every_bad_line_is_named(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        let text = format!("{HEADER}{LIST}\
1001,12,09,2026-03,みほん薬局,調剤,1,100,70,,30,,
1001,12,00,2026-12,みほん薬局,調剤,1,100,70,,30,,
1001,12,00,2026-03-01,みほん薬局,健診,1,-100,70,,30,,
9999,12,00,2026-03,みほん薬局,調剤,1,100,70,,30,,
");
        let error = try_import(&fresh, text, FOR_GOOD).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "6行目: この記号・番号・枝番の加入者は名簿にいません「1001-12-09」\n\
             7行目 診療年月「2026-12」: 今月より後の年月です\n\
             8行目 診療年月「2026-03-01」: 日は書かずに、年月だけを書いてください\n\
             8行目 区分「健診」: 「入院」「外来」「歯科」「調剤」「柔整」「訪問看護」「その他」のどれでもありません\n\
             8行目 医療費総額「-100」: マイナスの金額は取り込めません。減った分ではなく、訂正後の金額の行を書いてください\
             （なくなった明細は、日数と金額をすべて0にした行で取り消せます）\n\
             9行目: この記号・番号・枝番の加入者は名簿にいません「9999-12-00」\n\
             誤りは全部で6件です。（文字コード: UTF-8）\n\
             何も取り込んでいません。"
        );
        assert_eq!(on_file(&fresh).await, 0);
    }
}

on_both! {
    async fn who_is_not_known_is_named_and_lost_zeros_are_hinted_at(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        roster::import(&fresh, "\
1001,000077,01,架空 零子,,1982-12-31,女,妻,2010-06-01,,0007,,1050001,東京都架空区見本町1-2-3
0001001,000077,001,架空 零美,,1982-12-31,女,妻,2010-06-01,,0007,,1050001,東京都架空区見本町1-2-3
").await;
        let text = format!("{HEADER}{LIST}\
1001,77,1,2026-03,みほん薬局,調剤,1,100,70,,30,,
1001,0012,00,2026-03,みほん薬局,調剤,1,100,70,,30,,
1001,770,1,2026-03,みほん薬局,調剤,1,100,70,,30,,
");
        let error = try_import(&fresh, text, FOR_GOOD).await.unwrap_err().to_string();
        let one_of_two = ["0001001-000077-001", "1001-000077-01"].iter().any(|known| {
            error.contains(&format!(
                "6行目: この記号・番号・枝番の加入者は名簿にいません「1001-77-1」。名簿には「{known}」がいます。\
                 先頭の0が消えていませんか（Excelで開くと消えることがあります）\n"
            ))
        });
        assert!(one_of_two, "{error}");
        // More zeros than on the roster, and another number.
        assert!(error.contains("名簿にいません「1001-0012-00」\n"), "{error}");
        assert!(error.contains("名簿にいません「1001-770-1」\n誤りは全部で3件"), "{error}");
    }
}

on_both! {
    async fn lost_zeros_are_told_before_another_society_is_suspected(fresh: Fresh) {
        roster::import(&fresh, "\
1001,000012,00,架空 太郎,,1980-04-01,男,本人,2003-04-01,,0007,,1050001,東京都架空区見本町1-2-3
").await;
        for (key, said) in [
            ("1001,12,0", "「1001-12-0」。名簿には「1001-000012-00」がいます。先頭の0が消えていませんか"),
            ("１００１,１２,０", "名簿には「1001-000012-00」がいます。先頭の0が"),
            ("1001,12,", "名簿には「1001-000012-00」がいます。先頭の0が"),
            ("１００１,００００１２,００", "がいます。全角と半角のちがいでは"),
        ] {
            let line = format!("{HEADER}{key},2026-03,みほん薬局,調剤,1,100,70,,30,,\n");
            let error = try_import(&fresh, line, FOR_GOOD).await.unwrap_err().to_string();
            assert!(error.starts_with("2行目: ") && error.contains(said), "{error}");
            assert!(!error.contains("別の健保組合"), "{error}");
        }
        // What forces a spreadsheet to keep the zeros is no part of the key.
        let report = import(&fresh, "'1001,=\"000012\",'00,2026-03,みほん薬局,調剤,1,100,70,,30,,\n").await;
        assert_eq!(counts(&report), (1, 0, 0));
    }
}

on_both! {
    async fn a_household_of_one_needs_no_branch(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        let header = HEADER.replace("枝番,", "");
        let line = "1001,13,2026/3/1,みほん薬局,調剤,1.0,100.00,70,-,30,,\n";
        let report = try_import(&fresh, format!("{header}{line}"), FOR_GOOD).await.unwrap();
        assert_eq!(counts(&report), (1, 0, 0));
        let report = import(&fresh, "1001,13,,2026年3月1日,みほん薬局,調剤,1,100,70,,30,,\n").await;
        assert_eq!(counts(&report), (0, 0, 1));
        let many = format!("{header}{line}{}", line.replace(",13,", ",12,"));
        let error = try_import(&fresh, many, FOR_GOOD).await.unwrap_err().to_string();
        assert!(error.starts_with("3行目: ") && error.contains("枝番を書いてください"), "{error}");
        let excel = format!("{header}{}", line.replace("2026/3/1", "Mar-26"));
        let error = try_import(&fresh, excel, FOR_GOOD).await.unwrap_err().to_string();
        assert!(error.contains("「Mar-26」: Excelが"), "{error}");
    }
}

on_both! {
    async fn case_67_another_societys_list_is_refused(fresh: Fresh) {
        let text = format!("{HEADER}{LIST}");
        let error = try_import(&fresh, &text, FOR_GOOD).await.unwrap_err();
        assert!(matches!(error, ImportError::NobodyKnown), "there is no roster yet: {error}");
        roster::import(&fresh, PEOPLE).await;
        let others = text.replace("\n1001,", "\n5001,");
        let error = try_import(&fresh, others, FOR_GOOD).await.unwrap_err();
        assert!(matches!(error, ImportError::NobodyKnown), "{error}");
        assert_eq!(on_file(&fresh).await, 0);
        // A roster is not such a list either.
        let error = try_import(&fresh, format!("{}{PEOPLE}", roster::HEADER), FOR_GOOD).await;
        assert!(matches!(error, Err(ImportError::File(FileError::Header(_)))));
    }
}

on_both! {
    async fn a_great_many_strangers_are_counted_and_a_hundred_are_named(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        let stranger = "1001,99,00,2026-03,みほん薬局,調剤,1,100,70,,30,,\n".repeat(1200);
        let error = try_import(&fresh, format!("{HEADER}{LIST}{stranger}"), FOR_GOOD).await;
        match error.unwrap_err() {
            ImportError::File(FileError::Lines(_, problems)) => {
                assert_eq!((problems.named().len(), problems.count()), (100, 1200));
                assert_eq!(problems.named()[99].line, 105);
            }
            other => panic!("{other}"),
        }
    }
}
