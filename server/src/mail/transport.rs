//! Where letters go: to a mail server, or into a folder.

use std::{
    io,
    path::{Path, PathBuf},
};

use tokio::{fs, io::AsyncWriteExt};

use super::{
    outgoing::Outgoing,
    send_error::SendError,
    setting::MailSetting,
    smtp::{MailServer, close, within_patience},
};

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
                close(within_patience(server.connect()).await?).await;
                Ok(())
            }
        }
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
