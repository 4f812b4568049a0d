//! What stands between clients and this API, where something does: a CDN, which shows a secret and says who its client is. Without one
//! no header says who somebody is, for whoever calls writes them.

use std::net::IpAddr;

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{SHA256, digest},
};
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName},
};

use crate::config::{ConfigError, Env, Stage, both};

/// The header with the edge's secret.
const SECRET: HeaderName = HeaderName::from_static("x-edge-secret");

/// What is let in, and what it is believed. By default everything, and nothing.
#[derive(Clone, Debug, Default)]
pub struct Edge {
    secrets: Vec<SecretHash>,
    client_ip_header: Option<HeaderName>,
    country_header: Option<HeaderName>,
}

/// SHA-256 of a secret. It has 256 random bits, so what is kept of it opens nothing and needs no sealing.
#[derive(Clone, Debug)]
struct SecretHash([u8; 32]);

/// The client's address as the edge says it; none where it does not say one. Only where it is believed.
#[derive(Clone, Debug)]
pub(crate) struct Viewer(pub(crate) Option<IpAddr>);

/// The country that the edge says the client is in, by ISO 3166-1 alpha-2.
#[derive(Clone, Debug)]
pub(crate) struct ViewerCountry(pub(crate) String);

impl Edge {
    /// Reads `EDGE_SECRET_HASH`, SHA-256 of the secret in lower-case digits, or of two with a comma between them, and `CLIENT_IP_HEADER`,
    /// the name of a header of the form `ADDRESS:PORT`. Both or neither; on `local` the second will do, for tests. Whoever is believed the
    /// one may say the client's country as well, in the header that `CLIENT_COUNTRY_HEADER` names; optional.
    ///
    /// # Errors
    /// When one is missing or malformed.
    pub fn read(env: &Env<'_>) -> Result<Self, ConfigError> {
        let headers = both(header(env, "CLIENT_IP_HEADER"), header(env, "CLIENT_COUNTRY_HEADER"));
        let (secrets, (client_ip_header, country_header)) = both(secret_hashes(env), headers)?;
        let is_open = secrets.is_empty();
        if is_open != client_ip_header.is_none() && (!is_open || Stage::read(env)? != Stage::Local) {
            return Err(ConfigError::new("EDGE_SECRET_HASH and CLIENT_IP_HEADER are set both or not at all"));
        }
        if country_header.is_some() && client_ip_header.is_none() {
            return Err(ConfigError::new("CLIENT_COUNTRY_HEADER is set without CLIENT_IP_HEADER"));
        }
        Ok(Self { secrets, client_ip_header, country_header })
    }

    /// Whether a request comes through the edge. If so, it is noted there whom the edge says that it is.
    pub(crate) fn admits(&self, request: &mut Request) -> bool {
        let headers = request.headers_mut();
        if !self.lets_in(headers) {
            return false;
        }
        headers.remove(SECRET);
        if let Some(name) = &self.client_ip_header {
            let viewer = Viewer(only(headers, name).and_then(address));
            let country = self.country_header.as_ref().and_then(|name| only(headers, name)).and_then(country);
            request.extensions_mut().insert(viewer);
            country.map(|country| request.extensions_mut().insert(country));
        }
        true
    }

    fn lets_in(&self, headers: &HeaderMap) -> bool {
        let Some(shown) = only(headers, &SECRET) else { return self.secrets.is_empty() };
        let shown = digest(&SHA256, shown.as_bytes());
        // Whichever it is, it takes as long.
        let is = |SecretHash(known): &SecretHash| verify_slices_are_equal(known, shown.as_ref()).is_ok();
        self.secrets.is_empty() || self.secrets.iter().filter(|known| is(known)).count() > 0
    }
}

/// The value of a header that comes once.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())?.to_str().ok()
}

/// `ADDRESS:PORT`. `CloudFront` writes one of IPv6 without brackets.
fn address(text: &str) -> Option<IpAddr> {
    let (ip, port) = text.rsplit_once(':')?;
    let _port: u16 = port.parse().ok()?;
    let bare = ip.strip_prefix('[').and_then(|ip| ip.strip_suffix(']'));
    bare.unwrap_or(ip).parse().ok()
}

/// Two capital letters, and not those that edges write where they do not know.
fn country(text: &str) -> Option<ViewerCountry> {
    let is_code = text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_uppercase());
    (is_code && !["XX", "ZZ"].contains(&text)).then(|| ViewerCountry(text.to_owned()))
}

