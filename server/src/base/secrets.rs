//! The server's one key, and what is derived from it.
//!
//! A link's token is never stored: it is derived from the key, the link's row and
//! the address it was sent to. So a retry sends the same letter, and a stolen
//! database holds nothing that opens an account.

use std::{
    fs, io,
    io::{Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use aes_gcm::{
    Aes256Gcm,
    aead::{Aead, Payload},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::rules::ProvisionalPassword;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// 256 bits, as HMAC-SHA-256 wants at least (RFC 2104, section 3).
const KEY_BYTES: usize = 32;

/// Of AES-GCM: drawn for every value, of which a key sees far fewer than 2^32.
const NONCE_BYTES: usize = 12;

/// The key, and nothing that prints it.
#[derive(Debug)]
pub struct Secrets {
    key: SecretBox<[u8; KEY_BYTES]>,
}

/// Why there is no key to start with.
#[derive(Debug)]
pub enum SecretsError {
    /// The file can be neither read nor made.
    Io(PathBuf, io::Error),
    /// Others than the owner may read or change the file; the number is its mode.
    OpenToOthers(PathBuf, u32),
    /// The file does not hold 32 bytes, but as many as said here.
    WrongLength(PathBuf, u64),
    /// The machine gives no random numbers.
    NoRandomness(getrandom::Error),
}

impl std::fmt::Display for SecretsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(file, error) => write!(f, "secret file {}: {error}", file.display()),
            Self::OpenToOthers(file, mode) => write!(
                f,
                "secret file {} has mode {mode:04o}: others could read it; run `chmod 600` on it",
                file.display()
            ),
            Self::WrongLength(file, bytes) => write!(
                f,
                "secret file {} holds {bytes} bytes instead of {KEY_BYTES}; restore it, or remove \
                 it to have a new one made (links and cookies at hand end, one-time codes fit no \
                 more, and the seals over the audit can be checked no more)",
                file.display()
            ),
            Self::NoRandomness(error) => write!(f, "no random numbers: {error}"),
        }
    }
}

impl std::error::Error for SecretsError {}

/// What the tokens that end letters about notices are derived for.
const UNSUBSCRIBE: &str = "unsubscribe";

impl Secrets {
    /// Reads the key from `file`; makes it, readable by its owner only, when there
    /// is none yet.
    ///
    /// # Errors
    /// A file that others can read, that holds anything but 32 bytes, or that
    /// cannot be read or made.
    pub fn open_or_create(file: &Path) -> Result<Self, SecretsError> {
        match Self::open(file) {
            Err(SecretsError::Io(_, error)) if error.kind() == io::ErrorKind::NotFound => {
                create(file)?;
                Self::open(file)
            }
            opened => opened,
        }
    }

