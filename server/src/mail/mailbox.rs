//! The mailbox folder, read back for its page.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use domain::{
    ports::{Answer, Mailbox, StoredLetter},
    values::timestamp::Timestamp,
};
use futures::future::BoxFuture;
use mail_parser::{Address, MessageParser};

use crate::base::fault::InternalError;

/// So many letters does the mailbox page show.
const SHOWN: usize = 50;

/// The newest letters of the folder, the newest first; at most `most`. A folder
/// that is not there yet has none.
///
/// Reads files: call it where it may wait (`spawn_blocking`).
///
/// # Errors
/// The folder or a letter in it cannot be read.
pub fn letters(folder: &Path, most: usize) -> io::Result<Vec<StoredLetter>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "eml") {
            files.push(file);
        }
    }
    // A name begins with its letter's instant.
    files.sort_unstable_by(|a, b| b.cmp(a));
    files.truncate(most);
    files.iter().map(read).collect()
}

fn read(file: &PathBuf) -> io::Result<StoredLetter> {
    let bytes = fs::read(file)?;
    let Some(message) = MessageParser::default().parse(&bytes) else {
        let name = file.display();
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("{name} is no letter"),
        ));
    };
    let date = message
        .date()
        .map(|date| Timestamp(date.to_timestamp() * 1000).full());
    Ok(StoredLetter {
        from: person(message.from()),
        to: person(message.to()),
        subject: message.subject().unwrap_or_default().to_owned(),
        date: date.unwrap_or_default(),
        text: message.body_text(0).unwrap_or_default().into_owned(),
    })
}

/// `name <address>`, or the address alone.
fn person(address: Option<&Address<'_>>) -> String {
    let Some(first) = address.and_then(Address::first) else {
        return String::new();
    };
    match (first.name(), first.address().unwrap_or_default()) {
        (Some(name), address) => format!("{name} <{address}>"),
        (None, address) => address.to_owned(),
    }
}

/// The folder, as the mailbox page asks for it.
#[derive(Clone, Debug)]
pub struct MailboxFolder(pub PathBuf);

impl Mailbox for MailboxFolder {
    fn letters(&self) -> BoxFuture<'_, Answer<Vec<StoredLetter>>> {
        Box::pin(async move {
            let folder = self.0.clone();
            let read = tokio::task::spawn_blocking(move || letters(&folder, SHOWN));
            match read.await {
                Ok(Ok(letters)) => Ok(letters),
                Ok(Err(error)) => Err(InternalError::Other(format!("mailbox: {error}")).report()),
                Err(error) => Err(InternalError::Other(format!("mailbox: {error}")).report()),
            }
        })
    }
}
