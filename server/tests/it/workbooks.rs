//! The lists as workbooks of Excel: read as the same list in CSV is, and told apart from
//! what cannot be taken.

use std::io::{Cursor, Write};

use server::office::{
    file::encoding::Encoding,
    list::{Answers, Came, Kind, Refusal, Until},
    roster::Import,
};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    fresh::{Fresh, sqlite},
    lists::brought,
    roster::{self, FOR_GOOD, HEADER, outcome, try_import},
};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

/// A workbook: what its sheets hold (in XML, from the rows on) and what else lies in it.
#[derive(Clone)]
struct Book {
    sheets: Vec<String>,
    also: Vec<(&'static str, Vec<u8>)>,
    is_1904: bool,
}

fn book(sheets: &[&str]) -> Book {
    Book {
        sheets: sheets.iter().map(|sheet| (*sheet).to_owned()).collect(),
        also: Vec::new(),
        is_1904: false,
    }
}

impl Book {
    fn bytes(&self) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let mut add = |name: &str, content: &[u8]| {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        };
        let numbers = || 1..=self.sheets.len();
        let types: String = numbers()
            .map(|n| format!("<Override PartName=\"/xl/worksheets/sheet{n}.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"))
            .collect();
        add("[Content_Types].xml", format!("<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>{types}</Types>").as_bytes());
        add("_rels/.rels", format!("<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>").as_bytes());
        let relations: String = numbers()
            .map(|n| format!("<Relationship Id=\"rId{n}\" Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"))
            .collect();
        add("xl/_rels/workbook.xml.rels", format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{relations}<Relationship Id=\"rId99\" Type=\"{RELATIONS}/styles\" Target=\"styles.xml\"/></Relationships>").as_bytes());
        let named: String = numbers()
            .map(|n| format!("<sheet name=\"名簿{n}\" sheetId=\"{n}\" r:id=\"rId{n}\"/>"))
            .collect();
        let epoch = if self.is_1904 {
            "<workbookPr date1904=\"1\"/>"
        } else {
            ""
        };
        add("xl/workbook.xml", format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\">{epoch}<sheets>{named}</sheets></workbook>").as_bytes());
        // The second format is that of a day.
        add("xl/styles.xml", format!("<styleSheet xmlns=\"{MAIN}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>").as_bytes());
        for (n, sheet) in self.sheets.iter().enumerate() {
            add(
                &format!("xl/worksheets/sheet{}.xml", n + 1),
                format!("<worksheet xmlns=\"{MAIN}\">{sheet}</worksheet>").as_bytes(),
            );
        }
        for (name, content) in &self.also {
            add(name, content);
        }
        zip.finish().unwrap().into_inner()
    }
}

/// A CSV's cells as texts; `cell` may make another of one by its row and column.
fn rows(csv: &str, cell: impl Fn(usize, usize, &str) -> Option<String>) -> String {
    let mut sheet = String::from("<sheetData>");
    for (row, line) in csv.lines().enumerate() {
        sheet += &format!("<row r=\"{}\">", row + 1);
        for (column, text) in line.split(',').enumerate() {
            let at = format!("{}{}", char::from(b'A' + column as u8), row + 1);
            let other = cell(row, column, text);
            sheet += &other.map_or_else(
                || match text {
                    "" => String::new(),
                    text => format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
                },
                |inner| inner.replace("AT", &at),
            );
        }
        sheet += "</row>";
    }
    sheet + "</sheetData>"
}

const FAMILY: &str = "\
1001,000012,00,架空 太郎,カクウ タロウ,1980-04-01,男,本人,2003-04-01,,0007,みほん商会,1050001,東京都架空区見本町1-2-3
1001,000012,01,架空 花子,カクウ ハナコ,1982-12-31,女,妻,2010-06-01,,0007,みほん商会,1050001,東京都架空区見本町1-2-3
ア-２,000034,00,髙橋 﨑子,ﾀｶﾊｼ ｻｷｺ,1989-01-08,女,本人,2019-05-01,2026-10-01,0007,みほん商会,,
";