    /// Reads the key from `file`, which has to be there: for the doctor.
    ///
    /// # Errors
    /// As for [`Secrets::open_or_create`], and a file that is not there.
    pub fn open(file: &Path) -> Result<Self, SecretsError> {
        let io = |error| SecretsError::Io(file.to_owned(), error);
        let mut opened = fs::File::open(file).map_err(io)?;
        let metadata = opened.metadata().map_err(io)?;
        let mode = metadata.mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(SecretsError::OpenToOthers(file.to_owned(), mode));
        }
        if metadata.len() != KEY_BYTES as u64 {
            return Err(SecretsError::WrongLength(file.to_owned(), metadata.len()));
        }
        let mut key = Box::new([0; KEY_BYTES]);
        opened.read_exact(key.as_mut()).map_err(io)?;
        Ok(Self {
            key: SecretBox::new(key),
        })
    }

    /// The token in a letter's link: the same for the same row and address, and
    /// nothing that can be guessed without the key.
    pub fn link_token(&self, purpose: &str, link: Uuid, address: &str) -> String {
        let parts: [&[u8]; 4] = [
            b"link",
            purpose.as_bytes(),
            link.as_bytes(),
            address.as_bytes(),
        ];
        URL_SAFE_NO_PAD.encode(self.derive(&parts))
    }

    /// The token in a letter about a notice, by which its reader ends them: for the row of
    /// an address and this address, as long as it is there. Nothing is kept of it.
    pub fn unsubscribe_token(&self, email: Uuid, address: &str) -> String {
        let code = self.link_token(UNSUBSCRIBE, email, address);
        format!("{}.{code}", email.simple())
    }

    /// The row of which such a token speaks, before it is known whether it is one of ours.
    pub fn email_of_token(token: &str) -> Option<Uuid> {
        let (row, _) = token.split_once('.')?;
        Uuid::try_parse(row).ok()
    }

    /// Whether it is the token of that row and address.
    pub fn is_unsubscribe_token(&self, token: &str, email: Uuid, address: &str) -> bool {
        let right = self.unsubscribe_token(email, address);
        right.as_bytes().ct_eq(token.as_bytes()).into()
    }

    /// The provisional password in a reissue's letter: like the token, the same for
    /// the same row and address, and stored nowhere.
    pub fn reissue_password(&self, link: Uuid, address: &str) -> ProvisionalPassword {
        let mut block = 0_u64;
        let mut bytes = Vec::new().into_iter();
        ProvisionalPassword::generate(|| {
            loop {
                if let Some(byte) = bytes.next() {
                    return byte;
                }
                let parts: [&[u8]; 4] = [
                    b"reissue password",
                    link.as_bytes(),
                    address.as_bytes(),
                    &block.to_be_bytes(),
                ];
                bytes = self.derive(&parts).to_vec().into_iter();
                block += 1;
            }
        })
    }

    /// What an app for one-time codes and we may come to share: the same for the same
    /// holder and session, and nothing that can be guessed without the key.
    pub fn one_time_secret(&self, holder: &str, session: &[u8]) -> [u8; 20] {
        let parts: [&[u8]; 3] = [b"one-time code", holder.as_bytes(), session];
        let mut secret = [0; 20];
        secret.copy_from_slice(&self.derive(&parts)[..20]);
        secret
    }

    /// The key of encrypted cookies, for `axum_extra`'s private jar.
    pub fn cookie_key(&self) -> [u8; 64] {
        let mut key = [0; 64];
        key[..32].copy_from_slice(&self.derive(&[b"cookie", b"first half"]));
        key[32..].copy_from_slice(&self.derive(&[b"cookie", b"second half"]));
        key
    }

    /// Encrypts what the database keeps and we have to read again. Opened it can be at the
    /// same place only: `place` says whose row it is.
    ///
    /// # Errors
    /// The machine gives no random numbers.
    pub fn seal(&self, what: &str, place: &str, value: &[u8]) -> Result<Vec<u8>, getrandom::Error> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce)?;
        let payload = Payload {
            msg: value,
            aad: place.as_bytes(),
        };
        // It fails for more bytes than there are in a machine.
        let sealed = self.cipher(what).encrypt(&nonce.into(), payload);
        Ok([&nonce[..], &sealed.unwrap_or_default()].concat())
    }

    /// What was encrypted for that place; `None` where it was not, or with another key.
    pub fn open_sealed(&self, what: &str, place: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, msg) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let aad = place.as_bytes();
        let payload = Payload { msg, aad };
        self.cipher(what).decrypt(nonce.into(), payload).ok()
    }

    fn cipher(&self, what: &str) -> Aes256Gcm {
        let key = self.derive(&[b"sealed", what.as_bytes()]);
        aes_gcm::KeyInit::new(&key.into())
    }

    /// Begins the seal over a batch of audit entries.
    pub fn audit_seal(&self) -> MacInput {
        let mut parts = self.parts();
        parts.add(b"audit");
        parts
    }

    /// The code over an audit whose seals were made with an earlier secret file.
    pub fn earlier_audit(&self) -> MacInput {
        let mut parts = self.parts();
        parts.add(b"earlier audit");
        parts
    }

    /// Tells this key from others in the audit's seals.
    pub fn audit_key_mark(&self) -> [u8; 32] {
        self.derive(&[b"audit key"])
    }

    fn derive(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut all = self.parts();
        for part in parts {
            all.add(part);
        }
        all.finish()
    }

    fn parts(&self) -> MacInput {
        // HMAC fills a short key up with zeros to its block of 64 bytes.
        let mut block = [0; 64];
        block[..KEY_BYTES].copy_from_slice(self.key.expose_secret());
        MacInput(Hmac::new(&block.into()))
    }
}

/// HMAC-SHA-256 over parts, each with its length before it: so `["ab", "c"]` and
/// `["a", "bc"]` have nothing in common.
#[derive(Clone, Debug)]
pub struct MacInput(Hmac<Sha256>);

impl MacInput {
    /// Takes one more part in.
    pub fn add(&mut self, part: &[u8]) {
        self.0.update(&(part.len() as u64).to_be_bytes());
        self.0.update(part);
    }

    /// The code over all of them.
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into_bytes().into()
    }
}

/// What the database keeps of a token. Tokens are 256 bits of chance, so a plain
/// hash is enough: there is no list of likely ones to try.
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// A new session's token: 256 random bits.
///
/// # Errors
/// The machine gives no random numbers.
pub fn session_token() -> Result<String, getrandom::Error> {
    let mut token = [0; 32];
    getrandom::fill(&mut token)?;
    Ok(URL_SAFE_NO_PAD.encode(token))
}

/// Makes the file whole under another name first. The link into place fails when
/// a server that started at the same moment was quicker: then its key is ours too.
fn create(file: &Path) -> Result<(), SecretsError> {
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(SecretsError::NoRandomness)?;
    let draft = file.with_extension(format!("new-{}", Uuid::new_v4().simple()));
    let placed = place(&key, &draft, file);
    let removed = fs::remove_file(&draft);
    match placed {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        placed => placed
            .and(removed)
            .map_err(|error| SecretsError::Io(file.to_owned(), error)),
    }
}

