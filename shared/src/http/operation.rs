//! What the OpenAPI document says of a route. A function beside each handler declares it, which runs only when the document is made.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    fields::{Fields, Input},
    input::Body,
};
use crate::{
    caller::{
        Aal,
        scope::{Scope, Wanted},
    },
    error::{Detail, Error, StepUp},
};

/// Puts a type's schema into the document and gives a reference to it.
pub type Model = fn(&mut SchemaGenerator) -> Schema;

const JSON: &str = "application/json";

/// The group that all operations of the original are in, and no others.
const ORIGINAL: &str = "Auth";

/// A route as clients see it.
pub struct Operation {
    /// The name that FastAPI knew the handler by; summary and `operationId` are made of it.
    pub name: &'static str,
    /// What it does, for people. Markdown.
    pub description: &'static str,
    /// The group that it is listed under.
    pub tag: &'static str,
    /// What proves who asks.
    pub security: Security,
    /// What it takes from path, query and headers.
    pub parameters: Vec<Parameter>,
    /// The body that it takes.
    pub body: Option<RequestBody>,
    /// Everything it may answer. A status may have several.
    pub answers: Vec<Answer>,
}

/// What proves who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Nothing: anybody may.
    None,
    /// The access token of a session.
    Session,
    /// The access token of a session, or a personal token with this scope.
    Allowed(Scope),
    /// The signature of a provider of identity checks, and the token that it was given, where it was given one.
    Provider,
}

/// The body of a request.
pub struct RequestBody {
    /// Its media type.
    pub media: &'static str,
    /// What it holds.
    pub model: Model,
    /// An example.
    pub example: Option<Value>,
}

/// A parameter of path, query or headers.
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// `path`, `query` or `header`.
    pub place: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// Its rule, with a description.
    pub schema: Schema,
}

/// One answer.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// When it is given.
    pub description: &'static str,
    /// What it holds.
    pub content: Content,
    /// Headers that tell a client what to do next.
    pub headers: &'static [&'static str],
}

/// The body of an answer.
pub enum Content {
    /// JSON, with an example.
    Json(Model, Value),
    /// A 422's list of flaws.
    Flaws,
    /// Text of this media type.
    Text(&'static str),
    /// None.
    Empty,
}

impl Operation {
    /// An operation that the original had. Whatever it takes, its address may be too long, and whatever it does, it may have a bug.
    #[must_use]
    pub fn new(name: &'static str, description: &'static str) -> Self {
        let operation = Self {
            name,
            description,
            tag: ORIGINAL,
            security: Security::None,
            parameters: Vec::new(),
            body: None,
            answers: Vec::new(),
        };
        operation.fails(&Error::UriTooLong).fails(&Error::internal(""))
    }

    /// One that the original did not have, under a group of ours.
    #[must_use]
    pub const fn tag(mut self, tag: &'static str) -> Self {
        self.tag = tag;
        self
    }

    /// Whether the original had it: what its document says of it stays as it is, names and titles included.
    #[must_use]
    pub fn is_original(&self) -> bool {
        self.tag == ORIGINAL
    }

    /// Asks for the access token of a session.
    #[must_use]
    pub fn protected(mut self) -> Self {
        self.security = Security::Session;
        self.fails(&Error::NotAuthenticated).fails(&Error::InvalidToken)
    }

    /// Asks for the access token of a session, or for a personal token that allows this.
    #[must_use]
    pub fn needs<W: Wanted>(mut self) -> Self {
        self = self.protected().fails(&Error::InsufficientScope(W::SCOPE)).fails(&Error::ForeignNetwork(None));
        self.security = Security::Allowed(W::SCOPE);
        self
    }

    /// Asks for a session whose owner has proven to be that of late, where the account has second factors or has no password to ask for.
    #[must_use]
    pub fn confirmed(self) -> Self {
        self.protected().steps_up()
    }

    /// Asks for a session whose owner has proven to be that of late: with a second factor where the account has any.
    #[must_use]
    pub fn fresh(self) -> Self {
        self.protected().steps_up()
    }

    /// Asks for a proof of late, where the session has none and needs one.
    #[must_use]
    pub fn steps_up(self) -> Self {
        self.answer(403, "A sign-in of the last five minutes is needed", &StepUp::to(Aal::Aal1))
            .with_headers(&["WWW-Authenticate"])
    }

    /// Takes what a provider of identity checks sends and proves: an object of whatever shape is the provider's.
    #[must_use]
    pub fn reported(mut self) -> Self {
        self.security = Security::Provider;
        self.body = Some(RequestBody { media: JSON, model: Map::<String, Value>::json_schema, example: None });
        self.fails(&Error::NotAuthenticated).fails(&Error::InvalidSignature).fails(&Error::BodyTooLarge)
    }

