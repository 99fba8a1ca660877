//! Makes the whole server from its settings.

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use domain::ports::{Mailbox, Ports};
use store::Db;
use tokio::{
    net::TcpListener,
    sync::{Notify, Semaphore, watch},
};

use crate::{
    base::{
        clock::Clock,
        hash::Hasher,
        periodic::{keep_running, run_every},
        secrets::Secrets,
        tally,
    },
    config::Config,
    http::{
        Cookies, Office, PageCache, RateLimits, State, UPLOADS, assets::Bundle,
        connections::Connections, router, serve,
    },
    mail::{
        delivery::DeliveryStatusService,
        mailbox,
        setting::MailSetting,
        transport::Transport,
        worker::{MailWorker, Unnoted},
    },
    member::{
        addresses::AddressService, checkups::CheckupService, closing::AccountClosingService,
        codes::CodesService, expenses::ExpenseService, my_data::MyDataService,
        notices::NoticeService, passkeys::PasskeyService, profile::ProfileService,
        registration::RegistrationService, reissue::ReissueService, sessions::SessionService,
        sign_in::SignInService,
    },
    office::{
        job::worker::FileWorker,
        postcards::{Terms, run::PostcardService},
        staff::{StaffService, sign_in::StaffSignIn},
    },
    second_step::passkeys::RelyingParty,
    upkeep::{
        audit_seal::{self, Sealer},
        cleanup::Cleanup,
        notice_letters::NoticeMailer,
        office_figures::OfficeFigures,
    },
};

/// How often what was only counted is logged.
const MINUTE: Duration = Duration::from_secs(60);

/// When work that has ended begins anew.
const ANEW: Duration = Duration::from_secs(1);

/// A server that is ready to run.
pub struct Portal {
    /// Where it listens, with the port that was given for port 0.
    pub addr: SocketAddr,
    /// Its database, for tests and commands.
    pub db: Db,
    listener: TcpListener,
    router: Router,
    connections: Arc<Connections>,
    worker: Arc<MailWorker>,
    sealer: Sealer,
    housekeeper: Cleanup,
    herald: NoticeMailer,
    figures: OfficeFigures,
    postcards: PostcardService,
    clock: Clock,
    files: FileWorker,
}

/// Why there is no server.
#[derive(Debug)]
pub struct BuildError(String);

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BuildError {}

fn because(what: &str) -> impl Fn(&dyn fmt::Display) -> BuildError {
    move |error| BuildError(format!("{what}: {error}"))
}

