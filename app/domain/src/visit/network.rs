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

/// A network, as `203.0.113.0/24`; an address alone is a network of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// It is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkError;

impl std::fmt::Display for NetworkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an address, or a network such as 203.0.113.0/24")
    }
}

impl std::error::Error for NetworkError {}

impl std::str::FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NetworkError)?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => longest,
            Some(prefix) => prefix.parse().map_err(|_| NetworkError)?,
        };
        match prefix <= longest {
            true => Ok(Self { address, prefix }),
            false => Err(NetworkError),
        }
    }
}

impl Network {
    /// Whether an address belongs to it.
    pub fn has(self, address: IpAddr) -> bool {
        let bits = |address: IpAddr| match address {
            IpAddr::V4(address) => u128::from(address.to_bits()) << 96,
            IpAddr::V6(address) => address.to_bits(),
        };
        let address = address.to_canonical();
        let outside = bits(self.address) ^ bits(address);
        let same = outside.leading_zeros() >= u32::from(self.prefix);
        self.address.is_ipv4() == address.is_ipv4() && same
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

    #[test]
    fn an_address_belongs_to_a_network_by_its_first_bits() {
        for (network, address, belongs) in [
            ("203.0.113.0/24", "203.0.113.255", true),
            ("203.0.113.0/24", "203.0.114.0", false),
            ("203.0.113.0/24", "::ffff:203.0.113.7", true),
            ("203.0.113.7", "203.0.113.7", true),
            ("203.0.113.7", "203.0.113.8", false),
            ("0.0.0.0/0", "198.51.100.1", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:1:2::3", true),
            ("2001:db8::/32", "2001:db9::", false),
        ] {
            let network: Network = network.parse().unwrap();
            assert_eq!(
                network.has(address.parse().unwrap()),
                belongs,
                "{network:?} {address}"
            );
        }
        for wrong in ["", "203.0.113.0/33", "::/129", "office", "203.0.113.0/x"] {
            assert_eq!(wrong.parse::<Network>(), Err(NetworkError), "{wrong}");
        }
    }
}
