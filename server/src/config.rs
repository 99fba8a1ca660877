//! The settings: a file, each setting overridden by an environment variable.
//! What is unknown, unreadable or contradictory is refused at start, by name.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    num::NonZeroU8,
    path::{Path, PathBuf},
    time::Duration,
};

use domain::{
    rules::{EmailAddress, InsurerNumber},
    values::society::Society,
    visit::network::{Network, NetworkError},
};
use serde::Deserialize;

use crate::{
    base::hash::{HashCost, Pool},
    http::public_url::PublicUrl,
    http::{Limits, RateLimitSetting, connections::Places},
    mail::setting::MailSetting,
};

/// The settings, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub addr: SocketAddr,
    /// Where members find the portal.
    pub public_url: PublicUrl,
    /// `sqlite://PATH` or `postgres://…`
    pub database_url: DatabaseUrl,
    /// How letters leave.
    pub mail: MailSetting,
    /// How many letters are on their way at a time.
    pub mail_senders: NonZeroU8,
    /// Where the server keeps its own files.
    pub data_dir: PathBuf,
    /// The server's key.
    pub secret_file: PathBuf,
    /// The folder that holds `dist`.
    pub site: PathBuf,
    /// Proxies whose word about the client's address counts.
    pub trusted_proxies: Vec<IpAddr>,
    /// From where the office can be seen; from everywhere where there is none.
    pub office_networks: Vec<Network>,
    /// Whether what cannot be taken back needs a second person of the office.
    pub four_eyes: bool,
    /// From so many lines on a file may wait for the night, on SQLite.
    pub night_from_lines: u64,
    /// What may be posted.
    pub limits: Limits,
    /// How many connections may be open.
    pub places: Places,
    /// For how long a postcard is good, in days.
    pub postcard_days: u16,
    /// What a password hash costs.
    pub hash: HashCost,
    /// How much is hashed at a time: what this machine can do.
    pub hash_pool: Pool,
    /// Who runs the portal.
    pub society: Society,
}

/// Why the server does not start.
#[derive(Debug)]
pub struct ConfigError(String);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

/// Where the data are. Printing it shows no password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    fn parse(text: &str) -> Result<Self, String> {
        let known = ["sqlite://", "postgres://", "postgresql://"];
        if known.iter().any(|scheme| text.starts_with(scheme)) {
            Ok(Self(text.to_owned()))
        } else {
            Err("sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME".to_owned())
        }
    }

    /// The whole, for the engine's driver.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.0.split("://").next().unwrap_or_default();
        write!(f, "{scheme}://…")
    }
}

/// As many connections as any mail server takes from one client.
const SENDERS: NonZeroU8 = NonZeroU8::MIN.saturating_add(3);

/// The settings that a variable of the environment can set.
const VARIABLES: [&str; 8] = [
    "PORTAL_ADDR",
    "PORTAL_PUBLIC_URL",
    "PORTAL_DATABASE_URL",
    "PORTAL_MAIL",
    "PORTAL_DEMO",
    "PORTAL_DATA_DIR",
    "PORTAL_SECRET_FILE",
    "PORTAL_SITE",
];

