//! 添付ファイル: which files are taken, and what they are.

use std::{
    ffi::OsStr,
    fmt,
    fs::{self, File},
    io::{self, Read},
    path::{Component, Path, PathBuf},
};

use domain::rules::invisible::has_invisible;
use store::staged_notices::Attachment;
use unicode_normalization::UnicodeNormalization;

use crate::{base::media_type, office::file::trouble::reason};

/// The longest name of an attachment.
const NAME_CHARS: usize = 200;

/// The largest attachment.
pub const MOST_BYTES: u64 = 10 * 1024 * 1024;

/// Why a file is not taken.
#[derive(Debug)]
pub enum AttachmentProblem {
    /// Outside the folder of the notices' file.
    Elsewhere,
    /// An ending that is none of ours.
    Ending,
    /// It cannot be read.
    Unreadable(io::Error),
    /// A link, a folder, a pipe: what lies there may be another file tomorrow, or none.
    NoFile,
    /// Empty, or larger than any attachment.
    Size,
    /// It is not what its ending says.
    Content,
    /// A name too long, or with characters that nobody sees.
    Name,
}

impl fmt::Display for AttachmentProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elsewhere => f.write_str(
                "添付ファイルは、このCSVと同じフォルダーの中から相対パスで指定してください",
            ),
            Self::Ending => f.write_str("添付できるのは pdf、png、jpg、xlsx、docx のファイルです"),
            Self::Unreadable(error) => write!(f, "添付ファイルを読めません（{}）", reason(error)),
            Self::NoFile => f.write_str(
                "添付ファイルがリンク（ショートカット）かフォルダーです。ファイルそのものを置いてください",
            ),
            Self::Size => f.write_str("添付ファイルが空か、10MBを超えています"),
            Self::Content => f.write_str("添付ファイルの中身が、名前の拡張子と違います"),
            Self::Name => f.write_str("添付ファイルの名前が長すぎるか、使えない文字があります"),
        }
    }
}

/// Finds the file and looks at its size and its first bytes. A path is read as it is
/// written on Windows, too: with backslashes (¥ is one), and without regard to case.
pub(super) fn find(folder: &Path, written: &str) -> Result<Attachment, AttachmentProblem> {
    let written = written.replace(['\\', '¥'], "/");
    let relative = Path::new(&written);
    let inside = |part| match part {
        // A drive is no folder of ours.
        Component::Normal(name) => !name.as_encoded_bytes().contains(&b':'),
        part => part == Component::CurDir,
    };
    let name = match relative.file_name().and_then(|name| name.to_str()) {
        Some(name) if relative.components().all(inside) => name.nfc().collect::<String>(),
        _ => return Err(AttachmentProblem::Elsewhere),
    };
    let (_, begins) = media_type::kind(&name).ok_or(AttachmentProblem::Ending)?;
    // A link on the way would lead out of the folder as well as one at the end.
    let mut path = folder.to_owned();
    let mut parts = relative.components().peekable();
    while let Some(part) = parts.next() {
        if let Component::Normal(name) = part {
            path = entry(&path, name).map_err(AttachmentProblem::Unreadable)?;
        }
        let found = path
            .symlink_metadata()
            .map_err(AttachmentProblem::Unreadable)?;
        if found.is_symlink() || (parts.peek().is_none() && !found.is_file()) {
            return Err(AttachmentProblem::NoFile);
        }
    }
    let mut file = File::open(&path).map_err(AttachmentProblem::Unreadable)?;
    let size = file
        .metadata()
        .map_err(AttachmentProblem::Unreadable)?
        .len();
    if size == 0 || size > MOST_BYTES {
        return Err(AttachmentProblem::Size);
    }
    let mut first = vec![0; begins.len()];
    match file.read_exact(&mut first) {
        Ok(()) if first == begins => Ok(Attachment { path, name }),
        Ok(()) => Err(AttachmentProblem::Content),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Err(AttachmentProblem::Content)
        }
        Err(error) => Err(AttachmentProblem::Unreadable(error)),
    }
}

