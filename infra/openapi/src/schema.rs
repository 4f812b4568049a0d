//! Schemas in the shape that generators of clients take best, and those of the original as pydantic gave them, for that is what its
//! clients have generated code from.

use schemars::{Schema, transform::transform_subschemas};
use serde_json::{Map, Value, json};

/// What says something about a schema, not about its values.
const ANNOTATIONS: [&str; 3] = ["title", "description", "examples"];

/// The schemas that the original had. There every field has a title, and one that may be null need not be there.
const ORIGINAL: [&str; 15] = [
    "ApiKeyResponse",
    "AuthResponse",
    "AuthSession",
    "AuthUser",
    "DecryptedApiKeyResponse",
    "LoginRequest",
    "LogoutRequest",
    "RefreshTokenRequest",
    "ResendVerificationRequest",
    "ResendVerificationResponse",
    "SignupRequest",
    "UserProfile",
    "VerificationStatusResponse",
    "VerifyEmailRequest",
    "VerifyEmailResponse",
];

/// A named schema: in shape, under its own title.
pub fn complete(name: &str, schema: &mut Value) {
    if let Ok(schema) = <&mut Schema>::try_from(schema) {
        shape(schema);
        if ORIGINAL.contains(&name) {
            like_pydantic(schema.ensure_object());
        }
        schema.insert("title".to_owned(), name.into());
    }
}

/// Brings a schema and all within it into shape.
pub fn shape(schema: &mut Schema) {
    transform_subschemas(&mut shape, schema);
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    // How Rust keeps an integer is nobody's business.
    if members.get("format").and_then(Value::as_str).is_some_and(|format| format.contains("int")) {
        members.remove("format");
    }
    list_words(members);
    split_null(members);
    // Descriptions are the code's own, which says `None` for what is null on the wire.
    if let Some(Value::String(description)) = members.get_mut("description") {
        *description = description.replace("`None`", "`null`");
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

/// One word each, with a description, becomes a list of words, which are described together: generators make an enumeration of that.
fn list_words(members: &mut Map<String, Value>) {
    let Some(options) = members.get("oneOf").and_then(Value::as_array) else { return };
    let Some(words) = options.iter().map(|option| option["const"].as_str()).collect::<Option<Vec<_>>>() else {
        return;
    };
    let lines = options.iter().zip(&words);
    let lines =
        lines.map(|(option, word)| format!("- `{word}`: {}", option["description"].as_str().unwrap_or_default()));
    let heading = members.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = [heading.to_owned(), String::new()].into_iter().chain(lines).collect::<Vec<_>>().join("\n");
    let (words, description) = (json!(words), description.trim_start().to_owned());
    members.remove("oneOf");
    members.insert("type".to_owned(), "string".into());
    members.insert("enum".to_owned(), words);
    members.insert("description".to_owned(), description.into());
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

/// Titles for fields, and nothing that may be null is required.
fn like_pydantic(members: &mut Map<String, Value>) {
    let mut nullable = Vec::new();
    for (name, property) in members.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        if is_nullable(property) {
            nullable.push(name.clone());
        }
        if !refers(property) {
            property["title"] = title(name).into();
        }
    }
    if let Some(required) = members.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !nullable.iter().any(|nullable| name == nullable));
    }
}

fn options(schema: &Value) -> impl Iterator<Item = &Value> {
    schema["anyOf"].as_array().into_iter().flatten()
}

fn is_nullable(property: &Value) -> bool {
    options(property).any(|option| option["type"] == "null")
}

/// Pydantic gives no title to a property that is another model.
fn refers(property: &Value) -> bool {
    let is_reference = |schema: &Value| schema.get("$ref").is_some();
    is_reference(property) || options(property).any(is_reference)
}

/// The two schemas of a 422: FastAPI's, with descriptions.
pub fn flaws() -> [(String, Value); 2] {
    let list = json!({
        "properties": {
            "detail": {
                "items": { "$ref": "#/components/schemas/ValidationError" },
                "type": "array",
                "title": "Detail",
                "description": "Every rule that is broken.",
            },
        },
        "type": "object",
        "title": "HTTPValidationError",
        "description": "A request that breaks rules.",
    });
    let entry = json!({
        "properties": {
            "loc": {
                "items": { "anyOf": [{ "type": "string" }, { "type": "integer" }] },
                "type": "array",
                "title": "Location",
                "description": "Where: the part of the request, then the field.",
            },
            "msg": { "type": "string", "title": "Message", "description": "The rule, in English." },
            "type": { "type": "string", "title": "Error Type", "description": "The rule, for programs." },
            "input": { "title": "Input", "description": "What came, where that is no secret." },
            "ctx": { "type": "object", "title": "Context", "description": "What the message is made of." },
        },
        "type": "object",
        "required": ["loc", "msg", "type"],
        "title": "ValidationError",
        "description": "A rule that a request breaks.",
    });
    [("HTTPValidationError".to_owned(), list), ("ValidationError".to_owned(), entry)]
}
