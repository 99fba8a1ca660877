//! `portal`: the command line. The operator's commands speak English, those of
//! the society's office Japanese.

use std::{
    fmt::Display,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use server::{
    audit_seal::{Sealer, note_file},
    build::build,
    checkups,
    clock::Clock,
    config::Config,
    demo, doctor, expenses,
    hash::{HashError, Hasher},
    import::reading::Progress,
    mail::transport::MailSetting,
    notices,
    postcards::{self, Terms},
    purge,
    roster::{self, Moved},
    secrets::Secrets,
    store::{Db, person::Key},
};
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
    /// Fills an empty database with an invented society and says what to try.
    Demo,
    /// 加入者名簿
    #[command(subcommand)]
    Roster(RosterCommand),
    /// 仮ログインID・仮パスワードのハガキ
    #[command(subcommand)]
    Postcards(PostcardsCommand),
    /// 医療費通知
    #[command(subcommand)]
    Expenses(ExpensesCommand),
    /// 健保からのお知らせと健康情報
    #[command(subcommand)]
    Notices(NoticesCommand),
    /// 健診結果
    #[command(subcommand)]
    Checkups(CheckupsCommand),
    /// Writes a consistent copy of the database to a new file while it is in use.
    Backup {
        /// The file to write.
        file: PathBuf,
    },
    /// 保存期間を過ぎたデータを削除し、何を削除したかを表示する
    Purge {
        /// 確認だけして、何も削除しない
        #[arg(long)]
        dry_run: bool,
    },
    /// The audit and its seals.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Looks at settings, database, mail, client bundle and secret file.
    Check,
}

#[derive(Subcommand)]
enum AuditCommand {
    /// After the secret file was replaced: notes that, and goes on with seals of the new one.
    BeginAnew,
}

#[derive(Subcommand)]
enum RosterCommand {
    /// 名簿のCSVを取り込む（誤りが1つでもあれば何も取り込まない）
    Import {
        #[command(flatten)]
        list: ListFile,
        /// 登録済みの名簿にない事業所だけのファイルも取り込む
        #[arg(long)]
        accept_other_employers: bool,
        /// 記号・番号・枝番が変わった人を同じ人として扱い、利用登録や医療費、健診結果を引き継ぐ
        #[arg(long, conflicts_with = "no_moves")]
        accept_moves: bool,
        /// 記号・番号・枝番が変わったように見える人を、すべて新しい加入者とする
        #[arg(long)]
        no_moves: bool,
    },
}

#[derive(Subcommand)]
enum PostcardsCommand {
    /// 対象者全員（または1人）の仮ログインIDと仮パスワードを発行し、印刷用のCSVを作る
    Issue {
        /// この人のハガキを再発行する（前のハガキは使えなくなる）
        #[arg(long, value_name = "記号-番号-枝番")]
        reissue: Option<Key>,
        /// 作るファイル（本人だけが読める形で作り、上書きはしない）
        #[arg(long)]
        out: PathBuf,
    },
}

#[derive(Subcommand)]
enum CheckupsCommand {
    /// 健診結果のCSVを取り込む（誤りが1つでもあれば何も取り込まない）
    #[command(after_long_help = WITHDRAWING)]
    Import(ListFile),
}

#[derive(Subcommand)]
enum ExpensesCommand {
    /// 医療費のCSVを取り込む（誤りが1つでもあれば何も取り込まない）
    #[command(after_long_help = EXPENSES_FILE)]
    Import {
        #[command(flatten)]
        list: ListFile,
        /// 登録済みと同じ加入者・診療年月・医療機関名・区分の明細も、別の明細として追加する
        #[arg(long)]
        add_repeated: bool,
    },
}

#[derive(Subcommand)]
enum NoticesCommand {
    /// お知らせと健康情報のCSVを取り込む（誤りが1つでもあれば何も取り込まない）
    #[command(after_long_help = NOTICES_FILE)]
    Import(ListFile),
}

/// A list that comes in whole or not at all.
#[derive(Args)]
struct ListFile {
    /// UTF-8 か CP932 のCSV
    file: PathBuf,
    /// 確認だけして、何も変更しない
    #[arg(long)]
    dry_run: bool,
}

