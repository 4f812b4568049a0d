//! Writing. What a client sent comes back character by character, which for numbers needs their text, not their value.

use serde::{Serialize, Serializer, ser::Error};
use serde_json::{Result, value::RawValue};

use super::{Json, Object};

/// As one raw value, because `serde_json` has no other way for numbers to keep their text. It must go into a writer:
/// a `serde_json::Value` would read it anew and lose that again.
impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let raw = text(self).and_then(RawValue::from_string).map_err(S::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// What is still to be written.
enum Step<'a> {
    /// A value, as a member of an object with its name.
    Value(Option<&'a str>, &'a Json),
    /// A closing bracket.
    End(char),
}

/// The text so far, and what comes next, in reverse: a stack of our own, as in reading.
struct Writer<'a> {
    text: String,
    steps: Vec<Step<'a>>,
}

fn text(json: &Json) -> Result<String> {
    let mut writer = Writer { text: String::new(), steps: vec![Step::Value(None, json)] };
    while let Some(step) = writer.steps.pop() {
        match step {
            Step::Value(name, value) => writer.value(name, value)?,
            Step::End(bracket) => writer.text.push(bracket),
        }
    }
    Ok(writer.text)
}

impl<'a> Writer<'a> {
    fn value(&mut self, name: Option<&str>, value: &'a Json) -> Result<()> {
        if !self.text.is_empty() && !self.text.ends_with(['[', '{']) {
            self.text.push(',');
        }
        if let Some(name) = name {
            self.string(name)?;
            self.text.push(':');
        }
        match value {
            Json::Null => self.text += "null",
            Json::Bool(value) => self.text += if *value { "true" } else { "false" },
            Json::Int(digits) => self.text += digits,
            Json::Float(value) => self.text += &float(*value),
            Json::String(text) | Json::Unpaired(text) => self.string(text)?,
            Json::Array(items) => self.array(items),
            Json::Object(members) => self.object(members),
        }
        Ok(())
    }

    /// Python escapes exactly what `serde_json` escapes, and in its way.
    fn string(&mut self, text: &str) -> Result<()> {
        self.text += &serde_json::to_string(text)?;
        Ok(())
    }

    fn array(&mut self, items: &'a [Json]) {
        self.text.push('[');
        self.steps.push(Step::End(']'));
        self.steps.extend(items.iter().rev().map(|item| Step::Value(None, item)));
    }

    fn object(&mut self, members: &'a Object) {
        // FastAPI takes such members for the internals of SQLAlchemy, wherever they come from.
        let is_echoed = |name: &str| !name.starts_with("_sa");
        self.text.push('{');
        self.steps.push(Step::End('}'));
        let members = members.iter().rev().filter(|(name, _)| is_echoed(name));
        self.steps.extend(members.map(|(name, value)| Step::Value(Some(name), value)));
    }
}

fn float(value: f64) -> String {
    if value.is_finite() { python_repr(value) } else { "null".to_owned() }
}

/// The fewest digits that mean `value`. Rust and Python agree on their number and on when to write an exponent, but not
/// on the last digit when two are equally near: Rust takes the larger one, Python the even one.
fn python_repr(value: f64) -> String {
    let shortest = format!("{value:?}");
    let (digits, exponent) = shortest.split_once('e').unwrap_or((&shortest, ""));
    let places = digits.split_once('.').map_or(0, |(_, places)| places.len());
    let rounded = if exponent.is_empty() { format!("{value:.places$}") } else { format!("{value:.places$e}") };
    // Next to a power of two, rounding can lead to the neighbour.
    python_exponent(if rounded.parse() == Ok(value) { rounded } else { shortest })
}

/// An exponent has a sign and at least two digits.
fn python_exponent(text: String) -> String {
    match text.split_once('e') {
        None => text,
        Some((digits, exponent)) => match exponent.strip_prefix('-') {
            Some(exponent) => format!("{digits}e-{exponent:0>2}"),
            None => format!("{digits}e+{exponent:0>2}"),
        },
    }
}
