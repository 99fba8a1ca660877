//! Pages that are the same for everybody, rendered once: most visits begin on one
//! of them, and rendering is most of what such a visit costs.

use std::sync::{Arc, OnceLock};

use axum::{body::Bytes, http::Uri};
use domain::visit::Visit;

/// They show settings, which hold as long as the server runs, and nothing else.
const PATHS: [&str; 6] = ["/", "/login", "/register", "/reissue", "/help", "/about"];

/// The pages rendered so far.
#[derive(Clone, Debug, Default)]
pub struct Kept(Arc<[OnceLock<Bytes>; PATHS.len()]>);

impl Kept {
    /// Where the page that is asked for is kept; `None` for one that is this
    /// visitor's own.
    pub(super) fn place(&self, visit: &Visit, uri: &Uri) -> Option<&OnceLock<Bytes>> {
        let at = PATHS.iter().position(|path| *path == uri.path())?;
        let is_everybody_s = uri.query().is_none() && visit.is_anybody_s();
        self.0.get(at).filter(|_| is_everybody_s)
    }
}
