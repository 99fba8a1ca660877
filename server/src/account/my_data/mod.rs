//! わたしのデータ: everything that is held about a person, as one file, whoever asks for it
//! in the person's name.

mod archive;

use std::sync::Arc;

use domain::values::{society::Society, timestamp::Timestamp};
use store::{
    Db, history,
    my_data::{self, Cell, PARTS, Table},
};
use tokio::task;
use uuid::Uuid;

use self::archive::Archive;
use super::history::history_entry;
use crate::base::fault::InternalError;

/// Rows of one table in the file, the newest ones: what is held of anybody in decades
/// of use is less.
const MOST_ROWS: i64 = 50_000;

/// The bytes of the file, about a person and the account, if there is one.
///
/// # Errors
/// Whatever the database answers, and a file that cannot be packed.
pub async fn packed(
    db: &Db,
    society: &Arc<Society>,
    (person, member): (Uuid, Option<Uuid>),
    now: Timestamp,
) -> Result<Vec<u8>, InternalError> {
    let mut parts = Vec::new();
    for part in PARTS {
        let table = my_data::of(db, person, part, MOST_ROWS).await?;
        parts.push((part.name, part.about, table));
    }
    parts.push((
        "history",
        "ログインと手続きの記録、お送りしたメールの記録",
        history(db, member, now).await?,
    ));
    let archive = Archive {
        society: society.clone(),
        at: now,
        most_rows: MOST_ROWS,
        parts,
    };
    let packed = task::spawn_blocking(move || archive.packed()).await;
    packed
        .map_err(|error| error.to_string())
        .and_then(|zip| zip.map_err(|error| error.to_string()))
        .map_err(|error| InternalError::Other(format!("the file of one's data: {error}")))
}

/// As the member reads it on the page, and no more: what is kept from the member
/// there is kept from the file.
async fn history(db: &Db, member: Option<Uuid>, now: Timestamp) -> Result<Table, InternalError> {
    let rows = match member {
        Some(member) => history::of(db, member, MOST_ROWS, now).await?,
        None => Vec::new(),
    };
    let entries = rows.into_iter().filter_map(history_entry).map(|entry| {
        let (network_address, device) = entry
            .from
            .map(|from| (from.network_address, from.device))
            .unwrap_or_default();
        vec![
            match entry.is_of_a_day {
                true => Cell::Text(entry.at.in_japan().date().to_string()),
                false => Cell::Number(entry.at.0),
            },
            Cell::Text(entry.what),
            Cell::Text(network_address),
            Cell::Text(device),
        ]
    });
    Ok(Table {
        columns: ["日時", "内容", "接続元", "端末"]
            .map(str::to_owned)
            .to_vec(),
        rows: entries.collect(),
    })
}
