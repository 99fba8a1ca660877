//! `portal`: what each of its commands does. The operator's commands speak English,
//! those of the society's office Japanese.

/// Prints a line. Whoever reads no further (`portal … | head -1`) does not stop what was
/// done, as a panic would.
macro_rules! say {
    ($($words:tt)*) => {{
        let _ = writeln!(std::io::stdout(), $($words)*);
    }};
}

mod arguments;
mod staff_command;

use std::{
    fmt::Display,
    fs,
    io::{IsTerminal, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
    process::ExitCode,
    sync::Arc,
};

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use server::{
    account::by_office::{self, Acted, Clerk},
    base::{
        clock::Clock,
        hash::{HashError, Hasher},
        secrets::Secrets,
    },
    check,
    config::Config,
    demo::{self, Found, staff::Office},
    mail::setting::MailSetting,
    office::{
        checkups, expenses,
        file::{reading::Progress, trouble::reason},
        list::withdraw,
        notices,
        postcards::{self, Terms},
        roster::{self, Moved},
        staff::StaffService,
    },
    startup::build,
    upkeep::{
        audit_seal::{Sealer, note_file},
        purge,
    },
};
use store::{Db, Schema, person::Key, restored};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};
use tracing_subscriber::EnvFilter;
use uuid::Uuid;

use self::arguments::{
    Arguments, AuditCommand, Because, CheckupsCommand, Command, ExpensesCommand, ImportsCommand,
    ListFile, MembersCommand, NoticesCommand, PostcardsCommand, RosterCommand,
};

type Done = Result<ExitCode, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| "info,sqlx=warn,webauthn_rs_core=off".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        // A log that nobody reads any more stops nothing either.
        .log_internal_errors(false)
        .init();
    match run(Arguments::parse()).await {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "portal: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Done {
    let file = arguments.config;
    let config = Config::load(file.as_deref(), std::env::vars())?;
    match arguments.command {
        Command::Serve => serve(config).await,
        Command::Migrate => migrate(config).await,
        Command::Demo => fill_demo(config).await,
        Command::Roster(RosterCommand::Import {
            list: ListFile { file, dry_run, all },
            accept_other_employers,
            accept_moves,
            no_moves,
        }) => {
            let options = roster::Import {
                now: Clock::System.now(),
                dry_run,
                accept_other_employers,
                moved: match (accept_moves, no_moves) {
                    (true, _) => Moved::Linked,
                    (_, true) => Moved::New,
                    _ => Moved::Refused,
                },
            };
            import(open(&config).await?, async |db, told| {
                let mut report = roster::import(db, &file, options, told).await?;
                report.changes.all = all;
                Ok::<_, roster::ImportError>(report)
            })
            .await
        }
        Command::Postcards(PostcardsCommand::Issue { reissue, out }) => {
            issue_postcards(config, reissue, &out).await
        }
        Command::Members(command) => members(config, command).await,
        Command::Staff(command) => {
            let db = open(&config).await?;
            let done = staff_command::run(&db, config, command).await;
            db.close().await;
            done.map(|()| ExitCode::SUCCESS)
        }
        Command::Expenses(ExpensesCommand::Import {
            list: ListFile { file, dry_run, all },
            add_repeated,
            present_holder,
        }) => {
            let options = expenses::Import {
                now: Clock::System.now(),
                dry_run,
                add_repeated,
                present_holder,
            };
            import(open(&config).await?, async |db, told| {
                let mut report = expenses::import(db, &file, options, told).await?;
                report.changes.all = all;
                Ok::<_, roster::ImportError>(report)
            })
            .await
        }
        Command::Notices(NoticesCommand::Import(ListFile { file, dry_run, all })) => {
            let now = Clock::System.now();
            import(open(&config).await?, async |db, told| {
                let mut report =
                    notices::import(db, &file, notices::Import { now, dry_run }, told).await?;
                report.changes.all = all;
                Ok::<_, roster::ImportError>(report)
            })
            .await
        }
        Command::Checkups(CheckupsCommand::Import(ListFile { file, dry_run, all })) => {
            let now = Clock::System.now();
            import(open(&config).await?, async |db, told| {
                let mut report =
                    checkups::import(db, &file, checkups::Import { now, dry_run }, told).await?;
                report.changes.all = all;
                Ok::<_, roster::ImportError>(report)
            })
            .await
        }
        Command::Backup { file } => backup(config, &file).await,
        Command::AfterRestore => after_restore(config).await,
        Command::Purge { dry_run } => remove_what_is_over(config, dry_run).await,
        Command::Imports(command) => imports(open(&config).await?, command).await,
        Command::Audit(AuditCommand::BeginAnew) => begin_audit_anew(config).await,
        Command::Check => check(config, file.as_deref()).await,
    }
}

