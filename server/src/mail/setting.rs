//! `PORTAL_MAIL`: where letters are to go, as it is written and as it is meant.

use std::{fmt, net::IpAddr, path::PathBuf, str::FromStr};

use lettre::transport::smtp::authentication::Credentials;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

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
    fn nothing_that_is_printed_holds_the_password() {
        let text = "smtps://portal:pass-word@mail.example.jp";
        assert!(!format!("{:?}", text.parse::<MailSetting>()).contains("pass-word"));
        assert!(!format!("{:?}", refused("smtps://x:pass-word@h?q")).contains("pass-word"));
    }
}
