//! What the browser carries: the session's token, and in encrypted cookies the
//! link that was opened and what a screen needs to be shown again.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::cookie::{Cookie, CookieJar, Key, PrivateCookieJar, SameSite};
use domain::{
    rules::{EmailAddress, RecoveryCode, SecondStepCode},
    values::timestamp::Timestamp,
    visit::{
        Challenge, Changed, CodeDue, CookieChange, DeviceToken, Draft, LetterPurpose, LinkToken,
        PendingAddressChange, SentLetter, SessionToken, Told, return_to::ReturnTo,
    },
};
use store::{device::REMEMBERED, lifetime, session};
use uuid::Uuid;

use crate::second_step::passkeys;

const SESSION: &str = "session";
const DEVICE: &str = "device";
const SENT: &str = "sent";
const DRAFT: &str = "draft";
const ASKED: &str = "asked";
const WANTED: &str = "wanted";
const TOLD: &str = "told";
const PASSKEY: &str = "passkey";
const NEW_PASSKEY: &str = "new_passkey";
const CODE_DUE: &str = "code";
const RECOVERY_CODES: &str = "recovery";

/// How a cookie says when its letter was asked for.
const EARLIER: &str = "earlier";
const JUST_NOW: &str = "justnow";
/// And what for.
const REGISTRATION: &str = "registration";
const REISSUE: &str = "reissue";

/// What waits for the present password.
const ADD: &str = "add";
const AGAIN: &str = "again";
const REMOVE: &str = "remove";

/// Long enough to get a new letter.
const DRAFT_LIFE: Duration = Duration::from_secs(24 * 3600);

/// Long enough to find the password; not long enough for whoever comes next.
const WANTED_LIFE: Duration = Duration::from_secs(30 * 60);

/// Long enough for the next page, not for the one after a pause.
pub(super) const TOLD_LIFE: Duration = Duration::from_secs(60);

/// Long enough for the page that shows them, also over a slow line.
const RECOVERY_CODES_LIFE: Duration = Duration::from_secs(5 * 60);

/// What the next page says: of ログアウト, or which of three were changed.
const SIGNED_OUT: &str = "out";
const CHANGED: &str = "changed";
const CODE_OVER: &str = "code";

/// Which letter's link a cookie carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opened {
    /// 新規利用登録
    Registration,
    /// パスワード再発行
    Reissue,
    /// メールアドレスの確認
    Confirmation,
    /// 新しい端末からのログイン
    Report,
}

impl Opened {
    const fn name(self) -> &'static str {
        match self {
            Self::Registration => REGISTRATION,
            Self::Reissue => REISSUE,
            Self::Confirmation => "confirmation",
            Self::Report => "report",
        }
    }
}

/// What a passkey was asked to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A sign-in.
    ForSignIn,
    /// That it is this session's member's.
    ForNew(Uuid),
}

impl Asked {
    const fn name(self) -> &'static str {
        match self {
            Self::ForSignIn => PASSKEY,
            Self::ForNew(_) => NEW_PASSKEY,
        }
    }

    const fn session(self) -> Uuid {
        match self {
            Self::ForSignIn => Uuid::nil(),
            Self::ForNew(session) => session,
        }
    }
}

/// Reads and writes our cookies.
#[derive(Clone)]
pub struct Cookies {
    key: Key,
    https: bool,
}

impl Cookies {
    /// Cookies encrypted with this key; `https` gives them the `__Host-` prefix,
    /// which binds them to our host and to https.
    pub fn new(key: &[u8; 64], https: bool) -> Self {
        Self {
            key: Key::from(key),
            https,
        }
    }

    /// The session's token.
    pub(super) fn session(&self, headers: &HeaderMap) -> Option<SessionToken> {
        let jar = CookieJar::from_headers(headers);
        jar.get(&self.name(SESSION))
            .map(|cookie| SessionToken(cookie.value().to_owned()))
    }