/// Opens and migrates the database, and puts everything together.
///
/// # Errors
/// Whatever is not there or does not fit, by name.
pub async fn build(config: Config, clock: Clock) -> Result<Portal, BuildError> {
    // Leptos runs its own tasks on the runtime at hand; that it has been told so
    // before is fine.
    let _ = any_spawner::Executor::init_tokio();
    let bundle = Bundle::open(&config.site).map_err(|e| because("site")(&e))?;
    let secrets =
        Secrets::open_or_create(&config.secret_file).map_err(|e| because("secret")(&e))?;
    let secrets = Arc::new(secrets);
    if let Ok(Some(file)) = Db::missing_file(config.database_url.expose()) {
        tracing::warn!(file = %file.display(), "there is no database: an empty one is made");
    }
    let db = Db::open(config.database_url.expose())
        .await
        .map_err(|e| because("database")(&e))?;
    db.migrate().await.map_err(|e| because("database")(&e))?;
    let shared = store::email::shared(&db).await;
    let shared = shared.map_err(|e| because("database")(&e))?;
    if !shared.is_empty() {
        let rows = shared.len();
        tracing::warn!(rows, "mailboxes stand twice: portal check names them");
    }
    let hasher = Hasher::start(config.hash, config.hash_pool).map_err(|e| because("hash")(&e))?;
    let mailbox = match &config.mail {
        MailSetting::Mailbox(folder) => {
            let mailbox: Arc<dyn Mailbox> = Arc::new(mailbox::MailboxFolder(folder.clone()));
            Some(mailbox)
        }
        MailSetting::Smtp(_) => None,
    };
    let goes_to_a_folder = mailbox.is_some();
    let transport = Transport::open(config.mail, &config.society.mail_domain)
        .map_err(|e| because("mail")(&e))?;
    let listener = TcpListener::bind(config.addr)
        .await
        .map_err(|e| because("addr")(&e))?;
    let addr = listener.local_addr().map_err(|e| because("addr")(&e))?;

    let society = Arc::new(config.society);
    let public_url: Arc<str> = config.public_url.as_str().into();
    let wake_mail = Arc::new(Notify::new());
    let wake_files = Arc::new(Notify::new());
    let cookies = Cookies::new(&secrets.cookie_key(), config.public_url.is_https());
    let relying_party = RelyingParty::new(&public_url, &society.portal_name);
    if !relying_party.is_possible() {
        tracing::warn!("public_url has an IP address: passkeys are off");
    }
    let ports = Ports {
        society: society.clone(),
        public_url: public_url.clone(),
        assets: Arc::new(bundle.addresses()),
        registration: Arc::new(RegistrationService {
            db: db.clone(),
            hasher: hasher.clone(),
            secrets: secrets.clone(),
            registration_age: society.registration_age,
            wake_mail: wake_mail.clone(),
        }),
        reissue: Arc::new(ReissueService {
            db: db.clone(),
            hasher: hasher.clone(),
            secrets: secrets.clone(),
            wake_mail: wake_mail.clone(),
        }),
        post: Arc::new(DeliveryStatusService { db: db.clone() }),
        sign_in: Arc::new(SignInService {
            db: db.clone(),
            hasher: hasher.clone(),
            relying_party: relying_party.clone(),
            secrets: secrets.clone(),
            wake_mail: wake_mail.clone(),
        }),
        passkeys: Arc::new(PasskeyService {
            db: db.clone(),
            relying_party: relying_party.clone(),
            wake_mail: wake_mail.clone(),
        }),
        profile: Arc::new(ProfileService {
            db: db.clone(),
            hasher: hasher.clone(),
            wake_mail: wake_mail.clone(),
        }),
        codes: Arc::new(CodesService {
            db: db.clone(),
            hasher: hasher.clone(),
            secrets: secrets.clone(),
            society: society.clone(),
            wake_mail: wake_mail.clone(),
        }),
        closing: Arc::new(AccountClosingService {
            db: db.clone(),
            hasher: hasher.clone(),
            wake_mail: wake_mail.clone(),
        }),
        security: Arc::new(SessionService {
            db: db.clone(),
            secrets: secrets.clone(),
            wake_mail: wake_mail.clone(),
        }),
        notices: Arc::new(NoticeService {
            db: db.clone(),
            society: society.clone(),
        }),
        checkups: Arc::new(CheckupService {
            db: db.clone(),
            society: society.clone(),
        }),
        my_data: Arc::new(MyDataService {
            db: db.clone(),
            society: society.clone(),
        }),
        addresses: Arc::new(AddressService {
            db: db.clone(),
            hasher: hasher.clone(),
            secrets: secrets.clone(),
            wake_mail: wake_mail.clone(),
        }),
        expenses: Arc::new(ExpenseService {
            db: db.clone(),
            society: society.clone(),
        }),
        mailbox,
    };
    let trusted_proxies: Arc<[_]> = config.trusted_proxies.into();
    let connections = Arc::new(Connections::new(config.places, trusted_proxies.clone()));
    let postcards = PostcardService {
        db: db.clone(),
        hasher: hasher.clone(),
        secrets: secrets.clone(),
        terms: Terms {
            age: society.registration_age,
            valid_days: config.postcard_days,
        },
        four_eyes: config.four_eyes,
        wake: Arc::default(),
    };
    let office = Office {
        db: db.clone(),
        society: society.clone(),
        public_url: public_url.clone(),
        secrets: secrets.clone(),
        staff: StaffService {
            db: db.clone(),
            hasher: hasher.clone(),
            society: society.clone(),
            four_eyes: config.four_eyes,
        },
        sign_in: StaffSignIn {
            db: db.clone(),
            hasher,
            secrets: secrets.clone(),
            relying_party,
        },
        postcards: postcards.clone(),
        wake_mail: wake_mail.clone(),
        upload_places: Arc::new(Semaphore::new(UPLOADS)),
        wake_files: wake_files.clone(),
        night_from_lines: config.night_from_lines,
        networks: config.office_networks.into(),
    };
    let state = State {
        office,
        db: db.clone(),
        clock: clock.clone(),
        ports,
        cookies,
        bundle,
        kept: PageCache::default(),
        trusted_proxies,
        limits: Arc::new(RateLimits::new(&config.limits)),
    };
    let router =
        router(state, &config.public_url).map_err(|e| BuildError(format!("public_url: {e:?}")))?;
    let housekeeper = Cleanup {
        db: db.clone(),
        clock: clock.clone(),
    };
    let sealer = Sealer {
        db: db.clone(),
        clock: clock.clone(),
        secrets: secrets.clone(),
        note: audit_seal::note_file(&config.data_dir),
    };
    let herald = NoticeMailer {
        db: db.clone(),
        clock: clock.clone(),
        wake_mail: wake_mail.clone(),
        at_night: goes_to_a_folder,
    };
    let figures = OfficeFigures {
        db: db.clone(),
        clock: clock.clone(),
        registration_age: society.registration_age,
    };
    let files = FileWorker {
        db: db.clone(),
        clock: clock.clone(),
        secrets: secrets.clone(),
        wake: wake_files,
    };
    let worker = MailWorker {
        db: db.clone(),
        transport,
        clock: clock.clone(),
        secrets,
        society,
        public_url,
        wake: wake_mail,
        senders: config.mail_senders,
        unnoted: Unnoted::default(),
    };
    let worker = Arc::new(worker);
    Ok(Portal {
        addr,
        db,
        listener,
        router,
        connections,
        worker,
        sealer,
        housekeeper,
        herald,
        figures,
        postcards,
        clock,
        files,
    })
}

