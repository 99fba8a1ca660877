//! A letter in its envelope: headers, both its forms, and the bytes on the wire.

use std::time::{Duration, UNIX_EPOCH};

use app::{rules::EmailAddress, society::Society, timestamp::Timestamp};
use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};
use uuid::Uuid;

use super::layout::Letter;

/// A letter ready to be handed over.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Its row in the queue.
    pub id: Uuid,
    /// Its date.
    pub at: Timestamp,
    /// What goes over the wire.
    pub message: Message,
}

impl Outgoing {
    /// Puts a letter into its envelope. The same row gives the same `Message-ID`
    /// at every try, so that a server which has it already can tell.
    ///
    /// # Errors
    /// The message cannot be built, and why.
    pub fn new(
        id: Uuid,
        letter: Letter,
        from: &EmailAddress,
        to: &EmailAddress,
        society: &Society,
        at: Timestamp,
    ) -> Result<Self, lettre::error::Error> {
        let (from, to) = (address(from), address(to));
        // Given explicitly: from the headers it would be parsed again, by a rule
        // that does not know Japan's addresses.
        let envelope = Envelope::new(Some(from.clone()), vec![to.clone()])?;
        let date = Duration::from_millis(u64::try_from(at.0).unwrap_or_default());
        let message = Message::builder()
            .from(Mailbox::new(Some(society.portal_name.clone()), from))
            .to(Mailbox::new(None, to))
            .subject(letter.subject)
            .date(UNIX_EPOCH + date)
            .message_id(Some(format!("<{id}@{}>", society.mail_domain)))
            // RFC 3834, section 5: no out-of-office note comes back.
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("Content-Language", "ja"))
            .envelope(envelope)
            .multipart(
                MultiPart::alternative()
                    .boundary(id.simple().to_string())
                    .singlepart(SinglePart::plain(letter.text))
                    .singlepart(SinglePart::html(letter.html)),
            )?;
        Ok(Self { id, at, message })
    }
}

/// docomo and au have given out addresses that lettre's own rule refuses; ours has
/// judged this one, and lets no character through that could leave its line.
fn address(checked: &EmailAddress) -> Address {
    let (user, domain) = checked.as_str().rsplit_once('@').unwrap_or_default();
    Address::new_dangerous(user, domain)
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
