//! Which client a request comes from, as far as its address says.

use std::{
    convert::Infallible,
    fmt,
    net::{IpAddr, Ipv6Addr},
};

use axum::{extract::FromRequestParts, http::request::Parts};

use super::Origin;

/// The bits of an IPv6 address that a household or an office has in common.
const SHARED_BITS: u128 = u128::MAX << 64;

/// Whom a client's address stands for, where clients are counted and recognised: a whole address of IPv4, or the part of one of IPv6 that a
/// household or an office has in common. Who comes without an address, or with something that is none, is one client with all others who
/// do, so that nobody gets around a limit by having none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(Option<IpAddr>);

impl ClientAddress {
    /// Of an address as text.
    #[must_use]
    pub fn of(ip: &str) -> Self {
        let address = ip.parse::<IpAddr>().ok().map(|address| address.to_canonical());
        Self(address.map(|address| match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & SHARED_BITS).into(),
        }))
    }

    /// The address, or the first one of the household; none where many may share it who have nothing to do with each other.
    #[must_use]
    pub const fn network(&self) -> Option<IpAddr> {
        self.0
    }
}

/// As part of a row's key.
impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(IpAddr::V4(address)) => write!(f, "{address}"),
            Some(IpAddr::V6(first)) => write!(f, "{first}/64"),
            None => f.write_str("NONE"),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let Origin { ip, .. } = Origin::from_request_parts(parts, state).await?;
        Ok(Self::of(&ip.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn households_share_an_address_and_neighbours_do_not() {
        let of = ClientAddress::of;
        assert_eq!(of("2001:db8:1:2::3"), of("2001:db8:1:2:ffff:ffff:ffff:4"));
        assert_ne!(of("2001:db8:1:2::3"), of("2001:db8:1:3::3"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("2001:db8:1:2::3").network(), "2001:db8:1:2::".parse().ok());
    }

    #[test]
    fn an_address_of_ipv4_that_is_written_as_one_of_ipv6_is_the_same() {
        assert_eq!(ClientAddress::of("::ffff:192.0.2.1"), ClientAddress::of("192.0.2.1"));
    }

    #[test]
    fn what_is_no_address_is_one_client() {
        let nobody = ClientAddress::of("");
        for odd in ["unknown", "192.0.2.1:443", " 192.0.2.1", "192.0.2.1, 192.0.2.2", "192.0.2.0/24", "[2001:db8::1]"] {
            assert_eq!(ClientAddress::of(odd), nobody, "{odd}");
        }
        assert_eq!(nobody.network(), None);
    }

    #[test]
    fn its_text_is_part_of_a_key() {
        for (ip, text) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:DB8:0001:2::3", "2001:db8:1:2::/64"),
            ("::1", "::/64"),
            ("nowhere#", "NONE"),
        ] {
            assert_eq!(ClientAddress::of(ip).to_string(), text);
        }
    }
}
