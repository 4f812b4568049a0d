//! The part before the @-sign: atoms and dots (RFC 5322 section 3.2.3), internationalised (RFC 6531). Never quoted.

use unicode_normalization::UnicodeNormalization;

use super::{InvalidEmail, unicode};

/// RFC 2142: mailboxes whose names have no case.
const ROLES: [&str; 15] = [
    "info",
    "marketing",
    "sales",
    "support",
    "abuse",
    "noc",
    "security",
    "postmaster",
    "hostmaster",
    "usenet",
    "news",
    "webmaster",
    "www",
    "uucp",
    "ftp",
];

/// Returns the normal form: NFC, and lower case for the names that RFC 2142 reserves.
pub(super) fn parse(raw: &str) -> Result<String, InvalidEmail> {
    check(raw)?;
    let local: String = raw.nfc().collect();
    // Some characters become ASCII: a Greek question mark is now a semicolon.
    check(&local)?;
    let role = ROLES.iter().find(|role| local.eq_ignore_ascii_case(role));
    Ok(role.map_or(local, |role| (*role).to_owned()))
}

/// RFC 5322 `atext` without what lies outside ASCII.
pub(super) fn is_ascii_atext(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

fn check(local: &str) -> Result<(), InvalidEmail> {
    if local.is_empty() {
        return Err(InvalidEmail("There must be something before the @-sign."));
    }
    if local.starts_with('"') {
        return Err(InvalidEmail("Quoting the part before the @-sign is not allowed here."));
    }
    if local.chars().any(|c| c.is_ascii() && c != '.' && !is_ascii_atext(c)) {
        return Err(InvalidEmail("The email address contains invalid characters before the @-sign."));
    }
    check_dots(local)?;
    unicode::refuse_unsafe(local)
}

fn check_dots(local: &str) -> Result<(), InvalidEmail> {
    if local.ends_with('.') {
        return Err(InvalidEmail("An email address cannot have a period immediately before the @-sign."));
    }
    if local.starts_with('.') {
        return Err(InvalidEmail("An email address cannot start with a period."));
    }
    if local.contains("..") {
        return Err(InvalidEmail("An email address cannot have two periods in a row."));
    }
    Ok(())
}