async fn serve(config: Config) -> Done {
    let public_url = config.public_url.clone();
    let mailbox = matches!(config.mail, MailSetting::Mailbox(_));
    let portal = build(config, Clock::System).await?;
    let (stop, stopped) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("finishing what is at hand");
        let _ = stop.send(true);
    });
    if mailbox && public_url.is_https() {
        tracing::warn!("letters go to a folder, and /dev/mailbox shows them to anybody");
    }
    tracing::info!(address = %portal.addr, public_url = public_url.as_str(), "serving");
    portal.run(stopped).await;
    Ok(ExitCode::SUCCESS)
}

/// The database, as it is: only `serve` and `migrate` change its tables, since another
/// portal may be serving from it.
async fn open(config: &Config) -> Result<Db, Box<dyn std::error::Error>> {
    there_is_one(config)?;
    let db = Db::open_existing(config.database_url.expose()).await?;
    match db.schema().await? {
        Schema::Current => Ok(db),
        other => Err(other.to_string().into()),
    }
}

/// The database, made where there is none.
async fn open_or_make(config: &Config) -> Result<Db, Box<dyn std::error::Error>> {
    let db = Db::open(config.database_url.expose()).await?;
    match db.schema().await? {
        Schema::Current => {}
        Schema::Empty => db.migrate().await?,
        other => return Err(other.to_string().into()),
    }
    Ok(db)
}

async fn migrate(config: Config) -> Done {
    let db = Db::open(config.database_url.expose()).await?;
    let before = db.schema().await?;
    if let Schema::Later(_) = before {
        return Err(before.to_string().into());
    }
    db.migrate().await?;
    db.close().await;
    say!(
        "{}",
        match before {
            Schema::Empty => "The tables were made.",
            Schema::Earlier(_) => "The tables are up to date now.",
            Schema::Current | Schema::Later(_) => "The tables were up to date already.",
        }
    );
    Ok(ExitCode::SUCCESS)
}

async fn after_restore(config: Config) -> Done {
    let db = open(&config).await?;
    let mut tx = db.write().await?;
    restored::end_what_was_open(&mut tx, "by portal after-restore", Clock::System.now()).await?;
    tx.commit().await?;
    db.close().await;
    say!("Every session and link was ended, and that is noted. Members sign in anew.");
    Ok(ExitCode::SUCCESS)
}

/// Whoever has forgotten to name the settings shall not work on an empty database.
fn there_is_one(config: &Config) -> Result<(), Box<dyn std::error::Error>> {
    match Db::missing_file(config.database_url.expose())? {
        Some(file) => Err(format!(
            "no database at {}: is PORTAL_CONFIG or PORTAL_DATABASE_URL right?",
            file.display()
        )
        .into()),
        None => Ok(()),
    }
}

fn terms(config: &Config) -> Terms {
    Terms {
        age: config.society.registration_age,
        valid_days: config.postcard_days,
    }
}

/// Every core, and nobody else to wait for.
fn hasher(config: &Config) -> Result<Hasher, HashError> {
    Hasher::start(config.hash, config.hash_pool)
}

/// A bar on a terminal; nothing where the output goes to a file.
fn progress_bar(unit: &str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    let template = format!("{{bar:40}} {{percent}}% {unit} あと{{eta}}");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar
}

/// Shows how far a list is read, and prints what came of it.
async fn import<Report: Display, Wrong: std::error::Error + 'static>(
    db: Db,
    list: impl AsyncFnOnce(&Db, &mut dyn FnMut(Progress)) -> Result<Report, Wrong>,
) -> Done {
    let bar = progress_bar("{bytes}/{total_bytes}");
    let report = list(&db, &mut |progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
    })
    .await;
    bar.finish_and_clear();
    db.close().await;
    say!("{}", report?);
    Ok(ExitCode::SUCCESS)
}

async fn imports(db: Db, command: ImportsCommand) -> Done {
    let said = match command {
        ImportsCommand::List => withdraw::listed(&db).await.map_err(Into::into),
        ImportsCommand::Withdraw { number } => {
            let withdrawn = withdraw::withdraw(&db, number, "", Clock::System.now()).await;
            withdrawn.map(|done| done.to_string())
        }
    };
    db.close().await;
    say!("{}", said?);
    Ok(ExitCode::SUCCESS)
}