fn day_number(day: &str, is_1904: bool) -> Option<i64> {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let day = time::Date::parse(day, &format).ok()?;
    let epoch = if is_1904 {
        time::macros::date!(1904 - 01 - 01)
    } else {
        time::macros::date!(1899 - 12 - 30)
    };
    Some((day - epoch).whole_days())
}

/// The family as Excel would keep it: days by their number, a number or two among the codes.
fn family(is_1904: bool) -> Book {
    let sheet = rows(
        &format!("{HEADER}{FAMILY}"),
        |row, column, text| match column {
            5 | 8 | 9 => {
                day_number(text, is_1904).map(|day| format!("<c r=\"AT\" s=\"1\"><v>{day}</v></c>"))
            }
            12 if row > 0 && !text.is_empty() => Some(format!("<c r=\"AT\"><v>{text}</v></c>")),
            _ => None,
        },
    );
    Book {
        is_1904,
        ..book(&["<sheetData/>", &sheet])
    }
}

on_both! {
    async fn a_workbook_and_the_same_list_in_cp932_give_the_same_report(fresh: Fresh) {
        let cp932 = encoding_rs::SHIFT_JIS.encode(&format!("{HEADER}{FAMILY}")).0.into_owned();
        let dry = Import { dry_run: true, ..FOR_GOOD };
        let said = try_import(&fresh, &roster::file(&fresh, &cp932), dry).await.unwrap().to_string();
        for is_1904 in [false, true] {
            let path = roster::file(&fresh, family(is_1904).bytes());
            let report = try_import(&fresh, &path, dry).await.unwrap();
            assert_eq!(report.encoding, Encoding::Workbook);
            let as_cp932 = report.to_string().replace("Excelの表（.xlsx）", "CP932（Shift_JIS）");
            assert_eq!(as_cp932, said);
        }
        try_import(&fresh, &roster::file(&fresh, cp932), FOR_GOOD).await.unwrap();
        let path = roster::file(&fresh, family(false).bytes());
        let report = try_import(&fresh, &path, FOR_GOOD).await.unwrap();
        assert_eq!(report.people, outcome(0, 0, 0, 3, 0), "every value is the same");
    }
}

