//! What the OpenAPI document says of an answer: every answer that a test is given by a function is held against it.

use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::event::Reply;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../functions/docs/openapi.json")).expect("the kept document is JSON")
});

/// What a method and a path name.
enum Named {
    /// An operation: its answers, by status.
    Operation(&'static Value),
    /// A path that has operations, but none of this method.
    OtherMethod,
    /// Nothing.
    Nothing,
}

fn named(method: &str, path: &str) -> Named {
    let path = path.split('?').next().unwrap_or_default();
    // Functions decode a path once, slashes and all.
    let path = percent_decode_str(path).decode_utf8_lossy();
    let fits = |template: &str| {
        let (mut wanted, mut given) = (template.split('/'), path.split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return true,
                (Some(wanted), Some(given)) if wanted == given || (wanted.starts_with('{') && !given.is_empty()) => {}
                _ => return false,
            }
        }
    };
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    // `/api/kyc/webhook` is nobody's parameter: what is written out comes first.
    let fitting = paths.iter().filter(|(template, _)| fits(template));
    match fitting.min_by_key(|(template, _)| template.matches('{').count()) {
        None => Named::Nothing,
        Some((_, item)) => item.get(method.to_lowercase()).map_or(Named::OtherMethod, |operation| {
            Named::Operation(operation.get("responses").expect("every operation has answers"))
        }),
    }
}

/// How an answer differs from what is documented of it, if it does: in its status, its media type, a header that is always there, its
/// body. Members that no schema names are a difference, too.
#[must_use]
pub fn difference(method: &str, path: &str, reply: &Reply) -> Option<String> {
    let flaws = match (named(method, path), reply.status) {
        (Named::Operation(answers), status) => match answers.get(status.to_string()) {
            Some(documented) => unlike(documented, reply),
            None => vec!["no operation is documented to answer so".to_owned()],
        },
        // Preflights are between browsers and gateways.
        (Named::OtherMethod | Named::Nothing, 204) if method == "OPTIONS" && reply.text.is_empty() => Vec::new(),
        // Where there is no operation, no document says anything. These are the router's answers: no such method; no such path, but
        // perhaps the same with another slash at its end; an address that is too long to be looked up.
        (Named::OtherMethod, 405 | 414) | (Named::Nothing, 404 | 307 | 414) => Vec::new(),
        (Named::OtherMethod | Named::Nothing, _) => vec!["there is no such operation".to_owned()],
    };
    (!flaws.is_empty())
        .then(|| format!("{method} {path} answers {}: {}\n{}", reply.status, flaws.join("; "), reply.text))
}

/// How an answer differs from what is documented of its status.
fn unlike(documented: &Value, reply: &Reply) -> Vec<String> {
    let headers = documented["headers"].as_object().into_iter().flatten();
    let headers = headers.filter_map(|(name, header)| {
        let given = reply.header(&name.to_lowercase());
        let is_kept = match given {
            None => header["required"] != true,
            Some(value) => header["schema"]["type"] != "integer" || value.parse::<u32>().is_ok(),
        };
        (!is_kept).then(|| format!("its {name} is {given:?}"))
    });
    headers.chain(unlike_in_content(&documented["content"], reply)).collect()
}

fn unlike_in_content(documented: &Value, reply: &Reply) -> Vec<String> {
    let given = reply.header("content-type");
    let mut media = documented.as_object().into_iter().flatten();
    match media.next() {
        None if reply.text.is_empty() => Vec::new(),
        None => vec!["a body is not documented".to_owned()],
        Some((media, _)) if !given.is_some_and(|given| is_of_media(media, given)) => {
            vec![format!("its media type is {given:?} instead of {media}")]
        }
        Some((media, content)) if media == "application/json" => flaws(&content["schema"], &reply.body, "body"),
        Some(_) => Vec::new(),
    }
}

/// Whether a media type is the documented one, or of the documented kind (`text/*`).
fn is_of_media(documented: &str, given: &str) -> bool {
    documented.strip_suffix('*').map_or(given == documented, |kind| given.starts_with(kind))
}

/// Which rules of a schema a value breaks, and where.
///
/// # Panics
/// On a keyword that it does not know: it would check nothing.
#[must_use]
pub fn flaws(schema: &Value, value: &Value, place: &str) -> Vec<String> {
    let schema = schema.as_object().unwrap_or_else(|| panic!("no schema: {schema}"));
    schema.iter().flat_map(|(keyword, rule)| broken(schema, (keyword, rule), value, place)).collect()
}

fn broken(schema: &Map<String, Value>, (keyword, rule): (&str, &Value), value: &Value, place: &str) -> Vec<String> {
    let fits = |schema: &Value| flaws(schema, value, place).is_empty();
    let options = || rule.as_array().expect("a list of schemas").iter();
    let is_kept = match keyword {
        "title" | "description" | "examples" => true,
        "$ref" => {
            let pointer = rule.as_str().and_then(|reference| reference.strip_prefix('#')).expect("a reference");
            return flaws(DOCUMENT.pointer(pointer).expect(pointer), value, place);
        }
        "allOf" => return options().flat_map(|schema| flaws(schema, value, place)).collect(),
        "anyOf" => options().any(fits),
        "oneOf" => options().filter(|schema| fits(schema)).count() == 1,
        "enum" => options().any(|word| word == value),
        "type" => is_of(rule.as_str().expect("one type"), value),
        "format" => value.as_str().is_none_or(|text| is_formatted(rule.as_str().expect("a format"), text)),
        "minimum" => value.as_i64().is_none_or(|number| number >= rule.as_i64().expect("a number")),
        "required" => {
            let absent =
                options().filter_map(Value::as_str).filter(|name| value.is_object() && value.get(name).is_none());
            return absent.map(|name| format!("{place} lacks {name}")).collect();
        }
        "items" => {
            let items = value.as_array().into_iter().flatten().enumerate();
            return items.flat_map(|(at, item)| flaws(rule, item, &format!("{place}/{at}"))).collect();
        }
        "properties" => {
            let members = value.as_object().into_iter().flatten();
            let known = members.clone().filter_map(|(name, member)| Some((rule.get(name)?, member, name)));
            let known = known.flat_map(|(schema, member, name)| flaws(schema, member, &format!("{place}/{name}")));
            let is_open = schema.get("additionalProperties").is_some_and(Value::is_object);
            let others = members.filter(|(name, _)| !is_open && rule.get(name).is_none());
            return known.chain(others.map(|(name, _)| format!("{place} has {name} besides"))).collect();
        }
        "additionalProperties" => {
            let is_named = |name: &str| schema.get("properties").is_some_and(|named| named.get(name).is_some());
            let others =
                value.as_object().into_iter().flatten().filter(|(name, _)| rule.is_object() && !is_named(name));
            return others.flat_map(|(name, member)| flaws(rule, member, &format!("{place}/{name}"))).collect();
        }
        _ => panic!("a schema says {keyword}, which no test understands"),
    };
    if is_kept { Vec::new() } else { vec![format!("{place} breaks {keyword} {rule}")] }
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => panic!("no type is called {kind}"),
    }
}

/// Whether a text has a format of JSON Schema.
pub(crate) fn is_formatted(format: &str, text: &str) -> bool {
    assert_eq!(format, "date-time", "answers have no other formats");
    let shape: String = text.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    shape == "0000-00-00T00:00:00Z"
}