    /// By what the browser is known from an earlier sign-in; encrypted, so that
    /// nobody but us can have made it up.
    pub(super) fn device(&self, headers: &HeaderMap) -> Option<DeviceToken> {
        self.read(headers, DEVICE).map(DeviceToken)
    }

    /// The link that was opened in this browser.
    pub(super) fn opened(&self, headers: &HeaderMap, which: Opened) -> Option<LinkToken> {
        self.read(headers, which.name()).map(LinkToken)
    }

    /// The letter that was asked for last.
    pub(super) fn sent(&self, headers: &HeaderMap) -> Option<SentLetter> {
        let text = self.read(headers, SENT)?;
        let mut parts = text.splitn(6, ' ');
        Some(SentLetter {
            way: match parts.next()? {
                REISSUE => LetterPurpose::Reissue,
                _ => LetterPurpose::Registration,
            },
            letter: Uuid::parse_str(parts.next()?).ok()?,
            asked_at: Timestamp(parts.next()?.parse().ok()?),
            until: Timestamp(parts.next()?.parse().ok()?),
            earlier: parts.next()? == EARLIER,
            address: parts.next()?.to_owned(),
        })
    }

    /// What was typed when the time ran out.
    pub(super) fn draft(&self, headers: &HeaderMap) -> Option<Draft> {
        let text = self.read(headers, DRAFT)?;
        let (login_id, nickname) = text.split_once('\n')?;
        Some(Draft {
            login_id: login_id.to_owned(),
            nickname: nickname.to_owned(),
        })
    }

    /// What waits for the present password in that session, and in no other.
    pub(super) fn asked(&self, headers: &HeaderMap, session: Uuid) -> Option<PendingAddressChange> {
        let text = self.read(headers, ASKED)?;
        let mut parts = text.splitn(3, ' ');
        if Uuid::parse_str(parts.next()?).ok()? != session {
            return None;
        }
        match (parts.next()?, parts.next()?) {
            (ADD, address) => EmailAddress::parse(address)
                .ok()
                .map(PendingAddressChange::Add),
            (AGAIN, row) => Uuid::parse_str(row).ok().map(PendingAddressChange::Again),
            (REMOVE, row) => Uuid::parse_str(row).ok().map(PendingAddressChange::Remove),
            _ => None,
        }
    }

    /// What a passkey was asked to sign in this browser.
    pub(super) fn challenge(&self, headers: &HeaderMap, which: Asked) -> Option<Challenge> {
        let text = self.read(headers, which.name())?;
        let mut parts = text.splitn(3, ' ');
        if Uuid::parse_str(parts.next()?).ok()? != which.session() {
            return None;
        }
        Some(Challenge {
            asked_at: Timestamp(parts.next()?.parse().ok()?),
            state: parts.next()?.to_owned(),
        })
    }

    /// Carries it for as long as it can be answered.
    pub(super) fn ask(&self, which: Asked, challenge: &Challenge) -> Option<HeaderValue> {
        let Challenge { asked_at, state } = challenge;
        let text = format!("{} {} {state}", which.session(), asked_at.0);
        self.encrypted(which.name(), text, passkeys::LIFE)
    }

    /// The sign-in that waits for a code.
    pub(super) fn code_due(&self, headers: &HeaderMap) -> Option<CodeDue> {
        let text = self.read(headers, CODE_DUE)?;
        let mut parts = text.split(' ');
        Some(CodeDue {
            member: Uuid::parse_str(parts.next()?).ok()?,
            password_version: parts.next()?.parse().ok()?,
            until: Timestamp(parts.next()?.parse().ok()?),
        })
    }

