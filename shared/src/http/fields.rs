//! What a request type declares of itself: read field by field for a handler, listed for the OpenAPI document.

use std::{borrow::Cow, sync::Arc};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, json};

use super::{
    field::{Field, Flaw},
    input::{Body, Invalid},
    json::{Json, Object},
};
use crate::error::Error;

/// A request type: says which fields it has and, by their types, which rules they keep.
pub trait Input: Sized {
    /// Whether flaws echo what came. Not where secrets come in: one under a misspelt name would be echoed, too.
    const ECHOES: bool = true;

    /// Reads every field, so that all flaws are found; `None` when there is one.
    fn read(fields: &mut Fields) -> Option<Self>;
}

/// What a change says of one field.
pub enum Change<T> {
    /// Nothing.
    Keep,
    /// It shall have no value.
    Clear,
    /// Its new value.
    Set(T),
}

/// The fields of a body or query: read, or only listed.
pub struct Fields(Pass);

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

impl Fields {
    /// A field that must be there.
    pub fn required<T: Field>(&mut self, name: &'static str, description: &'static str) -> Option<T> {
        match &mut self.0 {
            Pass::Read(reader) => reader.required(name),
            Pass::List(list) => list_field(list, name, true, T::schema(), description),
        }
    }

    /// A field that may be absent or null, which is `Some(None)`; `None` is a flaw.
    pub fn optional<T: Field>(&mut self, name: &'static str, description: &'static str) -> Option<Option<T>> {
        match &mut self.0 {
            Pass::Read(reader) => reader.optional(name),
            Pass::List(list) => {
                let schema = json_schema!({ "anyOf": [T::schema(), { "type": "null" }] });
                list_field(list, name, false, schema, description)
            }
        }
    }

    /// The same under two names, of which the first wins.
    pub fn optional_as<T: Field>(
        &mut self,
        [name, alias]: [&'static str; 2],
        description: &'static str,
    ) -> Option<Option<T>> {
        let found = self.optional(name, description);
        let other = self.optional(alias, "The same under another name");
        let (found, other) = (found?, other?);
        Some(found.or(other))
    }

    /// A rule between fields is broken: the flaw is the named field's.
    pub fn flaw<T>(&mut self, name: &'static str, flaw: Flaw) -> Option<T> {
        match &mut self.0 {
            Pass::Read(reader) => reader.flaw(name, reader.values.get(name).cloned().unwrap_or(Json::Null), flaw),
            Pass::List(_) => None,
        }
    }

    /// A field of a change: absent keeps, null clears.
    pub fn change<T: Field>(&mut self, name: &'static str, description: &'static str) -> Option<Change<T>> {
        match &mut self.0 {
            Pass::Read(reader) => reader.change(name),
            Pass::List(list) => {
                let schema = json_schema!({ "anyOf": [T::schema(), { "type": "null" }] });
                list_field(list, name, false, schema, description)
            }
        }
    }

    /// Reads `T` from the members of a body or the parameters of a query.
    pub(super) fn read<T: Input>(source: &'static str, values: Arc<Object>) -> Result<T, Error> {
        let mut fields = Self(Pass::Read(Reader { source, values, echoes: T::ECHOES, flaws: Vec::new() }));
        let read = T::read(&mut fields);
        read.ok_or_else(|| match fields.0 {
            Pass::Read(reader) => Error::Invalid(reader.flaws),
            Pass::List(_) => Error::internal("fields were listed instead of read"),
        })
    }

    /// What `T` declares, in its order.
    #[must_use]
    pub fn of<T: Input>() -> Vec<Declared> {
        let mut fields = Self(Pass::List(Vec::new()));
        let _none = T::read(&mut fields);
        match fields.0 {
            Pass::List(list) => list,
            Pass::Read(_) => Vec::new(),
        }
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

struct Reader {
    source: &'static str,
    values: Arc<Object>,
    echoes: bool,
    flaws: Vec<Invalid>,
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

    fn change<T: Field>(&mut self, name: &'static str) -> Option<Change<T>> {
        match self.values.get(name) {
            None => Some(Change::Keep),
            Some(Json::Null) => Some(Change::Clear),
            Some(_) => self.parse(name).map(Change::Set),
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
        self.flaws.push(Invalid::new(vec![json!(self.source), json!(name)], input, flaw));
        None
    }
}

/// A request type in the document: an object of the declared fields, under the type's own name.
impl<T: Input> JsonSchema for Body<T> {
    fn schema_name() -> Cow<'static, str> {
        let path = std::any::type_name::<T>();
        path.rsplit("::").next().unwrap_or(path).into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let fields = Fields::of::<T>();
        let required: Vec<_> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
        let properties: Map<_, _> =
            fields.into_iter().map(|field| (field.name.to_owned(), field.schema.into())).collect();
        let mut schema = json_schema!({ "type": "object", "properties": properties });
        if !required.is_empty() {
            schema.insert("required".to_owned(), json!(required));
        }
        schema
    }
}