/// `portal.toml`, as it is written.
/// From so many lines on others would wait for more than two seconds on a small server
/// (`benches/claims.rs`).
const NIGHT_FROM_LINES: u64 = 200_000;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    addr: Option<String>,
    public_url: Option<String>,
    database_url: Option<String>,
    mail: Option<String>,
    demo: bool,
    mail_senders: Option<NonZeroU8>,
    data_dir: Option<PathBuf>,
    secret_file: Option<PathBuf>,
    site: Option<PathBuf>,
    trusted_proxies: Vec<IpAddr>,
    office_networks: Vec<String>,
    four_eyes: bool,
    night_from_lines: Option<u64>,
    postcard_days: Option<u16>,
    limits: LimitsSection,
    hash: HashSection,
    society: Society,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LimitsSection {
    posts_at_once: Option<u32>,
    posts_per_second: Option<u32>,
    letters_at_once: Option<u32>,
    letters_per_hour: Option<u32>,
    all_letters_at_once: Option<u32>,
    all_letters_per_hour: Option<u32>,
    wrong_tries_at_once: Option<u32>,
    wrong_tries_per_hour: Option<u32>,
    connections: Option<u32>,
    connections_of_one: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct HashSection {
    memory_kib: Option<u32>,
    passes: Option<u32>,
    lanes: Option<u32>,
}

impl LimitsSection {
    fn places(&self) -> Result<Places, ConfigError> {
        let default = Places::default();
        let places = Places {
            all: self.connections.unwrap_or(default.all),
            of_one: self.connections_of_one.unwrap_or(default.of_one),
            ..default
        };
        match places {
            Places { all: 0, .. } => Err(wrong("limits.connections", "at least one")),
            Places { of_one: 0, .. } => Err(wrong("limits.connections_of_one", "at least one")),
            places => Ok(places),
        }
    }

    fn check(&self) -> Result<Limits, ConfigError> {
        let default = Limits::default();
        let second = Duration::from_secs(1);
        let hour = 3600 * second;
        Ok(Limits {
            posts: limit(
                ("limits.posts_at_once", self.posts_at_once),
                (
                    "limits.posts_per_second",
                    self.posts_per_second,
                    1000,
                    second,
                ),
                default.posts,
            )?,
            letters: limit(
                ("limits.letters_at_once", self.letters_at_once),
                (
                    "limits.letters_per_hour",
                    self.letters_per_hour,
                    1_000_000,
                    hour,
                ),
                default.letters,
            )?,
            all_letters: limit(
                ("limits.all_letters_at_once", self.all_letters_at_once),
                (
                    "limits.all_letters_per_hour",
                    self.all_letters_per_hour,
                    1_000_000,
                    hour,
                ),
                default.all_letters,
            )?,
            wrong_tries: limit(
                ("limits.wrong_tries_at_once", self.wrong_tries_at_once),
                (
                    "limits.wrong_tries_per_hour",
                    self.wrong_tries_per_hour,
                    1_000_000,
                    hour,
                ),
                default.wrong_tries,
            )?,
        })
    }
}

/// A number at once, and a number in a span, up to the most that makes sense.
fn limit(
    at_once: (&str, Option<u32>),
    then: (&str, Option<u32>, u32, Duration),
    default: RateLimitSetting,
) -> Result<RateLimitSetting, ConfigError> {
    let (key, number) = at_once;
    let at_once = number.unwrap_or(default.at_once);
    if at_once == 0 {
        return Err(wrong(key, "at least one"));
    }
    let (key, number, most, span) = then;
    let then_every = match number {
        None => default.then_every,
        Some(number) if (1..=most).contains(&number) => span / number,
        Some(_) => return Err(wrong(key, &format!("1 to {most}"))),
    };
    Ok(RateLimitSetting {
        at_once,
        then_every,
    })
}

impl Config {
    /// Reads the settings: the file if there is one, then the environment's
    /// `PORTAL_…` over it.
    ///
    /// # Errors
    /// A file that cannot be read, an unknown key, a value that makes no sense.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut settings = match file {
            None => File::default(),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|error| ConfigError(format!("{}: {error}", path.display())))?;
                toml::from_str(&text)
                    .map_err(|error| ConfigError(format!("{}: {error}", path.display())))?
            }
        };
        for (key, value) in environment {
            match key.as_str() {
                "PORTAL_ADDR" => settings.addr = Some(value),
                "PORTAL_PUBLIC_URL" => settings.public_url = Some(value),
                "PORTAL_DATABASE_URL" => settings.database_url = Some(value),
                "PORTAL_MAIL" => settings.mail = Some(value),
                "PORTAL_DEMO" => {
                    settings.demo = value.parse().map_err(|_| wrong("demo", "true or false"))?;
                }
                "PORTAL_DATA_DIR" => settings.data_dir = Some(value.into()),
                "PORTAL_SECRET_FILE" => settings.secret_file = Some(value.into()),
                "PORTAL_SITE" => settings.site = Some(value.into()),
                // Names the file, and so is the command line's.
                "PORTAL_CONFIG" => {}
                unknown if unknown.starts_with("PORTAL_") => {
                    return Err(ConfigError(format!("{unknown}: there is no such setting")));
                }
                _ => {}
            }
        }
        settings.check()
    }
}

