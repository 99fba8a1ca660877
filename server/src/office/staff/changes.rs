//! What administrators do to the office's people. Where the society asks for four eyes, a
//! second one confirms it.

use domain::{
    office::{
        StaffMember,
        role::{Role, Roles},
    },
    values::timestamp::Timestamp,
};
use store::{
    Tx,
    audit::Event,
    job, staff,
    staff_change::{self, Change, ChangeKind, NewChange},
    staff_session,
};
use uuid::Uuid;

use super::{Newcomer, StaffError, StaffService, insert, renew};
use crate::{
    base::secrets::{session_token, token_hash},
    office::access::{Acting, Admin},
};

/// What came of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// It is done, and this token is to be handed over. It is shown once.
    Link(String),
    /// It waits for a second administrator.
    Waits,
}

/// A change that was made by whoever has the command line.
pub(super) fn at_the_command_line(staff: Uuid, kind: ChangeKind, roles: Roles) -> NewChange {
    NewChange {
        staff,
        kind,
        roles,
        by: None,
        waits: false,
    }
}

/// The audit's word for a change.
pub(super) const fn event(kind: ChangeKind) -> Event {
    match kind {
        ChangeKind::Add => Event::StaffAdded,
        ChangeKind::Roles => Event::StaffRolesChanged,
        ChangeKind::Disable => Event::StaffDisabled,
        ChangeKind::Enable => Event::StaffEnabled,
        ChangeKind::Link => Event::StaffLinkMade,
    }
}

/// Keeps somebody out, with everything that is open, or lets them in again.
pub(super) async fn disable(
    tx: &mut Tx,
    id: Uuid,
    disabled: bool,
    now: Timestamp,
) -> store::Result<ChangeKind> {
    staff::set_disabled(tx, id, disabled.then_some(now)).await?;
    if !disabled {
        return Ok(ChangeKind::Enable);
    }
    staff_session::end_all_of(tx, id, now).await?;
    staff::end_links(tx, id, now).await?;
    staff::forget_devices(tx, id).await?;
    // What they have begun stops, whoever works on it.
    job::cancel_all_of(tx, id, now).await?;
    Ok(ChangeKind::Disable)
}

/// Whether somebody can administer the office: enabled, with a second step.
fn administers(staff: &StaffMember) -> bool {
    staff.roles.has(Role::Admin) && staff.disabled_at.is_none() && staff.has_second_step
}

impl StaffService {
    /// Invites somebody new.
    ///
    /// # Errors
    /// A login that somebody has, and whatever is wrong with the rest.
    pub async fn propose_newcomer(
        &self,
        admin: &Acting<Admin>,
        new: &Newcomer,
    ) -> Result<Outcome, StaffError> {
        let token = session_token()?;
        let person = self.person(new).await?;
        let mut tx = self.held(admin).await?;
        let id = insert(&mut tx, (new, person), None, admin.now).await?;
        if self.four_eyes {
            // Until somebody confirms it, there is no way in.
            staff::set_disabled(&mut tx, id, Some(admin.now)).await?;
        } else {
            staff::insert_link(&mut tx, id, &token_hash(&token), admin.now).await?;
        }
        self.noted(&mut tx, admin, id, ChangeKind::Add, new.roles)
            .await?;
        tx.commit().await?;
        Ok(match self.four_eyes {
            true => Outcome::Waits,
            false => Outcome::Link(token),
        })
    }

    /// Gives somebody other roles, keeps them out, lets them in again, or makes them a link
    /// to a new password.
    ///
    /// # Errors
    /// Whatever [`StaffError`] says of it.
    pub async fn propose(
        &self,
        admin: &Acting<Admin>,
        id: Uuid,
        kind: ChangeKind,
        roles: Roles,
    ) -> Result<Outcome, StaffError> {
        if id == admin.id() {
            return Err(StaffError::Own);
        }
        let token = session_token()?;
        let mut tx = self.held(admin).await?;
        let everybody = staff::all(&mut tx).await?;
        let somebody = everybody.iter().find(|staff| staff.id == id);
        let somebody = somebody.ok_or(StaffError::Unknown)?;
        let roles = match kind {
            ChangeKind::Roles if roles.is_empty() => return Err(StaffError::NoRole),
            ChangeKind::Roles => roles,
            _ => somebody.roles,
        };
        if staff_change::is_waiting(&mut tx, id).await? {
            return Err(StaffError::Waits);
        }
        if !self.four_eyes {
            apply(&mut tx, (id, kind, roles), &token, admin.now).await?;
        }
        self.noted(&mut tx, admin, id, kind, roles).await?;
        tx.commit().await?;
        Ok(match (self.four_eyes, kind) {
            (true, _) => Outcome::Waits,
            (false, ChangeKind::Link) => Outcome::Link(token),
            (false, _) => Outcome::Done,
        })
    }

