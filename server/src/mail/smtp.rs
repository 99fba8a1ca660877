//! A mail server: the conversation with it step by step, and what each of its answers means
//! for the letter.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use lettre::{
    Address,
    transport::smtp::{
        Error as SmtpError,
        authentication::DEFAULT_MECHANISMS,
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt, Rset},
        extension::ClientId,
    },
};

use super::{
    outgoing::Outgoing,
    send_error::SendError,
    setting::{Encryption, SmtpSetting},
};

/// The longest a whole conversation with the mail server may take.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How long one of the mail server's addresses may take to answer a connection.
const CONNECT_PATIENCE: Duration = Duration::from_secs(15);

/// How long a connection is kept for the next letter. Mail servers wait for minutes
/// (RFC 5321, section 4.5.3.2.7), and some for less.
const KEPT: Duration = Duration::from_secs(20);

/// How long the mail server may take to say goodbye.
const FAREWELL: Duration = Duration::from_secs(2);

/// A mail server, and the connections to it that are free. One that has just carried a
/// letter carries the next one; a conversation that was cut off is never taken up again.
///
/// (lettre's own pool does not say at which step a letter was refused, and a refusal
/// means something else at each; and it asks every connection for a sign of life before
/// a letter, a fifth command to the four of the letter itself.)
pub struct MailServer {
    setting: SmtpSetting,
    tls: TlsParameters,
    hello: ClientId,
    free: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MailServer").field(&self.setting).finish()
    }
}

impl MailServer {
    pub(super) fn new(setting: SmtpSetting, hello: &str) -> Result<Self, SendError> {
        let tls = TlsParameters::new(setting.host.clone()).map_err(|e| trouble("TLS", &e))?;
        Ok(Self {
            setting,
            tls,
            hello: ClientId::Domain(hello.to_owned()),
            free: Mutex::default(),
        })
    }

