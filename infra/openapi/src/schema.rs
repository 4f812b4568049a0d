//! Schemas in the shape that pydantic gives them, for that is what clients of the original have generated code from.

use schemars::{Schema, transform::transform_subschemas};
use serde_json::{Map, Value, json};

/// What says something about a schema, not about its values.
const ANNOTATIONS: [&str; 3] = ["title", "description", "examples"];

/// A named schema: in shape, under its own title.
pub fn complete(name: &str, schema: &mut Value) {
    if let Ok(schema) = <&mut Schema>::try_from(schema) {
        shape(schema);
        schema.insert("title".to_owned(), name.into());
    }
}

/// Brings a schema and all within it into shape.
pub fn shape(schema: &mut Schema) {
    transform_subschemas(&mut shape, schema);
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    // Pydantic knows no sizes of integers.
    if members.get("format").is_some_and(|format| format == "int64") {
        members.remove("format");
    }
    split_null(members);
    for (name, property) in members.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        if !refers(property) && property.get("title").is_none() {
            property["title"] = title(name).into();
        }
    }
}

/// `email_confirmed_at` → `Email Confirmed At`.
pub fn title(name: &str) -> String {
    let capital = |word: &str| match word.chars().next() {
        Some(first) => format!("{}{}", first.to_ascii_uppercase(), &word[first.len_utf8()..]),
        None => String::new(),
    };
    name.split('_').map(capital).collect::<Vec<_>>().join(" ")
}

/// `type: [X, null]` becomes `anyOf: [X, null]`.
fn split_null(members: &mut Map<String, Value>) {
    let Some([first, null]) = members.get("type").and_then(Value::as_array).map(Vec::as_slice) else {
        return;
    };
    if null != "null" {
        return;
    }
    let first = first.clone();
    let mut rule = std::mem::take(members);
    rule.insert("type".to_owned(), first);
    for name in ANNOTATIONS {
        members.extend(rule.remove(name).map(|value| (name.to_owned(), value)));
    }
    members.insert("anyOf".to_owned(), json!([rule, { "type": "null" }]));
}

/// Pydantic gives no title to a property that is another model.
fn refers(property: &Value) -> bool {
    let is_reference = |schema: &Value| schema.get("$ref").is_some();
    is_reference(property) || property["anyOf"].as_array().is_some_and(|options| options.iter().any(is_reference))
}

/// The two schemas of a 422, word for word FastAPI's.
pub fn flaws() -> [(String, Value); 2] {
    let list = json!({
        "properties": {
            "detail": {
                "items": { "$ref": "#/components/schemas/ValidationError" },
                "type": "array",
                "title": "Detail",
            },
        },
        "type": "object",
        "title": "HTTPValidationError",
    });
    let entry = json!({
        "properties": {
            "loc": {
                "items": { "anyOf": [{ "type": "string" }, { "type": "integer" }] },
                "type": "array",
                "title": "Location",
            },
            "msg": { "type": "string", "title": "Message" },
            "type": { "type": "string", "title": "Error Type" },
            "input": { "title": "Input" },
            "ctx": { "type": "object", "title": "Context" },
        },
        "type": "object",
        "required": ["loc", "msg", "type"],
        "title": "ValidationError",
    });
    [("HTTPValidationError".to_owned(), list), ("ValidationError".to_owned(), entry)]
}