    /// A second administrator confirms what waits, or refuses it.
    ///
    /// # Errors
    /// One's own proposal, one that was decided, and whoever is too close to the proposer.
    pub async fn decide(
        &self,
        admin: &Acting<Admin>,
        change: Uuid,
        confirmed: bool,
    ) -> Result<Outcome, StaffError> {
        let token = session_token()?;
        let now = admin.now;
        let mut tx = self.held(admin).await?;
        let decided = staff_change::decide(&mut tx, change, Some(admin.id()), confirmed, now);
        let Change {
            staff,
            kind,
            roles,
            by,
            ..
        } = decided.await?.ok_or(StaffError::Decided)?;
        let (id, _) = staff;
        let proposer = by.map(|(id, _)| id);
        if confirmed {
            if proposer == Some(admin.id()) || id == admin.id() {
                return Err(StaffError::Own);
            }
            if let Some(proposer) = proposer
                && staff_change::are_too_close(&mut tx, admin.id(), proposer, now).await?
            {
                return Err(StaffError::TooClose);
            }
            apply(&mut tx, (id, kind, roles), &token, now).await?;
        }
        let detail = format!("{id} {}", if confirmed { "confirmed" } else { "refused" });
        let entry = store::audit::Entry {
            detail: &detail,
            ..admin.entry(event(kind))
        };
        entry.record(&mut tx).await?;
        tx.commit().await?;
        Ok(match kind {
            ChangeKind::Add | ChangeKind::Link if confirmed => Outcome::Link(token),
            _ => Outcome::Done,
        })
    }

    /// A transaction that holds the office's people, for an administrator whom nobody has
    /// kept out meanwhile: of two who do it to each other at once, one comes first.
    async fn held(&self, admin: &Acting<Admin>) -> Result<Tx, StaffError> {
        let mut tx = self.db.write().await?;
        staff::lock(&mut tx).await?;
        match staff_session::is_open(&mut tx, admin.session.id).await? {
            true => Ok(tx),
            false => Err(StaffError::NotInAnyMore),
        }
    }

    async fn noted(
        &self,
        tx: &mut Tx,
        admin: &Acting<Admin>,
        id: Uuid,
        kind: ChangeKind,
        roles: Roles,
    ) -> store::Result<()> {
        let change = NewChange {
            staff: id,
            kind,
            roles,
            by: Some(admin.id()),
            waits: self.four_eyes,
        };
        staff_change::insert(tx, change, admin.now).await?;
        let waits = if self.four_eyes { " proposed" } else { "" };
        let detail = match kind {
            ChangeKind::Add | ChangeKind::Roles => format!("{id} {}{waits}", roles.words()),
            _ => format!("{id}{waits}"),
        };
        let entry = store::audit::Entry {
            detail: &detail,
            ..admin.entry(event(kind))
        };
        entry.record(tx).await
    }
}

/// Does it; an office without an administrator is refused.
async fn apply(
    tx: &mut Tx,
    (id, kind, roles): (Uuid, ChangeKind, Roles),
    token: &str,
    now: Timestamp,
) -> Result<(), StaffError> {
    let had_one = staff::all(tx).await?.iter().any(administers);
    match kind {
        ChangeKind::Add => {
            staff::set_disabled(tx, id, None).await?;
            staff::insert_link(tx, id, &token_hash(token), now).await?;
        }
        ChangeKind::Roles => staff::set_roles(tx, id, roles).await?,
        ChangeKind::Disable => {
            disable(tx, id, true, now).await?;
        }
        ChangeKind::Enable => {
            disable(tx, id, false, now).await?;
        }
        ChangeKind::Link => {
            renew(tx, id, None, now).await?;
            staff::insert_link(tx, id, &token_hash(token), now).await?;
        }
    }
    let has_one = staff::all(tx).await?.iter().any(administers);
    if had_one && !has_one {
        return Err(StaffError::LastAdmin);
    }
    Ok(())
}
