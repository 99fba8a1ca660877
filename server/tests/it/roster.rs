//! The roster comes in, whole or not at all.

use std::{
    fs,
    path::{Path, PathBuf},
};

use domain::values::timestamp::Timestamp;
use server::office::{
    file::{
        encoding::Encoding,
        reading::{FileError, Progress},
    },
    roster::{self, Import, ImportError, Moved, Report},
};
use store::roster::Outcome;

use crate::fresh::Fresh;

/// 2026-11-22 10:00 in Japan.
pub(crate) const NOW: Timestamp = Timestamp(1_795_309_200_000);

pub(crate) const HEADER: &str = "記号,番号,枝番,氏名,氏名カナ,生年月日,性別,続柄,資格取得日,\
                                 資格喪失日,事業所コード,事業所名,郵便番号,住所\n";

const FAMILY: &str = "\
1001,000012,00,架空 太郎,カクウ タロウ,1980-04-01,男,本人,2003-04-01,,0007,みほん商会,1050001,東京都架空区見本町1-2-3
1001,000012,01,架空 花子,カクウ ハナコ,1982-12-31,女,妻,2010-06-01,,0007,みほん商会,1050001,東京都架空区見本町1-2-3
ア-２,0034,00,髙橋 﨑子,ﾀｶﾊｼ ｻｷｺ,1989-01-08,女,本人,2019-05-01,2026-10-01,0007,みほん商会,,
";

/// The same people in eras, sexes in numbers, columns in another order.
const FAMILY_IN_ERAS: &str = "\
番号,記号,枝番,氏名カナ,氏名,性別,生年月日,続柄,資格取得日,資格喪失日,事業所名,事業所コード,住所,郵便番号
000012,1001,00,カクウ タロウ,架空 太郎,1,昭和55年4月1日,被保険者,H15.4.1,,みほん商会,0007,東京都架空区見本町1-2-3,105-0001
000012,1001,01,カクウ ハナコ,架空 花子,2,S57.12.31,妻,平成22年6月1日,,みほん商会,0007,東京都架空区見本町1-2-3,〒１０５－０００１
0034,ア-２,00,ﾀｶﾊｼ ｻｷｺ,髙橋 﨑子,2,平成元年1月8日,本人,令和元年5月1日,R8.10.1,みほん商会,0007,,
";

pub(crate) fn outcome(added: i64, changed: i64, left: i64, unchanged: i64, absent: i64) -> Outcome {
    Outcome {
        added,
        changed,
        left,
        unchanged,
        absent,
    }
}

pub(crate) fn file(fresh: &Fresh, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = fresh.folder.path().join("roster.csv");
    fs::write(&path, bytes).unwrap();
    path
}

pub(crate) const FOR_GOOD: Import = Import {
    now: NOW,
    dry_run: false,
    accept_other_employers: false,
    moved: Moved::Refused,
};

pub(crate) async fn try_import(
    fresh: &Fresh,
    path: &Path,
    how: Import,
) -> Result<Report, ImportError> {
    let mut last = None;
    let result = roster::import(&fresh.db, path, how, |progress| last = Some(progress)).await;
    if result.is_ok() {
        let size = fs::metadata(path).unwrap().len();
        assert_eq!(
            last,
            Some(Progress {
                done: size,
                total: size
            }),
            "the bar reaches its end"
        );
    }
    result
}

pub(crate) async fn import(fresh: &Fresh, rows: &str) -> Report {
    let path = file(fresh, format!("{HEADER}{rows}"));
    try_import(fresh, &path, FOR_GOOD).await.unwrap()
}

pub(crate) async fn people_on_file(fresh: &Fresh) -> i64 {
    ask!(&fresh.db, "select count(*) from person")
}

on_both! {
    async fn the_same_roster_is_read_from_every_encoding_and_era(fresh: Fresh) {
        let cp932 = encoding_rs::SHIFT_JIS.encode(FAMILY_IN_ERAS).0;
        let report = try_import(&fresh, &file(&fresh, cp932), FOR_GOOD).await.unwrap();
        assert_eq!(report.encoding, Encoding::Cp932);
        assert_eq!(report.people, outcome(3, 0, 0, 0, 0));

        let utf8 = format!("\u{FEFF}{HEADER}{FAMILY}").replace('\n', "\r\n");
        let report = try_import(&fresh, &file(&fresh, utf8), FOR_GOOD).await.unwrap();
        assert_eq!(report.encoding, Encoding::Utf8WithBom);
        assert_eq!(report.people, outcome(0, 0, 0, 3, 0), "every value is the same");
    }
}

