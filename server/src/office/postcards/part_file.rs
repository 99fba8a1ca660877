//! `FILE.part`: the lines that are finished, on the disk before their rows are
//! committed; at the end it becomes FILE.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use csv::StringRecord;
use store::person::Key;

use super::{
    PostcardError,
    credentials::{COLUMNS, Credentials, EMPLOYER, HEAD, LOGIN_ID, PASSWORD, escaped_key},
};

/// Only who issues may read the passwords.
const OURS_ALONE: u32 = 0o600;

/// One person's line, as a spreadsheet opens it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Line(StringRecord);

impl Line {
    pub(super) fn new(credentials: &Credentials) -> Self {
        Self(credentials.escaped())
    }

    pub(super) fn login_id(&self) -> &str {
        &self.0[LOGIN_ID]
    }

    pub(super) fn password(&self) -> &str {
        &self.0[PASSWORD]
    }

    /// By what the file is sorted; lines of one employer stay as they were.
    pub(super) fn employer(&self) -> &str {
        &self.0[EMPLOYER]
    }

    /// The same for the person who has this key now.
    pub(super) fn of(&self, key: &Key) -> Self {
        let key = escaped_key(key);
        let rest = self.0.iter().skip(key.len());
        Self(key.iter().map(AsRef::as_ref).chain(rest).collect())
    }

    /// Also where the version that began the file left a value as it is which is escaped
    /// now.
    pub(super) fn is_of(&self, key: &Key) -> bool {
        let parts = [&key.symbol, &key.number, &key.branch];
        let mut fields = self.0.iter().zip(parts.into_iter().zip(escaped_key(key)));
        fields.all(|(field, (part, escaped))| field == part || field == escaped)
    }
}

/// The unfinished file, locked against a second run.
pub(super) struct PartFile {
    out: PathBuf,
    path: PathBuf,
    file: File,
    count: u64,
}

impl PartFile {
    /// Begins a file, or goes on with the one that an interrupted run left.
    pub(super) fn open(out: &Path) -> Result<Self, PostcardError> {
        let path = beside(out, ".part");
        if let Ok(there) = fs::symlink_metadata(out) {
            // Stopped between the file's two names: it was finished, and says so.
            let is_finished = fs::symlink_metadata(&path)
                .is_ok_and(|part| (part.dev(), part.ino()) == (there.dev(), there.ino()));
            if !is_finished {
                return Err(PostcardError::FileExists);
            }
            fs::remove_file(&path)?;
            sync_folder(&path)?;
            return Err(PostcardError::Finished);
        }
        let (mut file, is_new) = match create(&path) {
            Ok(file) => (file, true),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => (
                OpenOptions::new().read(true).write(true).open(&path)?,
                false,
            ),
            Err(e) => return Err(e.into()),
        };
        lock(&file)?;
        // Another run may have replaced or finished it before it was locked.
        let (there, here) = (fs::metadata(&path), file.metadata()?);
        if !there.is_ok_and(|there| (there.dev(), there.ino()) == (here.dev(), here.ino())) {
            return Err(PostcardError::InUse);
        }
        // Stopped while it was being replaced: what counts is in the file itself.
        remove_if_there(&beside(out, ".part.new"))?;
        if is_new {
            file.write_all(HEAD.as_bytes())?;
            file.sync_all()?;
            sync_folder(&path)?;
        }
        let mut part = Self {
            out: out.to_owned(),
            path,
            file,
            count: 0,
        };
        part.count = part.lines()?.len() as u64;
        Ok(part)
    }