/// How a clerk takes a result back.
const WITHDRAWING: &str = "\
別の人や別の日に取り込んだ結果は、取り消せます。記号・番号・枝番・受診日と、判定「取消」だけを
書き、ほかの列を空欄にした行を取り込んでください。取り消した件数を表示します。";

/// What a clerk has to know to write the file.
const NOTICES_FILE: &str = "\
CSVの列（順序は自由、見出しは1行目）:
  管理番号      このお知らせの番号。同じ番号をもう一度取り込むと、内容を訂正します
                （訂正ではメールを送り直しません）
  種類          お知らせ | 健康情報
  件名          60文字まで。メールに載るのは件名だけです
  分類          20文字まで。例: 健診、届出、歯の健康
  重要度        重要 | 通常
  対象          全員、または条件を空白で区切って（すべてに当てはまる方が対象）:
                被保険者 | 被扶養者、性別:女、事業所:0001/0002、年齢:40-74
  公開日        この日の0時から見えます。お知らせのメールは9時から送ります
  公開終了日    この日まで見えます。空欄なら期限なし
  本文          Markdown。改行してかまいません（15,000文字まで）
  添付ファイル  このCSVのフォルダーからの相対パス。pdf、png、jpg、xlsx、docx、10MBまで
  アドレス名    健康情報のアドレス /health/… の末尾。例: blood-pressure

ファイルにない登録済みのお知らせは、そのまま残ります。取り下げるには、公開終了日を
過去の日にして取り込んでください。";

/// What a clerk has to know before a second file about the same month.
const EXPENSES_FILE: &str = "\
CSVの列（順序は自由、見出しは1行目）:
  記号、番号、枝番、診療年月、医療機関名、区分、日数、医療費総額、保険者負担額、
  公費負担額、窓口負担額、食事療養費、付加給付額
  区分は 入院 | 外来 | 歯科 | 調剤 | 柔整 | 訪問看護 | その他。金額は円

