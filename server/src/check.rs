//! `portal check`: what an operator wants to know before members do.

use std::{fmt::Display, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use domain::values::timestamp::Timestamp;
use store::{Db, Engine, Schema, email, letter, person::Key};

use crate::{
    base::secrets::Secrets,
    config::Config,
    http::assets::Bundle,
    mail::{setting::MailSetting, transport::Transport},
    second_step::passkeys::RelyingParty,
    upkeep::audit_seal::{self, SealError, Sealed},
};

/// The oldest SQLite without the WAL-reset bug that can damage a database.
const SQLITE: (u32, u32, u32) = (3, 51, 3);
/// The oldest PostgreSQL the tests run on.
const POSTGRESQL: (u32, u32, u32) = (15, 0, 0);

/// Entries are sealed within a minute; when they have waited for so long, nobody seals.
const UNSEALED: Duration = Duration::from_secs(3600);

/// Letters leave within minutes, those to everybody within the hour; when one has waited
/// for so long, nobody sends, or the mail server takes none.
const UNSENT: Duration = Duration::from_secs(3600);

/// One thing looked at.
#[derive(Debug)]
pub struct CheckResult {
    /// What.
    pub subject: &'static str,
    /// What was found, or what is wrong and what helps.
    pub result: Result<String, String>,
}

/// Looks at everything the server needs, and changes nothing.
pub async fn run(config: Config, now: Timestamp) -> Vec<CheckResult> {
    let mut findings = vec![CheckResult {
        subject: "settings",
        result: Ok(format!(
            "{} at {}",
            config.society.portal_name,
            config.public_url.as_str()
        )),
    }];
    findings.push(CheckResult {
        subject: "passkeys",
        result: passkeys(&config),
    });
    let secrets = Secrets::open(&config.secret_file);
    match open(&config).await {
        Err(wrong) => findings.push(CheckResult {
            subject: "database",
            result: Err(wrong),
        }),
        Ok(db) => {
            findings.push(CheckResult {
                subject: "database",
                result: engine(&db).await,
            });
            findings.push(CheckResult {
                subject: "integrity",
                result: integrity(&db).await,
            });
            findings.push(CheckResult {
                subject: "tables",
                result: tables(&db).await,
            });
            findings.push(CheckResult {
                subject: "mailboxes",
                result: mailboxes(&db).await,
            });
            findings.push(CheckResult {
                subject: "letters",
                result: letters(&db, now).await,
            });
            // Without the key there is nothing to compare with; that it is not
            // there is said further down.
            if let Ok(secrets) = &secrets {
                let note = audit_seal::note_file(&config.data_dir);
                findings.push(CheckResult {
                    subject: "audit",
                    result: audit(audit_seal::verify(&db, secrets, &note).await, now),
                });
            }
            db.close().await;
        }
    }
    let mail = match &config.mail {
        MailSetting::Mailbox(folder) => format!("to the folder {}", folder.display()),
        MailSetting::Smtp(server) => format!("{} port {} answers", server.host, server.port),
    };
    let mail = match Transport::open(config.mail, &config.society.mail_domain) {
        Err(error) => Err(error.to_string()),
        Ok(transport) => told(transport.check().await.map(|()| mail)),
    };
    findings.push(CheckResult {
        subject: "mail",
        result: mail,
    });
    findings.push(CheckResult {
        subject: "client bundle",
        result: told(Bundle::open(&config.site).map(|bundle| bundle.addresses().wasm)),
    });
    findings.push(CheckResult {
        subject: "secret file",
        result: told(secrets)
            .map(|_| format!("{}, for its owner only", config.secret_file.display())),
    });
    findings
}

/// The settings file, where anybody on this machine could read a password in it.
pub fn settings_file(file: &Path) -> Option<CheckResult> {
    let text = std::fs::read_to_string(file).ok()?;
    let mode = std::fs::metadata(file).ok()?.permissions().mode();
    // `scheme://user:password@host`, of a database or a mail server.
    let has_password = text.lines().any(|line| {
        let address = line.split_once("://").map_or("", |(_, rest)| rest);
        let login = address.split_once('@').map_or("", |(login, _)| login);
        !line.trim_start().starts_with('#') && login.contains(':')
    });
    let open = has_password && mode & 0o077 != 0;
    open.then(|| CheckResult {
        subject: "settings file",
        result: Err(format!(
            "{} holds a password and can be read by others: chmod 600 {0}",
            file.display()
        )),
    })
}

/// The portal works without them, so it is named and no fault.
fn passkeys(config: &Config) -> Result<String, String> {
    let public_url = config.public_url.as_str();
    let relying_party = RelyingParty::new(public_url, &config.society.portal_name);
    Ok(if relying_party.is_possible() {
        "on, for the host of public_url".to_owned()
    } else {
        format!("off: {public_url} has an IP address, and they belong to a domain name")
    })
}

async fn open(config: &Config) -> Result<Db, String> {
    let url = config.database_url.expose();
    match told(Db::missing_file(url))? {
        Some(file) => Err(format!(
            "no database at {}: is PORTAL_CONFIG or PORTAL_DATABASE_URL right?",
            file.display()
        )),
        None => told(Db::open_existing(url).await),
    }
}

async fn integrity(db: &Db) -> Result<String, String> {
    let damage = told(db.damage().await)?;
    if damage.is_empty() {
        return Ok("nothing damaged".to_owned());
    }
    Err(format!(
        "the file is damaged ({}): stop the portal and restore the last backup, as README says",
        damage.join("; ")
    ))
}

async fn letters(db: &Db, now: Timestamp) -> Result<String, String> {
    let queue = letter::backlog(db, now)
        .await
        .map_err(|error| store::told(&error))?;
    let minutes = queue.oldest.map(|since| (now.0 - since.0) / 60_000);
    let age = minutes.map_or(String::new(), |minutes| {
        format!(", the oldest for {minutes} minutes")
    });
    let found = format!(
        "{} wait{age}; {} given up since yesterday",
        queue.waiting, queue.given_up
    );
    match queue.oldest {
        Some(since) if since < now.minus(UNSENT) => Err(format!(
            "{found}: is `portal serve` running with this database, and what does it log?"
        )),
        _ => Ok(found),
    }
}

fn audit(verdict: Result<Sealed, SealError>, now: Timestamp) -> Result<String, String> {
    match verdict {
        Ok(sealed) => match sealed.waiting_since {
            Some(since) if since < now.minus(UNSEALED) => Err(format!(
                "{sealed}, and they wait since {}: is `portal serve` running with this database, \
                 and what does it log?",
                since.in_japan().date()
            )),
            _ => Ok(sealed.to_string()),
        },
        Err(error @ SealError::OtherKey(_)) => Err(format!(
            "{error}: bring that file back; if it was replaced for good, run `portal audit \
             begin-anew`, which notes that"
        )),
        Err(error) => Err(error.to_string()),
    }
}

async fn engine(db: &Db) -> Result<String, String> {
    let (engine, version) = db.engine().await.map_err(|error| error.to_string())?;
    let (name, least) = match engine {
        Engine::Sqlite => ("SQLite", SQLITE),
        Engine::Postgres => ("PostgreSQL", POSTGRESQL),
    };
    let (major, minor, patch) = least;
    if version < least {
        return Err(format!(
            "{name} {version:?} is too old: {major}.{minor}.{patch} or later"
        ));
    }
    Ok(format!("{name} {}.{}.{}", version.0, version.1, version.2))
}

async fn tables(db: &Db) -> Result<String, String> {
    match db.schema().await {
        Ok(schema @ Schema::Current) => Ok(schema.to_string()),
        Ok(schema) => Err(schema.to_string()),
        Err(error) => Err(store::told(&error)),
    }
}

/// What a migration left as it was, since it must not choose between two members.
async fn mailboxes(db: &Db) -> Result<String, String> {
    let shared = told(email::shared(db).await)?;
    if shared.is_empty() {
        return Ok("each is one member's".to_owned());
    }
    let named = shared
        .iter()
        .map(|one| {
            let Key {
                symbol,
                number,
                branch,
            } = &one.key;
            format!("{} ({symbol}-{number}-{branch})", one.mailbox)
        })
        .collect::<Vec<_>>();
    Err(format!(
        "these stand twice, as ARCHITECTURE says: {}",
        named.join(", ")
    ))
}

fn told<T, E: Display>(result: Result<T, E>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}
