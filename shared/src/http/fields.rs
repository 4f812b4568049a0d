//! What a request type declares of itself: read field by field for a handler, listed for the OpenAPI document.

use std::sync::Arc;

use compat::{
    json::{Json, Object},
    validation::{FieldError, Flaw},
};
use schemars::{Schema, json_schema};
use serde_json::json;

use super::field::Field;
use crate::error::Error;

/// The type of a body or a query: it says which fields there are and, by their types, which rules they keep.
pub trait Input: Sized {
    /// Whether a refusal repeats the input that it refuses (`input`). Not where secrets come in: one under a misspelt name would be
    /// repeated, too.
    const ECHOES: bool = true;

    /// Declares every field, and makes the request of their values; `None` when there is a flaw.
    fn read(fields: Fields<'_>) -> Option<Self>;
}

/// What the body of a `PATCH` says of one field.
pub enum Patch<T> {
    /// The body does not have it: its value stays.
    Keep,
    /// It is null: its value is removed.
    Clear,
    /// It has a new value.
    Set(T),
}

/// The fields of a body or query while they are declared. Values are had when that has ended, and not before: no flaw of one field keeps
/// a later one from being looked at, or from being in the document.
///
/// ```
/// # use {compat::email::EmailAddress, shared::http::{Fields, Input, Text}};
/// struct Signup { email: EmailAddress, name: String }
///
/// impl Input for Signup {
///     fn read(mut fields: Fields<'_>) -> Option<Self> {
///         let email = fields.required("email", "Where mail goes");
///         let name = fields.required("name", "What to call its owner");
///         let values = fields.end()?;
///         let (email, Text::<1>(name)) = (values.of(email)?, values.of(name)?);
///         Some(Self { email, name })
///     }
/// }
/// ```
///
/// This is no Rust: the value is asked for before the next field is declared.
///
/// ```compile_fail,E0382
/// # use {compat::email::EmailAddress, shared::http::{Fields, Input, Text}};
/// # struct Signup { email: EmailAddress, name: String }
/// impl Input for Signup {
///     fn read(mut fields: Fields<'_>) -> Option<Self> {
///         let email = fields.required("email", "Where mail goes");
///         let values = fields.end()?;
///         let email = values.of(email)?;
///         let name = fields.required("name", "What to call its owner");
///         let values = fields.end()?;
///         let Text::<1>(name) = values.of(name)?;
///         Some(Self { email, name })
///     }
/// }
/// ```
pub struct Fields<'a>(&'a mut Pass);

/// A field that was looked at: its value, or nothing where it breaks a rule.
#[must_use]
pub struct Parsed<T>(Option<T>);

/// The values of fields that have all been declared.
pub struct Values<'a>(&'a mut Reader);

enum Pass {
    Read(Reader),
    List(Vec<Declared>),
}

/// A field as the document shows it.
pub struct Declared {
    /// Its name on the wire.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// Its rule, with a title and a description.
    pub schema: Schema,
}

impl<'a> Fields<'a> {
    /// A field that must be there.
    pub fn required<T: Field>(&mut self, name: &'static str, description: &'static str) -> Parsed<T> {
        Parsed(match &mut *self.0 {
            Pass::Read(reader) => reader.required(name),
            Pass::List(list) => list_field(list, name, true, T::schema(), description),
        })
    }

    /// A field that may be absent or null: then its value is `None`.
    pub fn optional<T: Field>(&mut self, name: &'static str, description: &'static str) -> Parsed<Option<T>> {
        Parsed(match &mut *self.0 {
            Pass::Read(reader) => reader.optional(name),
            Pass::List(list) => list_field(list, name, false, or_null(&T::schema()), description),
        })
    }

    /// An optional field that clients may call by either of two names. Where a request has both, the first counts.
    pub fn optional_as<T: Field>(
        &mut self,
        [name, alias]: [&'static str; 2],
        description: &'static str,
    ) -> Parsed<Option<T>> {
        let Parsed(found) = self.optional(name, description);
        let Parsed(other) = match &mut *self.0 {
            Pass::Read(reader) => Parsed(reader.optional(alias)),
            Pass::List(list) => {
                let description = format!("Another name of `{name}`, which counts where both are there");
                Parsed(list_field(list, alias, false, or_null(&T::schema()), &description))
            }
        };
        Parsed(found.zip(other).map(|(found, other)| found.or(other)))
    }

    /// A field of a `PATCH`: where it is absent its value stays, and null removes it.
    pub fn patch<T: Field>(&mut self, name: &'static str, description: &'static str) -> Parsed<Patch<T>> {
        Parsed(match &mut *self.0 {
            Pass::Read(reader) => reader.patch(name),
            Pass::List(list) => list_field(list, name, false, or_null(&T::schema()), description),
        })
    }

    /// All fields are declared. `None` where they are only listed.
    #[must_use]
    pub fn end(self) -> Option<Values<'a>> {
        match self.0 {
            Pass::Read(reader) => Some(Values(reader)),
            Pass::List(_) => None,
        }
    }