impl Portal {
    /// Serves until `stop` holds `true`; then what is at hand is finished.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let Self {
            worker,
            housekeeper,
            herald,
            figures,
            postcards,
            clock,
            files,
            sealer,
            ..
        } = self;
        let post = keep_running("letters", ANEW, stop.clone(), {
            let stop = stop.clone();
            move || worker.clone().run(stop.clone())
        });
        let tidy = keep_running("cleanup", ANEW, stop.clone(), {
            let stop = stop.clone();
            move || housekeeper.clone().run(stop.clone())
        });
        let told = keep_running("letters about notices", ANEW, stop.clone(), {
            let stop = stop.clone();
            move || herald.clone().run(stop.clone())
        });
        let figures = keep_running("the office's figures", ANEW, stop.clone(), {
            let stop = stop.clone();
            move || figures.clone().run(stop.clone())
        });
        let overdue = keep_running("postcards nobody has come for", ANEW, stop.clone(), {
            let (stop, clock, postcards) = (stop.clone(), clock.clone(), postcards.clone());
            move || postcards.clone().run_overdue(clock.clone(), stop.clone())
        });
        let made = keep_running("postcards", ANEW, stop.clone(), {
            let stop = stop.clone();
            move || postcards.clone().run_worker(clock.clone(), stop.clone())
        });
        let files = keep_running("the office's files", ANEW, stop.clone(), {
            let stop = stop.clone();
            move || files.clone().run(stop.clone())
        });
        let seals = keep_running("the audit's seals", ANEW, stop.clone(), {
            let (stop, sealer) = (stop.clone(), sealer.clone());
            move || {
                let (stop, sealer) = (stop.clone(), sealer.clone());
                async move { sealer.run(stop).await }
            }
        });
        let counts = run_every(MINUTE, stop.clone(), || async { tally::tell() });
        let beside = tokio::spawn(async move {
            tokio::join!(
                post, tidy, told, figures, files, overdue, made, seals, counts
            )
        });
        serve::run(self.listener, self.router, self.connections, stop).await;
        if let Err(error) = beside.await {
            tracing::error!(%error, "what works beside the requests ended before the work did");
        }
        // What the last requests have noted.
        sealer.seal_pending().await;
        tally::tell();
        self.db.close().await;
    }
}
