//! The page that somebody wanted to see before they were signed in.

/// Pages to come back to, and whether what lies below them is one too. What changes
/// an account is not among them: nobody is led there by an address.
const PAGES: [(&str, bool); 7] = [
    ("/notices", true),
    ("/health", true),
    ("/expenses", true),
    ("/checkups", false),
    ("/profile", false),
    ("/security", false),
    ("/my-data", false),
];

/// Longer addresses are none of ours, and would not fit into a cookie.
const MOST_BYTES: usize = 400;

/// Path and query of a page of ours that shows a member something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted(String);

impl Wanted {
    /// Reads path and query; `None` for whatever leads anywhere else.
    pub fn parse(address: &str) -> Option<Self> {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let is_ours = PAGES.iter().any(|(page, and_below)| {
            path.strip_prefix(page).is_some_and(|rest| {
                rest.is_empty() || *and_below && rest.starts_with('/') && is_plain(rest)
            })
        });
        let printable = address.bytes().all(|b| b.is_ascii_graphic());
        (is_ours && printable && address.len() <= MOST_BYTES).then(|| Self(address.to_owned()))
    }

    /// Path and query.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Names between single slashes, as our addresses are.
fn is_plain(path: &str) -> bool {
    let is_name = |part: &str| {
        let good = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        !part.is_empty() && part.bytes().all(good)
    };
    path.split('/').skip(1).all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_are_wanted() {
        for address in [
            "/notices",
            "/notices/0193a7c0-0000-7000-8000-000000000000",
            "/notices?q=%E5%81%A5%E8%A8%BA&page=2",
            "/health/blood-pressure",
            "/expenses/print?year=2026",
            "/profile",
        ] {
            let wanted = Wanted::parse(address);
            assert_eq!(wanted.as_ref().map(Wanted::as_str), Some(address));
        }
        let long = format!("/notices?q={}", "x".repeat(MOST_BYTES));
        for address in [
            "",
            "/",
            "/home",
            "/logout",
            "/login",
            "//evil.example/notices",
            "/\\evil.example",
            "https://evil.example/notices",
            "/notices.evil",
            "/notices//evil.example",
            "/notices/..",
            "/notices/../logout",
            "/notices\r\nSet-Cookie: a=b",
            "/notices?q=健診",
            "/security/leave/confirm",
            "/profile/emails/confirm?token=x",
            "/files/1",
            &long,
        ] {
            assert_eq!(Wanted::parse(address), None, "{address}");
        }
    }
}
