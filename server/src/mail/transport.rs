//! Where letters go: to a mail server, or into a folder.

use std::{
    fmt, io,
    net::IpAddr,
    path::{Path, PathBuf},
    str::FromStr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use lettre::{
    Address,
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt, Rset},
        extension::ClientId,
    },
};
use percent_encoding::percent_decode_str;
use tokio::{fs, io::AsyncWriteExt};
use url::{Host, Url};

use super::outgoing::Outgoing;

/// The longest a whole conversation with the mail server may take.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How long one of the mail server's addresses may take to answer a connection.
const CONNECT_PATIENCE: Duration = Duration::from_secs(15);

/// How long a connection is kept for the next letter. Mail servers wait for minutes
/// (RFC 5321, section 4.5.3.2.7), and some for less.
const KEPT: Duration = Duration::from_secs(20);

/// How long the mail server may take to say goodbye.
const FAREWELL: Duration = Duration::from_secs(2);

/// `PORTAL_MAIL`: `mailbox:DIR`, `smtp://…` or `smtps://…`. Printing it shows no
/// password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailSetting {
    /// Every letter becomes a file in this folder.
    Mailbox(PathBuf),
    /// Letters go to a mail server.
    Smtp(SmtpSetting),
}

/// A mail server and how to talk to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpSetting {
    /// Name or IP address; its certificate has to be for this.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// What has to be encrypted.
    pub encryption: Encryption,
    /// User and password, where the server asks for them.
    pub credentials: Option<Credentials>,
}

/// How the way to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the first byte (RFC 8314, section 3.3).
    Tls,
    /// STARTTLS (RFC 3207); without it nothing is sent.
    StartTls,
    /// None: only to this machine itself.
    Plain,
}

/// Why a mail setting cannot be used. No variant holds what was set: it may hold
/// a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSettingError {
    /// It begins with none of the three words.
    Scheme,
    /// `mailbox:` without a folder.
    Folder,
    /// No URL of the form `smtp://user:password@host:port`.
    Url,
    /// A user without a password, a password without a user, or neither readable
    /// after percent-decoding.
    Login,
    /// Something after host and port, which would be ignored.
    Rest,
}

impl fmt::Display for MailSettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "has to begin with mailbox:, smtp:// or smtps://",
            Self::Folder => "mailbox: needs a folder, as in mailbox:data/mail",
            Self::Url => "is no URL like smtps://user:password@mail.example.jp:465",
            Self::Login => {
                "needs both a user and a password, percent-encoded (an @ is written %40), or none"
            }
            Self::Rest => "takes nothing after the host and the port",
        })
    }
}

impl std::error::Error for MailSettingError {}

impl FromStr for MailSetting {
    type Err = MailSettingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(folder) = text.strip_prefix("mailbox:") {
            return match folder {
                "" => Err(MailSettingError::Folder),
                folder => Ok(Self::Mailbox(folder.into())),
            };
        }
        let from_the_start = if text.starts_with("smtps://") {
            true
        } else if text.starts_with("smtp://") {
            false
        } else {
            return Err(MailSettingError::Scheme);
        };
        let url = Url::parse(text).map_err(|_| MailSettingError::Url)?;
        let host = url.host().ok_or(MailSettingError::Url)?;
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(MailSettingError::Rest);
        }
        // The ports of RFC 8314 and RFC 6409; 25 where this machine relays.
        let (encryption, usual_port) = match (from_the_start, is_loopback(&host)) {
            (true, _) => (Encryption::Tls, 465),
            (false, false) => (Encryption::StartTls, 587),
            (false, true) => (Encryption::Plain, 25),
        };
        Ok(Self::Smtp(SmtpSetting {
            host: match host {
                Host::Domain(name) => name.to_owned(),
                Host::Ipv4(address) => address.to_string(),
                Host::Ipv6(address) => address.to_string(),
            },
            port: url.port().unwrap_or(usual_port),
            encryption,
            credentials: credentials(&url)?,
        }))
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            // `smtp:` is no scheme of the web, so its IPv4 addresses come as names.
            name.eq_ignore_ascii_case("localhost")
                || name
                    .parse::<IpAddr>()
                    .is_ok_and(|address| address.is_loopback())
        }
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, MailSettingError> {
    let decoded = |text: &str| match percent_decode_str(text).decode_utf8() {
        Ok(text) if !text.is_empty() => Ok(text.into_owned()),
        _ => Err(MailSettingError::Login),
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (user, Some(password)) => Ok(Some(Credentials::new(decoded(user)?, decoded(password)?))),
        (_, None) => Err(MailSettingError::Login),
    }
}