    /// Recovery codes made in that session, which were not shown yet.
    pub(super) fn recovery_codes(&self, headers: &HeaderMap, session: Uuid) -> Vec<RecoveryCode> {
        let text = self.read(headers, RECOVERY_CODES).unwrap_or_default();
        let mut words = text.split(' ');
        let its = words.next().and_then(|word| Uuid::parse_str(word).ok());
        let code = |word| match SecondStepCode::parse(word) {
            Ok(SecondStepCode::Recovery(code)) => Some(code),
            _ => None,
        };
        if its == Some(session) {
            words.filter_map(code).collect()
        } else {
            Vec::new()
        }
    }

    /// They have been shown, and are not again.
    pub(super) fn forget_recovery_codes(&self) -> Option<HeaderValue> {
        self.forget(RECOVERY_CODES)
    }

    /// The page that was wanted before the sign-in.
    pub(super) fn wanted(&self, headers: &HeaderMap) -> Option<ReturnTo> {
        ReturnTo::parse(&self.read(headers, WANTED)?)
    }

    /// What the step before has come to.
    pub(super) fn told(&self, headers: &HeaderMap) -> Option<Told> {
        let text = self.read(headers, TOLD)?;
        let mut words = text.split(' ');
        match words.next()? {
            SIGNED_OUT => Some(Told::SignedOut),
            CODE_OVER => Some(Told::CodeOver),
            CHANGED => {
                let mut next = || words.next() == Some("yes");
                Some(Told::Changed(Changed {
                    login_id: next(),
                    nickname: next(),
                    password: next(),
                }))
            }
            _ => None,
        }
    }

    /// Carries the page that somebody wanted who has to sign in first.
    pub(super) fn want(&self, wanted: &ReturnTo) -> Option<HeaderValue> {
        self.encrypted(WANTED, wanted.as_str().to_owned(), WANTED_LIFE)
    }

    /// Carries an opened link for as long as the longest-lived works: the one that
    /// ends a session.
    pub(super) fn open(&self, which: Opened, token: &str) -> Option<HeaderValue> {
        self.encrypted(which.name(), token.to_owned(), lifetime::SESSION)
    }

    /// What a use case wants the browser to carry.
    pub(super) fn keep(&self, keep: &CookieChange, now: Timestamp) -> Vec<HeaderValue> {
        let one = match keep {
            CookieChange::Session(token, until) => {
                self.header(self.cookie(SESSION, token.0.clone(), span(now, *until)))
            }
            CookieChange::NoSession => self.forget(SESSION),
            CookieChange::Told(told) => {
                let text = match told {
                    Told::SignedOut => SIGNED_OUT.to_owned(),
                    Told::CodeOver => CODE_OVER.to_owned(),
                    Told::Changed(changed) => {
                        let word = |is_so| if is_so { "yes" } else { "no" };
                        let of = [changed.login_id, changed.nickname, changed.password].map(word);
                        [CHANGED, of[0], of[1], of[2]].join(" ")
                    }
                };
                self.encrypted(TOLD, text, TOLD_LIFE)
            }
            CookieChange::CodeDue(due) => {
                let CodeDue {
                    member,
                    password_version,
                    until,
                } = due;
                let text = format!("{member} {password_version} {}", until.0);
                self.encrypted(CODE_DUE, text, span(now, *until))
            }
            CookieChange::NoCodeDue => self.forget(CODE_DUE),
            CookieChange::RecoveryCodes(codes, session) => {
                let codes = codes.iter().map(|code| format!(" {}", code.as_str()));
                let text = session.to_string() + &codes.collect::<String>();
                self.encrypted(RECOVERY_CODES, text, RECOVERY_CODES_LIFE)
            }
            CookieChange::Device(token) => self.encrypted(DEVICE, token.0.clone(), REMEMBERED),
            CookieChange::Sent(sent) => {
                let SentLetter {
                    way,
                    letter,
                    address,
                    asked_at,
                    until,
                    earlier,
                } = sent;
                // Of one length and one life, whether a letter went out or not.
                let which = if *earlier { EARLIER } else { JUST_NOW };
                let way = match way {
                    LetterPurpose::Registration => REGISTRATION,
                    LetterPurpose::Reissue => REISSUE,
                };
                let (asked_at, until) = (asked_at.0, until.0);
                let text = format!("{way} {letter} {asked_at} {until} {which} {address}");
                self.encrypted(SENT, text, lifetime::LINK)
            }
            CookieChange::Draft(draft) => {
                // Long enough for any good value; a cookie has 4 kB.
                let short = |text: &str| -> String {
                    text.chars().filter(|c| *c != '\n').take(200).collect()
                };
                let text = format!("{}\n{}", short(&draft.login_id), short(&draft.nickname));
                self.encrypted(DRAFT, text, DRAFT_LIFE)
            }
            CookieChange::PendingAddressChange(asked, session) => {
                let text = match asked {
                    PendingAddressChange::Add(address) => {
                        format!("{session} {ADD} {}", address.as_str())
                    }
                    PendingAddressChange::Again(row) => format!("{session} {AGAIN} {row}"),
                    PendingAddressChange::Remove(row) => format!("{session} {REMOVE} {row}"),
                };
                self.encrypted(ASKED, text, session::IDLE)
            }
            CookieChange::NoPendingChange => self.forget(ASKED),
            CookieChange::NoReturn => self.forget(WANTED),
            CookieChange::NoChallenge => return self.forget_all(&[PASSKEY, NEW_PASSKEY]),
            CookieChange::RegistrationDone => {
                return self.forget_all(&[Opened::Registration.name(), SENT, DRAFT]);
            }
            CookieChange::Left => {
                return self.forget_all(&[
                    SESSION,
                    DEVICE,
                    Opened::Registration.name(),
                    Opened::Reissue.name(),
                    Opened::Confirmation.name(),
                    Opened::Report.name(),
                    SENT,
                    CODE_DUE,
                    RECOVERY_CODES,
                    DRAFT,
                    PASSKEY,
                    NEW_PASSKEY,
                ]);
            }
            CookieChange::ReissueDone => return self.forget_all(&[Opened::Reissue.name(), SENT]),
        };
        one.into_iter().collect()
    }

