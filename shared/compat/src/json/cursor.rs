//! A position in a text, and what can be asked of it.

use super::Unreadable;

/// Reads on through a text that [`super::decode`] has checked.
pub(super) struct Cursor<'a> {
    text: &'a [u8],
    /// Bytes before the position.
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// What is still to be read.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.since(self.at, self.text.len())
    }

    /// What stands between two positions.
    pub(super) fn since(&self, start: usize, end: usize) -> &'a [u8] {
        self.text.get(start..end).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    /// Goes past `wanted` if that comes next.
    pub(super) fn eat(&mut self, wanted: u8) -> bool {
        let is_next = self.peek() == Some(wanted);
        self.at += usize::from(is_next);
        is_next
    }

    /// Goes past all that `belongs`; says how many bytes that was.
    pub(super) fn eat_while(&mut self, belongs: impl Fn(u8) -> bool) -> usize {
        let rest = self.rest();
        let length = rest.iter().position(|&byte| !belongs(byte)).unwrap_or(rest.len());
        self.at += length;
        length
    }

    pub(super) fn skip_space(&mut self) {
        self.eat_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    /// An error at a position in bytes, which clients get to see in code points.
    pub(super) fn fault(&self, at: usize, message: &'static str) -> Unreadable {
        let is_first_byte = |byte: &&u8| **byte & 0xC0 != 0x80;
        Unreadable::Syntax { at: self.since(0, at).iter().filter(is_first_byte).count(), message }
    }
}