async fn refused(fresh: &Fresh, bytes: Vec<u8>) -> Refusal {
    match brought(
        fresh,
        Kind::Roster,
        bytes,
        &Answers::default(),
        Until::Preview,
    )
    .await
    {
        Came::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_workbook_that_cannot_be_taken_has_its_own_sentence() {
    let fresh = sqlite().await;
    let list = || rows(&format!("{HEADER}{FAMILY}"), |_, _, _| None);
    let good = book(&[&list()]);
    let with = |name: &'static str, content: Vec<u8>| Book {
        also: vec![(name, content)],
        ..good.clone()
    };
    let old = |inside: &str| {
        let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        bytes.resize(70_000, 0);
        bytes.extend(inside.encode_utf16().flat_map(u16::to_le_bytes));
        bytes
    };
    let macros = with("xl/vbaProject.bin", vec![1]);
    let binary = with("xl/workbook.bin", vec![1]);
    let long = with("xl/sharedStrings.xml", vec![b' '; 65 * 1024 * 1024]);
    let wide = with("docProps/app.xml", vec![b'x'; 2 * 1024 * 1024]);
    let promising = with(
        "xl/sharedStrings.xml",
        format!("<sst xmlns=\"{MAIN}\" uniqueCount=\"99999999999\"></sst>").into_bytes(),
    );
    let mut many = good.clone();
    let names: Vec<&'static str> = (0..2_001)
        .map(|n| &*format!("xl/media/{n}.png").leak())
        .collect();
    many.also = names.into_iter().map(|name| (name, vec![])).collect();
    let merged = format!(
        "{}<mergeCells count=\"1\"><mergeCell ref=\"A1:C1\"/></mergeCells>",
        list()
    );
    let cut = good.bytes();
    for (bytes, says) in [
        (macros.bytes(), "マクロの入った"),
        (binary.bytes(), "（.xlsb）"),
        (long.bytes(), "大きすぎる"),
        (wide.bytes(), "大きすぎる"),
        (many.bytes(), "大きすぎる"),
        (promising.bytes(), "壊れている"),
        (old("Workbook"), "古い形式のExcel"),
        (old("EncryptedPackage"), "パスワード"),
        (cut[..cut.len() / 2].to_vec(), "壊れている"),
        (b"PK\x03\x04 and nothing".to_vec(), "壊れている"),
        (
            book(&[&list(), &list()]).bytes(),
            "データのあるシートが2枚あります（「名簿1」、「名簿2」）",
        ),
        (
            book(&[&merged]).bytes(),
            "シート「名簿1」のA1:C1で、セルが結合されています",
        ),
        (book(&["<sheetData/>"]).bytes(), "データが1件もありません"),
    ] {
        let said = refused(&fresh, bytes).await.sentence;
        assert!(said.contains(says), "{says}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_that_is_no_value_is_named_with_sheet_row_and_column() {
    let fresh = sqlite().await;
    let with = |cell: &'static str, at: usize| {
        let sheet = rows(&format!("{HEADER}{FAMILY}"), |row, column, _| {
            (row == 2 && column == at).then(|| cell.to_owned())
        });
        book(&[&sheet]).bytes()
    };
    for (cell, at, column, says) in [
        (
            "<c r=\"AT\"><f>VLOOKUP(A1,B:C,2)</f></c>",
            3,
            "氏名",
            "計算結果が保存されていません",
        ),
        (
            "<c r=\"AT\" t=\"e\"><v>#REF!</v></c>",
            3,
            "氏名",
            "数式の誤りの印",
        ),
        (
            "<c r=\"AT\"><v>12</v></c>",
            1,
            "番号",
            "先頭の0が消えている",
        ),
        (
            "<c r=\"AT\"><v>7</v></c>",
            10,
            "事業所コード",
            "先頭の0が消えている",
        ),
    ] {
        let refusal = refused(&fresh, with(cell, at)).await;
        assert_eq!(refusal.sheet.as_deref(), Some("名簿1"));
        assert_eq!(refusal.count, 1, "{refusal:?}");
        let told = &refusal.lines[0];
        assert_eq!((told.line, told.column.as_deref()), (3, Some(column)));
        assert!(told.what.contains(says), "{told:?}");
    }
    // As long as every text of its column: nothing can be gone.
    let whole = with("<c r=\"AT\"><v>123456</v></c>", 1);
    let came = brought(
        &fresh,
        Kind::Roster,
        whole,
        &Answers::default(),
        Until::Preview,
    )
    .await;
    assert!(matches!(came, Came::Previewed(_)), "{came:?}");
    // Calculated, and kept.
    let kept = with("<c r=\"AT\" t=\"str\"><f>A1</f><v>架空 花子</v></c>", 3);
    let came = brought(
        &fresh,
        Kind::Roster,
        kept,
        &Answers::default(),
        Until::Preview,
    )
    .await;
    assert!(matches!(came, Came::Previewed(_)), "{came:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_million_empty_rows_cost_nothing() {
    let fresh = sqlite().await;
    let mut sheet = rows(&format!("{HEADER}{FAMILY}"), |_, _, _| None).replace("</sheetData>", "");
    for row in 10..1_000_010 {
        sheet += &format!("<row r=\"{row}\"><c r=\"A{row}\" s=\"0\"/></row>");
    }
    sheet += "</sheetData>";
    let came = brought(
        &fresh,
        Kind::Roster,
        book(&[&sheet]).bytes(),
        &Answers::default(),
        Until::Preview,
    )
    .await;
    let Came::Previewed(plan) = came else {
        panic!("{came:?}")
    };
    assert_eq!(plan.rows, 3);
}
