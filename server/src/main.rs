//! `portal`: the command line. The operator's commands speak English, those of
//! the society's office Japanese.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use server::{build::build, clock::Clock, config::Config, doctor, store::Db};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};
use tracing_subscriber::EnvFilter;

/// The member portal of a health-insurance society.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The settings file; portal.sample.toml shows every setting.
    #[arg(long, env = "PORTAL_CONFIG", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Brings the tables up to date and serves; SIGTERM finishes what is at hand and stops.
    Serve,
    /// Writes a consistent copy of the database to a new file while it is in use.
    Backup {
        /// The file to write.
        file: PathBuf,
    },
    /// Looks at settings, database, mail, client bundle and secret file.
    Check,
}

type Done = Result<ExitCode, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,sqlx=warn".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run(Arguments::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("portal: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Done {
    let config = Config::load(arguments.config.as_deref(), std::env::vars())?;
    match arguments.command {
        Command::Serve => serve(config).await,
        Command::Backup { file } => backup(config, &file).await,
        Command::Check => check(config).await,
    }
}

async fn serve(config: Config) -> Done {
    let public_url = config.public_url.clone();
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
    tracing::info!(address = %portal.addr, public_url = public_url.as_str(), "serving");
    portal.run(stopped).await;
    Ok(ExitCode::SUCCESS)
}

async fn backup(config: Config, file: &Path) -> Done {
    if file.exists() {
        return Err(format!(
            "{} is there already; a backup never overwrites",
            file.display()
        )
        .into());
    }
    let db = Db::open_existing(config.database_url.expose()).await?;
    let copied = db.copy_to(file).await?;
    db.close().await;
    if copied {
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))?;
        println!(
            "{} written. Keep the secret file with it, apart.",
            file.display()
        );
        Ok(ExitCode::SUCCESS)
    } else {
        println!(
            "PostgreSQL makes its own backups while it runs:\n  pg_dump --format=custom --file={} \
             DATABASE_URL",
            file.display()
        );
        Ok(ExitCode::FAILURE)
    }
}

async fn check(config: Config) -> Done {
    let mut code = ExitCode::SUCCESS;
    for finding in doctor::examine(config).await {
        match finding.result {
            Ok(found) => println!("ok    {}: {found}", finding.subject),
            Err(wrong) => {
                println!("WRONG {}: {wrong}", finding.subject);
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}