    /// Reads `T` from the members of a body or the parameters of a query.
    pub(super) fn read<T: Input>(source: &'static str, values: Arc<Object>) -> Result<T, Error> {
        let mut pass = Pass::Read(Reader { source, values, echoes: T::ECHOES, flaws: Vec::new() });
        let read = T::read(Fields(&mut pass));
        match (read, pass) {
            // A flaw counts even where nobody asks for the value that it was found instead of.
            (Some(request), Pass::Read(reader)) if reader.flaws.is_empty() => Ok(request),
            (_, Pass::Read(reader)) => Err(Error::Invalid(reader.flaws)),
            (_, Pass::List(_)) => Err(Error::internal("fields were listed instead of read")),
        }
    }

    /// What `T` declares, in its order.
    #[must_use]
    pub fn of<T: Input>() -> Vec<Declared> {
        let mut pass = Pass::List(Vec::new());
        let _none = T::read(Fields(&mut pass));
        match pass {
            Pass::List(list) => list,
            Pass::Read(_) => Vec::new(),
        }
    }
}

impl Values<'_> {
    /// The value of a field; `None` where it has a flaw, which has been noted.
    pub fn of<T>(&self, Parsed(value): Parsed<T>) -> Option<T> {
        value
    }

    /// A rule between fields is broken: the flaw is the named field's.
    pub fn flaw<T>(&mut self, name: &'static str, flaw: Flaw) -> Option<T> {
        let input = self.0.values.get(name).cloned().unwrap_or(Json::Null);
        self.0.flaw(name, input, flaw)
    }
}

fn list_field<T>(
    list: &mut Vec<Declared>,
    name: &'static str,
    required: bool,
    mut schema: Schema,
    description: &str,
) -> Option<T> {
    schema.insert("description".to_owned(), description.into());
    list.push(Declared { name, required, schema });
    None
}

fn or_null(schema: &Schema) -> Schema {
    json_schema!({ "anyOf": [schema, { "type": "null" }] })
}

struct Reader {
    source: &'static str,
    values: Arc<Object>,
    echoes: bool,
    flaws: Vec<FieldError>,
}

impl Reader {
    fn required<T: Field>(&mut self, name: &'static str) -> Option<T> {
        if self.values.contains_key(name) {
            return self.parse(name);
        }
        // FastAPI echoes a body as a whole, but nothing of a query.
        let input = if self.source == "body" { Json::Object(Arc::clone(&self.values)) } else { Json::Null };
        self.flaw(name, input, Flaw::missing())
    }

    #[expect(clippy::option_option, reason = "as in `Fields`: flawed, absent, there")]
    fn optional<T: Field>(&mut self, name: &'static str) -> Option<Option<T>> {
        match self.values.get(name) {
            None | Some(Json::Null) => Some(None),
            Some(_) => self.parse(name).map(Some),
        }
    }

    fn patch<T: Field>(&mut self, name: &'static str) -> Option<Patch<T>> {
        match self.values.get(name) {
            None => Some(Patch::Keep),
            Some(Json::Null) => Some(Patch::Clear),
            Some(_) => self.parse(name).map(Patch::Set),
        }
    }

    fn parse<T: Field>(&mut self, name: &'static str) -> Option<T> {
        // Borrowed: a copy of a secret would stay behind.
        let values = Arc::clone(&self.values);
        let value = values.get(name).unwrap_or(&Json::Null);
        match T::parse(value) {
            Ok(parsed) => Some(parsed),
            Err(flaw) => self.flaw(name, value.clone(), flaw),
        }
    }

    fn flaw<T>(&mut self, name: &'static str, input: Json, flaw: Flaw) -> Option<T> {
        let input = if self.echoes { input } else { Json::Null };
        self.flaws.push(FieldError::new(vec![json!(self.source), json!(name)], input, flaw));
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Switch;

    /// A request that forgets one of its fields.
    struct Forgetful {
        _kept: bool,
    }

    impl Input for Forgetful {
        fn read(mut fields: Fields<'_>) -> Option<Self> {
            let _forgotten = fields.required::<Switch>("forgotten", "");
            let kept = fields.required("kept", "");
            let Switch(kept) = fields.end()?.of(kept)?;
            Some(Self { _kept: kept })
        }
    }

    fn flaws(body: &serde_json::Value) -> usize {
        let Ok(Json::Object(values)) = compat::json::parse(body.to_string().as_bytes()) else { unreachable!() };
        match Fields::read::<Forgetful>("body", values) {
            Ok(_) => 0,
            Err(Error::Invalid(flaws)) => flaws.len(),
            Err(error) => panic!("{error:?}"),
        }
    }

    #[test]
    fn every_flaw_counts_and_every_field_is_listed() {
        assert_eq!(flaws(&json!({ "forgotten": true, "kept": true })), 0);
        assert_eq!(flaws(&json!({ "forgotten": 1, "kept": true })), 1);
        assert_eq!(flaws(&json!({ "forgotten": 1, "kept": 1 })), 2);
        assert_eq!(flaws(&json!({})), 2);
        let listed: Vec<_> = Fields::of::<Forgetful>().iter().map(|field| field.name).collect();
        assert_eq!(listed, ["forgotten", "kept"]);
    }
}