async fn issue_postcards(config: Config, reissue: Option<Key>, out: &Path) -> Done {
    let db = open(&config).await?;
    let (hasher, terms, now) = (hasher(&config)?, terms(&config), Clock::System.now());
    let issued = match reissue {
        Some(key) => postcards::reissue(&db, &hasher, terms, now, &key, out).await,
        None => {
            let bar = progress_bar("{pos}/{len}人");
            let issued = postcards::issue(&db, &hasher, terms, now, out, |done, total| {
                bar.set_length(total);
                bar.set_position(done);
            })
            .await;
            bar.finish_and_clear();
            issued
        }
    };
    db.close().await;
    say!("{}", issued?);
    Ok(ExitCode::SUCCESS)
}

async fn members(config: Config, command: MembersCommand) -> Done {
    let db = open(&config).await?;
    let clerk = Clerk::at_the_command_line(Clock::System.now());
    let done = match &command {
        MembersCommand::Disable(Because { key, reason }) => {
            let person = on_the_roster(&db, key).await?;
            by_office::disable(&db, clerk, person, reason).await
        }
        MembersCommand::Enable(Because { key, reason }) => {
            let person = on_the_roster(&db, key).await?;
            by_office::enable(&db, clerk, person, reason).await
        }
        MembersCommand::Data { because, out } => {
            let person = on_the_roster(&db, &because.key).await?;
            let named = |error: std::io::Error| format!("{}: {}", out.display(), reason(&error));
            // First of all: nothing is disclosed that cannot be written.
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(out)
                .map_err(named)?;
            let society = Arc::new(config.society);
            let zip = by_office::disclose(&db, &society, clerk, person, &because.reason).await;
            let written = zip.map_err(|error| error.to_string()).and_then(|zip| {
                let written = file.write_all(&zip).and_then(|()| file.sync_all());
                written.map_err(named)
            });
            if let Err(error) = written {
                fs::remove_file(out)?;
                return Err(error.into());
            }
            say!(
                "{} を作りました。ご本人だけにお渡しください。",
                out.display()
            );
            Ok(Acted::Done)
        }
    };
    db.close().await;
    let done = done.map_err(|error| error.to_string())?;
    say!("{done}");
    Ok(match done {
        Acted::NoAccount => ExitCode::FAILURE,
        Acted::Done | Acted::Already => ExitCode::SUCCESS,
    })
}

async fn on_the_roster(db: &Db, key: &Key) -> Result<Uuid, Box<dyn std::error::Error>> {
    match store::person::by_key(db, key).await? {
        Some(person) => Ok(person),
        None => Err("その記号・番号・枝番の加入者はいません。".into()),
    }
}

async fn fill_demo(config: Config) -> Done {
    let db = open_or_make(&config).await?;
    let now = Clock::System.now();
    let hasher = hasher(&config)?;
    let found = demo::fill(&db, &hasher, terms(&config), &config.data_dir, now).await;
    let service = StaffService {
        db: db.clone(),
        hasher,
        society: Arc::new(config.society.clone()),
        four_eyes: config.four_eyes,
    };
    let office = match &found {
        Ok(_) => Some(demo::fill_office(&service, &config.data_dir, now).await),
        Err(_) => None,
    };
    db.close().await;
    let url = config.public_url.as_str();
    say!("{}（デモ）", config.society.portal_name);
    say!("  アドレス              {url}/");
    match found? {
        Found::Postcard(card) => {
            say!("  お試しのハガキ        {} さん", card.name);
            say!("    仮ログインID        {}", card.login_id);
            say!("    仮パスワード        {}", card.password);
            say!("  ほかのハガキ          {}", card.file.display());
        }
        Found::AllUsed => say!(
            "  ハガキはすべて使用済みです。data フォルダーを消すと、はじめからお試しいただけます。"
        ),
        Found::FileGone(file) => {
            say!(
                "  ハガキのファイル {} はありません。仮パスワードはほかのどこにも残っていません。",
                file.display()
            );
            say!(
                "  新しいハガキは、次のコマンドで1枚ずつ発行できます（前の1枚は無効になります）。"
            );
            say!(
                "    portal postcards issue --reissue 1001-000012-00 --out {}",
                file.with_file_name("new-postcard.csv").display()
            );
        }
    }
    if matches!(config.mail, MailSetting::Mailbox(_)) {
        say!("  メールボックス        {url}/dev/mailbox");
    }
    match office.transpose()? {
        Some(Office::Passwords(file, lines)) => {
            say!("  事務局                {url}/office");
            for line in lines.lines() {
                let mut parts = line.split('\t');
                let mut part = || parts.next().unwrap_or_default();
                let (login, password, role) = (part(), part(), part());
                say!("    {login:<12}{password}  {role}");
            }
            say!("    （{} に控えがあります）", file.display());
            say!("    二段階認証の代わりのコード： portal staff code kanri");
        }
        Some(Office::FileGone(file)) => {
            say!("  事務局                {url}/office");
            say!(
                "    パスワードのファイル {} はありません。次のコマンドで設定できます。",
                file.display()
            );
            say!("    portal staff reset kanri");
        }
        None => {}
    }
    say!("「新規利用登録」からメールアドレスを送信し、メールボックスに届いたURLを開いてください。");
    Ok(ExitCode::SUCCESS)
}

