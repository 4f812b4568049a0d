//! Rows of CSV (RFC 4180), strictly: what is not quoted has no quotation marks, and what is quoted ends with its field.

use super::records::Step;

/// The first row: its length with the end of its line, and its fields, none where they are no text.
pub(super) fn row(bytes: &[u8], is_whole: bool) -> Step<Option<Vec<String>>> {
    let (mut fields, mut at) = (Vec::new(), 0);
    loop {
        let (field, end) = if bytes.get(at) == Some(&b'"') {
            let Some((field, length)) = quoted(&bytes[at + 1..]) else { return Step::Incomplete };
            (field, at + 1 + length)
        } else {
            let length = bytes[at..].iter().take_while(|byte| !matches!(byte, b',' | b'\r' | b'\n' | b'"')).count();
            (bytes[at..at + length].to_vec(), at + length)
        };
        fields.push(String::from_utf8(field).ok());
        let length = match (bytes.get(end), bytes.get(end + 1)) {
            (Some(b','), _) => {
                at = end + 1;
                continue;
            }
            (Some(b'\n'), _) => end + 1,
            (Some(b'\r'), Some(b'\n')) => end + 2,
            (None, _) if is_whole => end,
            (Some(b'\r'), None) if is_whole => end + 1,
            (None, _) | (Some(b'\r'), None) => return Step::Incomplete,
            (Some(_), _) => return Step::Broken,
        };
        return Step::Record(length, fields.into_iter().collect());
    }
}

/// What is quoted, after its first quotation mark, and its length with the last one; a mark that is doubled is one of the text. None where it
/// does not end.
fn quoted(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (mut text, mut at) = (Vec::new(), 0);
    loop {
        let length = bytes[at..].iter().position(|byte| *byte == b'"')?;
        text.extend_from_slice(&bytes[at..at + length]);
        at += length + 1;
        match bytes.get(at) {
            Some(b'"') => {
                text.push(b'"');
                at += 1;
            }
            _ => return Some((text, at)),
        }
    }
}