    /// How many lines there are.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Every line but one that was cut off in the middle.
    pub(super) fn lines(&mut self) -> Result<Vec<Line>, PostcardError> {
        let bytes = self.bytes()?;
        if HEAD.as_bytes().starts_with(&bytes) {
            return Ok(Vec::new());
        }
        let lines = bytes
            .strip_prefix(HEAD.as_bytes())
            .ok_or(PostcardError::NotOurs)?;
        let whole = lines
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |last| last + 1);
        csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(&lines[..whole])
            .into_records()
            .map(|line| match line {
                Ok(line) if line.len() == COLUMNS => Ok(Line(line)),
                _ => Err(PostcardError::NotOurs),
            })
            .collect()
    }

    fn bytes(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.rewind()?;
        self.file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Adds lines; when this returns they are on the disk.
    pub(super) fn append<'l>(
        &mut self,
        lines: impl Iterator<Item = &'l Line>,
    ) -> Result<(), io::Error> {
        let (bytes, count) = written(lines)?;
        self.file.seek(SeekFrom::End(0))?;
        self.file.write_all(&bytes)?;
        self.file.sync_all()?;
        self.count += count;
        Ok(())
    }

    /// Takes out every line but these, and what was cut off. The file is
    /// replaced as a whole: a crash leaves the old one or the new one.
    pub(super) fn keep_only(&mut self, lines: &[Line]) -> Result<(), PostcardError> {
        let mut kept = HEAD.as_bytes().to_vec();
        kept.extend(written(lines.iter())?.0);
        let is_ours_alone = self.file.metadata()?.mode() & 0o777 == OURS_ALONE;
        let is_changed = self.bytes()? != kept;
        if is_changed || !is_ours_alone {
            let fresh = beside(&self.out, ".part.new");
            remove_if_there(&fresh)?;
            let mut file = create(&fresh)?;
            lock(&file)?;
            file.write_all(&kept)?;
            file.sync_all()?;
            fs::rename(&fresh, &self.path)?;
            sync_folder(&self.path)?;
            self.file = file;
        }
        self.count = lines.len() as u64;
        Ok(())
    }

    /// Sorts the lines by employer and gives the file its name; without a line there is
    /// none. A file that has appeared under that name meanwhile is not written over.
    pub(super) fn finish(mut self) -> Result<(), PostcardError> {
        if self.count > 0 {
            // They are in their order already, unless a run was interrupted.
            let mut lines = self.lines()?;
            lines.sort_by(|one, other| one.employer().cmp(other.employer()));
            self.keep_only(&lines)?;
            fs::hard_link(&self.path, &self.out).map_err(|e| match e.kind() {
                io::ErrorKind::AlreadyExists => PostcardError::FileExists,
                _ => PostcardError::File(e),
            })?;
            sync_folder(&self.path)?;
        }
        fs::remove_file(&self.path)?;
        sync_folder(&self.path)?;
        Ok(())
    }
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(OURS_ALONE)
        .open(path)
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

fn lock(file: &File) -> Result<(), PostcardError> {
    file.try_lock().map_err(|e| match e {
        TryLockError::WouldBlock => PostcardError::InUse,
        TryLockError::Error(e) => PostcardError::File(e),
    })
}