    /// Connected, encrypted and signed in.
    pub(super) async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let SmtpSetting {
            host,
            port,
            encryption,
            credentials,
        } = &self.setting;
        let from_the_start = (*encryption == Encryption::Tls).then(|| self.tls.clone());
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            (host.as_str(), *port),
            Some(CONNECT_PATIENCE),
            &self.hello,
            from_the_start,
            None,
        )
        .await
        .map_err(|e| trouble("connection", &e))?;
        if *encryption == Encryption::StartTls {
            let upgraded = connection.starttls(self.tls.clone(), &self.hello).await;
            upgraded.map_err(|e| trouble("STARTTLS", &e))?;
        }
        if let Some(credentials) = credentials {
            let signed_in = connection.auth(DEFAULT_MECHANISMS, credentials).await;
            signed_in.map_err(|e| trouble("sign-in", &e))?;
        }
        Ok(connection)
    }

    /// Step by step, because a refusal means something else at every step: of our
    /// own address it is the office's to mend, of the recipient it is final.
    pub(super) async fn send(&self, letter: &Outgoing) -> Result<(), SendError> {
        let mut connection = self.at_recipient(letter).await?;
        connection
            .command(Data)
            .await
            .map_err(|e| trouble("DATA", &e))?;
        match connection.message(&letter.message.formatted()).await {
            Ok(_) => {
                self.keep(connection);
                Ok(())
            }
            Err(error) => {
                let refused = verdict("letter", &error, error.is_permanent());
                Err(self.after(connection, &error, refused).await)
            }
        }
    }

    pub(super) async fn knock(&self, letter: &Outgoing) -> Result<(), SendError> {
        let connection = self.at_recipient(letter).await?;
        self.keep_after_reset(connection).await;
        Ok(())
    }

    /// A connection on which sender and recipient are accepted.
    async fn at_recipient(&self, letter: &Outgoing) -> Result<AsyncSmtpConnection, SendError> {
        let envelope = letter.message.envelope();
        let sender = || Mail::new(envelope.from().cloned(), Vec::new());
        let kept = match self.take() {
            None => None,
            // The server may have closed it in the meantime, or want no more letters on
            // it: then a new one has the word.
            Some(mut connection) => match connection.command(sender()).await {
                Ok(_) => Some(connection),
                Err(_) => {
                    close(connection).await;
                    None
                }
            },
        };
        let mut connection = match kept {
            Some(connection) => connection,
            None => {
                let mut connection = self.connect().await?;
                if let Err(error) = connection.command(sender()).await {
                    close(connection).await;
                    return Err(trouble("sender", &error));
                }
                connection
            }
        };
        for recipient in envelope.to() {
            let mut taken = connection
                .command(Rcpt::new(recipient.clone(), Vec::new()))
                .await;
            if let Err(error) = &taken
                && is_about_syntax(error)
                && let Some(quoted) = quoted(recipient)
            {
                taken = connection.command(Rcpt::new(quoted, Vec::new())).await;
            }
            if let Err(error) = taken {
                let refused = verdict("recipient", &error, is_about_recipient(&error));
                return Err(self.after(connection, &error, refused).await);
            }
        }
        Ok(connection)
    }

    /// Where the server has answered, its connection can carry the next letter.
    async fn after(
        &self,
        connection: AsyncSmtpConnection,
        error: &SmtpError,
        refused: SendError,
    ) -> SendError {
        if error.status().is_some() {
            self.keep_after_reset(connection).await;
        }
        refused
    }

    async fn keep_after_reset(&self, mut connection: AsyncSmtpConnection) {
        match tokio::time::timeout(FAREWELL, connection.command(Rset)).await {
            Ok(Ok(_)) => self.keep(connection),
            Ok(Err(_)) | Err(_) => close(connection).await,
        }
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        if !connection.has_broken() {
            self.free().push((connection, Instant::now()));
        }
    }

    /// The connection that was used last; those that have waited for too long are let go.
    fn take(&self) -> Option<AsyncSmtpConnection> {
        let mut free = self.free();
        free.retain(|(_, since)| since.elapsed() < KEPT);
        free.pop().map(|(connection, _)| connection)
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<(AsyncSmtpConnection, Instant)>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the server could not read the address: 501, 553, or 5.1.3 behind any other.
fn is_about_syntax(error: &SmtpError) -> bool {
    let code = error.status().map(u16::from);
    matches!(code, Some(501 | 553)) || code.is_some() && error.to_string().contains("5.1.3")
}

/// The address with its local part between quotes, if that says the same and helps: docomo
/// and au have given out names with dots where RFC 5321 has none (`a..b`, `a.`). Most
/// servers take them as they are, and some only so.
fn quoted(address: &Address) -> Option<Address> {
    let name = address.user();
    let is_unusual = name.starts_with('.') || name.ends_with('.') || name.contains("..");
    is_unusual.then(|| Address::new_dangerous(format!("\"{name}\""), address.domain()))
}

pub(super) async fn within_patience<T>(
    conversation: impl Future<Output = Result<T, SendError>>,
) -> Result<T, SendError> {
    match tokio::time::timeout(PATIENCE, conversation).await {
        Ok(result) => result,
        Err(_) => Err(SendError::ServiceError(format!(
            "no end within {} s",
            PATIENCE.as_secs()
        ))),
    }
}

pub(super) async fn close(mut connection: AsyncSmtpConnection) {
    if tokio::time::timeout(FAREWELL, connection.abort())
        .await
        .is_err()
    {
        tracing::debug!("the mail server did not say goodbye");
    }
}

fn verdict(step: &str, error: &SmtpError, is_final: bool) -> SendError {
    match is_final {
        true => SendError::Refused(describe(step, error)),
        false => trouble(step, error),
    }
}

fn is_about_recipient(error: &SmtpError) -> bool {
    let said = std::error::Error::source(error).map(ToString::to_string);
    let code = error.status().map(u16::from).unwrap_or_default();
    error.is_permanent() && is_final(code, &said.unwrap_or_default())
}

/// Whether a 5xx at the recipient is about the recipient, and so final. Of everything else
/// the settings are at fault, or the mail server: a relay that does not know us, a
/// sign-in that is asked for. That is mended by the operator, and the letter waits.
fn is_final(code: u16, said: &str) -> bool {
    // RFC 3463: 5.subject.detail. 1: the address (but 7 and 8 are the sender's); 2: the
    // mailbox; 6: the letter's form. 7 is policy, the rest the way there.
    let mut parts = said
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .split('.');
    let numbers = (parts.next(), parts.next(), parts.next());
    if let (Some("5"), Some(subject), Some(detail)) = numbers
        && let (Ok(subject), Ok(detail)) = (subject.parse::<u16>(), detail.parse::<u16>())
    {
        return match subject {
            1 => !matches!(detail, 7 | 8),
            2 | 6 => true,
            _ => false,
        };
    }
    let said = said.to_ascii_lowercase();
    let policy = [
        "relay",
        "authenticat",
        "policy",
        "blocked",
        "denied",
        "not permitted",
    ];
    matches!(code, 550..=553 | 501) && !policy.iter().any(|word| said.contains(word))
}

fn trouble(step: &str, error: &SmtpError) -> SendError {
    SendError::ServiceError(describe(step, error))
}

/// What a server says may repeat the address or the letter; its code may not.
fn describe(step: &str, error: &SmtpError) -> String {
    match error.status() {
        Some(code) => format!("{step}: {code}"),
        None if error.is_response() => format!("{step}: no complete answer"),
        None => format!("{step}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_of_the_address_is_final() {
        for (code, said) in [
            (
                550,
                "5.1.1 <a@example.jp>: Recipient address rejected: User unknown",
            ),
            (550, "no such user"),
            (550, ""),
            (552, "5.2.2 mailbox full"),
            (553, "5.1.3 bad address syntax"),
            (501, "bad address"),
        ] {
            assert!(is_final(code, said), "{code} {said}");
        }
        for (code, said) in [
            (554, "5.7.1 <a@example.jp>: Relay access denied"),
            (550, "relaying denied"),
            (550, "5.7.26 not authenticated"),
            (530, "5.7.0 Authentication required"),
            (530, "authentication required"),
            (535, "no"),
            (550, "5.1.8 sender's domain not found"),
            (554, "no SMTP service here"),
            (503, "5.5.1 bad sequence"),
            (550, "blocked by our policy"),
        ] {
            assert!(!is_final(code, said), "{code} {said}");
        }
    }
}
