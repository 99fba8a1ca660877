//! What counts as one place to come from.

use std::net::{IpAddr, Ipv6Addr};

/// A household or a phone has a /64 of its own, with 2⁶⁴ addresses to change
/// between; of the old kind everybody has one address at most.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        old => old,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn one_connection_is_one_network_whatever_address_it_takes() {
        let seen = |address: &str| network(address.parse().unwrap()).to_string();
        assert_eq!(seen("203.0.113.7"), "203.0.113.7");
        assert_eq!(seen("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(seen("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(seen("2001:db8:1:2:ffff::1"), "2001:db8:1:2::");
        assert_eq!(seen("2001:db8:1:3::1"), "2001:db8:1:3::");
    }
}
