//! The file: one JSON with everything, a CSV for every table, and a note that says
//! what is what.

use std::{
    error::Error,
    io::{Cursor, Write},
    sync::Arc,
};

use domain::values::{device, month::Month, society::Society, timestamp::Timestamp};
use serde::{Serialize, Serializer, ser::SerializeMap};
use store::my_data::{Cell, Table};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use crate::base::spreadsheet::escape_formula;

/// By which programs on Windows know UTF-8.
const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// The column of a month, stored as `202603`.
const MONTH: &str = "診療年月";
/// The column of what a browser calls itself.
const DEVICE: &str = "端末";

/// How a column's name ends whose numbers are instants.
const INSTANT: &str = "日時";

/// Everything that is held about a member at an instant.
pub(super) struct Archive {
    pub(super) society: Arc<Society>,
    pub(super) at: Timestamp,
    /// Tables were read up to so many rows.
    pub(super) most_rows: i64,
    /// Name, description and content.
    pub(super) parts: Vec<(&'static str, &'static str, Table)>,
}

impl Archive {
    /// The bytes of the ZIP file.
    pub(super) fn packed(&self) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(self.date_of_files());
        let mut add = |name: &str, content: &[u8]| {
            zip.start_file(name, options)?;
            Ok::<_, Box<dyn Error + Send + Sync>>(zip.write_all(content)?)
        };
        add("README.txt", self.note().as_bytes())?;
        add("my-data.json", &serde_json::to_vec_pretty(self)?)?;
        for (name, _, table) in &self.parts {
            add(&format!("{name}.csv"), &sheet(table)?)?;
        }
        Ok(zip.finish()?.into_inner())
    }

    /// The files bear Japan's time, as everything does that a member reads.
    fn date_of_files(&self) -> DateTime {
        let at = self.at.in_japan();
        let year = u16::try_from(at.year()).unwrap_or_default();
        DateTime::from_date_and_time(
            year,
            at.month().into(),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
        )
        .unwrap_or_default()
    }

    fn note(&self) -> String {
        let Society {
            portal_name,
            name,
            telephone,
            ..
        } = &*self.society;
        let mut lines = vec![
            format!("わたしのデータ（{portal_name}）"),
            String::new(),
            format!(
                "{} の時点で、{portal_name}があなたについて保存している内容です。",
                self.at.full()
            ),
            "人に知られたくない内容が入っています。大切に保管してください。".to_owned(),
            String::new(),
            "my-data.json　すべての内容（ほかのサービスなどに渡すための形式）".to_owned(),
        ];
        for (name, about, table) in &self.parts {
            lines.push(format!("{name}.csv　{about}（{}件）", table.rows.len()));
            if i64::try_from(table.rows.len()).is_ok_and(|rows| rows >= self.most_rows) {
                lines.push(format!(
                    "　　新しいものから{}件までを入れました。",
                    self.most_rows
                ));
            }
        }
        lines.extend([
            String::new(),
            "・CSVは表計算ソフトで開けます。文字コードはUTF-8です。".to_owned(),
            "・日時は日本時間です。空欄は、記録がないことを表します。".to_owned(),
            "・数式とまちがえられる文字で始まる内容には、CSVでは先頭に「'」を付けています。"
                .to_owned(),
            "・パスワード、URLを確かめるための値、内部の番号は入っていません。".to_owned(),
            "・ご家族のデータは入っていません。ご本人がご自分のログインIDでダウンロードできます。"
                .to_owned(),
            String::new(),
            format!("お問い合わせ：{name}　TEL:{telephone}"),
        ]);
        BYTE_ORDER_MARK.to_owned() + &lines.join("\r\n") + "\r\n"
    }
}

impl Serialize for Archive {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.parts.len() + 1))?;
        map.serialize_entry("作成日時", &instant(self.at))?;
        for (name, _, table) in &self.parts {
            let rows = table.rows.iter().map(|cells| Entry {
                columns: &table.columns,
                cells,
            });
            map.serialize_entry(name, &rows.collect::<Vec<_>>())?;
        }
        map.end()
    }
}

/// A row by the names of its columns, in their order.
struct Entry<'a> {
    columns: &'a [String],
    cells: &'a [Cell],
}

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.columns.len()))?;
        for (column, cell) in self.columns.iter().zip(self.cells) {
            match cell {
                Cell::Nothing => map.serialize_entry(column, &None::<()>)?,
                Cell::Number(number) if !is_shown_in_words(column) => {
                    map.serialize_entry(column, number)?;
                }
                cell => map.serialize_entry(column, &in_words(column, cell))?,
            }
        }
        map.end()
    }
}

fn sheet(table: &Table) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    if !table.columns.is_empty() {
        writer.write_record(&table.columns)?;
    }
    for cells in &table.rows {
        let texts = table
            .columns
            .iter()
            .zip(cells)
            .map(|(column, cell)| match cell {
                // One sign alone is a result (尿糖 −), and no formula.
                Cell::Text(text) if text.chars().nth(1).is_none() => text.clone(),
                Cell::Text(_) => escape_formula(&in_words(column, cell)).into_owned(),
                cell => in_words(column, cell),
            });
        writer.write_record(texts)?;
    }
    Ok(writer.into_inner().map_err(|error| error.into_error())?)
}

/// A column whose numbers are no numbers to a member.
fn is_shown_in_words(column: &str) -> bool {
    column.ends_with(INSTANT) || column == MONTH
}

/// A value as the pages have it.
fn in_words(column: &str, cell: &Cell) -> String {
    match cell {
        Cell::Nothing => String::new(),
        Cell::Text(text) if column == DEVICE => device::in_words(text),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) if column.ends_with(INSTANT) => instant(Timestamp(*number)),
        Cell::Number(number) if column == MONTH => Month::from_number(*number)
            .map_or_else(|| number.to_string(), |month| month.to_string()),
        Cell::Number(number) => number.to_string(),
    }
}

/// `2026-11-22 10:00:00`, which programs read as well as people.
fn instant(at: Timestamp) -> String {
    let at = at.in_japan();
    let (hour, minute, second) = at.to_hms();
    format!("{} {hour:02}:{minute:02}:{second:02}", at.date())
}
