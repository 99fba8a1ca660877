//! What a postcard says, and to whom it goes: one line of the print shop's file.

use csv::StringRecord;
use domain::rules::provisional::{ProvisionalId, ProvisionalPassword};
use store::person::{Addressee, Key};
use time::Date;

use crate::base::spreadsheet::escape_formula;

/// With a byte order mark: the print shop opens it in Excel, which would take it for CP932
/// otherwise.
pub(super) const HEAD: &str = "\u{FEFF}記号,番号,枝番,氏名,郵便番号,住所,仮ログインID,\
                               仮パスワード,有効期限,事業所コード,事業所名\r\n";

pub(super) const COLUMNS: usize = 11;
pub(super) const LOGIN_ID: usize = 6;
pub(super) const PASSWORD: usize = 7;
pub(super) const EMPLOYER: usize = 9;

/// One person's, as it was when the postcard was made.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials(StringRecord);

impl Credentials {
    pub(super) fn new(
        person: &Addressee,
        login_id: &ProvisionalId,
        password: &ProvisionalPassword,
        good_until: Date,
    ) -> Self {
        let (password, good_until) = (password.printed(), good_until.to_string());
        let fields: [&str; COLUMNS] = [
            &person.key.symbol,
            &person.key.number,
            &person.key.branch,
            &person.name,
            &person.postal_code,
            &person.address,
            login_id.as_str(),
            &password,
            &good_until,
            &person.employer_code,
            &person.employer_name,
        ];
        Self(fields.into_iter().collect())
    }

    /// 氏名
    pub fn name(&self) -> &str {
        &self.0[3]
    }

    /// 郵便番号: seven digits, or nothing.
    pub fn postal_code(&self) -> &str {
        &self.0[4]
    }

    /// 住所; may be empty.
    pub fn address(&self) -> &str {
        &self.0[5]
    }

    /// 仮ログインID
    pub fn login_id(&self) -> &str {
        &self.0[LOGIN_ID]
    }

    /// 仮ログインパスワード, in groups of four.
    pub fn password(&self) -> &str {
        &self.0[PASSWORD]
    }

    /// The last day on which it is good: `2027-11-22`.
    pub fn good_until(&self) -> &str {
        &self.0[8]
    }

    /// Where it stands in the file: by employer, then by key.
    pub(super) fn place(&self) -> [&str; 4] {
        [&self.0[EMPLOYER], &self.0[0], &self.0[1], &self.0[2]]
    }

    /// As a spreadsheet opens it.
    pub(super) fn escaped(&self) -> StringRecord {
        let cells = self.0.iter().map(escape_formula);
        cells
            .collect::<Vec<_>>()
            .iter()
            .map(AsRef::as_ref)
            .collect()
    }

    /// As they are, for a chunk of the run.
    ///
    /// # Errors
    /// A writer into memory has none.
    pub(super) fn to_bytes<'c>(all: impl Iterator<Item = &'c Self>) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for one in all {
            writer.write_record(&one.0)?;
        }
        writer
            .into_inner()
            .map_err(|error| csv::Error::from(error.into_error()))
    }

    /// What [`Self::to_bytes`] has written.
    ///
    /// # Errors
    /// Bytes that it has not written.
    pub(super) fn read(bytes: &[u8]) -> Result<Vec<Self>, csv::Error> {
        csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(bytes)
            .into_records()
            .map(|record| record.map(Self))
            .filter(|read| !matches!(read, Ok(one) if one.0.len() != COLUMNS))
            .collect()
    }
}

/// The print shop's file.
///
/// # Errors
/// A writer into memory has none.
pub fn csv_file(all: &[Credentials]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(HEAD.as_bytes().to_vec());
    for one in all {
        writer.write_record(&one.escaped())?;
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

/// The key in a line of a file, as it is escaped there.
pub(super) fn escaped_key(key: &Key) -> [String; 3] {
    [&key.symbol, &key.number, &key.branch].map(|part| escape_formula(part).into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn credentials_come_back_as_they_went_in_and_are_escaped_for_the_file_alone() {
        let fields = [
            "=1",
            "12",
            "00",
            "架空, \"太郎\"",
            "1050001",
            "東京都\n架空区",
            "bcdfgh23",
            "abcd-efgh-jkmn",
            "2027-11-22",
            "-7",
            "＋商事",
        ];
        let one = Credentials(fields.into_iter().collect());
        let bytes = Credentials::to_bytes([&one, &one].into_iter()).unwrap();
        let read = Credentials::read(&bytes).unwrap();
        assert!(read == [one.clone(), one.clone()]);
        assert_eq!(read[0].name(), "架空, \"太郎\"");
        let escaped = one.escaped();
        assert_eq!(&escaped[0], "'=1");
        assert_eq!((&escaped[9], &escaped[10]), ("'-7", "'＋商事"));
        assert_eq!(&escaped[LOGIN_ID], "bcdfgh23");
    }
}
