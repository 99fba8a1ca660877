//! 仮ログイン with the postcard.

use domain::{
    forms::ProvisionalCredentials,
    ports::Entry,
    throttle::FREE,
    values::timestamp::Timestamp,
    visit::{LinkToken, RequestOrigin, SessionToken},
};
use store::{
    audit::Event,
    link::{self, Purpose},
    postcard::{self, Postcard},
    session,
    throttle::{self, Count},
};
use uuid::Uuid;

use super::RegistrationService;
use crate::base::{
    fault::InternalError,
    secrets::{session_token, token_hash},
};

impl RegistrationService {
    pub(super) async fn enter_with(
        &self,
        token: &LinkToken,
        typed: ProvisionalCredentials,
        earlier: Option<Uuid>,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<Entry, InternalError> {
        let link_hash = token_hash(&token.0);

        let who = self.who(now);

        // First of all a place: whoever is turned away has not tried.
        let place = self.hasher.acquire()?;
        // Counted before anything is judged, so that parallel guesses count too.
        let mut tx = self.db.write().await?;
        let link = link::count_try(&mut tx, Purpose::Registration, &link_hash, now).await?;
        let card = postcard::by_login_id(&mut tx, who, typed.login_id.as_str()).await?;
        let tried = card.as_ref().map_or(throttle::DECOY, |card| card.id);
        let admitted = throttle::count_try(&mut tx, Count::Anybody(tried), now).await?;
        // A link has free tries of its own: nobody else's at this postcard pause them.
        let admitted = admitted || link.is_some_and(|link| link.wrong_tries <= FREE);
        tx.commit().await?;

        let stored = card
            .as_ref()
            .map(|card| &*card.password_hash)
            // That of one that ended long ago is forgotten.
            .filter(|hash| !hash.is_empty())
            .unwrap_or(self.hasher.decoy());
        let right = place.verify(typed.password.as_str(), stored).await?;
        drop(place);
        let session = session_token()?;
        let session_hash = token_hash(&session);

        // Whoever has the pair may know that it has done its work; nobody else learns it,
        // since up to here the same was done, and below the same is written.
        let theirs = card.filter(|_| admitted && right);
        let is_used = theirs.as_ref().is_some_and(Postcard::is_used);
        let waits_until = theirs.as_ref().and_then(|card| card.waits_until(now));
        let good = theirs.filter(|card| card.is_good(now));

        let mut tx = self.db.write().await?;
        let replaced = earlier.filter(|_| link.is_some() && good.is_some());
        session::end_earlier(&mut tx, replaced, now).await?;
        let entry = match (link, good) {
            (Some(link), Some(card)) => {
                let until = Timestamp(link.expires_at);
                // In the order of the count, so that two at once wait and don't
                // stop each other.
                link::reset_tries(&mut tx, link.id).await?;
                throttle::reset_tries(&mut tx, Count::Anybody(card.id)).await?;
                session::insert(
                    &mut tx,
                    &session::NewSession {
                        token_hash: &session_hash,
                        of: session::Holder::Provisional {
                            postcard: card.id,
                            link: link.id,
                        },
                        origin,
                        started_at: now,
                        expires_at: until,
                    },
                )
                .await?;
                Event::PostcardAccepted
                    .by(origin, now)
                    .of_person(card.person_id)
                    .record(&mut tx)
                    .await?;
                Entry::Welcome {
                    session: SessionToken(session),
                    until,
                }
            }
            (link, _) => {
                Event::PostcardRefused
                    .by(origin, now)
                    .record(&mut tx)
                    .await?;
                match link {
                    None => Entry::LinkOver,
                    Some(_) if is_used => Entry::PostcardUsed,
                    Some(_) => match waits_until {
                        Some(until) => Entry::PostcardWaits(until),
                        None => Entry::Refused,
                    },
                }
            }
        };
        tx.commit().await?;
        Ok(entry)
    }
}