/// Looks at what was sent from a browser: its name's ending, its size and its first bytes.
/// `Ok` is what members call it.
///
/// # Errors
/// Why it is not taken.
pub fn sent(name: &str, content: &[u8]) -> Result<String, AttachmentProblem> {
    // Old browsers send the whole path.
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let name: String = name.nfc().collect();
    if name.chars().nth(NAME_CHARS).is_some() || has_invisible(&name) {
        return Err(AttachmentProblem::Name);
    }
    let (_, begins) = media_type::kind(&name).ok_or(AttachmentProblem::Ending)?;
    if content.is_empty() || content.len() as u64 > MOST_BYTES {
        return Err(AttachmentProblem::Size);
    }
    match content.starts_with(begins) {
        true => Ok(name),
        false => Err(AttachmentProblem::Content),
    }
}

/// What is called so in a folder. Where nothing has exactly that name, it may be one that
/// a Mac has written in parts (か and ゛), or that Windows would find in other letters.
fn entry(folder: &Path, name: &OsStr) -> io::Result<PathBuf> {
    let exact = folder.join(name);
    let Some(name) = name.to_str().filter(|_| !exact.exists()) else {
        return Ok(exact);
    };
    let folded = |name: &str| name.nfc().flat_map(char::to_lowercase).collect::<String>();
    let mut alike = Vec::new();
    for found in fs::read_dir(if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    })? {
        let found = found?.file_name();
        if found
            .to_str()
            .is_some_and(|found| folded(found) == folded(name))
        {
            alike.push(folder.join(found));
        }
    }
    match (alike.pop(), alike.is_empty()) {
        (Some(only), true) => Ok(only),
        _ => Ok(exact),
    }
}

/// All of it. It may have grown since it was found: no more is read than an
/// attachment may have.
pub(super) fn read(attachment: &Attachment) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    let read = File::open(&attachment.path)?
        .take(MOST_BYTES + 1)
        .read_to_end(&mut content)?;
    if read as u64 > MOST_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_is_what_its_ending_says_and_lies_beside_the_list() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("files")).unwrap();
        for (name, bytes) in [
            ("files/案内.PDF", &b"%PDF-1.7 and so on"[..]),
            ("files/か\u{3099}ん検診.pdf", b"%PDF-1.7"),
            ("photo.jpg", b"\xff\xd8\xff\xe0"),
            ("liar.png", b"%PDF-1.7"),
            ("short.png", b"\x89P"),
            ("empty.pdf", b""),
            ("page.html", b"<html>"),
        ] {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        let large = File::create(folder.path().join("large.pdf")).unwrap();
        large.set_len(MOST_BYTES + 1).unwrap();

        fs::create_dir(folder.path().join("folder.pdf")).unwrap();
        for (link, to) in [("link.pdf", "files/案内.PDF"), ("elsewhere", "files")] {
            std::os::unix::fs::symlink(to, folder.path().join(link)).unwrap();
        }

        let found = find(folder.path(), "files/案内.PDF").unwrap();
        assert_eq!(found.name, "案内.PDF");
        assert_eq!(media_type::media_type(&found.name), Some("application/pdf"));
        assert_eq!(read(&found).unwrap(), b"%PDF-1.7 and so on");
        for written in [
            "files\\案内.PDF",
            ".\\files\\案内.pdf",
            "Files¥案内.pdf",
            "./photo.jpg",
            "PHOTO.JPG",
            "files/がん検診.pdf",
            "files\\か\u{3099}ん検診.pdf",
        ] {
            let found = find(folder.path(), written).unwrap();
            assert!(found.path.is_file(), "{written}");
        }
        for (written, part) in [
            ("liar.png", "拡張子と違います"),
            ("short.png", "拡張子と違います"),
            ("empty.pdf", "空か"),
            ("large.pdf", "10MB"),
            ("page.html", "添付できるのは"),
            ("no-ending", "添付できるのは"),
            ("gone.pdf", "読めません（その名前のファイルがありません）"),
            ("files\\gone.pdf", "その名前のファイルがありません"),
            ("photo.jpg\\gone.pdf", "読めません（"),
            ("C:\\Users\\案内.pdf", "同じフォルダー"),
            ("\\\\server\\案内.pdf", "同じフォルダー"),
            ("..\\secret.pdf", "同じフォルダー"),
            ("link.pdf", "リンク"),
            ("elsewhere/案内.PDF", "リンク"),
            ("folder.pdf", "フォルダーです"),
            ("../secret.pdf", "同じフォルダー"),
            ("/etc/passwd.pdf", "同じフォルダー"),
        ] {
            let problem = find(folder.path(), written).unwrap_err().to_string();
            assert!(problem.contains(part), "{written}: {problem}");
        }
    }
}