加入者・診療年月・医療機関名・区分がすべて同じ明細を1組として、登録済みのものと比べます。
ファイルにない組は、そのまま残ります。同じファイルを2度取り込んでも何も変わりません。
  追加      登録済みの明細がすべてファイルにあれば、残りの明細を追加します
  訂正      登録もファイルも1件だけで、医療機関名があれば、ファイルの内容に直します
  取り消し  日数と金額がすべて0の行を入れると、その組を、ファイルにあるその組のほかの
            行だけにします。ほかの行がなければ、その組の明細はすべて消えます
  それ以外  追加なのか訂正なのか判断できないので、行番号を示し、何も取り込みません。
            後から届いた別の明細なら、--add-repeated を付けて取り込んでください。
            訂正なら、取り消しの行と、正しい明細の行をすべて入れてください
  --add-repeated を付けると、登録済みと違う行はすべて追加になり、訂正はされません。
  追加だけのファイルに付けてください（取り消しの行は、付けても働きます）。";

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
        Command::Demo => fill_demo(config).await,
        Command::Roster(RosterCommand::Import {
            list: ListFile { file, dry_run },
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
            import(open_or_make(&config).await?, async |db, told| {
                roster::import(db, &file, options, told).await
            })
            .await
        }
        Command::Postcards(PostcardsCommand::Issue { reissue, out }) => {
            issue_postcards(config, reissue, &out).await
        }
        Command::Expenses(ExpensesCommand::Import {
            list: ListFile { file, dry_run },
            add_repeated,
        }) => {
            let options = expenses::Import {
                now: Clock::System.now(),
                dry_run,
                add_repeated,
            };
            import(open(&config).await?, async |db, told| {
                expenses::import(db, &file, options, told).await
            })
            .await
        }
        Command::Notices(NoticesCommand::Import(ListFile { file, dry_run })) => {
            let now = Clock::System.now();
            import(open(&config).await?, async |db, told| {
                notices::import(db, &file, notices::Import { now, dry_run }, told).await
            })
            .await
        }
        Command::Checkups(CheckupsCommand::Import(ListFile { file, dry_run })) => {
            let now = Clock::System.now();
            import(open(&config).await?, async |db, told| {
                checkups::import(db, &file, checkups::Import { now, dry_run }, told).await
            })
            .await
        }
        Command::Backup { file } => backup(config, &file).await,
        Command::Purge { dry_run } => remove_what_is_over(config, dry_run).await,
        Command::Audit(AuditCommand::BeginAnew) => begin_audit_anew(config).await,
        Command::Check => check(config).await,
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

/// The database, brought up to date.
async fn open(config: &Config) -> Result<Db, Box<dyn std::error::Error>> {
    there_is_one(config)?;
    open_or_make(config).await
}

/// The same where the work may begin with it.
async fn open_or_make(config: &Config) -> Result<Db, Box<dyn std::error::Error>> {
    let db = Db::open(config.database_url.expose()).await?;
    db.migrate().await?;
    Ok(db)
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
    println!("{}", report?);
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
    println!("{}", issued?);
    Ok(ExitCode::SUCCESS)
}

async fn fill_demo(config: Config) -> Done {
    let db = open_or_make(&config).await?;
    let now = Clock::System.now();
    let found = demo::fill(
        &db,
        &hasher(&config)?,
        terms(&config),
        &config.data_dir,
        now,
    )
    .await;
    db.close().await;
    let url = config.public_url.as_str();
    println!("{}（デモ）", config.society.portal_name);
    println!("  アドレス              {url}/");
    match found? {
        Some(card) => {
            println!("  お試しのハガキ        {} さん", card.name);
            println!("    仮ログインID        {}", card.login_id);
            println!("    仮パスワード        {}", card.password);
            println!("  ほかのハガキ          {}", card.file.display());
        }
        None => println!(
            "  ハガキはすべて使用済みです。data フォルダーを消すと、はじめからお試しいただけます。"
        ),
    }
    if matches!(config.mail, MailSetting::Mailbox(_)) {
        println!("  メールボックス        {url}/dev/mailbox");
    }
    println!(
        "「新規利用登録」からメールアドレスを送信し、メールボックスに届いたURLを開いてください。"
    );
    Ok(ExitCode::SUCCESS)
}

async fn backup(config: Config, file: &Path) -> Done {
    there_is_one(&config)?;
    let db = Db::open_existing(config.database_url.expose()).await?;
    // For its owner only before the first byte is in it; never over another file.
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .map_err(|error| format!("{}: {error}", file.display()))?;
    let copied = db.copy_to(file).await?;
    db.close().await;
    if copied {
        println!(
            "{} written. Keep the secret file with it, apart.",
            file.display()
        );
        Ok(ExitCode::SUCCESS)
    } else {
        std::fs::remove_file(file)?;
        println!(
            "PostgreSQL makes its own backups while it runs:\n  pg_dump --format=custom --file={} \
             DATABASE_URL",
            file.display()
        );
        Ok(ExitCode::FAILURE)
    }
}

async fn remove_what_is_over(config: Config, dry_run: bool) -> Done {
    let db = open(&config).await?;
    let (hasher, now) = (hasher(&config)?, Clock::System.now());
    let report = purge::purge(&db, &config.society, hasher.decoy(), now, dry_run).await;
    db.close().await;
    println!("{}", report?);
    Ok(ExitCode::SUCCESS)
}

async fn begin_audit_anew(config: Config) -> Done {
    let db = open(&config).await?;
    let sealer = Sealer {
        db: db.clone(),
        clock: Clock::System,
        secrets: Secrets::open(&config.secret_file)?.into(),
        note: note_file(&config.data_dir),
    };
    let begun = sealer.begin_anew().await;
    db.close().await;
    println!(
        "{}",
        match begun? {
            true => "Noted. What was sealed with another secret file is taken as it is now.",
            false => "All seals are of this secret file, or accounted for: nothing was changed.",
        }
    );
    Ok(ExitCode::SUCCESS)
}

async fn check(config: Config) -> Done {
    let mut code = ExitCode::SUCCESS;
    for finding in doctor::examine(config, Clock::System.now()).await {
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
