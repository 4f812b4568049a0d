//! The "Ada Lovelace <ada@b.co>" form, which the former application took from any client.

use super::{local, unicode};

/// Returns what stands between the angle brackets, or all of `raw` if that is not of the form. Trims both.
pub(super) fn remove(raw: &str) -> &str {
    let text = raw.trim_matches(unicode::is_space);
    bracketed(text).map_or(text, |address| address.trim_matches(unicode::is_space))
}

fn bracketed(text: &str) -> Option<&str> {
    match text.strip_prefix('"') {
        Some(quoted) => after_quoted_name(quoted),
        None => after_plain_name(text),
    }?
    .strip_suffix('>')
}

/// A quoted name may hold quotation marks: it ends at the last one, since an address has none.
fn after_quoted_name(quoted: &str) -> Option<&str> {
    let (name, rest) = quoted.rsplit_once('"')?;
    if name.is_empty() {
        return None;
    }
    rest.trim_start_matches(unicode::is_space).strip_prefix('<')
}

fn after_plain_name(text: &str) -> Option<&str> {
    let (name, rest) = text.split_once('<')?;
    name.chars().all(is_name_character).then_some(rest)
}

fn is_name_character(c: char) -> bool {
    c == '.' || local::is_ascii_atext(c) || unicode::is_space(c) || unicode::is_alphanumeric(c)
}