fn secret_hashes(env: &Env<'_>) -> Result<Vec<SecretHash>, ConfigError> {
    let Some(hashes) = env.optional("EDGE_SECRET_HASH") else { return Ok(Vec::new()) };
    let hashes: Option<Vec<_>> = hashes.split(',').map(secret_hash).collect();
    hashes.ok_or_else(|| ConfigError::new("EDGE_SECRET_HASH is no SHA-256 in lower-case digits, or list of them"))
}

fn secret_hash(digits: &str) -> Option<SecretHash> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if digits.len() != 64 || !digits.bytes().all(is_digit) {
        return None;
    }
    let mut hash = [0; 32];
    for (at, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(SecretHash(hash))
}

fn header(env: &Env<'_>, setting: &str) -> Result<Option<HeaderName>, ConfigError> {
    let Some(name) = env.optional(setting) else { return Ok(None) };
    name.parse().map(Some).map_err(|_| ConfigError::new(format!("{setting} is no name of a header")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

    fn read(settings: &[(&str, &str)]) -> Result<Edge, String> {
        let lookup = |name: &str| settings.iter().rfind(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Edge::read(&Env::new(&lookup)).map_err(|flaws| flaws.to_string())
    }

    #[test]
    fn headers_are_believed_of_who_proves_itself_and_on_a_laptop() {
        let [stage, local] = ["prod", "local"].map(|stage| ("STAGE", stage));
        let (secret, header) = (("EDGE_SECRET_HASH", HASH), ("CLIENT_IP_HEADER", "CloudFront-Viewer-Address"));
        let country = ("CLIENT_COUNTRY_HEADER", "CloudFront-Viewer-Country");
        for (settings, is_read) in [
            (&[stage][..], true),
            (&[stage, secret, header], true),
            (&[stage, header], false),
            (&[stage, secret], false),
            (&[local, header], true),
            (&[local, secret], false),
            (&[local, secret, header], true),
            (&[stage, secret, header, country], true),
            (&[stage, secret, country], false),
            (&[stage, country], false),
            (&[local, header, country], true),
            (&[local, country], false),
        ] {
            assert_eq!(read(settings).is_ok(), is_read, "{settings:?}");
        }
    }

    #[test]
    fn what_is_malformed_is_refused_and_not_repeated() {
        for hashes in ["canary", &HASH[1..], &HASH.to_uppercase(), &format!("{HASH},"), &format!("{HASH}, {HASH}"), ","]
        {
            let flaw = read(&[("STAGE", "prod"), ("EDGE_SECRET_HASH", hashes), ("CLIENT_IP_HEADER", "x")]).unwrap_err();
            assert!(flaw.starts_with("EDGE_SECRET_HASH is no") && !flaw.contains("canary"), "{flaw}");
        }
        assert!(read(&[("STAGE", "local"), ("CLIENT_IP_HEADER", "no header")]).is_err());
        let two = format!("{HASH},{HASH}");
        assert_eq!(read(&[("EDGE_SECRET_HASH", &two), ("CLIENT_IP_HEADER", "x")]).unwrap().secrets.len(), 2);
    }

    #[test]
    fn a_country_is_two_capital_letters() {
        for code in ["DE", "US", "AQ"] {
            assert!(country(code).is_some_and(|ViewerCountry(country)| country == code), "{code}");
        }
        for odd in ["", "D", "DEU", "de", "D1", " DE", "D\u{c9}", "XX", "ZZ"] {
            assert!(country(odd).is_none(), "{odd}");
        }
    }

    #[test]
    fn an_address_has_a_port_behind_it() {
        for (text, expected) in [
            ("198.51.100.10:46532", Some("198.51.100.10")),
            ("2001:db8:85a3::8a2e:370:7334:443", Some("2001:db8:85a3::8a2e:370:7334")),
            ("2001:db8:1:2:3:4:5:6:46532", Some("2001:db8:1:2:3:4:5:6")),
            ("[2001:db8::1]:443", Some("2001:db8::1")),
            ("198.51.100.10", None),
            ("198.51.100.10:", None),
            ("198.51.100.10:65536", None),
            ("198.51.100.10:1,192.0.2.1:1", None),
            ("2001:db8:1:2:3:4:5:6", None),
            ("", None),
        ] {
            assert_eq!(address(text), expected.map(|ip| ip.parse().unwrap()), "{text}");
        }
    }
}
