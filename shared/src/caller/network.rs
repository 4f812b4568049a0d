//! Networks that a token is good from.

use std::{fmt, net::IpAddr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};

/// The widest network of IPv4, as the bits that its addresses have in common. All addresses together would be no network.
const WIDEST_V4: u8 = 8;
/// The widest network of IPv6.
const WIDEST_V6: u8 = 16;

/// A network, or a single address, of IPv4 or IPv6. In rows and answers as CIDR: `203.0.113.0/24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(IpNet);

impl Network {
    /// From CIDR or a single address.
    ///
    /// # Errors
    /// Why it is none, in English.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let network = written(text).ok_or("is neither an address nor a network as in 203.0.113.0/24")?;
        let network = canonical(network);
        if network != network.trunc() {
            return Err("has bits behind its prefix: 203.0.113.0/24 is a network, 203.0.113.7/24 is not");
        }
        let widest = if matches!(network, IpNet::V4(_)) { WIDEST_V4 } else { WIDEST_V6 };
        if network.prefix_len() < widest { Err("is too wide") } else { Ok(Self(network)) }
    }

    /// Whether an address is in it. One of IPv4 that is written as one of IPv6 is what it stands for.
    #[must_use]
    pub fn has(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

/// What a text says. The address is read as strictly as all others are: a zero before a digit might mean octal.
fn written(text: &str) -> Option<IpNet> {
    let Some((address, length)) = text.split_once('/') else { return Some(IpNet::from(text.parse::<IpAddr>().ok()?)) };
    let is_number = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
    IpNet::new(address.parse().ok()?, length.parse().ok().filter(|_| is_number)?).ok()
}

/// Addresses of IPv4 that are written as those of IPv6 are what they stand for.
fn canonical(network: IpNet) -> IpNet {
    let IpNet::V6(mapped) = network else { return network };
    let address = mapped.addr().to_ipv4_mapped();
    let v4 = address.zip(mapped.prefix_len().checked_sub(Ipv6Net::default().max_prefix_len() - 32));
    v4.and_then(|(address, length)| Ipv4Net::new(address, length).ok()).map_or(network, IpNet::V4)
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for Network {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_its_addresses_and_no_others() {
        for (network, address, is_inside) in [
            ("203.0.113.0/24", "203.0.113.255", true),
            ("203.0.113.0/24", "203.0.114.0", false),
            ("203.0.113.7", "203.0.113.7", true),
            ("203.0.113.7", "203.0.113.8", false),
            ("203.0.113.0/24", "::ffff:203.0.113.9", true),
            ("::ffff:203.0.113.0/120", "203.0.113.9", true),
            ("::ffff:203.0.113.0/120", "203.0.114.9", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("2001:db8::/32", "203.0.113.7", false),
            ("10.0.0.0/8", "10.255.0.1", true),
        ] {
            let is = Network::parse(network).unwrap().has(address.parse().unwrap());
            assert_eq!(is, is_inside, "{address} in {network}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "",
            "everywhere",
            "203.0.113.7/24",
            "203.0.113.0/33",
            "203.0.113.0/",
            " 203.0.113.0/24",
            "203.0.113.0/24 ",
            "0.0.0.0/0",
            "0.0.0.0/7",
            "::/0",
            "::ffff:0.0.0.0/96",
            "::ffff:0:0/90",
            "2000::/3",
            "[2001:db8::]/32",
            "203.0.113.0-203.0.113.9",
            "010.0.0.0/8",
            "10.0.0.0/+8",
        ] {
            assert!(Network::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn it_is_kept_as_text() {
        let network = Network::parse("2001:DB8::/32").unwrap();
        assert_eq!(serde_json::to_value(network).unwrap(), "2001:db8::/32");
        assert_eq!(serde_json::from_value::<Network>("2001:db8::/32".into()).unwrap(), network);
        assert!(serde_json::from_value::<Network>("0.0.0.0/0".into()).is_err());
    }
}
