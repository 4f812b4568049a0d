//! Documents. Open arrays and objects lie on a stack of their own, so that a body cannot exhaust that of the program.

use std::sync::Arc;

use super::{Json, Object, Unreadable, cursor::Cursor, number::number, string::string};

/// How deep Python gets within the default recursion limit when the original application reads a body.
const MAX_DEPTH: usize = 958;

/// An array or object whose end is still to come.
enum Open {
    Array(Vec<Json>),
    /// The members so far, and the name of the one that comes next.
    Object(Object, String),
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    open: Vec<Open>,
}

/// Reads a text that holds one value, and nothing but space around it.
pub(super) fn document(text: &[u8]) -> Result<Json, Unreadable> {
    let mut reader = Reader { cursor: Cursor::new(text), open: Vec::new() };
    reader.cursor.skip_space();
    loop {
        let mut complete = reader.begin()?;
        while let Some(value) = complete {
            complete = match reader.open.pop() {
                Some(open) => reader.resume(open, value)?,
                None => return reader.end(value),
            };
        }
    }
}

impl Reader<'_> {
    /// Reads a value, or only its beginning if it is an array or object with something in it.
    fn begin(&mut self) -> Result<Option<Json>, Unreadable> {
        match self.cursor.peek() {
            Some(b'"') => {
                self.cursor.at += 1;
                string(&mut self.cursor).map(|text| Some(text.into()))
            }
            Some(b'[') => self.begin_array(),
            Some(b'{') => self.begin_object(),
            _ => self.scalar().map(Some),
        }
    }

    fn begin_array(&mut self) -> Result<Option<Json>, Unreadable> {
        self.descend()?;
        if self.cursor.eat(b']') {
            return Ok(Some(Json::Array(Arc::default())));
        }
        self.open.push(Open::Array(Vec::new()));
        Ok(None)
    }

    fn begin_object(&mut self) -> Result<Option<Json>, Unreadable> {
        self.descend()?;
        if self.cursor.eat(b'}') {
            return Ok(Some(Json::Object(Arc::default())));
        }
        let name = self.name()?;
        self.open.push(Open::Object(Object::new(), name));
        Ok(None)
    }

    /// Goes past an opening bracket and the space behind it.
    fn descend(&mut self) -> Result<(), Unreadable> {
        if self.open.len() == MAX_DEPTH {
            return Err(Unreadable::Undecodable);
        }
        self.cursor.at += 1;
        self.cursor.skip_space();
        Ok(())
    }

    /// Puts a value where it belongs, then reads to the next one, or to the end: then the whole is a value itself.
    fn resume(&mut self, open: Open, value: Json) -> Result<Option<Json>, Unreadable> {
        self.cursor.skip_space();
        match open {
            Open::Array(mut items) => {
                items.push(value);
                if self.cursor.eat(b']') {
                    return Ok(Some(Json::Array(items.into())));
                }
                self.comma()?;
                self.open.push(Open::Array(items));
            }
            Open::Object(mut members, name) => {
                members.insert(name, value);
                if self.cursor.eat(b'}') {
                    return Ok(Some(Json::Object(members.into())));
                }
                self.comma()?;
                let name = self.name()?;
                self.open.push(Open::Object(members, name));
            }
        }
        Ok(None)
    }

    fn comma(&mut self) -> Result<(), Unreadable> {
        self.expect(b',', "Expecting ',' delimiter")?;
        self.cursor.skip_space();
        Ok(())
    }

    /// Reads the name of a member, and on to its value.
    fn name(&mut self) -> Result<String, Unreadable> {
        self.expect(b'"', "Expecting property name enclosed in double quotes")?;
        let name = string(&mut self.cursor)?;
        self.cursor.skip_space();
        self.expect(b':', "Expecting ':' delimiter")?;
        self.cursor.skip_space();
        Ok(name.into_lossy())
    }

    fn expect(&mut self, wanted: u8, message: &'static str) -> Result<(), Unreadable> {
        if self.cursor.eat(wanted) { Ok(()) } else { Err(self.cursor.fault(self.cursor.at, message)) }
    }

    fn scalar(&mut self) -> Result<Json, Unreadable> {
        if let Some((name, value)) = constant(self.cursor.rest()) {
            self.cursor.at += name.len();
            return Ok(value);
        }
        number(&mut self.cursor).unwrap_or_else(|| Err(self.cursor.fault(self.cursor.at, "Expecting value")))
    }

    fn end(&mut self, value: Json) -> Result<Json, Unreadable> {
        self.cursor.skip_space();
        match self.cursor.peek() {
            None => Ok(value),
            Some(_) => Err(self.cursor.fault(self.cursor.at, "Extra data")),
        }
    }
}

fn constant(rest: &[u8]) -> Option<(&'static str, Json)> {
    [
        ("null", Json::Null),
        ("true", Json::Bool(true)),
        ("false", Json::Bool(false)),
        ("NaN", Json::Float(f64::NAN)),
        ("Infinity", Json::Float(f64::INFINITY)),
        ("-Infinity", Json::Float(f64::NEG_INFINITY)),
    ]
    .into_iter()
    .find(|(name, _)| rest.starts_with(name.as_bytes()))
}
