//! One more address, one less, or its letter once more: what is wanted, what speaks
//! against it, and what is done.

use domain::{
    ports::AddressChange,
    rules::{
        EmailAddress, EmailError,
        email::{MOST, MOST_A_DAY},
    },
    values::timestamp::Timestamp,
    visit::{Member, PendingAddressChange},
};
use store::{
    Tx,
    audit::Event,
    email::{self, Email},
    link,
};
use uuid::Uuid;

use super::{AddressService, Request};
use crate::{
    account::confirmation_letter::ConfirmationLetter, base::fault::InternalError,
    mail::letters::ChangedAddress,
};

/// What is wanted, with everything that has to be known before the transaction.
pub(super) enum Wanted {
    Add(ConfirmationLetter),
    Again(Uuid, ConfirmationLetter),
    Remove(Uuid),
    /// Of an address that is not there any more.
    Nothing,
    /// Of another member's address.
    NotTheirs,
}

impl AddressService {
    /// Finds out whose address is spoken of and derives the link's token. Neither
    /// changes any more once it is known.
    pub(super) async fn prepare(
        &self,
        member: &Member,
        asked: &PendingAddressChange,
    ) -> Result<Wanted, InternalError> {
        let row = match asked {
            PendingAddressChange::Add(address) => {
                return Ok(Wanted::Add(ConfirmationLetter::to(
                    &self.secrets,
                    address.clone(),
                )));
            }
            PendingAddressChange::Again(row) | PendingAddressChange::Remove(row) => *row,
        };
        let Some(email) = email::find(&self.db, row).await? else {
            return Ok(Wanted::Nothing);
        };
        if email.member_id != member.id {
            return Ok(Wanted::NotTheirs);
        }
        Ok(match (asked, EmailAddress::parse(&email.address)) {
            (PendingAddressChange::Again(_), Ok(address)) => {
                Wanted::Again(row, ConfirmationLetter::to(&self.secrets, address))
            }
            (PendingAddressChange::Again(_), Err(_)) => {
                // No letter could go there.
                tracing::error!(%row, "an address is none by our rule");
                Wanted::Nothing
            }
            _ => Wanted::Remove(row),
        })
    }
}

/// Why it is not possible as the addresses are now. The account is held.
pub(super) async fn refusal(
    tx: &mut Tx,
    member: Uuid,
    wanted: &Wanted,
    now: Timestamp,
) -> Result<Option<EmailError>, InternalError> {
    let addresses = email::of_member(tx, member).await?;
    let refusal = match wanted {
        Wanted::Add(new)
            if addresses
                .iter()
                .any(|e| e.address_key == new.address().key()) =>
        {
            Some(EmailError::Yours)
        }
        Wanted::Add(_) if addresses.len() >= MOST => Some(EmailError::ThreeAlready),
        Wanted::Add(new) => {
            let key = new.address().key();
            let others = link::confirmation::count_others(tx, member, &key, now).await?;
            usize::try_from(others)
                .is_ok_and(|others| others >= MOST_A_DAY)
                .then_some(EmailError::TooManyToday)
        }
        Wanted::Remove(row) => {
            let mut confirmed = addresses.iter().filter(|e| e.is_confirmed());
            let is_last =
                confirmed.next().is_some_and(|e| e.id == *row) && confirmed.next().is_none();
            is_last.then_some(EmailError::LastOne)
        }
        _ => None,
    };
    Ok(refusal)
}

/// Does what nothing speaks against. The account is held.
pub(super) async fn carry_out(
    tx: &mut Tx,
    request: &Request<'_>,
    wanted: &Wanted,
) -> Result<AddressChange, InternalError> {
    let Request { member, now, .. } = *request;
    match wanted {
        Wanted::Nothing => Ok(AddressChange::Gone),
        Wanted::NotTheirs => {
            request.record(tx, Event::NotTheirs).await?;
            Ok(AddressChange::NotTheirs)
        }
        Wanted::Add(new) => {
            let row = email::add(tx, member.id, new.address(), now, None).await?;
            request.record(tx, Event::AddressAdded).await?;
            let added = ChangedAddress::Added(new.address().as_str().to_owned());
            request.tell_all(tx, &added).await?;
            send(tx, request, row, new).await
        }
        Wanted::Again(row, letter) => match own(tx, member.id, *row).await? {
            Some(email) if !email.is_confirmed() => {
                request.record(tx, Event::ConfirmationAsked).await?;
                send(tx, request, *row, letter).await
            }
            _ => Ok(AddressChange::Gone),
        },
        Wanted::Remove(row) => {
            let Some(email) = own(tx, member.id, *row).await? else {
                return Ok(AddressChange::Gone);
            };
            // One that never counted had only its confirmation, and is told nothing.
            if email.is_confirmed() {
                let removed = ChangedAddress::Removed(email.address.clone());
                request.tell_all(tx, &removed).await?;
                link::end_removed(tx, &email, now).await?;
            }
            email::remove(tx, &email, now).await?;
            request.record(tx, Event::AddressRemoved).await?;
            Ok(AddressChange::Done)
        }
    }
}

async fn own(tx: &mut Tx, member: Uuid, row: Uuid) -> Result<Option<Email>, InternalError> {
    let addresses = email::of_member(tx, member).await?;
    Ok(addresses.into_iter().find(|email| email.id == row))
}

async fn send(
    tx: &mut Tx,
    request: &Request<'_>,
    row: Uuid,
    letter: &ConfirmationLetter,
) -> Result<AddressChange, InternalError> {
    let earlier = letter.send(tx, request.member.id, row, request.now).await?;
    Ok(AddressChange::Sent { earlier })
}
