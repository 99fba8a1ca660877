//! One of each role for the demo's office, with passwords of chance.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use domain::{office::role::Role, values::timestamp::Timestamp};

use super::DemoError;
use crate::{
    base::secrets::session_token,
    office::staff::{Newcomer, StaffService},
};

/// Where their passwords lie, in the data folder.
const FILE: &str = "office.txt";

/// The invented people, one of each role.
const PEOPLE: [(&str, &str, Role); 6] = [
    ("madoguchi", "見本 窓子", Role::Desk),
    ("kouhou", "見本 広美", Role::Publisher),
    ("torikomi", "見本 取男", Role::Importer),
    ("kenshin", "見本 健一", Role::HealthImporter),
    ("kansa", "見本 監太", Role::Auditor),
    ("kanri", "見本 管子", Role::Admin),
];

/// How to open the office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Office {
    /// What the file says, one line a person.
    Passwords(PathBuf, String),
    /// The file is gone; what it said stands nowhere else.
    FileGone(PathBuf),
}

/// Registers them where nobody is in the office yet.
///
/// # Errors
/// Whatever stands in the way.
pub(super) async fn fill(
    service: &StaffService,
    data_dir: &Path,
    now: Timestamp,
) -> Result<Office, DemoError> {
    let file = data_dir.join(FILE);
    let failed = |error| DemoError::File(file.clone(), error);
    if !service.list().await?.is_empty() {
        return Ok(match fs::read_to_string(&file) {
            Ok(lines) => Office::Passwords(file, lines),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Office::FileGone(file),
            Err(error) => return Err(failed(error)),
        });
    }
    // The passwords are on the disk before anybody has them.
    let mut people = Vec::new();
    let mut lines = String::new();
    for (login, name, role) in PEOPLE {
        let chance = session_token().map_err(|e| failed(io::Error::other(e.to_string())))?;
        let password: String = chance
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(16)
            .collect();
        lines += &format!("{login}\t{password}\t{}（{name}）\n", role.name());
        people.push((login, name, role, password));
    }
    let mut open = fs::OpenOptions::new();
    open.write(true).create(true).truncate(true).mode(0o600);
    let mut written = open.open(&file).map_err(failed)?;
    written.write_all(lines.as_bytes()).map_err(failed)?;
    written.sync_all().map_err(failed)?;
    for (login, name, role, password) in people {
        let login_id = login
            .parse()
            .map_err(|e| failed(io::Error::other(format!("{e}"))))?;
        let password = service
            .password(&login_id, &password)
            .map_err(DemoError::Staff)?;
        let new = Newcomer {
            login_id,
            name: name.to_owned(),
            roles: [role].into_iter().collect(),
            person: None,
        };
        service
            .add(&new, &password, now)
            .await
            .map_err(DemoError::Staff)?;
    }
    Ok(Office::Passwords(file, lines))
}
