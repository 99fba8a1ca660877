//! 記号・番号・枝番 may change, and the person stays; nobody is linked by chance, and
//! nobody's key goes to somebody else.

use server::office::roster::{Import, ImportError, Moved};

use crate::{
    fresh::Fresh,
    roster::{FOR_GOOD, HEADER, file, import, outcome, people_on_file, try_import},
    test_app::{PEOPLE, TARO, TestApp, WISH},
};

const TARO_S_LINE: &str =
    ",架空 太郎,,1980-04-01,男,本人,2003-04-01,,0007,,1050001,東京都架空区見本町1-2-3\n";
const HANAKO_S_LINE: &str =
    ",架空 花子,,1982-12-31,女,妻,2010-06-01,,0007,,1050001,東京都架空区見本町1-2-3\n";

const LINKED: Import = Import {
    moved: Moved::Linked,
    ..FOR_GOOD
};
const NEW: Import = Import {
    moved: Moved::New,
    ..FOR_GOOD
};

async fn refusal(fresh: &Fresh, rows: &str, how: Import) -> String {
    let path = file(fresh, format!("{HEADER}{rows}"));
    let error = try_import(fresh, &path, how).await.unwrap_err();
    error.to_string()
}

async fn id_of(fresh: &Fresh, symbol: &str, number: &str, branch: &str) -> uuid::Uuid {
    ask!(
        &fresh.db,
        "select id from person where symbol = $1 and number = $2 and branch = $3",
        symbol,
        number,
        branch
    )
}

on_both! {
    async fn who_has_another_key_is_asked_about_and_keeps_everything(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let fresh = &app.fresh;
        let taro = app.signed_in(TARO, &WISH).await;
        let before = id_of(fresh, "1001", "12", "00").await;
        // The old key ends in the same file; the name is written with another blank.
        let rows = format!(
            "2002,5,00{}1001,12,00,架空 太郎,,1980-04-01,男,本人,2003-04-01,2026-11-01,0007,,,\n",
            TARO_S_LINE.replace("架空 太郎", "架空　太郎")
        );
        let said = refusal(fresh, &rows, FOR_GOOD).await;
        assert!(
            said.starts_with(
                "2行目: 登録済みの「1001-12-00」の人と、氏名・生年月日・性別が同じです（ファイルでは「2002-5-00」）"
            ),
            "{said}"
        );
        assert!(said.contains("--accept-moves") && said.contains("--no-moves"), "{said}");
        assert_eq!(people_on_file(fresh).await, 6);

        let path = file(fresh, format!("{HEADER}{rows}"));
        let report = try_import(fresh, &path, LINKED).await.unwrap();
        assert_eq!(report.people, outcome(0, 1, 0, 0, 5), "{report}");
        assert_eq!(report.moved, 1);
        assert_eq!(id_of(fresh, "2002", "5", "00").await, before);
        taro.get("/security").await.shows("保険証の記号・番号・枝番が変わりました");
        taro.home().await.hides("資格");

        // The same file again: the line of the old key is nobody new.
        let again = try_import(fresh, &path, FOR_GOOD).await.unwrap();
        assert_eq!(again.people, outcome(0, 0, 0, 1, 5), "{again}");
        assert_eq!((again.moved, again.former), (0, 1));
        assert_eq!(people_on_file(fresh).await, 6);
    }
}

/// Names with characters that offices write in several ways, of one who marries, and of one
/// who was born on the same day as somebody else.
const WRITTEN: &str = "\
1001,34,00,髙橋 健,タカハシ ケン,1985-07-07,男,本人,2010-04-01,,0007,,,
1001,56,00,例示 桜子,レイジ サクラコ,1992-09-09,女,本人,2016-04-01,,0007,,,
1001,78,00,渡邉 京子,ワタナベ キョウコ,1992-09-09,女,本人,2016-04-01,,0007,,,
";