/// Why a letter was not handed over. The words are for the log and the queue:
/// they hold no address and nothing of the letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendError {
    /// The server does not take this letter, now or later: a 5xx to its recipient
    /// or its text.
    Refused(String),
    /// Something that may pass: no connection, no TLS, a refused sign-in, a 4xx.
    ServiceError(String),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(why) | Self::ServiceError(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for SendError {}

/// The way letters leave.
#[derive(Debug)]
pub enum Transport {
    /// Into a folder, one `.eml` file a letter.
    Mailbox(PathBuf),
    /// To a mail server.
    Smtp(MailServer),
}

impl Transport {
    /// Prepares the way; nothing is connected yet. `hello` is the name the server
    /// is greeted with: the society's mail domain.
    ///
    /// # Errors
    /// The machine's list of trusted certificates cannot be used.
    pub fn open(setting: MailSetting, hello: &str) -> Result<Self, SendError> {
        Ok(match setting {
            MailSetting::Mailbox(folder) => Self::Mailbox(folder),
            MailSetting::Smtp(setting) => Self::Smtp(MailServer::new(setting, hello)?),
        })
    }

    /// Hands one letter over, within a minute.
    ///
    /// # Errors
    /// [`SendError`]; after a lost last answer the server may have taken the
    /// letter all the same, and knows it again by its `Message-ID`.
    pub async fn send(&self, letter: &Outgoing) -> Result<(), SendError> {
        match self {
            Self::Mailbox(folder) => store(folder, letter).await.map_err(|e| in_folder(&e)),
            Self::Smtp(server) => within_patience(server.send(letter)).await,
        }
    }

    /// Goes as far as the recipient and no further, for a letter that is withheld: a
    /// mail server that greylists must not tell by it that there was none.
    ///
    /// # Errors
    /// As for [`Transport::send`].
    pub async fn knock(&self, letter: &Outgoing) -> Result<(), SendError> {
        match self {
            Self::Mailbox(folder) => probe(folder).await.map_err(|e| in_folder(&e)),
            Self::Smtp(server) => within_patience(server.knock(letter)).await,
        }
    }

    /// For the doctor: whether the mail server answers and lets us in, or the
    /// folder can be written.
    ///
    /// # Errors
    /// What stands in the way.
    pub async fn check(&self) -> Result<(), SendError> {
        match self {
            // It is made with the first letter.
            Self::Mailbox(folder) if !folder.exists() => Ok(()),
            Self::Mailbox(folder) => probe(folder).await.map_err(|e| in_folder(&e)),
            Self::Smtp(server) => {
                part(within_patience(server.connect()).await?).await;
                Ok(())
            }
        }
    }
}

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
    fn new(setting: SmtpSetting, hello: &str) -> Result<Self, SendError> {
        let tls = TlsParameters::new(setting.host.clone()).map_err(|e| trouble("TLS", &e))?;
        Ok(Self {
            setting,
            tls,
            hello: ClientId::Domain(hello.to_owned()),
            free: Mutex::default(),
        })
    }

    /// Connected, encrypted and signed in.
    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
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
    async fn send(&self, letter: &Outgoing) -> Result<(), SendError> {
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

    async fn knock(&self, letter: &Outgoing) -> Result<(), SendError> {
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
                    part(connection).await;
                    None
                }
            },
        };
        let mut connection = match kept {
            Some(connection) => connection,
            None => {
                let mut connection = self.connect().await?;
                if let Err(error) = connection.command(sender()).await {
                    part(connection).await;
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
            Ok(Err(_)) | Err(_) => part(connection).await,
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

async fn within_patience<T>(
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

async fn part(mut connection: AsyncSmtpConnection) {
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

fn in_folder(error: &io::Error) -> SendError {
    SendError::ServiceError(format!("mailbox folder: {error}"))
}

/// Written under another name first: whoever lists the folder sees whole letters.
async fn store(folder: &Path, letter: &Outgoing) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .await?;
    let name = format!("{:013}-{}", letter.at.0, letter.id);
    let draft = folder.join(format!(".{name}"));
    write(&draft, &letter.message.formatted()).await?;
    fs::rename(&draft, folder.join(name + ".eml")).await
}

async fn probe(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .await?;
    let file = folder.join(".check");
    write(&file, b"").await?;
    fs::remove_file(&file).await
}

async fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(file)
        .await?;
    file.write_all(bytes).await?;
    file.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(text: &str) -> SmtpSetting {
        match text.parse() {
            Ok(MailSetting::Smtp(setting)) => setting,
            other => panic!("{text} was read as {other:?}"),
        }
    }

    fn refused(text: &str) -> MailSettingError {
        match text.parse::<MailSetting>() {
            Err(error) => error,
            Ok(setting) => panic!("{text} was accepted as {setting:?}"),
        }
    }

    #[test]
    fn only_this_machine_is_talked_to_in_the_clear() {
        for here in ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]"] {
            assert_eq!(
                smtp(&format!("smtp://{here}")).encryption,
                Encryption::Plain,
                "{here}"
            );
            assert_eq!(
                smtp(&format!("smtps://{here}")).encryption,
                Encryption::Tls,
                "{here}"
            );
        }
        for elsewhere in [
            "mail.example.jp",
            "localhost.example.jp",
            "127.0.0.1.example.jp",
            "10.0.0.1",
            "[::2]",
        ] {
            let setting = smtp(&format!("smtp://{elsewhere}"));
            assert_eq!(setting.encryption, Encryption::StartTls, "{elsewhere}");
        }
    }

    #[test]
    fn a_mail_server_is_named_with_its_port_and_its_login() {
        let setting = smtp("smtps://portal%40example.jp:p%3A%2Fss@mail.example.jp:10465");
        assert_eq!(
            (setting.host.as_str(), setting.port),
            ("mail.example.jp", 10465)
        );
        assert_eq!(
            setting.credentials,
            Some(Credentials::new(
                "portal@example.jp".to_owned(),
                "p:/ss".to_owned()
            ))
        );
        assert_eq!(smtp("smtp://mail.example.jp").port, 587);
        assert_eq!(smtp("smtps://mail.example.jp/").port, 465);
        assert_eq!(smtp("smtp://127.0.0.1").port, 25);
        assert_eq!(smtp("smtp://[::1]:2525").host, "::1");
        assert_eq!(smtp("smtp://mail.example.jp").credentials, None);
    }

    #[test]
    fn a_setting_that_makes_no_sense_is_refused_with_its_reason() {
        assert_eq!(
            "mailbox:data/mail".parse(),
            Ok(MailSetting::Mailbox("data/mail".into()))
        );
        assert_eq!(refused("mailbox:"), MailSettingError::Folder);
        assert_eq!(refused("mail.example.jp"), MailSettingError::Scheme);
        assert_eq!(refused(""), MailSettingError::Scheme);
        assert_eq!(refused("http://mail.example.jp"), MailSettingError::Scheme);
        assert_eq!(refused("smtp://"), MailSettingError::Url);
        assert_eq!(
            refused("smtp://mail.example.jp:99999"),
            MailSettingError::Url
        );
        assert_eq!(
            refused("smtp://portal@mail.example.jp"),
            MailSettingError::Login
        );
        assert_eq!(
            refused("smtp://:secret@mail.example.jp"),
            MailSettingError::Login
        );
        assert_eq!(
            refused("smtp://portal:%FF@mail.example.jp"),
            MailSettingError::Login
        );
        assert_eq!(
            refused("smtp://mail.example.jp?tls=none"),
            MailSettingError::Rest
        );
        assert_eq!(
            refused("smtp://mail.example.jp/mail"),
            MailSettingError::Rest
        );
    }

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

    #[test]
    fn nothing_that_is_printed_holds_the_password() {
        let text = "smtps://portal:pass-word@mail.example.jp";
        assert!(!format!("{:?}", text.parse::<MailSetting>()).contains("pass-word"));
        assert!(!format!("{:?}", refused("smtps://x:pass-word@h?q")).contains("pass-word"));
    }
}
