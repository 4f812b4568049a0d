//! The wrappings that private keys come in: PEM, or DER and raw keys in base64, as files, `.env` files, YAML, JSON and web pages
//! hold them. White space never matters, nor do quotes, commas and the text around a PEM: none of these is in base64.

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::{
    Engine,
    alphabet::{Alphabet, STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::Zeroizing;

use super::{Other, PrivateKey, Reading, der};

const BASE64: GeneralPurpose = base64(&STANDARD);
/// As the web writes it: `-` and `_` for `+` and `/`.
const BASE64_URL: GeneralPurpose = base64(&URL_SAFE);

/// The `=` at the end are easily left behind when copying, and say nothing.
const fn base64(alphabet: &Alphabet) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(alphabet, config)
}

/// A value without what stands around it in a file: white space, quotes, commas.
#[must_use]
pub fn value_in(text: &str) -> &str {
    const AROUND: [char; 9] = ['"', '\'', '`', ',', ';', '“', '”', '‘', '’'];
    text.trim_matches(|c: char| c.is_whitespace() || AROUND.contains(&c))
}

/// See [`PrivateKey::read`].
pub(super) fn read(text: &str) -> Reading {
    let plain = plain(text);
    if is_pem(&plain) { pem(&plain) } else { bare(value_in(&plain)) }
}

/// Without white space and what stands for it, without the other escapes of JSON and those of addresses on the web, and with
/// hyphens for the dashes that word processors make of them.
fn plain(text: &str) -> Zeroizing<String> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        let (meant, after) = match first {
            '\\' => backslashed(rest),
            '%' => percent_encoded(rest).unwrap_or((first, rest)),
            _ => (first, rest),
        };
        rest = after;
        match meant {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => plain.push('-'),
            _ if meant.is_whitespace() => {}
            _ => plain.push(meant),
        }
    }
    plain
}

/// What follows a backslash, and what that stands for. A text that was put into JSON twice has several, which count as one even
/// where they escape nothing: no key has any, and to look at each of them anew would take the square of their number.
fn backslashed(rest: &str) -> (char, &str) {
    let rest = rest.trim_start_matches('\\');
    escaped(rest).unwrap_or(('\\', rest))
}

/// What an escape stands for, without its backslashes, and what follows it.
fn escaped(rest: &str) -> Option<(char, &str)> {
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

/// What two hex digits behind `%` stand for, and what follows them.
fn percent_encoded(rest: &str) -> Option<(char, &str)> {
    let (digits, after) = rest.split_at_checked(2)?;
    // A sign is no digit, though numbers may have one.
    let code = u8::from_str_radix(digits, 16).ok().filter(|code| code.is_ascii() && !digits.starts_with('+'))?;
    Some((char::from(code), after))
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
                let der = decode(&BASE64, self.body).ok_or(Other::Damaged)?;
                der::read(&der).unwrap_or(Err(Other::Damaged))
            }
            label if label.ends_with("PUBLICKEY") => Err(Other::Public),
            label if label.ends_with("CERTIFICATE") => Err(Other::Certificate),
            label if label.ends_with("CERTIFICATEREQUEST") => Err(Other::Request),
            label if label.contains("PRIVATE") => Err(Other::Damaged),
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
    // Of a PEM whose hyphens are gone.
    if text.contains("PRIVATEKEY") {
        return Reading::Other(Other::Damaged);
    }
    let reading = match (decode(&BASE64, text), decode(&BASE64_URL, text)) {
        (Some(bytes), _) => in_base64(&bytes),
        (None, Some(bytes)) => binary(&bytes),
        (None, None) => Reading::Text,
    };
    match reading {
        Reading::Text => begun(text).map_or(Reading::Text, Reading::Other),
        known => known,
    }
}

/// What a text is of which the beginning alone decodes to something known: cut off anywhere, with more behind it, or with letters
/// in it that are not in base64.
fn begun(text: &str) -> Option<Other> {
    // Twelve bytes: a head of DER is shorter.
    let head = text.get(..16)?;
    let bytes = decode(&BASE64, head).or_else(|| decode(&BASE64_URL, head))?;
    der::begun(&bytes)
}

/// Bytes that came in base64: what [`binary`] knows, or a raw Ed25519 key.
fn in_base64(bytes: &[u8]) -> Reading {
    let raw = || match bytes.split_at_checked(32)? {
        (seed, []) => Ed25519KeyPair::from_seed_unchecked(seed).ok().map(PrivateKey::Ed25519).map(Reading::Seed),
        (seed, public) => {
            let pair = Ed25519KeyPair::from_seed_and_public_key(seed, public).ok();
            pair.map(PrivateKey::Ed25519).map(Reading::Key)
        }
    };
    match binary(bytes) {
        Reading::Text => raw().unwrap_or(Reading::Text),
        known => known,
    }
}

/// The formats that are known by how they begin, PEM and DER.
fn binary(bytes: &[u8]) -> Reading {
    if let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| text.contains("-----BEGIN ")) {
        return pem(&plain(text));
    }
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

/// The bytes that a text in base64 stands for, whatever stands around it. `None` where it is none.
#[must_use]
pub fn decoded(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    decode(&BASE64, value_in(&plain(text)))
}

fn decode(base64: &GeneralPurpose, text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; text.len().div_ceil(4) * 3]);
    let length = base64.decode_slice(text, &mut bytes).ok()?;
    bytes.truncate(length);
    Some(bytes)
}
