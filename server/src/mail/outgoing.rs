//! A letter in its envelope: headers, both its forms, and the bytes on the wire.

use std::time::{Duration, UNIX_EPOCH};

use domain::{
    rules::EmailAddress,
    values::{society::Society, timestamp::Timestamp},
};
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
        let mut message = Message::builder()
            .from(Mailbox::new(Some(printable(&society.portal_name)), from))
            .to(Mailbox::new(None, to))
            .subject(letter.subject)
            .date(UNIX_EPOCH + date)
            .message_id(Some(format!("<{id}@{}>", society.mail_domain)))
            // RFC 3834, section 5: no out-of-office note comes back.
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("Content-Language", "ja"))
            .envelope(envelope);
        if let Some(address) = letter.unsubscribe {
            // RFC 8058: the mail program posts there by itself, once its reader has said so.
            message = message
                .raw_header(header("List-Unsubscribe", &format!("<{address}>")))
                .raw_header(header(
                    "List-Unsubscribe-Post",
                    "List-Unsubscribe=One-Click",
                ));
        }
        let message = message.multipart(
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

/// lettre panics over a control character in a name.
fn printable(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).collect()
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use mail_parser::{HeaderName as Name, MessageParser};

    use super::*;

    const AT: Timestamp = Timestamp(1_795_326_120_000);
    const ID: Uuid = Uuid::from_u128(0x0195_0000_0000_7000_8000_0000_0000_0001);

    fn letter(text: &str) -> Letter {
        Letter {
            subject: "【AB健康マイポータル】利用登録手続きのご案内".to_owned(),
            text: text.to_owned(),
            html: format!("<p>{text}</p>"),
            unsubscribe: None,
        }
    }

    fn sent_to(to: &str, letter: Letter, society: &Society) -> Message {
        let from = EmailAddress::parse(&society.sender()).unwrap();
        let to = EmailAddress::parse(to).unwrap();
        Outgoing::new(ID, letter, &from, &to, society, AT)
            .unwrap()
            .message
    }

    #[test]
    fn the_head_of_a_letter_says_who_writes_to_whom_when_and_about_what() {
        let society = Society::default();
        let bytes = sent_to("taro@example.jp", letter("本文"), &society).formatted();
        let message = MessageParser::default().parse(&bytes).unwrap();
        let from = message.from().unwrap().first().unwrap();
        assert_eq!(from.name(), Some("AB健康マイポータル"));
        assert_eq!(from.address(), Some("no-reply@autobacs-kenpo.jp"));
        assert_eq!(
            message.to().unwrap().first().unwrap().address(),
            Some("taro@example.jp")
        );
        assert_eq!(
            message.subject(),
            Some("【AB健康マイポータル】利用登録手続きのご案内")
        );
        assert_eq!(message.date().unwrap().to_timestamp() * 1000, AT.0);
        assert_eq!(
            message.message_id(),
            Some("01950000-0000-7000-8000-000000000001@autobacs-kenpo.jp")
        );
        for (name, value) in [
            ("Auto-Submitted", "auto-generated"),
            ("Content-Language", "ja"),
            ("MIME-Version", "1.0"),
        ] {
            let header = message.header_raw(Name::parse(name).unwrap()).unwrap();
            assert_eq!(header.trim(), value, "{name}");
        }
    }

    #[test]
    fn a_letter_that_was_not_asked_for_says_where_to_end_them() {
        let url = format!(
            "https://portal.example.jp/notices/unsubscribe?token={}",
            "x".repeat(66)
        );
        let of_notice = Letter {
            unsubscribe: Some(url.clone()),
            ..letter("本文")
        };
        let bytes = sent_to("taro@example.jp", of_notice, &Society::default()).formatted();
        let wire = String::from_utf8(bytes).unwrap();
        assert!(
            wire.contains(&format!("\r\nList-Unsubscribe: <{url}>\r\n")),
            "{wire}"
        );
        let post = "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
        assert!(wire.contains(post), "{wire}");
        let bytes = sent_to("taro@example.jp", letter("本文"), &Society::default()).formatted();
        assert!(!String::from_utf8(bytes).unwrap().contains("Unsubscribe"));
    }

    #[test]
    fn the_addresses_that_docomo_and_au_gave_out_are_written_to_as_they_are() {
        for to in ["a..b@docomo.ne.jp", "a.@ezweb.ne.jp", ".taro-@docomo.ne.jp"] {
            let message = sent_to(to, letter("本文"), &Society::default());
            let recipients: Vec<_> = message
                .envelope()
                .to()
                .iter()
                .map(ToString::to_string)
                .collect();
            assert_eq!(recipients, [to]);
            let bytes = String::from_utf8(message.formatted()).unwrap();
            assert!(bytes.contains(&format!("\r\nTo: {to}\r\n")), "{bytes}");
        }
    }

    #[test]
    fn on_the_wire_there_is_only_ascii_in_short_lines() {
        let text = format!("{}\n.\n..\n{}\n", "長".repeat(2000), "x".repeat(5000));
        let bytes = sent_to("taro@example.jp", letter(&text), &Society::default()).formatted();
        assert!(
            bytes.is_ascii(),
            "8-bit characters need a server that takes them"
        );
        let wire = String::from_utf8(bytes.clone()).unwrap();
        let (head, body) = wire.split_once("\r\n\r\n").unwrap();
        // RFC 5322, section 2.1.1: what has to be kept, and what should be.
        for (part, most) in [(head, 998), (body, 78)] {
            for line in part.split("\r\n") {
                assert!(
                    line.len() <= most,
                    "{} characters in one line: {line}",
                    line.len()
                );
                assert!(!line.contains(['\r', '\n']), "a bare line end in {line:?}");
                assert_ne!(line, ".", "the end of the letter in its middle");
            }
        }
        let message = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(message.body_text(0).unwrap().replace("\r\n", "\n"), text);
    }

    #[test]
    fn no_name_and_no_title_can_add_a_header_or_a_recipient() {
        let smuggled = "x\r\nBcc: thief@example.com\r\n\r\nbody";
        let society = Society {
            portal_name: smuggled.to_owned(),
            ..Society::default()
        };
        let injected = Letter {
            subject: smuggled.to_owned(),
            ..letter("本文")
        };
        let message = sent_to("taro@example.jp", injected, &society);
        assert_eq!(message.envelope().to().len(), 1);
        let bytes = message.formatted();
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        assert!(
            parsed.bcc().is_none(),
            "{}",
            String::from_utf8_lossy(&bytes)
        );
        assert_eq!(parsed.body_text(0).unwrap().trim_end(), "本文");
        let names: Vec<_> = parsed
            .headers()
            .iter()
            .map(|header| header.name())
            .collect();
        assert_eq!(
            names,
            [
                "From",
                "To",
                "Subject",
                "Date",
                "Message-ID",
                "Auto-Submitted",
                "Content-Language",
                "MIME-Version",
                "Content-Type"
            ]
        );
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_set_as_a_name_or_written_as_text_makes_a_letter(
            portal_name: String,
            subject: String,
            text: String,
        ) {
            let society = Society { portal_name, ..Society::default() };
            let message = sent_to("taro@example.jp", Letter { subject, ..letter(&text) }, &society);
            let bytes = message.formatted();
            let parsed = MessageParser::default().parse(&bytes).unwrap();
            proptest::prop_assert_eq!(parsed.headers().len(), 9);
        }
    }

    #[test]
    fn a_retry_sends_the_same_letter() {
        let first = sent_to("taro@example.jp", letter("本文"), &Society::default());
        let again = sent_to("taro@example.jp", letter("本文"), &Society::default());
        assert_eq!(first.formatted(), again.formatted());
    }
}
