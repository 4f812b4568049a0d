//! The wrappings that private keys come in: PEM, or DER and raw keys in base64, as files, `.env` files, YAML, JSON and web pages
//! hold them. White space never matters, nor do quotes, commas and the text around a PEM: none of these is in base64.

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::Zeroizing;

use super::{Other, PrivateKey, Reading, der};

/// The `=` at the end are easily left behind when copying, and say nothing.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A value without what stands around it in a file: white space, quotes, commas.
#[must_use]
pub fn value_in(text: &str) -> &str {
    const AROUND: [char; 9] = ['"', '\'', '`', ',', ';', '“', '”', '‘', '’'];
    text.trim_matches(|c: char| c.is_whitespace() || AROUND.contains(&c))
}

/// What a text is: a private key in any wrapping that leaves one reading, or what it is instead.
#[must_use]
pub fn read(text: &str) -> Reading {
    let plain = plain(text);
    if is_pem(&plain) { pem(&plain) } else { bare(value_in(&plain)) }
}

/// Without white space and what stands for it, without the other escapes of JSON, and with hyphens for the dashes that word
/// processors make of them.
fn plain(text: &str) -> Zeroizing<String> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        let escape = if first == '\\' { escaped(rest) } else { None };
        let (meant, after) = escape.unwrap_or((first, rest));
        rest = after;
        match meant {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => plain.push('-'),
            _ if meant.is_whitespace() => {}
            _ => plain.push(meant),
        }
    }
    plain
}

/// What an escape stands for, without its first backslash, and what follows it. A text that was put into JSON twice has several.
fn escaped(rest: &str) -> Option<(char, &str)> {
    let rest = rest.trim_start_matches('\\');
    let sign = rest.chars().next()?;
    let after = &rest[sign.len_utf8()..];
    match sign {
        'n' | 'r' | 't' => Some((' ', after)),
        '/' | '"' | '\'' => Some((sign, after)),
        'u' => {
            let code = u32::from_str_radix(after.get(..4)?, 16).ok()?;
            Some((char::from_u32(code).filter(char::is_ascii)?, &after[4..]))
        }
        _ if sign.is_whitespace() => Some((sign, after)),
        _ => None,
    }
}

/// Where a block begins and ends. Of the five hyphens some may be missing; one alone stands in shared keys, too.
const BEGIN: &str = "--BEGIN";
const END: &str = "--END";

fn is_pem(plain: &str) -> bool {
    plain.contains(BEGIN) || plain.contains(END)
}

/// A block of PEM without white space.
struct Block<'a> {
    label: &'a str,
    body: &'a str,
}

impl<'a> Block<'a> {
    /// The next block, and what follows it. `None` when it has no end.
    fn next(text: &'a str) -> Option<(Self, &'a str)> {
        let (label, rest) = text.split_once(BEGIN)?.1.split_once('-')?;
        let (body, end) = rest.split_once(END)?;
        Some((Self { label, body: body.trim_matches('-') }, end.strip_prefix(label)?))
    }

    fn is_private(&self) -> bool {
        self.label.ends_with("PRIVATEKEY")
    }

    fn read(&self) -> Result<PrivateKey, Other> {
        match self.label {
            "OPENSSHPRIVATEKEY" => Err(Other::OpenSsh),
            label if label.contains("ENCRYPTED") || self.body.contains("4,ENCRYPTED") => Err(Other::Encrypted),
            label if label.ends_with("PRIVATEKEY") => {
                let der = decode(self.body).ok_or(Other::Damaged)?;
                der::read(&der).unwrap_or(Err(Other::Damaged))
            }
            label if label.ends_with("PUBLICKEY") => Err(Other::Public),
            label if label.ends_with("CERTIFICATE") => Err(Other::Certificate),
            label if label.ends_with("CERTIFICATEREQUEST") => Err(Other::Request),
            _ => Err(Other::Pem),
        }
    }
}

/// The one private key among the blocks; without one, what the last of them is.
fn pem(plain: &str) -> Reading {
    let (mut blocks, mut rest) = (Vec::new(), plain);
    while is_pem(rest) {
        let Some((block, after)) = Block::next(rest) else { return Reading::Other(Other::Damaged) };
        blocks.push(block);
        rest = after;
    }
    let mut private = blocks.iter().filter(|block| block.is_private());
    let read = match (private.next(), private.next()) {
        (Some(only), None) => only.read(),
        (Some(_), Some(_)) => Err(Other::Several),
        (None, _) => blocks.last().map_or(Err(Other::Pem), Block::read),
    };
    read.map_or_else(Reading::Other, Reading::Key)
}

/// Without the armour of PEM.
fn bare(text: &str) -> Reading {
    const SSH: [&str; 4] = ["ssh-ed25519AAAA", "ssh-rsaAAAA", "ecdsa-sha2-nistp", "sk-ssh-ed25519@openssh.comAAAA"];
    if SSH.iter().any(|start| text.starts_with(start)) {
        return Reading::Other(Other::Public);
    }
    if text.starts_with("PuTTY-User-Key-File-") {
        return Reading::Other(Other::Putty);
    }
    let Some(bytes) = decode(text) else { return Reading::Text };
    if bytes.starts_with(b"-----BEGIN ") {
        return std::str::from_utf8(&bytes).map_or(Reading::Text, |text| pem(&plain(text)));
    }
    match bytes.split_at_checked(32) {
        // With its "=" only: shared keys of 43 characters are more common than seeds that have lost it.
        Some((seed, [])) if text.ends_with('=') => {
            let pair = Ed25519KeyPair::from_seed_unchecked(seed);
            pair.map_or(Reading::Text, |pair| Reading::Seed(PrivateKey::Ed25519(pair)))
        }
        Some((seed, public)) if public.len() == 32 => {
            let pair = Ed25519KeyPair::from_seed_and_public_key(seed, public);
            pair.map_or(Reading::Text, |pair| Reading::Key(PrivateKey::Ed25519(pair)))
        }
        _ => binary(&bytes),
    }
}

/// The formats that are known by how they begin, and DER.
fn binary(bytes: &[u8]) -> Reading {
    match bytes {
        // The length of a name, and the name of an algorithm.
        [0, 0, 0, _, b's', b's', b'h', b'-', ..] | [0, 0, 0, _, b'e', b'c', b'd', b's', b'a', b'-', ..] => {
            Reading::Other(Other::Public)
        }
        _ if bytes.starts_with(b"openssh-key-v1\0") => Reading::Other(Other::OpenSsh),
        _ => match der::read(bytes) {
            Some(Ok(key)) => Reading::Key(key),
            Some(Err(other)) => Reading::Other(other),
            None => Reading::Text,
        },
    }
}

fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; text.len().div_ceil(4) * 3]);
    let length = BASE64.decode_slice(text, &mut bytes).ok()?;
    bytes.truncate(length);
    Some(bytes)
}
