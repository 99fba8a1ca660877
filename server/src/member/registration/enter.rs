//! 仮ログイン with the postcard.

use domain::{
    forms::ProvisionalCredentials,
    ports::Entry,
    values::timestamp::Timestamp,
    visit::{Asker, LinkToken, SessionToken},
};
use store::{
    audit::Event,
    link::{self, Purpose},
    postcard, session, throttle,
};

use super::RegistrationDesk;
use crate::base::{
    fault::Fault,
    secrets::{session_token, token_hash},
};

impl RegistrationDesk {
    pub(super) async fn enter_with(
        &self,
        token: &LinkToken,
        typed: ProvisionalCredentials,
        asker: &Asker,
        now: Timestamp,
    ) -> Result<Entry, Fault> {
        let link_hash = token_hash(&token.0);

        let who = self.who(now);

        // First of all a place: whoever is turned away has not tried.
        let place = self.hasher.reserve()?;
        // Counted before anything is judged, so that parallel guesses count too.
        let mut tx = self.db.write().await?;
        let link = link::count_try(&mut tx, Purpose::Registration, &link_hash, now).await?;
        let card = postcard::by_login_id(&mut tx, who, typed.login_id.as_str()).await?;
        let tried = card.as_ref().map_or(throttle::DECOY, |card| card.id);
        let admitted = throttle::count_try(&mut tx, tried, now).await?;
        tx.commit().await?;

        let stored = card
            .as_ref()
            .map_or(self.hasher.decoy(), |card| &card.password_hash);
        let right = place.verify(typed.password.as_str(), stored).await?;
        drop(place);
        let session = session_token()?;
        let session_hash = token_hash(&session);

        let good = card.filter(|card| admitted && right && card.is_good(now));

        let mut tx = self.db.write().await?;
        let entry = match (link, good) {
            (None, _) => {
                Event::PostcardRefused
                    .by(asker, now)
                    .record(&mut tx)
                    .await?;
                Entry::LinkOver
            }
            (Some(_), None) => {
                Event::PostcardRefused
                    .by(asker, now)
                    .record(&mut tx)
                    .await?;
                Entry::Refused
            }
            (Some(link), Some(card)) => {
                let until = Timestamp(link.expires_at);
                // In the order of the count, so that two at once wait and don't
                // stop each other.
                link::forgive(&mut tx, link.id).await?;
                throttle::forgive(&mut tx, card.id).await?;
                session::insert(
                    &mut tx,
                    &session::NewSession {
                        token_hash: &session_hash,
                        of: session::Holder::Provisional {
                            postcard: card.id,
                            link: link.id,
                        },
                        asker,
                        started_at: now,
                        expires_at: until,
                    },
                )
                .await?;
                Event::PostcardAccepted
                    .by(asker, now)
                    .of_person(card.person_id)
                    .record(&mut tx)
                    .await?;
                Entry::Welcome {
                    session: SessionToken(session),
                    until,
                }
            }
        };
        tx.commit().await?;
        Ok(entry)
    }
}