on_both! {
    async fn the_same_file_twice_changes_nothing(fresh: Fresh) {
        assert_eq!(import(&fresh, FAMILY).await.people, outcome(3, 0, 0, 0, 0));
        let before: i64 = ask!(&fresh.db, "select count(*) from audit");
        let again = import(&fresh, FAMILY).await;
        assert_eq!(again.people, outcome(0, 0, 0, 3, 0));
        assert_eq!(people_on_file(&fresh).await, 3);
        let after: i64 = ask!(&fresh.db, "select count(*) from audit");
        assert_eq!((before, after), (1, 1), "nothing happened, and nothing is said to have");
    }
}

on_both! {
    async fn a_later_roster_adds_changes_and_lets_go(fresh: Fresh) {
        import(&fresh, FAMILY).await;
        let id_before: uuid::Uuid = ask!(
            &fresh.db, "select id from person where branch = '01'"
        );
        // Moved; left; new; and the third is not in this file.
        let report = import(&fresh, "\
1001,000012,00,架空 太郎,カクウ タロウ,1980-04-01,男,本人,2003-04-01,,0007,みほん商会,1050002,東京都架空区例題町9
1001,000012,01,架空 花子,カクウ ハナコ,1982-12-31,女,妻,2010-06-01,2026-11-22,0007,みほん商会,1050001,東京都架空区見本町1-2-3
1001,000013,00,見本 次郎,ミホン ジロウ,2001-01-01,男,本人,2026-11-01,,0008,れいだい物流,,
").await;
        assert_eq!(report.people, outcome(1, 1, 1, 0, 1));
        assert_eq!(report.new_employers, ["0008"]);
        assert_eq!(people_on_file(&fresh).await, 4, "who is not in the file stays");
        let id_after: uuid::Uuid = ask!(
            &fresh.db, "select id from person where branch = '01'"
        );
        assert_eq!(id_before, id_after, "the person stays the person");
        assert_eq!(
            report.to_string(),
            "文字コード: UTF-8\n追加 1人、変更 1人、資格喪失 1人、変更なし 0人\n\
             このファイルにない登録済みの加入者: 1人（そのままにしました）\n\
             新しい事業所コード: 0008\n名簿を取り込みました。"
        );
    }
}

on_both! {
    async fn a_dry_run_reports_the_same_and_keeps_nothing(fresh: Fresh) {
        let path = file(&fresh, format!("{HEADER}{FAMILY}"));
        let dry = try_import(&fresh, &path, Import { dry_run: true, ..FOR_GOOD }).await.unwrap();
        assert_eq!(people_on_file(&fresh).await, 0);
        let audited: i64 = ask!(&fresh.db, "select count(*) from audit");
        assert_eq!(audited, 0);
        let real = try_import(&fresh, &path, FOR_GOOD).await.unwrap();
        assert_eq!(Report { dry_run: false, ..dry }, real);
    }
}

on_both! {
    /// 290 changes of a full-width blank are seen as such, and the one that is more.
    async fn a_dry_run_lists_what_would_change_value_by_value(fresh: Fresh) {
        import(&fresh, FAMILY).await;
        let rows = FAMILY
            .replace("架空 太郎", "架空　太郎")
            .replace("カクウ ハナコ", "ｶｸｳ ﾊﾅｺ")
            .replace("見本町1-2-3\n1001,000012,01", "見本町9\n1001,000012,01")
            .replace("2010-06-01,,", "2010-06-01,2026-10-31,");
        let path = file(&fresh, format!("{HEADER}{rows}"));
        let dry = try_import(&fresh, &path, Import { dry_run: true, ..FOR_GOOD }).await.unwrap();
        assert_eq!(dry.to_string(), "\
文字コード: UTF-8
追加 0人、変更 1人、資格喪失 1人、変更なし 1人
変わるところ: 住所 1か所、資格喪失日 1か所、氏名 1か所（うち空白だけのちがい 1か所）、氏名カナ 1か所（うち全角・半角だけのちがい 1か所）
2行目 1001-000012-00 住所: 「東京都架空区見本町1-2-3」→「東京都架空区見本町9」
3行目 1001-000012-01 資格喪失日: （空欄）→「2026-10-31」
2行目 1001-000012-00 氏名: 「架空 太郎」→「架空　太郎」（空白だけのちがい）
3行目 1001-000012-01 氏名カナ: 「カクウ ハナコ」→「ｶｸｳ ﾊﾅｺ」（全角・半角だけのちがい）
確認のみです。何も変更していません。");
        let real = try_import(&fresh, &path, FOR_GOOD).await.unwrap().to_string();
        assert!(!real.contains("変わるところ"), "{real}");
    }
}

on_both! {
    async fn one_bad_line_keeps_everybody_out_and_every_bad_line_is_named(fresh: Fresh) {
        let path = file(&fresh, format!("{HEADER}{FAMILY}\n\
1001,000012,00,架空 太郎,,1980-04-01,男,本人,2003-04-01,,0007,,,
1001,000099,00,,,平成31年5月1日,男,本人,2003-04-01,,0007,,,
,,,,,,,,,,,,,
1001,000098,00,架空 太郎
1001,000012,00,架空 太郎,,1980-04-01,男,本人,2003-04-01,,0007,,,
"));
        let error = try_import(&fresh, &path, FOR_GOOD).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "6行目: 記号・番号・枝番が2行目と同じです\n\
             7行目 氏名「」: 値がありません\n\
             7行目 生年月日「平成31年5月1日」: 平成の期間外です（平成は1989-01-08から2019-04-30までです）\n\
             9行目: 列の数が違います（14列のところ4列）\n\
             10行目: 記号・番号・枝番が2行目と同じです\n\
             誤りは全部で5件です。（文字コード: UTF-8）\n\
             何も取り込んでいません。"
        );
        assert_eq!(people_on_file(&fresh).await, 0);
    }
}

on_both! {
    async fn a_hundred_mistakes_are_named_and_the_rest_counted(fresh: Fresh) {
        let line = FAMILY.lines().next().unwrap();
        let path = file(&fresh, format!("{HEADER}{}", format!("{line}\n").repeat(1201)));
        match try_import(&fresh, &path, FOR_GOOD).await.unwrap_err() {
            ImportError::File(FileError::Lines(_, problems)) => {
                assert_eq!((problems.named().len(), problems.count()), (100, 1200));
                assert_eq!(problems.named()[99].line, 102);
            }
            other => panic!("{other}"),
        }
    }
}

on_both! {
    async fn what_is_no_roster_is_refused_with_its_reason(fresh: Fresh) {
        let unicode_text: Vec<u8> = format!("\u{FEFF}{HEADER}")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let error = try_import(&fresh, &file(&fresh, unicode_text), FOR_GOOD).await.unwrap_err();
        let said = error.to_string();
        assert!(said.contains("「Unicodeテキスト」") && said.contains("「CSV UTF-8"), "{said}");
        for (bytes, said) in [
            ("".to_owned(), "ファイルにデータが1件もありません。"),
            (HEADER.to_owned(), "ファイルにデータが1件もありません。"),
            (
                HEADER.replace("枝番", "枝番2"),
                "1行目の見出しが正しくありません。足りない列: 枝番。知らない列: 「枝番2」。",
            ),
            (
                format!("{HEADER}1001,\"{}", "x\n".repeat(200_000)),
                "2行目: 1件が長すぎます。引用符（\"）が閉じられていないようです。ここから先は読んでいません",
            ),
            (format!("{HEADER}1001,\"12\n"), "2行目: 引用符（\"）が閉じられていません"),
        ] {
            let error = try_import(&fresh, &file(&fresh, bytes), FOR_GOOD).await.unwrap_err();
            assert_eq!(error.to_string().lines().next(), Some(said));
        }
        assert_eq!(people_on_file(&fresh).await, 0);
    }
}

on_both! {
    async fn lost_zeros_are_told_before_every_other_explanation(fresh: Fresh) {
        import(&fresh, FAMILY).await;
        let lost = FAMILY
            .replace("000012", "12").replace(",00,", ",0,").replace(",01,", ",1,")
            .replace("0034", "34").replace("0007", "7");
        let wide = FAMILY.replace("000012", "００００１２").replace("0007", "０００７");
        for rows in [lost, wide] {
            for moved in [Moved::Refused, Moved::Linked, Moved::New] {
                let path = file(&fresh, format!("{HEADER}{rows}"));
                let how = Import { moved, ..FOR_GOOD };
                let error = try_import(&fresh, &path, how).await.unwrap_err().to_string();
                for said in [
                    "2行目: 記号・番号・枝番の先頭の0が消えているか、全角になっているようです。\
                     登録済みの名簿では「1001-000012-00」です",
                    "2行目: 事業所コードの先頭の0が消えているか、全角になっているようです。\
                     登録済みの名簿では「0007」です",
                    "先頭の0は、CSVをExcelで開いて保存すると消えます",
                ] {
                    assert!(error.contains(said), "{error}");
                }
                assert!(!error.contains("--accept") && !error.contains("別の健保組合"), "{error}");
            }
        }
        // What forces a spreadsheet to keep them is taken for what it is.
        let kept = FAMILY.replace("000012", "'000012").replace("0007", "=\"0007\"");
        assert_eq!(import(&fresh, &kept).await.people, outcome(0, 0, 0, 3, 0));
    }
}

on_both! {
    async fn a_first_roster_without_any_zero_is_remarked_upon(fresh: Fresh) {
        let rows = FAMILY.replace("000012", "12").replace(",00,", ",0,").replace(",01,", ",1,")
            .replace("0034", "34");
        let path = file(&fresh, format!("{HEADER}{rows}"));
        let dry_run = Import { dry_run: true, ..FOR_GOOD };
        let report = try_import(&fresh, &path, dry_run).await.unwrap();
        assert!(report.to_string().contains("ご注意: 0で始まる番号も枝番も1つもありません。"), "{report}");
        let report = import(&fresh, FAMILY).await;
        assert!(!report.to_string().contains("ご注意"), "{report}");
    }
}

on_both! {
    async fn a_stand_in_does_not_take_a_names_place(fresh: Fresh) {
        import(&fresh, FAMILY).await;
        let path = file(&fresh, format!("{HEADER}{}", FAMILY.replace("髙橋", "●橋")));
        let error = try_import(&fresh, &path, FOR_GOOD).await.unwrap_err().to_string();
        assert!(error.starts_with("4行目 氏名「●橋 﨑子」: もとの文字の代わりの記号"), "{error}");
    }
}

on_both! {
    async fn another_societys_file_is_refused_unless_it_is_meant(fresh: Fresh) {
        import(&fresh, FAMILY).await;
        let others = FAMILY.replace("0007", "9001").replace("1001,", "5001,");
        let path = file(&fresh, format!("{HEADER}{others}"));
        let error = try_import(&fresh, &path, FOR_GOOD).await.unwrap_err();
        assert!(matches!(&error, ImportError::OtherEmployers(codes) if codes == &["9001"]));
        assert_eq!(people_on_file(&fresh).await, 3);

        let meant = Import { accept_other_employers: true, moved: Moved::New, ..FOR_GOOD };
        let report = try_import(&fresh, &path, meant).await.unwrap();
        assert_eq!(report.people, outcome(2, 1, 0, 0, 2));
    }
}

on_both! {
    async fn others_write_while_a_roster_is_read(fresh: Fresh) {
        let path = file(&fresh, format!("{HEADER}{FAMILY}"));
        let mut written = 0;
        let now = tokio::runtime::Handle::current();
        roster::import(&fresh.db, &path, FOR_GOOD, |_| {
            tokio::task::block_in_place(|| {
                now.block_on(async {
                    tell!(&fresh.db, "update throttle set tries = tries + 1");
                });
            });
            written += 1;
        })
        .await
        .unwrap();
        assert!(written > 0, "a sign-in must not wait for the last line of a file");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_roster_is_a_roster() {
    let fresh = crate::fresh::sqlite().await;
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/demo/roster.csv"));
    let report = try_import(&fresh, path, FOR_GOOD).await.unwrap();
    assert!(report.people.added >= 75, "{report}");
}
