//! Input of a request: read whole, checked field by field, all flaws reported at once.

use std::{borrow::Cow, sync::Arc};

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use http_body_util::{BodyExt, Limited};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, json as context};

use super::{
    field::FieldError,
    fields::{Fields, Input},
    invalid::Invalid,
    json::{self, Json, Object, Unreadable},
};
use crate::error::Error;

/// The largest body that is read. Bytes.
const MAX_BODY: usize = 64 * 1024;

/// A JSON body.
pub struct Body<T>(pub T);

impl<T: Input, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self, Error> {
        let (parts, body) = request.into_parts();
        let bytes = match Limited::new(body, MAX_BODY).collect().await {
            Ok(body) => body.to_bytes(),
            Err(_) => return Err(Error::BodyTooLarge),
        };
        let values = object(&parts.headers, &bytes, T::ECHOES)?;
        Fields::read("body", values).map(Self)
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
            schema.insert("required".to_owned(), context!(required));
        }
        schema
    }
}

/// The query string. Of a repeated parameter the last one counts.
pub struct Query<T>(pub T);

impl<T: Input, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        let values = pairs.map(|(name, value)| (name.into_owned(), Json::String(value.into_owned()))).collect();
        Fields::read("query", Arc::new(values)).map(Self)
    }
}

fn object(headers: &HeaderMap, bytes: &Bytes, echoes: bool) -> Result<Arc<Object>, Error> {
    if bytes.is_empty() {
        return Err(whole("missing", "Field required", Json::Null));
    }
    let body = if is_json(headers) {
        json::parse(bytes).map_err(unreadable)?
    } else {
        Json::String(String::from_utf8(bytes.to_vec()).map_err(|_| Error::UnreadableBody)?)
    };
    match body {
        Json::Object(values) => Ok(values),
        other => {
            let text = "Input should be a valid dictionary or object to extract fields from";
            Err(whole("model_attributes_type", text, if echoes { other } else { Json::Null }))
        }
    }
}

/// `application/json`, `application/*+json`, or no content type at all: the original's versions differ there, and taking it breaks
/// no client.
fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).map_or(Ok(""), HeaderValue::to_str).unwrap_or("?");
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let Some(kind) = essence.strip_prefix("application/") else { return value.is_empty() };
    kind == "json" || (kind.ends_with("+json") && !kind.contains('/'))
}

fn unreadable(reason: Unreadable) -> Error {
    let Unreadable::Syntax { at, message } = reason else { return Error::UnreadableBody };
    let context = Some(context!({ "error": message }));
    let flaw = FieldError { kind: "json_invalid", text: "JSON decode error".to_owned(), context };
    let empty = Json::Object(Arc::default());
    Error::Invalid(vec![Invalid::new(vec![context!("body"), context!(at)], empty, flaw)])
}

fn whole(kind: &'static str, text: &str, input: Json) -> Error {
    let flaw = FieldError { kind, text: text.to_owned(), context: None };
    Error::Invalid(vec![Invalid::new(vec![context!("body")], input, flaw)])
}