impl File {
    fn check(self) -> Result<Config, ConfigError> {
        let addr: SocketAddr = match &self.addr {
            None => SocketAddr::from(([127, 0, 0, 1], 3000)),
            Some(text) => text
                .parse()
                .map_err(|_| wrong("addr", "an IP address and a port, such as 127.0.0.1:3000"))?,
        };
        let public_url = match &self.public_url {
            None => PublicUrl::of_address(addr),
            Some(text) => PublicUrl::parse(text).map_err(|why| wrong("public_url", &why))?,
        };
        if self.public_url.is_none() && !addr.ip().is_loopback() {
            return Err(wrong(
                "public_url",
                "has to be set when the portal listens on an address others can reach",
            ));
        }
        let data_dir = self.data_dir.unwrap_or_else(|| "data".into());
        let database_url = match &self.database_url {
            None => DatabaseUrl(format!("sqlite://{}", data_dir.join("portal.db").display())),
            Some(text) => DatabaseUrl::parse(text).map_err(|why| wrong("database_url", &why))?,
        };
        let mail = match &self.mail {
            None if public_url.is_https() => {
                return Err(wrong(
                    "mail",
                    "has to be set when members use the portal; see the sample",
                ));
            }
            None => MailSetting::Mailbox(data_dir.join("mailbox")),
            Some(text) => text
                .parse()
                .map_err(|why| wrong("mail", &format!("{why}")))?,
        };
        let others_reach_it = public_url.is_https() || !addr.ip().is_loopback();
        if matches!(mail, MailSetting::Mailbox(_)) && others_reach_it && !self.demo {
            return Err(wrong(
                "mail",
                "mailbox: shows every letter with its link to anybody at /dev/mailbox; smtps://… \
                 where members use the portal, or demo = true (PORTAL_DEMO) for a demonstration",
            ));
        }
        // The mail server is greeted by this name, whoever the sender is.
        let domain = format!("no-reply@{}", self.society.mail_domain);
        if EmailAddress::parse(&domain).is_err() {
            return Err(wrong(
                "society.mail_domain",
                "a domain, such as kenpo.example.jp",
            ));
        }
        if EmailAddress::parse(&self.society.sender()).is_err() {
            return Err(wrong("society.mail_sender", "an e-mail address"));
        }
        let names = [
            &self.society.portal_name,
            &self.society.name,
            &self.society.telephone,
        ];
        if names
            .iter()
            .any(|name| name.is_empty() || name.chars().any(char::is_control))
        {
            return Err(wrong(
                "society",
                "portal_name, name and telephone, each on one line",
            ));
        }
        if InsurerNumber::parse(&self.society.insurer_number).is_err() {
            return Err(wrong(
                "society.insurer_number",
                "eight digits, the last a check digit",
            ));
        }
        if !(15..=100).contains(&self.society.registration_age) {
            return Err(wrong("society.registration_age", "years, 15 to 100"));
        }
        if !(15..=20).contains(&self.society.consent_age) {
            return Err(wrong("society.consent_age", "years, 15 to 20"));
        }
        if self.society.months_after_leaving > 120 {
            return Err(wrong("society.months_after_leaving", "months, 0 to 120"));
        }
        let networks = self.office_networks.iter().map(|text| text.parse());
        let office_networks: Vec<Network> = networks
            .collect::<Result<_, _>>()
            .map_err(|error: NetworkError| wrong("office_networks", &error.to_string()))?;
        // Behind a proxy everybody would come from the proxy's address.
        let behind_a_proxy = public_url.is_https() && self.trusted_proxies.is_empty();
        if !office_networks.is_empty() && behind_a_proxy {
            return Err(wrong(
                "office_networks",
                "needs trusted_proxies: without them every visitor has the proxy's address",
            ));
        }
        let postcard_days = self.postcard_days.unwrap_or(365);
        if postcard_days == 0 {
            return Err(wrong("postcard_days", "at least one day"));
        }
        let default = HashCost::default();
        Ok(Config {
            addr,
            public_url,
            database_url,
            mail,
            mail_senders: self.mail_senders.unwrap_or(SENDERS),
            secret_file: self.secret_file.unwrap_or_else(|| data_dir.join("secret")),
            data_dir,
            site: self.site.unwrap_or_else(|| ".".into()),
            trusted_proxies: self.trusted_proxies,
            office_networks,
            four_eyes: self.four_eyes,
            night_from_lines: self.night_from_lines.unwrap_or(NIGHT_FROM_LINES),
            limits: self.limits.check()?,
            places: self.limits.places()?,
            postcard_days,
            hash: HashCost {
                memory_kib: self.hash.memory_kib.unwrap_or(default.memory_kib),
                passes: self.hash.passes.unwrap_or(default.passes),
                lanes: self.hash.lanes.unwrap_or(default.lanes),
            },
            hash_pool: Pool::default(),
            society: self.society,
        })
    }
}

