//! From bytes to characters.

use std::borrow::Cow;

/// The text of a body, without its byte order mark: UTF-8, but for halves of surrogate pairs, which Python lets pass.
/// None when it is not what its first bytes promise.
pub(super) fn decode(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    // The first characters of a JSON text are ASCII, so zeros tell the width and the byte order.
    match bytes {
        [0, 0, 0xFE, 0xFF, rest @ ..] => utf32(rest, u32::from_be_bytes),
        [0xFF, 0xFE, 0, 0, rest @ ..] => utf32(rest, u32::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        [0, 0, _, _, ..] => utf32(bytes, u32::from_be_bytes),
        [0, _, _, _, ..] | [0, _] => utf16(bytes, u16::from_be_bytes),
        [_, 0, 0, 0, ..] => utf32(bytes, u32::from_le_bytes),
        [_, 0, _, _, ..] | [_, 0] => utf16(bytes, u16::from_le_bytes),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    let mut rest = bytes;
    while let Err(error) = std::str::from_utf8(rest) {
        match rest.get(error.valid_up_to()..)? {
            [0xED, 0xA0..=0xBF, 0x80..=0xBF, after @ ..] => rest = after,
            _ => return None,
        }
    }
    Some(Cow::Borrowed(bytes))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Cow<'static, [u8]>> {
    let (units, []) = bytes.as_chunks() else { return None };
    let mut text = Vec::with_capacity(bytes.len());
    for decoded in char::decode_utf16(units.iter().copied().map(unit)) {
        match decoded {
            Ok(character) => push(&mut text, character),
            Err(half) => push_surrogate(&mut text, half.unpaired_surrogate().into()),
        }
    }
    Some(text.into())
}

fn utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> Option<Cow<'static, [u8]>> {
    let (units, []) = bytes.as_chunks() else { return None };
    let mut text = Vec::with_capacity(bytes.len());
    for code in units.iter().copied().map(unit) {
        match char::from_u32(code) {
            Some(character) => push(&mut text, character),
            None if code <= char::MAX.into() => push_surrogate(&mut text, code),
            None => return None,
        }
    }
    Some(text.into())
}

fn push(text: &mut Vec<u8>, character: char) {
    text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// The three bytes that UTF-8 would have for it, if it allowed that.
fn push_surrogate(text: &mut Vec<u8>, code: u32) {
    let six_bits = |shift: u32| (code >> shift & 0x3F) as u8 | 0x80;
    text.extend([0xED, six_bits(6), six_bits(0)]);
}