fn beside(out: &Path, ending: &str) -> PathBuf {
    let mut path = out.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

/// A new name in a folder lasts only when the folder itself is on the disk.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn written<'l>(lines: impl Iterator<Item = &'l Line>) -> io::Result<(Vec<u8>, u64)> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let mut count = 0;
    for line in lines {
        writer.write_record(&line.0)?;
        count += 1;
    }
    let bytes = writer
        .into_inner()
        .map_err(|e| io::Error::other(e.to_string()))?;
    Ok((bytes, count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(symbol: &str, login_id: &str) -> Line {
        let fields = [
            symbol,
            "12",
            "00",
            "健保 太郎",
            "105-0001",
            "東京都港区1,2",
            login_id,
            "x",
            "y",
            "",
            "",
        ];
        Line(fields.iter().collect())
    }

    fn ids(part: &mut PartFile) -> Vec<String> {
        part.lines()
            .ok()
            .unwrap()
            .iter()
            .map(|line| line.login_id().to_owned())
            .collect()
    }

    #[test]
    fn a_line_is_known_by_its_key_escaped_or_as_an_earlier_version_left_it() {
        let key = |symbol: &str| Key {
            symbol: symbol.into(),
            number: "12".into(),
            branch: "00".into(),
        };
        assert!(line("'-1", "x").is_of(&key("-1")));
        assert!(line("'\u{2212}1", "x").is_of(&key("\u{2212}1")));
        assert!(line("\u{2212}1", "x").is_of(&key("\u{2212}1")));
        assert!(line("1001", "x").is_of(&key("1001")));
        assert!(!line("'1001", "x").is_of(&key("1001")));
    }

    #[test]
    fn the_file_is_complete_or_not_there_and_nobody_elses_to_read() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("postcards.csv");
        let mut part = PartFile::open(&out).ok().unwrap();
        part.append([line("1001", "bcdfgh23"), line("1001", "bcdfgh24")].iter())
            .unwrap();
        assert!(!out.exists());
        part.finish().ok().unwrap();
        assert_eq!(fs::metadata(&out).unwrap().mode() & 0o777, 0o600);
        let text = fs::read_to_string(&out).unwrap();
        assert_eq!(
            text,
            format!(
                "{HEAD}1001,12,00,健保 太郎,105-0001,\"東京都港区1,2\",bcdfgh23,x,y,,\r\n\
                 1001,12,00,健保 太郎,105-0001,\"東京都港区1,2\",bcdfgh24,x,y,,\r\n"
            )
        );
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "the .part is gone"
        );
        assert!(matches!(
            PartFile::open(&out),
            Err(PostcardError::FileExists)
        ));
    }

    #[test]
    fn an_interrupted_file_is_read_up_to_its_last_whole_line() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("postcards.csv");
        let path = beside(&out, ".part");
        let mut part = PartFile::open(&out).ok().unwrap();
        part.append([line("1001", "bcdfgh23"), line("1001", "bcdfgh24")].iter())
            .unwrap();
        drop(part);
        let whole = fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let mut part = PartFile::open(&out).ok().unwrap();
            let lines = part.lines().ok().unwrap();
            part.keep_only(&lines).ok().unwrap();
            part.append(std::iter::once(&line("1002", "bcdfgh25")))
                .unwrap();
            drop(part);
            let mut again = PartFile::open(&out).ok().unwrap();
            let mut expected: Vec<_> = lines
                .iter()
                .map(|line| line.login_id().to_owned())
                .collect();
            expected.push("bcdfgh25".to_owned());
            assert_eq!(ids(&mut again), expected, "cut after {cut} bytes");
        }
    }

    #[test]
    fn whatever_step_it_was_stopped_at_nothing_stays_beside_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("postcards.csv");
        let (path, fresh) = (beside(&out, ".part"), beside(&out, ".part.new"));
        let mut part = PartFile::open(&out).ok().unwrap();
        part.append([line("1001", "bcdfgh23"), line("1001", "bcdfgh24")].iter())
            .unwrap();
        drop(part);
        // While the file was being replaced by one with fewer lines, at any byte.
        let whole = fs::read(&path).unwrap();
        for cut in [0, HEAD.len() / 2, HEAD.len(), whole.len()] {
            fs::write(&fresh, &whole[..cut]).unwrap();
            let mut part = PartFile::open(&out).ok().unwrap();
            assert_eq!(ids(&mut part), ["bcdfgh23", "bcdfgh24"]);
            assert!(!fresh.exists(), "cut after {cut} bytes");
        }
        // Between its two names.
        fs::hard_link(&path, &out).unwrap();
        assert!(matches!(PartFile::open(&out), Err(PostcardError::Finished)));
        assert_eq!(fs::read(&out).unwrap(), whole);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(matches!(
            PartFile::open(&out),
            Err(PostcardError::FileExists)
        ));
    }

    #[test]
    fn two_runs_never_write_to_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("postcards.csv");
        let mut first = PartFile::open(&out).ok().unwrap();
        assert!(matches!(PartFile::open(&out), Err(PostcardError::InUse)));
        first
            .append(std::iter::once(&line("1001", "bcdfgh23")))
            .unwrap();
        first.keep_only(&[]).ok().unwrap();
        assert!(
            matches!(PartFile::open(&out), Err(PostcardError::InUse)),
            "replaced, and locked"
        );
        drop(first);
        assert_eq!(PartFile::open(&out).ok().unwrap().count(), 0);
    }

    #[test]
    fn a_strangers_file_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("postcards.csv");
        let path = beside(&out, ".part");
        for stranger in ["今日の献立\n".to_owned(), format!("{HEAD}a,b\r\n")] {
            fs::write(&path, &stranger).unwrap();
            assert!(matches!(PartFile::open(&out), Err(PostcardError::NotOurs)));
            assert_eq!(fs::read_to_string(&path).unwrap(), stranger);
        }
    }

    #[test]
    fn a_file_that_appeared_meanwhile_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("postcards.csv");
        let mut part = PartFile::open(&out).ok().unwrap();
        part.append(std::iter::once(&line("1001", "bcdfgh23")))
            .unwrap();
        fs::write(&out, "somebody else's").unwrap();
        assert!(matches!(part.finish(), Err(PostcardError::FileExists)));
        assert_eq!(fs::read_to_string(&out).unwrap(), "somebody else's");
        assert!(beside(&out, ".part").exists(), "nothing is lost");
    }
}
