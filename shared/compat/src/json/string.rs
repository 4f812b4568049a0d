//! Strings and their escapes.

use std::borrow::Cow;

use super::{Json, Unreadable, cursor::Cursor};

/// The text of a string while it is read.
#[derive(Default)]
pub(super) struct Text {
    text: String,
    is_unpaired: bool,
}

impl Text {
    /// The text, with a replacement character for each half of a surrogate pair.
    pub(super) fn into_lossy(self) -> String {
        self.text
    }

    fn push_bytes(&mut self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        self.is_unpaired |= matches!(text, Cow::Owned(_));
        self.text.push_str(&text);
    }

    fn push_code(&mut self, code: u32) {
        let character = char::from_u32(code);
        self.is_unpaired |= character.is_none();
        self.text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
}

impl From<Text> for Json {
    fn from(string: Text) -> Self {
        if string.is_unpaired { Self::Unpaired(string.text) } else { Self::String(string.text) }
    }
}

/// Reads a string. The cursor stands behind its first quotation mark.
pub(super) fn string(cursor: &mut Cursor) -> Result<Text, Unreadable> {
    let quote = cursor.at - 1;
    let mut text = Text::default();
    loop {
        let start = cursor.at;
        cursor.eat_while(|byte| !matches!(byte, b'"' | b'\\' | ..b' '));
        text.push_bytes(cursor.since(start, cursor.at));
        match cursor.peek() {
            Some(b'"') => {
                cursor.at += 1;
                return Ok(text);
            }
            Some(b'\\') => text.push_code(escape(cursor, quote)?),
            Some(_) => return Err(cursor.fault(cursor.at, "Invalid control character at")),
            None => return Err(unterminated(cursor, quote)),
        }
    }
}

/// Reads an escape: the code point that it stands for.
fn escape(cursor: &mut Cursor, quote: usize) -> Result<u32, Unreadable> {
    let backslash = cursor.at;
    cursor.at += 1;
    let character = match cursor.peek() {
        Some(mark @ (b'"' | b'\\' | b'/')) => mark,
        Some(b'b') => b'\x08',
        Some(b'f') => b'\x0C',
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'u') => return code_point(cursor),
        Some(_) => return Err(cursor.fault(backslash, "Invalid \\escape")),
        None => return Err(unterminated(cursor, quote)),
    };
    cursor.at += 1;
    Ok(character.into())
}

/// Reads `u` and what follows it, a second escape included where both make one code point.
fn code_point(cursor: &mut Cursor) -> Result<u32, Unreadable> {
    let first = unit(cursor)?;
    let behind_first = cursor.at;
    if matches!(first, 0xD800..=0xDBFF) && cursor.eat(b'\\') && cursor.peek() == Some(b'u') {
        let second = unit(cursor)?;
        if matches!(second, 0xDC00..=0xDFFF) {
            return Ok(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00));
        }
    }
    cursor.at = behind_first;
    Ok(first)
}

/// Reads `u` and four hexadecimal digits, which Python believes only if the text goes on behind them.
fn unit(cursor: &mut Cursor) -> Result<u32, Unreadable> {
    let unit = cursor.rest().first_chunk().and_then(|[_, digits @ .., _]: &[u8; 6]| hexadecimal(digits));
    let unit = unit.ok_or_else(|| cursor.fault(cursor.at, "Invalid \\uXXXX escape"))?;
    cursor.at += 5;
    Ok(unit)
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value, digit| Some(value << 4 | char::from(*digit).to_digit(16)?))
}

fn unterminated(cursor: &Cursor, quote: usize) -> Unreadable {
    cursor.fault(quote, "Unterminated string starting at")
}
