//! Where the portal is found.

use url::Url;

/// The origin of every link we send: scheme, host and port, no slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| error.to_string())?;
        let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !plain || !url.username().is_empty() || url.password().is_some() {
            return Err("only scheme, host and port, such as https://portal.example.jp".to_owned());
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err("http is for this machine only; members need https".to_owned()),
            other => return Err(format!("{other} is neither http nor https")),
        }
        Ok(Self(url.origin().ascii_serialization()))
    }

    /// Where a portal without a name of its own listens.
    pub fn of_address(addr: std::net::SocketAddr) -> Self {
        if addr.ip().is_loopback() {
            // By name: passkeys belong to one, and not to a number.
            return Self(format!("http://localhost:{}", addr.port()));
        }
        Self(format!("http://{addr}"))
    }

    /// As in a browser's `Origin`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether cookies may ask for https.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
