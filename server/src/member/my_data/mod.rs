//! わたしのデータ: everything that is held about a member, as one file to take along.

mod archive;

use std::sync::Arc;

use async_trait::async_trait;
use tokio::task;

use archive::Taken;
use domain::{
    ports::{Answer, MyData, Taking},
    values::{society::Society, timestamp::Timestamp},
    visit::{Asker, Member},
};
use store::{
    Db,
    audit::Event,
    history, member,
    my_data::{self, Cell, PARTS, Table},
};

use crate::{account::history::told, base::fault::Fault};

/// Rows of one table in the file, the newest ones: what is held of anybody in decades
/// of use is less.
const MOST_ROWS: i64 = 50_000;

/// The use case of taking one's data.
#[derive(Clone)]
pub struct DataDesk {
    /// The database.
    pub db: Db,
    /// Who holds them.
    pub society: Arc<Society>,
}

#[async_trait]
impl MyData for DataDesk {
    async fn take(&self, member: &Member, asker: &Asker, now: Timestamp) -> Answer<Taking> {
        self.collect(member, asker, now)
            .await
            .map_err(Fault::report)
    }
}

impl DataDesk {
    async fn collect(
        &self,
        member: &Member,
        asker: &Asker,
        now: Timestamp,
    ) -> Result<Taking, Fault> {
        if member.password_is_due(now) {
            return Ok(Taking::PasswordDue);
        }
        let mut parts = Vec::new();
        for part in PARTS {
            let table = my_data::of(&self.db, member.person, part, MOST_ROWS).await?;
            parts.push((part.name, part.about, table));
        }
        parts.push((
            "history",
            "ログインと手続きの記録、お送りしたメールの記録",
            self.history(member).await?,
        ));
        let taken = Taken {
            society: self.society.clone(),
            at: now,
            most_rows: MOST_ROWS,
            parts,
        };
        let packed = task::spawn_blocking(move || taken.packed()).await;
        let zip = packed
            .map_err(|error| error.to_string())
            .and_then(|zip| zip.map_err(|error| error.to_string()))
            .map_err(|error| Fault::Other(format!("the file of one's data: {error}")))?;

        let mut tx = self.db.write().await?;
        if !member::hold(&mut tx, member.id, member.session).await? {
            return Ok(Taking::Over);
        }
        Event::DataTaken
            .by(asker, now)
            .of_person(member.person)
            .of_member(member.id)
            .record(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(Taking::Done(zip))
    }

    /// As the member reads it on the page, and no more: what is kept from the member
    /// there is kept from the file.
    async fn history(&self, member: &Member) -> Result<Table, Fault> {
        let rows = history::of(&self.db, member.id, MOST_ROWS).await?;
        let entries = rows.into_iter().filter_map(told).map(|entry| {
            let (network_address, device) = entry
                .from
                .map(|from| (from.network_address, from.device))
                .unwrap_or_default();
            vec![
                Cell::Number(entry.at.0),
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
}
