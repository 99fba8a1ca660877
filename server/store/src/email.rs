//! Members' addresses. One that is confirmed belongs to one member only; one of
//! them at most gets notices. Whoever changes them holds the account first.

use domain::{
    ports::{Address, AddressState},
    rules::EmailAddress,
    values::timestamp::Timestamp,
};
use uuid::Uuid;

use super::{Db, Result, Tx, on, person::Key};

/// Whether an address is some member's confirmed one.
///
/// # Errors
/// Whatever the database answers.
pub async fn is_taken(tx: &mut Tx, address: &EmailAddress) -> Result<bool> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select exists (select 1 from email
                            where address_key = $1 and confirmed_at is not null)",
        )
        .bind(address.key())
        .fetch_one(conn)
        .await
    })
}

/// A mailbox that two rows speak of, from before case made no difference.
#[derive(Clone, Debug, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct Shared {
    /// The mailbox.
    pub mailbox: String,
    /// Who has it.
    #[sqlx(flatten)]
    pub key: Key,
}

/// Every mailbox that stands twice, with those who have it.
///
/// # Errors
/// Whatever the database answers.
pub async fn shared(db: &Db) -> Result<Vec<Shared>> {
    on!(read db, pool => {
        sqlx::query_as(
            "select distinct lower(e.address_key) as mailbox, p.symbol, p.number, p.branch
             from email odd
             join email e on lower(e.address_key) = lower(odd.address_key)
             join member m on m.id = e.member_id
             join person p on p.id = m.person_id
             where odd.address_key <> lower(odd.address_key)
             order by 1, 2, 3, 4",
        )
        .fetch_all(pool)
        .await
    })
}

/// A member's addresses as their page shows them, the oldest first.
///
/// # Errors
/// Whatever the database answers.
pub async fn list(db: &Db, member: Uuid) -> Result<Vec<Address>> {
    #[derive(sqlx_macros::FromRow)]
    struct Row {
        id: Uuid,
        address: String,
        confirmed_at: Option<i64>,
        notices: bool,
        until: Option<i64>,
    }
    // Of a link that leads nowhere as of one that works: the page tells no
    // difference.
    let rows: Vec<Row> = on!(read db, pool => {
        sqlx::query_as(
            "select e.id, e.address, e.confirmed_at, e.notices,
                    (select max(l.expires_at) from link l
                     where l.email_id = e.id and l.purpose = 'email') as until
             from email e where e.member_id = $1 order by e.added_at, e.id",
        )
        .bind(member)
        .fetch_all(pool)
        .await?
    });
    let addresses = rows.into_iter().map(|row| Address {
        id: row.id,
        address: row.address,
        state: match row.confirmed_at {
            Some(_) => AddressState::Confirmed {
                gets_notices: row.notices,
            },
            None => AddressState::Waiting {
                until: row.until.map(Timestamp),
            },
        },
    });
    Ok(addresses.collect())
}

/// The address that a member registered with, while none of theirs is confirmed.
///
/// # Errors
/// Whatever the database answers.
pub async fn only_waiting(db: &Db, member: Uuid) -> Result<Option<String>> {
    on!(read db, pool => {
        sqlx::query_scalar(
            "select address from email
             where member_id = $1
               and not exists (select 1 from email other
                               where other.member_id = $1 and other.confirmed_at is not null)
             order by added_at, id limit 1",
        )
        .bind(member)
        .fetch_optional(pool)
        .await
    })
}

/// One of somebody's addresses.
#[derive(Clone, Debug, sqlx_macros::FromRow)]
pub struct Email {
    /// Its row.
    pub id: Uuid,
    /// Whose.
    pub member_id: Uuid,
    /// As it was typed.
    pub address: String,
    /// What it is compared by.
    pub address_key: String,
    /// When it was added, in Unix milliseconds.
    pub added_at: i64,
    /// When its owner pressed the button, in Unix milliseconds.
    pub confirmed_at: Option<i64>,
    /// Whether notices go there.
    pub notices: bool,
}

impl Email {
    /// Whether it counts.
    pub fn is_confirmed(&self) -> bool {
        self.confirmed_at.is_some()
    }
}

/// The address of that row, whoever's it is.
///
/// # Errors
/// Whatever the database answers.
pub async fn find(db: &Db, email: Uuid) -> Result<Option<Email>> {
    on!(read db, pool => {
        sqlx::query_as(
            "select id, member_id, address, address_key, added_at, confirmed_at, notices
             from email where id = $1",
        )
        .bind(email)
        .fetch_optional(pool)
        .await
    })
}

/// All addresses of a member, the oldest first, in the transaction of a change.
///
/// # Errors
/// Whatever the database answers.
pub async fn of_member(tx: &mut Tx, member: Uuid) -> Result<Vec<Email>> {
    on!(write tx, conn => {
        sqlx::query_as(
            "select id, member_id, address, address_key, added_at, confirmed_at, notices
             from email where member_id = $1 order by added_at, id",
        )
        .bind(member)
        .fetch_all(conn)
        .await
    })
}