fn place(key: &[u8], draft: &Path, file: &Path) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let mut made = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(draft)?;
    made.write_all(key)?;
    made.sync_all()?;
    fs::hard_link(draft, file)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn fresh() -> (tempfile::TempDir, PathBuf, Secrets) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("data").join("secret.key");
        let secrets = Secrets::open_or_create(&file).unwrap();
        (folder, file, secrets)
    }

    #[test]
    fn the_first_start_makes_a_key_for_its_owner_only_and_the_next_start_reads_it() {
        let (_folder, file, secrets) = fresh();
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o7777, 0o600);
        assert_eq!(fs::metadata(&file).unwrap().len(), 32);
        assert_eq!(
            fs::read_dir(file.parent().unwrap()).unwrap().count(),
            1,
            "the draft of the key was left behind"
        );
        let again = Secrets::open_or_create(&file).unwrap();
        assert_eq!(
            again.cookie_key(),
            secrets.cookie_key(),
            "everybody was signed out"
        );
    }

    #[test]
    fn a_key_that_others_can_read_or_that_was_cut_short_is_refused_with_its_reason() {
        let (_folder, file, _) = fresh();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = Secrets::open_or_create(&file).unwrap_err().to_string();
        assert!(
            refused.contains("0640") && refused.contains("chmod 600"),
            "{refused}"
        );

        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&file, [7; 31]).unwrap();
        let refused = Secrets::open_or_create(&file).unwrap_err().to_string();
        assert!(refused.contains("31 bytes instead of 32"), "{refused}");
    }

    #[test]
    fn a_link_token_holds_for_its_purpose_row_and_address_only() {
        let (_folder, _, secrets) = fresh();
        let (_folder, _, other_key) = fresh();
        let row = Uuid::from_u128(1);
        let token = secrets.link_token("registration", row, "a@example.jp");
        assert_eq!(token.len(), 43);
        assert!(
            token
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        );
        assert_eq!(
            token,
            secrets.link_token("registration", row, "a@example.jp")
        );
        for different in [
            secrets.link_token("reissue", row, "a@example.jp"),
            secrets.link_token("registration", Uuid::from_u128(2), "a@example.jp"),
            secrets.link_token("registration", row, "b@example.jp"),
            other_key.link_token("registration", row, "a@example.jp"),
        ] {
            assert_ne!(token, different);
            assert_ne!(token_hash(&token), token_hash(&different));
        }
    }

    #[test]
    fn a_reissue_password_is_the_same_in_every_retry_and_no_other_letter_s() {
        let (_folder, _, secrets) = fresh();
        let (_folder, _, other_key) = fresh();
        let row = Uuid::from_u128(1);
        let password = secrets.reissue_password(row, "a@example.jp");
        assert_eq!(
            password.as_str(),
            secrets.reissue_password(row, "a@example.jp").as_str()
        );
        for different in [
            secrets.reissue_password(Uuid::from_u128(2), "a@example.jp"),
            secrets.reissue_password(row, "b@example.jp"),
            other_key.reissue_password(row, "a@example.jp"),
        ] {
            assert_ne!(password.as_str(), different.as_str());
        }
    }

    #[test]
    fn what_is_sealed_opens_at_its_place_and_with_its_key_only() {
        let (_folder, _, secrets) = fresh();
        let (_folder, _, other_key) = fresh();
        let sealed = secrets
            .seal("one-time code", "member 1", b"secret")
            .unwrap();
        let open = |by: &Secrets, what, place| by.open_sealed(what, place, &sealed);
        let opened = open(&secrets, "one-time code", "member 1").unwrap();
        assert_eq!(opened, b"secret");
        assert_eq!(open(&secrets, "one-time code", "member 2"), None);
        assert_eq!(open(&secrets, "something else", "member 1"), None);
        assert_eq!(open(&other_key, "one-time code", "member 1"), None);
        assert_eq!(
            secrets.open_sealed("one-time code", "member 1", &sealed[..11]),
            None
        );
        let again = secrets
            .seal("one-time code", "member 1", b"secret")
            .unwrap();
        assert_ne!(sealed, again, "two rows show that they hold the same");
    }

    #[test]
    fn the_parts_of_a_derivation_cannot_run_into_each_other() {
        let (_folder, _, secrets) = fresh();
        assert_ne!(
            secrets.derive(&[b"ab", b"c"]),
            secrets.derive(&[b"a", b"bc"])
        );
        let key = secrets.cookie_key();
        assert_ne!(key[..32], key[32..]);
    }

    #[test]
    fn nothing_that_is_printed_holds_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret.key");
        fs::write(&file, b"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        let printed = format!("{:?}", Secrets::open(&file).unwrap());
        assert!(
            !printed.contains("kkk") && !printed.contains("107"),
            "{printed}"
        );
    }

    #[test]
    fn no_two_sessions_have_the_same_token() {
        assert_eq!(session_token().unwrap().len(), 43);
        assert_ne!(session_token().unwrap(), session_token().unwrap());
    }
}