fn wrong(key: &str, why: &str) -> ConfigError {
    let variable = format!("PORTAL_{}", key.to_uppercase());
    match VARIABLES.contains(&variable.as_str()) {
        true => ConfigError(format!("{key} ({variable}): {why}")),
        false => ConfigError(format!("{key}: {why}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(settings: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::load(
            None,
            settings
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned())),
        )
    }

    #[test]
    fn the_sample_file_says_what_holds_without_it() {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../portal.sample.toml");
        let from_sample = Config::load(Some(&sample), []).expect("the sample is good");
        let default = with(&[]).expect("the defaults are good");
        assert_eq!(format!("{from_sample:?}"), format!("{default:?}"));
    }

    #[test]
    fn what_is_wrong_is_refused_by_name() {
        for (key, value) in [
            ("PORTAL_ADDR", "localhost"),
            ("PORTAL_PUBLIC_URL", "http://portal.example.jp"),
            ("PORTAL_PUBLIC_URL", "https://portal.example.jp/members"),
            ("PORTAL_PUBLIC_URL", "ftp://portal.example.jp"),
            ("PORTAL_DATABASE_URL", "mysql://localhost/portal"),
            ("PORTAL_MAIL", "pigeon"),
            ("PORTAL_DEMO", "maybe"),
            ("PORTAL_DATABSE_URL", "sqlite://x.db"),
        ] {
            let refused = with(&[(key, value)]).expect_err(value).to_string();
            assert!(refused.contains(key), "{key}={value}: {refused}");
        }
    }

    #[test]
    fn members_need_https_wherever_the_portal_listens() {
        for public in [
            "http://portal.example.jp",
            "http://192.168.0.10:3000",
            "http://[2001:db8::1]",
            "http://localhost.example.jp",
            "http://0.0.0.0:3000",
        ] {
            for addr in ["127.0.0.1:3000", "0.0.0.0:3000"] {
                let refused = with(&[("PORTAL_ADDR", addr), ("PORTAL_PUBLIC_URL", public)]);
                let refused = refused.expect_err(public).to_string();
                assert!(
                    refused.contains("members need https"),
                    "{public}: {refused}"
                );
            }
        }
        for here in [
            "http://localhost:3000",
            "http://127.0.0.1",
            "http://[::1]:3000",
        ] {
            with(&[("PORTAL_PUBLIC_URL", here)]).expect(here);
        }
        // Where others can reach it, nobody guesses what they call it.
        let refused = with(&[("PORTAL_ADDR", "0.0.0.0:3000")]).expect_err("no public URL");
        assert!(refused.to_string().contains("PORTAL_PUBLIC_URL"));
    }

    #[test]
    fn letters_that_anybody_can_read_are_for_a_demo_or_for_this_machine() {
        let public = ("PORTAL_PUBLIC_URL", "https://portal.example.jp");
        let mailbox = ("PORTAL_MAIL", "mailbox:data/mailbox");
        let everywhere = ("PORTAL_ADDR", "0.0.0.0:3000");
        let local = ("PORTAL_PUBLIC_URL", "http://localhost:3000");
        for settings in [vec![public, mailbox], vec![everywhere, local, mailbox]] {
            let refused = with(&settings).expect_err("a mailbox for all").to_string();
            for named in ["PORTAL_MAIL", "/dev/mailbox", "PORTAL_DEMO"] {
                assert!(refused.contains(named), "{named}: {refused}");
            }
            let demo = [settings, vec![("PORTAL_DEMO", "true")]].concat();
            with(&demo).expect("a demo");
        }
        with(&[local, mailbox]).expect("this machine");
        with(&[public, ("PORTAL_MAIL", "smtps://mail.example.jp")]).expect("a mail server");
    }

    #[test]
    fn the_mail_domain_is_checked_whoever_the_sender_is() {
        for sender in ["", "mail_sender = \"office@example.jp\"\n"] {
            let file = format!("[society]\n{sender}mail_domain = \"kenpo example\"");
            let file: File = toml::from_str(&file).expect("good");
            let refused = file.check().expect_err("no domain").to_string();
            assert!(refused.contains("society.mail_domain"), "{refused}");
        }
    }

    #[test]
    fn a_limit_that_would_let_nobody_post_is_refused_by_name() {
        for (key, value) in [
            ("posts_at_once", 0),
            ("posts_per_second", 0),
            ("posts_per_second", 1001),
            ("letters_at_once", 0),
            ("letters_per_hour", 0),
            ("all_letters_at_once", 0),
            ("all_letters_per_hour", 0),
            ("wrong_tries_at_once", 0),
            ("wrong_tries_per_hour", 0),
        ] {
            let file: File = toml::from_str(&format!("[limits]\n{key} = {value}")).expect("good");
            let refused = file.check().expect_err(key).to_string();
            assert!(refused.contains(key), "{key}={value}: {refused}");
        }
    }

    #[test]
    fn the_database_password_is_never_printed() {
        let config = with(&[("PORTAL_DATABASE_URL", "postgres://portal:geheim@db/portal")]);
        assert!(!format!("{:?}", config.expect("good")).contains("geheim"));
    }
}