    fn forget_all(&self, names: &[&str]) -> Vec<HeaderValue> {
        names.iter().filter_map(|name| self.forget(name)).collect()
    }

    pub(super) fn forget(&self, name: &str) -> Option<HeaderValue> {
        self.header(self.cookie(name, String::new(), Duration::ZERO))
    }

    pub(super) fn name(&self, name: &str) -> String {
        if self.https {
            format!("__Host-{name}")
        } else {
            name.to_owned()
        }
    }

    pub(super) fn read(&self, headers: &HeaderMap, name: &str) -> Option<String> {
        let jar = PrivateCookieJar::from_headers(headers, self.key.clone());
        jar.get(&self.name(name))
            .map(|cookie| cookie.value().to_owned())
    }

    pub(super) fn cookie(&self, name: &str, value: String, life: Duration) -> Cookie<'static> {
        // Rounded up: what lives for less than a second is not dead yet.
        let seconds = i64::try_from(life.as_millis().div_ceil(1000)).unwrap_or_default();
        Cookie::build((self.name(name), value))
            .path("/")
            .http_only(true)
            .secure(self.https)
            .same_site(SameSite::Lax)
            .max_age(time::Duration::seconds(seconds))
            .build()
    }

    pub(super) fn encrypted(
        &self,
        name: &str,
        value: String,
        life: Duration,
    ) -> Option<HeaderValue> {
        use axum::response::IntoResponse;
        let jar = PrivateCookieJar::new(self.key.clone()).add(self.cookie(name, value, life));
        let response = jar.into_response();
        response.headers().get(header::SET_COOKIE).cloned()
    }

    pub(super) fn header(&self, cookie: Cookie<'static>) -> Option<HeaderValue> {
        HeaderValue::from_str(&cookie.to_string()).ok()
    }
}

pub(super) fn span(now: Timestamp, until: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(until.0 - now.0).unwrap_or_default())
}