async fn backup(config: Config, file: &Path) -> Done {
    let db = open(&config).await?;
    // Under another name until it is whole: what is left of a failure looks like no backup.
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let named = |error: std::io::Error| format!("{}: {error}", file.display());
    if file.exists() {
        if is_same_file(part, file) {
            // Stopped between its two names: it is whole.
            fs::remove_file(part)?;
        }
        return Err(named(std::io::ErrorKind::AlreadyExists.into()).into());
    }
    let held = begin_copy(part).map_err(|error| format!("{}: {error}", part.display()))?;
    let copied = db.copy_to(part, Clock::System.now()).await;
    db.close().await;
    let placed = match copied {
        // Never over another file.
        Ok(true) => fs::hard_link(part, file).map_err(|error| named(error).into()),
        Ok(false) => Ok(()),
        Err(error) => Err(Box::<dyn std::error::Error>::from(error)),
    };
    fs::remove_file(part)?;
    drop(held);
    placed?;
    if file.exists() {
        say!(
            "{} written. Keep the secret file with it, apart.",
            file.display()
        );
        Ok(ExitCode::SUCCESS)
    } else {
        say!(
            "PostgreSQL makes its own backups while it runs:\n  pg_dump --format=custom \
             --exclude-table-data=job_chunk --file={} DATABASE_URL\nAfter one was restored: portal after-restore",
            file.display()
        );
        Ok(ExitCode::FAILURE)
    }
}

/// A new file, for its owner only before the first byte is in it, and held as long as it is
/// written. What a backup left that was killed is everybody's data: it goes.
fn begin_copy(part: &Path) -> std::io::Result<fs::File> {
    if let Ok(left) = fs::File::open(part) {
        left.try_lock()?;
        fs::remove_file(part)?;
    }
    // SQLite's own beside it, which the next copy would be read together with.
    for ending in ["-wal", "-shm", "-journal"] {
        let mut beside = part.as_os_str().to_owned();
        beside.push(ending);
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    let file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(part)?;
    file.try_lock()?;
    Ok(file)
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    let known = |path: &Path| fs::metadata(path).map(|about| (about.dev(), about.ino()));
    matches!((known(one), known(other)), (Ok(one), Ok(other)) if one == other)
}

async fn remove_what_is_over(config: Config, dry_run: bool) -> Done {
    let db = open(&config).await?;
    let (hasher, now) = (hasher(&config)?, Clock::System.now());
    let report = purge::purge(&db, &config.society, hasher.decoy(), now, dry_run).await;
    db.close().await;
    let report = report?;
    say!("{report}");
    Ok(match report.journal_is_empty {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

async fn begin_audit_anew(config: Config) -> Done {
    let db = open(&config).await?;
    let sealer = Sealer {
        db: db.clone(),
        clock: Clock::System,
        secrets: Secrets::open(&config.secret_file)?.into(),
        note: note_file(&config.data_dir),
    };
    let begun = sealer.restart_chain().await;
    db.close().await;
    say!(
        "{}",
        match begun? {
            true => "Noted. What was sealed with another secret file is taken as it is now.",
            false => "All seals are of this secret file, or accounted for: nothing was changed.",
        }
    );
    Ok(ExitCode::SUCCESS)
}

async fn check(config: Config, file: Option<&Path>) -> Done {
    let mut code = ExitCode::SUCCESS;
    let mut findings = check::run(config, Clock::System.now()).await;
    findings.extend(file.and_then(check::settings_file));
    for finding in findings {
        match finding.result {
            Ok(found) => say!("ok    {}: {found}", finding.subject),
            Err(wrong) => {
                say!("WRONG {}: {wrong}", finding.subject);
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use server::office::file::columns::LISTS;

    use super::*;

    #[test]
    fn the_help_of_every_list_names_all_its_columns() {
        for list in &LISTS {
            let mut command = Arguments::command();
            for word in list.command.split(' ').skip(1) {
                command = command.find_subcommand(word).unwrap().clone();
            }
            let help = command.render_long_help().to_string();
            for column in list.columns {
                assert!(help.contains(column), "{}: {column}", list.name);
            }
        }
    }
}
