//! The part after the @-sign: a public domain name, valid in IDNA 2008.

use std::borrow::Cow;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

use super::{InvalidEmail, idna2008, unicode};

/// Names that never lead to a mailbox (IANA's special-use domain names, and all of `arpa`), with what is below them.
const SPECIAL_USE: [&str; 6] = ["arpa", "invalid", "local", "localhost", "onion", "test"];

/// A domain in both of its forms, lower case.
pub(super) struct Domain {
    ascii: String,
    unicode: String,
}

impl Domain {
    pub(super) fn parse(raw: &str) -> Result<Self, InvalidEmail> {
        if raw.is_empty() {
            return Err(InvalidEmail("There must be something after the @-sign."));
        }
        if raw.starts_with('[') && raw.ends_with(']') {
            return Err(InvalidEmail("A bracketed IP address after the @-sign is not allowed here."));
        }
        // UTS 46 drops invisible characters from what was typed, the former application refused them.
        unicode::refuse_unsafe(raw)?;
        let ascii = to_ascii(raw)?;
        check_public(&ascii)?;
        let unicode = to_unicode(&ascii)?;
        // A Punycode label may have hidden them.
        unicode::refuse_unsafe(&unicode)?;
        if !unicode.split('.').all(idna2008::is_label) {
            return Err(InvalidEmail("The part after the @-sign is not valid IDNA."));
        }
        Ok(Self { ascii, unicode })
    }

    /// With Punycode for what is not ASCII; the form that DNS and mail servers without SMTPUTF8 use.
    pub(super) fn ascii(&self) -> &str {
        &self.ascii
    }

    /// The form for people.
    pub(super) fn unicode(&self) -> &str {
        &self.unicode
    }
}

/// UTS 46 mapping and validity: case, full-width forms, hyphens, dots, lengths, text direction. Direction is where the
/// former application can differ: Unicode has since changed it for U+1B3A, U+1B3C, U+1B42 and U+1171E, which counts only
/// in a domain that also has Hebrew or Arabic.
fn to_ascii(raw: &str) -> Result<String, InvalidEmail> {
    Uts46::new()
        .to_ascii(raw.as_bytes(), AsciiDenyList::STD3, Hyphens::Check, DnsLength::Verify)
        .map(Cow::into_owned)
        .map_err(|_| InvalidEmail("The part after the @-sign is not a valid domain name."))
}

fn to_unicode(ascii: &str) -> Result<String, InvalidEmail> {
    let (unicode, valid) = Uts46::new().to_unicode(ascii.as_bytes(), AsciiDenyList::STD3, Hyphens::Check);
    valid.map_err(|_| InvalidEmail("The part after the @-sign is not valid IDNA."))?;
    Ok(unicode.into_owned())
}

fn check_public(ascii: &str) -> Result<(), InvalidEmail> {
    let Some((_, top)) = ascii.rsplit_once('.') else {
        return Err(InvalidEmail("The part after the @-sign is not valid. It should have a period."));
    };
    if !top.ends_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(InvalidEmail("The part after the @-sign is not valid. It is not within a valid top-level domain."));
    }
    if SPECIAL_USE.contains(&top) {
        return Err(InvalidEmail(
            "The part after the @-sign is a special-use or reserved name that cannot be used with email.",
        ));
    }
    Ok(())
}