    /// Takes part of the path.
    #[must_use]
    pub fn path(mut self, name: &'static str, description: &'static str) -> Self {
        let mut schema = <String as JsonSchema>::json_schema(&mut SchemaGenerator::default());
        schema.insert("description".to_owned(), description.into());
        self.parameters.push(Parameter { name, place: "path", required: true, schema });
        self.validates()
    }

    /// Takes parameters of the query.
    #[must_use]
    pub fn query<T: Input>(mut self) -> Self {
        let declared = Fields::of::<T>().into_iter();
        self.parameters.extend(declared.map(|field| Parameter {
            name: field.name,
            place: "query",
            required: field.required,
            schema: field.schema,
        }));
        self.validates()
    }

    /// Takes a header, where it is sent.
    #[must_use]
    pub fn header(mut self, name: &'static str, description: &'static str) -> Self {
        let mut schema = <String as JsonSchema>::json_schema(&mut SchemaGenerator::default());
        schema.insert("description".to_owned(), description.into());
        self.parameters.push(Parameter { name, place: "header", required: false, schema });
        self
    }

    /// Takes a JSON body.
    #[must_use]
    pub fn body<T: Input>(mut self, example: Value) -> Self {
        self.body =
            Some(RequestBody { media: JSON, model: SchemaGenerator::subschema_for::<Body<T>>, example: Some(example) });
        self.validates().fails(&Error::UnreadableBody).fails(&Error::BodyTooLarge)
    }

    /// Takes a form like `example`, as OAuth 2.0 has them, and says itself what it answers to what is none.
    #[must_use]
    pub fn form<T: Serialize + JsonSchema>(mut self, example: &T) -> Self {
        let (model, example): (Model, _) = (SchemaGenerator::subschema_for::<T>, Some(json!(example)));
        self.body = Some(RequestBody { media: "application/x-www-form-urlencoded", model, example });
        self
    }

    /// Answers 200 with what is like `example`.
    #[must_use]
    pub fn ok<T: Serialize + JsonSchema>(self, example: &T) -> Self {
        self.answer(200, "Successful Response", example)
    }

    /// Answers 200 with what is like `example`, where the original's document says that there is an object and no more.
    #[must_use]
    pub fn ok_in_an_object<T: Serialize + JsonSchema>(self, example: &T) -> Self {
        let content = Content::Json(open_object::<T>, json!(example));
        self.with(Answer { status: 200, description: "Successful Response", content, headers: &[] })
    }

    /// The answer that was described last has these headers.
    #[must_use]
    pub fn with_headers(mut self, headers: &'static [&'static str]) -> Self {
        if let Some(answer) = self.answers.last_mut() {
            answer.headers = headers;
        }
        self
    }

    /// Answers another status with what is like `example`.
    #[must_use]
    pub fn answer<T: Serialize + JsonSchema>(self, status: u16, description: &'static str, example: &T) -> Self {
        let headers: &[_] = if [429, 503].contains(&status) { &["Retry-After"] } else { &[] };
        let content = Content::Json(SchemaGenerator::subschema_for::<T>, json!(example));
        self.with(Answer { status, description, content, headers })
    }

    /// While somebody attacks it answers with what is like `example` until the client has solved a challenge.
    #[must_use]
    pub fn challenged<T: Serialize + JsonSchema>(self, example: &T) -> Self {
        self.header("X-Challenge-Answer", "What solves the challenge that the answer before this request asked for")
            .answer(429, "There are challenges to be solved at the moment", example)
            .with_headers(&["Retry-After", "X-Challenge"])
    }

    /// Answers with text of a media type, or with nothing.
    #[must_use]
    pub fn other(self, status: u16, description: &'static str, content: Content) -> Self {
        let headers: &[_] = if status == 307 { &["Location"] } else { &[] };
        self.with(Answer { status, description, content, headers })
    }

    /// May fail like this.
    #[must_use]
    pub fn fails(self, error: &Error) -> Self {
        let (status, detail) = error.answer();
        let headers: &[_] = match error {
            Error::NotAuthenticated | Error::InvalidToken | Error::InsufficientScope(_) => &["WWW-Authenticate"],
            Error::Unavailable(_) | Error::TooManyRequests(_) => &["Retry-After"],
            _ => &[],
        };
        let content = Content::Json(SchemaGenerator::subschema_for::<Detail>, json!(Detail { detail: detail.into() }));
        self.with(Answer { status: status.as_u16(), description: detail, content, headers })
    }

    /// May find what it depends on down.
    #[must_use]
    pub fn depends(self) -> Self {
        self.fails(&Error::unavailable(""))
    }

    fn validates(self) -> Self {
        let (status, description) = Error::Invalid(Vec::new()).answer();
        self.with(Answer { status: status.as_u16(), description, content: Content::Flaws, headers: &[] })
    }

    fn with(mut self, answer: Answer) -> Self {
        self.answers.push(answer);
        self
    }
}

/// An object with the members of `T`, and perhaps others.
fn open_object<T: JsonSchema>(schemas: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "additionalProperties": true, "allOf": [schemas.subschema_for::<T>()] })
}
