//! Files of many records, read one record at a time however large they are. What cannot be read is one line's affair: after it, reading
//! goes on with the next line.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use serde_json::{Map, Value, value::RawValue};

use super::csv;
use crate::operator::Failure;

/// Larger files come in parts. Bytes.
const MAX_FILE: u64 = 4 << 30;
/// A user of any service has less to say, all that is known of him included. Bytes.
const MAX_RECORD: usize = 64 << 10;
/// What is read at a time. Bytes.
const CHUNK: usize = 64 << 10;

/// How the records of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Rows below a line with the names of the columns.
    Csv,
    /// Objects: a line for each, or all of them in an array. In Firebase's export there is an object around that array.
    Json,
}

/// The members of a record by name. All those of a row of CSV are texts.
pub type Members = Map<String, Value>;

/// One record, or what should have been one.
pub struct Record {
    /// The line where it begins, counted from 1.
    pub line: u64,
    /// Where in the file it ends. Bytes.
    pub end: u64,
    /// None where it cannot be read.
    pub members: Option<Members>,
}

/// What the next bytes are.
pub(super) enum Step<T> {
    /// A record of this length, none if it cannot be read.
    Record(usize, T),
    /// The beginning of a record.
    Incomplete,
    /// No record: the line is given up.
    Broken,
}

/// The records of a file.
pub struct Records<R> {
    source: R,
    form: Form,
    columns: Vec<String>,
    /// What has been read and not been looked at.
    buffer: Vec<u8>,
    is_at_end: bool,
    line: u64,
    position: u64,
}

impl Records<File> {
    /// Opens a file, and its length. Bytes.
    ///
    /// # Errors
    /// When it cannot be read, is too large, or is a file of CSV that does not name its columns.
    pub fn open(path: &Path, is_firebase: bool) -> Result<(Self, u64), Failure> {
        let unreadable = |error: io::Error| Failure::from(format!("the file cannot be read: {}", error.kind()));
        let file = File::open(path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        if length > MAX_FILE {
            return Err("the file is larger than 4 GiB; split it".into());
        }
        Ok((Self::new(file, is_firebase)?, length))
    }
}

impl<R: Read> Records<R> {
    /// The records of what `source` gives, whose form is that of its first character.
    ///
    /// # Errors
    /// When it cannot be read, or is CSV that does not name its columns.
    pub fn new(source: R, is_firebase: bool) -> Result<Self, Failure> {
        let (form, columns, buffer) = (Form::Json, Vec::new(), Vec::with_capacity(2 * CHUNK));
        let mut records = Self { source, form, columns, buffer, is_at_end: false, line: 1, position: 0 };
        records.fill()?;
        if records.buffer.starts_with("\u{feff}".as_bytes()) {
            records.take(3);
        }
        records.skip(|byte| byte.is_ascii_whitespace())?;
        if is_firebase {
            records.skip(|byte| byte != b'[')?;
        } else if !matches!(records.buffer.first(), Some(b'{' | b'[')) {
            records.form = Form::Csv;
            records.columns = records.header()?;
        }
        Ok(records)
    }

    /// The names of the columns, where there are some.
    pub fn columns(&self) -> Option<&[String]> {
        (self.form == Form::Csv).then_some(&self.columns)
    }

    fn header(&mut self) -> Result<Vec<String>, Failure> {
        loop {
            match csv::row(&self.buffer, self.is_at_end) {
                Step::Record(length, Some(columns)) if length <= MAX_RECORD => {
                    self.take(length);
                    return Ok(columns);
                }
                Step::Incomplete if self.buffer.len() <= MAX_RECORD && !self.is_at_end => self.fill()?,
                _ => return Err("the file does not begin with the names of its columns, nor with { or [".into()),
            }
        }
    }

    /// The next record; none at the end.
    ///
    /// # Errors
    /// When the file cannot be read any further.
    pub fn next(&mut self) -> Result<Option<Record>, Failure> {
        match self.form {
            Form::Csv => self.skip(|byte| matches!(byte, b'\r' | b'\n'))?,
            Form::Json => self.skip(is_between_objects)?,
        }
        if self.buffer.is_empty() {
            return Ok(None);
        }
        let line = self.line;
        let members = loop {
            match self.step() {
                Step::Record(length, members) if length <= MAX_RECORD => {
                    self.take(length);
                    break members;
                }
                Step::Incomplete if self.buffer.len() <= MAX_RECORD && !self.is_at_end => self.fill()?,
                _ => {
                    self.give_up_line()?;
                    break None;
                }
            }
        };
        Ok(Some(Record { line, end: self.position, members }))
    }

    fn step(&self) -> Step<Option<Members>> {
        match self.form {
            Form::Csv => match csv::row(&self.buffer, self.is_at_end) {
                // Where a quotation mark is missing, a row would go on as far as the next one: its line alone is given up.
                Step::Record(length, fields) => match fields.and_then(|fields| self.named(fields)) {
                    Some(members) => Step::Record(length, Some(members)),
                    None => Step::Broken,
                },
                Step::Incomplete => Step::Incomplete,
                Step::Broken => Step::Broken,
            },
            Form::Json => object(&self.buffer),
        }
    }

    /// A row by the names of its columns; none where it has another number of fields.
    fn named(&self, fields: Vec<String>) -> Option<Members> {
        let is_whole = fields.len() == self.columns.len();
        is_whole.then(|| self.columns.iter().cloned().zip(fields.into_iter().map(Value::String)).collect())
    }

    fn fill(&mut self) -> Result<(), Failure> {
        let before = self.buffer.len();
        let read = (&mut self.source).take(CHUNK as u64).read_to_end(&mut self.buffer);
        read.map_err(|error| format!("the file cannot be read: {}", error.kind()))?;
        self.is_at_end = self.buffer.len() == before;
        Ok(())
    }

    /// Drops what has been looked at.
    fn take(&mut self, length: usize) {
        self.line += self.buffer[..length].split(|byte| *byte == b'\n').skip(1).count() as u64;
        self.position += length as u64;
        self.buffer.drain(..length);
    }

    /// Drops what is between records. There may be much of it.
    fn skip(&mut self, is_between: impl Fn(u8) -> bool) -> Result<(), Failure> {
        loop {
            let length = self.buffer.iter().take_while(|byte| is_between(**byte)).count();
            self.take(length);
            if !self.buffer.is_empty() || self.is_at_end {
                return Ok(());
            }
            self.fill()?;
        }
    }

    /// Goes on with the next line; where an object began in this one, with the next that begins with an object.
    fn give_up_line(&mut self) -> Result<(), Failure> {
        let was_object = self.buffer.first() == Some(&b'{');
        loop {
            self.skip(|byte| byte != b'\n')?;
            self.skip(|byte| byte.is_ascii_whitespace())?;
            if !was_object || matches!(self.buffer.first(), None | Some(b'{')) {
                return Ok(());
            }
        }
    }
}

const fn is_between_objects(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b',' | b'[' | b']' | b'}')
}

/// The object that bytes begin with.
fn object(bytes: &[u8]) -> Step<Option<Members>> {
    if bytes.first() != Some(&b'{') {
        return Step::Broken;
    }
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<&RawValue>();
    match values.next() {
        Some(Ok(value)) => {
            let members = serde_json::from_str(value.get()).ok();
            Step::Record(values.byte_offset(), members)
        }
        Some(Err(error)) if error.is_eof() => Step::Incomplete,
        _ => Step::Broken,
    }
}
