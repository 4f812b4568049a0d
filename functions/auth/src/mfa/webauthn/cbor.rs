//! CBOR (RFC 8949) as far as authenticators write it: CTAP2's canonical form has definite lengths and no tags. Their order and shortest
//! forms are not insisted on, for not all of them keep to that.
//!
//! What comes is hostile until a signature says otherwise, and most of it no signature covers: reading takes no more items, levels and
//! memory than the limits say, whatever the lengths in it claim, and passes each byte once.

use std::collections::BTreeSet;

use minicbor::{Decoder, data::Type, decode};

/// Maps and arrays within each other. An attestation of several others has five, CTAP2 allows four.
const MOST_LEVELS: u32 = 8;
/// Items of a document, labels among them. The largest attestations have some dozens.
const MOST_ITEMS: usize = 512;

/// Not CBOR, not the form of authenticators, or over a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// What names a member of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label<'b> {
    /// As public keys have them.
    Int(i64),
    /// As everything else has them.
    Text(&'b str),
}

/// A map: its labels, none of them twice, each with its value's bytes.
pub struct Map<'b>(Vec<(Label<'b>, &'b [u8])>);

/// Goes through a document, item by item.
pub struct Reader<'b> {
    decoder: Decoder<'b>,
    items: usize,
}

impl From<decode::Error> for Malformed {
    fn from(_: decode::Error) -> Self {
        Self
    }
}

impl<'b> Map<'b> {
    /// Bytes that are one map, and nothing behind it.
    ///
    /// # Errors
    /// When they are anything else.
    pub fn read(bytes: &'b [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let map = reader.map()?;
        reader.end()?;
        Ok(map)
    }

    /// The bytes of a member's value.
    #[must_use]
    pub fn get(&self, label: Label<'_>) -> Option<&'b [u8]> {
        self.0.iter().find(|(known, _)| *known == label).map(|(_, value)| *value)
    }

    /// How many members it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Bytes that are one byte string.
///
/// # Errors
/// When they are anything else.
pub fn bytes(value: &[u8]) -> Result<&[u8], Malformed> {
    exactly(value, Decoder::bytes)
}

/// Bytes that are one text.
///
/// # Errors
/// When they are anything else.
pub fn text(value: &[u8]) -> Result<&str, Malformed> {
    exactly(value, Decoder::str)
}

/// Bytes that are one whole number of 64 bits.
///
/// # Errors
/// When they are anything else.
pub fn int(value: &[u8]) -> Result<i64, Malformed> {
    exactly(value, Decoder::i64)
}

fn exactly<'b, T>(
    value: &'b [u8],
    read: impl Fn(&mut Decoder<'b>) -> Result<T, decode::Error>,
) -> Result<T, Malformed> {
    let mut decoder = Decoder::new(value);
    let read = read(&mut decoder)?;
    if decoder.position() == value.len() { Ok(read) } else { Err(Malformed) }
}

impl<'b> Reader<'b> {
    /// From the first byte on.
    #[must_use]
    pub fn new(bytes: &'b [u8]) -> Self {
        Self { decoder: Decoder::new(bytes), items: 0 }
    }

    /// What has not been read.
    #[must_use]
    pub fn rest(&self) -> &'b [u8] {
        self.decoder.input().get(self.decoder.position()..).unwrap_or_default()
    }

    /// Nothing comes any more.
    ///
    /// # Errors
    /// When something does.
    pub fn end(&self) -> Result<(), Malformed> {
        if self.rest().is_empty() { Ok(()) } else { Err(Malformed) }
    }

    /// The next item, a map.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn map(&mut self) -> Result<Map<'b>, Malformed> {
        self.count()?;
        self.members(1)
    }

    /// The bytes of the next item, whatever it is.
    ///
    /// # Errors
    /// When it is none.
    pub fn item(&mut self) -> Result<&'b [u8], Malformed> {
        self.item_within(0)
    }

    fn item_within(&mut self, levels: u32) -> Result<&'b [u8], Malformed> {
        let from = self.rest();
        self.skip(levels)?;
        let length = from.len() - self.rest().len();
        from.get(..length).ok_or(Malformed)
    }

    fn members(&mut self, levels: u32) -> Result<Map<'b>, Malformed> {
        let (length, mut labels, mut members) = (self.decoder.map()?.ok_or(Malformed)?, BTreeSet::new(), Vec::new());
        // Whatever the length claims: each member takes two of the items that there may be.
        for _ in 0..length {
            let label = self.label()?;
            if !labels.insert(label) {
                return Err(Malformed);
            }
            members.push((label, self.item_within(levels)?));
        }
        Ok(Map(members))
    }

    fn label(&mut self) -> Result<Label<'b>, Malformed> {
        self.count()?;
        match self.decoder.datatype()? {
            Type::String => Ok(Label::Text(self.decoder.str()?)),
            _ => Ok(Label::Int(self.decoder.i64()?)),
        }
    }

    fn skip(&mut self, levels: u32) -> Result<(), Malformed> {
        self.count()?;
        match self.decoder.datatype()? {
            Type::Bool => self.decoder.bool().map(|_| ())?,
            Type::Null => self.decoder.null()?,
            Type::Undefined => self.decoder.undefined()?,
            Type::Bytes => self.decoder.bytes().map(|_| ())?,
            Type::String => self.decoder.str().map(|_| ())?,
            Type::F16 => self.pass(3)?,
            Type::F32 => self.pass(5)?,
            Type::F64 => self.pass(9)?,
            Type::Array => {
                let length = self.decoder.array()?.ok_or(Malformed)?;
                let levels = deeper(levels)?;
                for _ in 0..length {
                    self.skip(levels)?;
                }
            }
            Type::Map => {
                self.members(deeper(levels)?)?;
            }
            Type::U8 | Type::U16 | Type::U32 | Type::U64 | Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::Int => {
                self.decoder.int().map(|_| ())?;
            }
            Type::Simple
            | Type::Tag
            | Type::BytesIndef
            | Type::StringIndef
            | Type::ArrayIndef
            | Type::MapIndef
            | Type::Break
            | Type::Unknown(_) => return Err(Malformed),
        }
        Ok(())
    }

    /// Passes an item of so many bytes.
    fn pass(&mut self, length: usize) -> Result<(), Malformed> {
        if self.rest().len() < length {
            return Err(Malformed);
        }
        self.decoder.set_position(self.decoder.position() + length);
        Ok(())
    }

    fn count(&mut self) -> Result<(), Malformed> {
        self.items += 1;
        if self.items > MOST_ITEMS { Err(Malformed) } else { Ok(()) }
    }
}

fn deeper(levels: u32) -> Result<u32, Malformed> {
    if levels < MOST_LEVELS { Ok(levels + 1) } else { Err(Malformed) }
}

#[cfg(test)]
mod tests;