/// The same for a page.
///
/// # Errors
/// Whatever the database answers.
pub async fn of_account(db: &Db, member: Uuid) -> Result<Vec<Email>> {
    on!(read db, conn => {
        sqlx::query_as(
            "select id, member_id, address, address_key, added_at, confirmed_at, notices
             from email where member_id = $1 order by added_at, id",
        )
        .bind(member)
        .fetch_all(conn)
        .await
    })
}

/// A member's confirmed addresses, each with its key.
///
/// # Errors
/// Whatever the database answers.
pub async fn confirmed(tx: &mut Tx, member: Uuid) -> Result<Vec<(String, String)>> {
    on!(write tx, conn => {
        sqlx::query_as(
            "select address, address_key from email
             where member_id = $1 and confirmed_at is not null order by added_at, id",
        )
        .bind(member)
        .fetch_all(conn)
        .await
    })
}

/// Adds an address to an account, confirmed or waiting. The first confirmed one
/// gets the notices.
///
/// # Errors
/// Whatever the database answers; a unique violation when another member
/// confirmed it at the same moment.
pub async fn add(
    tx: &mut Tx,
    member: Uuid,
    address: &EmailAddress,
    added_at: Timestamp,
    confirmed_at: Option<Timestamp>,
) -> Result<Uuid> {
    let id = Uuid::now_v7();
    on!(write tx, conn => {
        sqlx::query(
            "insert into email (id, member_id, address, address_key, added_at, confirmed_at, notices)
             values ($1, $2, $3, $4, $5, $6,
                     $6 is not null
                     and not exists (select 1 from email
                                     where member_id = $2 and confirmed_at is not null))",
        )
        .bind(id)
        .bind(member)
        .bind(address.as_str())
        .bind(address.key())
        .bind(added_at.0)
        .bind(confirmed_at.map(|at| at.0))
        .execute(conn)
        .await?;
    });
    Ok(id)
}

/// An added address counts from now on. It gets the notices where there is no
/// other: a member who has one and wants no notices is not asked again.
///
/// # Errors
/// Whatever the database answers; a unique violation when it is another
/// member's by now.
pub async fn confirm(tx: &mut Tx, email: Uuid, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update email set confirmed_at = $2,
                 notices = not exists (select 1 from email other
                                       where other.member_id = email.member_id
                                         and other.confirmed_at is not null)
             where id = $1 and confirmed_at is null",
        )
        .bind(email)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Notices go to this address from now on, or to none; one of the member's own
/// and confirmed. `false` when that is how it was.
///
/// # Errors
/// Whatever the database answers.
pub async fn choose_for_notices(tx: &mut Tx, member: Uuid, email: Option<Uuid>) -> Result<bool> {
    // One statement after the other: there is never more than one.
    let given_up = on!(write tx, conn => {
        sqlx::query(
            "update email set notices = false
             where member_id = $1 and notices and ($2 is null or id <> $2)",
        )
        .bind(member)
        .bind(email)
        .execute(conn)
        .await?
        .rows_affected()
    });
    let chosen = on!(write tx, conn => {
        sqlx::query(
            "update email set notices = true
             where id = $2 and member_id = $1 and confirmed_at is not null and not notices",
        )
        .bind(member)
        .bind(email)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(given_up + chosen > 0)
}

/// Notices go to this address no more; its owner is asked nothing. Of whom it is, where it
/// had got them.
///
/// # Errors
/// Whatever the database answers.
pub async fn unsubscribe(tx: &mut Tx, email: Uuid) -> Result<Option<Uuid>> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "update email set notices = false where id = $1 and notices returning member_id",
        )
        .bind(email)
        .fetch_optional(conn)
        .await
    })
}

/// Takes an address from an account. Where it got the notices, the oldest
/// confirmed one that remains gets them.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove(tx: &mut Tx, email: &Email, now: Timestamp) -> Result<()> {
    super::link::confirmation::release(tx, email.member_id, Some(email.id), now).await?;
    on!(write tx, conn => {
        sqlx::query("delete from email where id = $1").bind(email.id).execute(conn).await?;
    });
    if email.notices {
        on!(write tx, conn => {
            sqlx::query(
                "update email set notices = true
                 where id = (select id from email
                             where member_id = $1 and confirmed_at is not null
                             order by added_at, id limit 1)",
            )
            .bind(email.member_id)
            .execute(conn)
            .await?;
        });
    }
    Ok(())
}

/// Takes the addresses from an account that nobody has confirmed yet.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove_waiting(tx: &mut Tx, member: Uuid, now: Timestamp) -> Result<()> {
    super::link::confirmation::release(tx, member, None, now).await?;
    on!(write tx, conn => {
        sqlx::query("delete from email where member_id = $1 and confirmed_at is null")
            .bind(member)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// Takes all addresses from an account, and gives the confirmed ones to tell.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove_all(
    tx: &mut Tx,
    member: Uuid,
    now: Timestamp,
) -> Result<Vec<(String, String)>> {
    let told = confirmed(tx, member).await?;
    super::link::confirmation::release(tx, member, None, now).await?;
    on!(write tx, conn => {
        sqlx::query("delete from email where member_id = $1").bind(member).execute(conn).await?;
    });
    Ok(told)
}