on_both! {
    async fn who_is_written_otherwise_under_another_key_is_asked_about(fresh: Fresh) {
        import(&fresh, WRITTEN).await;
        let (ken, kyoko) = (id_of(&fresh, "1001", "34", "00").await, id_of(&fresh, "1001", "78", "00").await);
        let rows = "\
2001,34,00,高橋 健,,1985-07-07,男,本人,2010-04-01,,0007,,,
1001,34,00,髙橋 健,タカハシ ケン,1985-07-07,男,本人,2010-04-01,2026-10-01,0007,,,
2001,78,00,渡部 京子,ﾜﾀﾅﾍﾞ ｷﾖｳｺ,1992-09-09,女,本人,2026-10-01,,0007,,,
";
        let said = refusal(&fresh, rows, FOR_GOOD).await;
        assert!(said.starts_with("\
2行目: 登録済みの「1001-34-00」の人と、生年月日・性別が同じで、氏名の書き方か氏だけがちがいます（登録は「髙橋 健」、ファイルでは「2001-34-00」の「高橋 健」）
4行目: 登録済みの「1001-78-00」の人と、生年月日・性別が同じで、氏名の書き方か氏だけがちがいます（登録は「渡邉 京子」、ファイルでは「2001-78-00」の「渡部 京子」）
記号・番号・枝番が変わった人のようです。"), "{said}");
        let path = file(&fresh, format!("{HEADER}{rows}"));
        let report = try_import(&fresh, &path, Import { dry_run: true, ..LINKED }).await.unwrap();
        let told = report.to_string();
        assert!(told.contains("2行目 2001-34-00 記号・番号・枝番: 「1001-34-00」→「2001-34-00」\n"), "{told}");
        assert!(told.contains("2行目 2001-34-00 氏名: 「髙橋 健」→「高橋 健」\n"), "{told}");
        let report = try_import(&fresh, &path, LINKED).await.unwrap();
        assert_eq!((report.people, report.moved), (outcome(0, 2, 0, 0, 1), 2));
        assert_eq!(id_of(&fresh, "2001", "34", "00").await, ken);
        assert_eq!(id_of(&fresh, "2001", "78", "00").await, kyoko);
        // Again: the line of the old key is nobody new, though the name was the old one.
        let again = try_import(&fresh, &path, FOR_GOOD).await.unwrap();
        assert_eq!((again.people, again.former), (outcome(0, 0, 0, 2, 1), 1), "{again}");
    }
}

on_both! {
    /// The day on which one key ends and the other begins tells a marriage from chance.
    async fn who_marries_within_the_society_is_asked_about(fresh: Fresh) {
        import(&fresh, &format!("{PEOPLE}{WRITTEN}")).await;
        let sakurako = id_of(&fresh, "1001", "56", "00").await;
        let married = |since: &str, name: &str| {
            format!("1001,12,02,{name},カクウ サクラコ,1992-09-09,女,長男の妻,{since},,0007,,,\n")
        };
        let ended = "1001,56,00,例示 桜子,レイジ サクラコ,1992-09-09,女,本人,2016-04-01,2026-10-01,0007,,,\n";
        // Another day; another given name of the same birth date.
        for other in [
            married("2026-10-02", "架空 桜子"),
            married("2026-10-01", "架空 梅").replace("サクラコ", "ウメ"),
        ] {
            let path = file(&fresh, format!("{HEADER}{}{ended}", other.replace("1001,12,02", "1001,12,07")));
            let dry = Import { dry_run: true, ..FOR_GOOD };
            let report = try_import(&fresh, &path, dry).await.unwrap();
            assert_eq!((report.people.added, report.moved), (1, 0), "{other}");
        }
        let rows = format!("{}{ended}", married("2026-10-01", "架空 櫻子").replace("1001,12,02", "1001,12,07"));
        let said = refusal(&fresh, &rows, FOR_GOOD).await;
        assert!(said.starts_with("2行目: 登録済みの「1001-56-00」の人と、生年月日・性別が同じで、"), "{said}");
        let path = file(&fresh, format!("{HEADER}{rows}"));
        let report = try_import(&fresh, &path, LINKED).await.unwrap();
        assert_eq!((report.people.added, report.moved), (0, 1), "{report}");
        assert_eq!(id_of(&fresh, "1001", "12", "07").await, sakurako);
        let again = try_import(&fresh, &path, FOR_GOOD).await.unwrap();
        assert_eq!((again.people.added, again.moved, again.former), (0, 0, 1), "{again}");
    }
}

on_both! {
    async fn who_is_said_to_be_somebody_new_is_and_the_old_one_stays(fresh: Fresh) {
        import(&fresh, PEOPLE).await;
        let path = file(&fresh, format!("{HEADER}2002,5,00{TARO_S_LINE}"));
        let report = try_import(&fresh, &path, NEW).await.unwrap();
        assert_eq!((report.people, report.moved), (outcome(1, 0, 0, 0, 6), 0));
        // From now on two fit, so nobody is ever linked.
        let path = file(&fresh, format!("{HEADER}3003,5,00{TARO_S_LINE}"));
        let error = try_import(&fresh, &path, FOR_GOOD).await.unwrap_err();
        assert!(matches!(error, ImportError::Moved(_)), "{error}");
        let report = try_import(&fresh, &path, LINKED).await.unwrap();
        assert_eq!((report.people.added, report.moved), (1, 0));
        assert_eq!(report.unclear, [2]);
    }
}

on_both! {
    async fn who_is_in_the_file_under_the_old_key_too_is_not_linked(fresh: Fresh) {
        import(&fresh, PEOPLE).await;
        let path = file(&fresh, format!("{HEADER}{PEOPLE}2002,5,00{TARO_S_LINE}"));
        let report = try_import(&fresh, &path, LINKED).await.unwrap();
        assert_eq!((report.people, report.moved), (outcome(1, 0, 0, 6, 0), 0));
    }
}

on_both! {
    async fn one_person_is_not_linked_to_two_lines(fresh: Fresh) {
        import(&fresh, PEOPLE).await;
        let rows = format!("2002,5,00{TARO_S_LINE}2002,6,00{TARO_S_LINE}");
        let path = file(&fresh, format!("{HEADER}{rows}"));
        let report = try_import(&fresh, &path, LINKED).await.unwrap();
        assert_eq!((report.people.added, report.moved), (2, 0));
        assert_eq!(report.unclear, [2, 3]);
    }
}

on_both! {
    async fn keys_are_swapped_and_passed_on_when_it_is_meant(fresh: Fresh) {
        import(&fresh, PEOPLE).await;
        let taro = id_of(&fresh, "1001", "12", "00").await;
        let hanako = id_of(&fresh, "1001", "12", "01").await;
        let swapped = format!("1001,12,01{TARO_S_LINE}1001,12,00{HANAKO_S_LINE}");
        let said = refusal(&fresh, &swapped, FOR_GOOD).await;
        assert!(said.contains("2行目: 登録済みの「1001-12-00」"), "{said}");
        let said = refusal(&fresh, &swapped, NEW).await;
        assert!(said.contains("別の人のものとして登録されています"), "{said}");

        let path = file(&fresh, format!("{HEADER}{swapped}"));
        let report = try_import(&fresh, &path, LINKED).await.unwrap();
        assert_eq!((report.people.added, report.moved), (0, 2));
        assert_eq!(id_of(&fresh, "1001", "12", "01").await, taro);
        assert_eq!(id_of(&fresh, "1001", "12", "00").await, hanako);

        // A chain: Taro goes on to a key of his own, Hanako to his last one, and hers
        // to somebody nobody knows.
        let chain = format!(
            "1001,12,05{TARO_S_LINE}1001,12,01{HANAKO_S_LINE}\
             1001,12,00,架空 新人,,2000-01-01,男,本人,2026-11-01,,0007,,,\n"
        );
        let path = file(&fresh, format!("{HEADER}{chain}"));
        let report = try_import(&fresh, &path, LINKED).await.unwrap();
        assert_eq!((report.people.added, report.moved), (1, 2));
        assert_eq!(id_of(&fresh, "1001", "12", "05").await, taro);
        assert_eq!(id_of(&fresh, "1001", "12", "01").await, hanako);
        let noted: i64 = ask!(
            &fresh.db, "select count(*) from audit where event = 'key_changed'"
        );
        assert_eq!(noted, 4, "each of them, each time");
    }
}

on_both! {
    async fn twins_who_change_places_are_not_taken_for_new_names(fresh: Fresh) {
        let twin = |branch: &str, name: &str| {
            format!("1001,12,{branch},{name},,2010-05-05,女,子,2010-05-05,,0007,,,\n")
        };
        import(&fresh, &(twin("02", "架空 一葉") + &twin("03", "架空 二葉"))).await;
        let first = id_of(&fresh, "1001", "12", "02").await;
        let swapped = twin("02", "架空 二葉") + &twin("03", "架空 一葉");
        let said = refusal(&fresh, &swapped, FOR_GOOD).await;
        assert!(said.contains("--accept-moves"), "{said}");
        let path = file(&fresh, format!("{HEADER}{swapped}"));
        assert_eq!(try_import(&fresh, &path, LINKED).await.unwrap().moved, 2);
        assert_eq!(id_of(&fresh, "1001", "12", "03").await, first);
    }
}

on_both! {
    async fn a_key_is_never_given_to_somebody_else(fresh: Fresh) {
        import(&fresh, PEOPLE).await;
        let other = "1001,12,00,別人 十郎,,1990-09-09,男,本人,2026-11-01,,0007,,,\n";
        for how in [FOR_GOOD, LINKED, NEW] {
            let said = refusal(&fresh, other, how).await;
            assert!(
                said.starts_with("2行目: この記号・番号・枝番は、別の人のものとして登録されています。"),
                "{said}"
            );
        }
        // A new name, or a corrected date, is the same person.
        for line in [
            "1001,12,00,改姓 太郎,,1980-04-01,男,本人,2003-04-01,,0007,,,\n",
            "1001,12,00,改姓 太郎,,1980-04-02,男,本人,2003-04-01,,0007,,,\n",
        ] {
            assert_eq!(import(&fresh, line).await.people, outcome(0, 1, 0, 0, 5));
        }
    }
}
