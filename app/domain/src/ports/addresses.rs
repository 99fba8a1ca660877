//! プロフィール設定: a member's addresses.

use futures_core::future::BoxFuture;

use super::{Answer, PasswordGiven};
use crate::{
    rules::{EmailError, SignInPassword},
    values::timestamp::Timestamp,
    visit::{LinkToken, Member, PendingAddressChange, RequestOrigin},
};

/// A member's addresses.
pub trait Addresses: Send + Sync {
    /// All of them, the oldest first.
    fn of<'a>(&'a self, member: &'a Member) -> BoxFuture<'a, Answer<Vec<Address>>>;

    /// Changes them, where the password was given not long ago.
    fn change<'a>(
        &'a self,
        member: &'a Member,
        asked: &'a PendingAddressChange,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<AddressChange>>;

    /// Changes them with the present password, which counts as given from now on
    /// whatever becomes of the change, and if nothing was asked.
    fn change_with<'a>(
        &'a self,
        member: &'a Member,
        password: &'a SignInPassword,
        asked: Option<&'a PendingAddressChange>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<PasswordGiven>>;

    /// Notices go to this one of them, or to none. No password is asked for that.
    fn choose_for_notices<'a>(
        &'a self,
        member: &'a Member,
        address: Option<uuid::Uuid>,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<AddressChange>>;

    /// The address that a confirmation's link would confirm; `None` for a link
    /// that is forged, over or used.
    fn waiting<'a>(
        &'a self,
        token: &'a LinkToken,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Option<WaitingAddress>>>;

    /// Whether a link that is no longer good has done its work, and the address is there.
    fn is_confirmed<'a>(&'a self, token: &'a LinkToken) -> BoxFuture<'a, Answer<bool>>;

    /// Confirms it; `false` when the link is no longer good.
    fn confirm<'a>(
        &'a self,
        token: &'a LinkToken,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<bool>>;
}

/// One of a member's addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Its row.
    pub id: uuid::Uuid,
    /// As it was typed.
    pub address: String,
    /// Whether it counts.
    pub state: AddressState,
}

/// Whether an address counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressState {
    /// It does.
    Confirmed {
        /// Whether notices go there.
        gets_notices: bool,
    },
    /// Not before the link in its letter has been opened.
    Waiting {
        /// Until when that link works; `None` where no letter went out.
        until: Option<Timestamp>,
    },
}

/// What became of a change of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressChange {
    /// It holds.
    Done,
    /// A letter is on its way; or an earlier one, since another would have been
    /// one too many.
    Sent {
        /// No letter was made this time.
        earlier: bool,
    },
    /// Not possible, and why.
    Refused(EmailError),
    /// The present password has to be given first.
    PasswordDue,
    /// The address is not there any more.
    Gone,
    /// It is another member's.
    NotTheirs,
    /// The session ended before.
    Over,
}

/// An address that waits for its owner's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingAddress {
    /// The address.
    pub address: String,
    /// What the member who added it is called: somebody else's is to be left alone.
    pub nickname: String,
}
