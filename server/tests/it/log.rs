//! What the server logs, as its operator would read it.

use std::{
    env, io,
    process::Command,
    sync::{Arc, Mutex},
};

/// What has been logged.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The log belongs to a process: `test` runs itself once more in one that writes
/// down everything there is to log. `None` where that has been done.
pub(crate) fn everything(test: &str) -> Option<Log> {
    if env::var_os("TEST_LOGS_EVERYTHING").is_none() {
        let again = Command::new(env::current_exe().unwrap())
            .args(["--exact", test])
            .env("TEST_LOGS_EVERYTHING", "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&again.stdout);
        let passed = again.status.success() && said.contains("1 passed");
        assert!(passed, "{said}");
        return None;
    }
    let log = Log::default();
    let written = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || written.clone())
        .init();
    Some(log)
}
