//! Slips in well-known mail domains: `gmail.con`, `docomo.ne.jo`.
//!
//! Only ever a question to the member, never a refusal: the address may be right.

/// Where most members have their mail.
const WELL_KNOWN: [&str; 14] = [
    "gmail.com",
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "au.com",
    "icloud.com",
    "yahoo.co.jp",
    "softbank.ne.jp",
    "i.softbank.jp",
    "ymobile.ne.jp",
    "hotmail.com",
    "hotmail.co.jp",
    "outlook.com",
    "outlook.jp",
    "rakuten.jp",
];

/// The first of the well-known ones have no other ending: `gmail.co.jp` is a
/// slip however far it is from `gmail.com`.
const ONE_ENDING: usize = 5;

/// Real domains that look like a slip in one of the others.
const REAL_AS_WELL: [&str; 6] = [
    "ymail.com",
    "email.com",
    "mail.com",
    "gmx.com",
    "cloud.com",
    "yahoo.ne.jp",
];

/// A shorter domain has too many honest neighbours.
const SHORTEST_COMPARED: usize = 9;

/// The address that was probably meant, if the domain of this one looks like a slip.
pub fn likely_slip(address: &str) -> Option<String> {
    let (local, domain) = address.split_once('@')?;
    let domain = domain.to_ascii_lowercase();
    if local.is_empty() || WELL_KNOWN.contains(&&*domain) || REAL_AS_WELL.contains(&&*domain) {
        return None;
    }
    let same_name = |known: &str| known.split('.').next() == domain.split('.').next();
    let near = |known: &str| known.len() >= SHORTEST_COMPARED && is_one_slip_away(known, &domain);
    let meant = WELL_KNOWN
        .into_iter()
        .take(ONE_ENDING)
        .find(|known| same_name(known))
        .or_else(|| WELL_KNOWN.into_iter().find(|known| near(known)))?;
    Some([local, "@", meant].concat())
}

/// Whether one letter is missing, too many or another one, or two neighbours
/// have changed places.
fn is_one_slip_away(known: &str, typed: &str) -> bool {
    let (known, typed) = (known.as_bytes(), typed.as_bytes());
    let same = known.iter().zip(typed).take_while(|(a, b)| a == b).count();
    let (known, typed) = (&known[same..], &typed[same..]);
    match (known, typed) {
        ([a, known @ ..], [b, typed @ ..]) if known == typed => a != b,
        ([_, known @ ..], typed) if known == typed => true,
        (known, [_, typed @ ..]) if known == typed => true,
        ([a, b, known @ ..], [c, d, typed @ ..]) => a == d && b == c && known == typed,
        _ => false,
    }
}
