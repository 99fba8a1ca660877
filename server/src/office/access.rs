//! Who of the office is asking, and what they are there for: a role is a type, and a use
//! case that needs it takes it as an argument.

use std::marker::PhantomData;

use domain::{
    office::{
        StaffMember, Stage,
        role::{Role, Roles},
    },
    values::timestamp::Timestamp,
    visit::RequestOrigin,
};
use store::{
    audit::{Entry, Event},
    staff_session::{PROOF, Session},
};
use uuid::Uuid;

use crate::account::by_office::Clerk;

/// Somebody of the office who has come as far as their password, at one request.
#[derive(Clone, Debug)]
pub struct StaffVisit {
    /// The session.
    pub session: Session,
    /// SHA-256 of its token.
    pub token_hash: [u8; 32],
    /// From where.
    pub origin: RequestOrigin,
    /// The one instant of this request.
    pub now: Timestamp,
    /// As the audit names them.
    actor: String,
}

impl StaffVisit {
    /// A visit in this session.
    pub fn new(
        session: Session,
        token_hash: [u8; 32],
        origin: RequestOrigin,
        now: Timestamp,
    ) -> Self {
        let actor = session.staff.id.to_string();
        Self {
            session,
            token_hash,
            origin,
            now,
            actor,
        }
    }

    /// Who.
    pub fn id(&self) -> Uuid {
        self.session.staff.id
    }

    /// As the audit names them.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// Whether the second step was shown, or a code from the command line stands for it.
    pub fn is_in(&self) -> bool {
        self.session.stage != Stage::Password
    }

    /// Whether the proof of who they are is at most ten minutes old.
    pub fn is_proof_fresh(&self) -> bool {
        self.is_in() && self.session.proven_at.is_within(PROOF, self.now)
    }

    /// What the secret of an app to be is derived from: the same at each look of this
    /// session.
    pub fn enrolment_seed(&self) -> [u8; 32] {
        self.token_hash
    }

    /// Whether somebody else could come in with this role, of everybody there is: where two
    /// have to want something, it is said before the work begins if nobody can.
    pub fn has_colleague(&self, role: Role, everybody: &[StaffMember]) -> bool {
        everybody
            .iter()
            .any(|one| one.id != self.id() && one.roles.has(role) && one.disabled_at.is_none())
    }

    /// An entry of the audit about something they did.
    pub fn entry(&self, event: Event) -> Entry<'_> {
        Entry {
            actor: &self.actor,
            ..event.by(&self.origin, self.now)
        }
    }
}

/// What a use case asks of whoever calls it.
pub trait Needs: Send + Sync + 'static {
    /// Whether these roles are enough.
    fn is_met(roles: Roles) -> bool;
}

macro_rules! needs {
    ($($(#[$about:meta])* $name:ident => $roles:expr,)*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Needs for $name {
            fn is_met(roles: Roles) -> bool {
                let enough: &[Role] = &$roles;
                enough.is_empty() || enough.iter().any(|role| roles.has(*role))
            }
        }
    )*};
}

needs! {
    /// Whoever is in, whatever they are there for.
    AnyRole => [],
    /// 窓口
    Desk => [Role::Desk],
    /// 広報
    Publisher => [Role::Publisher],
    /// 取込
    Importer => [Role::Importer],
    /// 医療・健診取込
    HealthImporter => [Role::HealthImporter],
    /// 監査
    Auditor => [Role::Auditor],
    /// 管理
    Admin => [Role::Admin],
    /// Whoever brings files of one kind or another; of which is judged then.
    AnyFile => [Role::Importer, Role::HealthImporter, Role::Publisher],
    /// Whoever may have a single postcard made.
    DeskOrImporter => [Role::Desk, Role::Importer],
}

/// Somebody of the office who may do what `N` stands for. It is made by [`Acting::of`]
/// alone, so whoever holds one was judged.
#[derive(Clone, Debug)]
pub struct Acting<N> {
    visit: StaffVisit,
    needs: PhantomData<N>,
}

impl<N: Needs> Acting<N> {
    /// Judges a visit: `None` without the second step, or without the role.
    pub fn of(visit: StaffVisit) -> Option<Self> {
        let met = visit.is_in() && N::is_met(visit.session.staff.roles);
        met.then_some(Self {
            visit,
            needs: PhantomData,
        })
    }
}

impl<N> Acting<N> {
    /// As acts on people are noted; `confirmed` is what was confirmed of who called.
    pub fn clerk<'a>(&'a self, confirmed: &'a str) -> Clerk<'a> {
        Clerk {
            actor: self.visit.actor(),
            network_address: &self.visit.origin.network_address,
            confirmed,
            now: self.visit.now,
        }
    }
}

impl<N> std::ops::Deref for Acting<N> {
    type Target = StaffVisit;

    fn deref(&self) -> &StaffVisit {
        &self.visit
    }
}
