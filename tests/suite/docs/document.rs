//! The OpenAPI document: what the code says, what the original's document said, what the routers do.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shared::{caller::scope::Scope, http::Security};
use tests::{Request, Session, World, authorized};

pub const KEPT: &str = include_str!("../../../functions/docs/openapi.json");
const CONTRACT: &str = include_str!("../../contract/openapi.json");

pub fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Method, path and operation of everything in a document.
pub fn operations(document: &Value) -> Vec<(String, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().iter();
            methods.map(move |(method, operation)| (method.to_uppercase(), path.as_str(), operation))
        })
        .collect()
}

/// Everything of `wanted` that `found` lacks or says differently. Objects may say more, lists may not.
fn missing(wanted: &Value, found: &Value, place: &str) -> Vec<String> {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => wanted
            .iter()
            .flat_map(|(name, wanted)| match found.get(name) {
                Some(found) => missing(wanted, found, &format!("{place}/{name}")),
                None => vec![format!("{place} has no {name}")],
            })
            .collect(),
        (Value::Array(wanted), Value::Array(found)) if wanted.len() == found.len() => {
            let pairs = wanted.iter().zip(found).enumerate();
            pairs.flat_map(|(at, (wanted, found))| missing(wanted, found, &format!("{place}/{at}"))).collect()
        }
        _ if wanted == found => Vec::new(),
        _ => vec![format!("{place} is {found} instead of {wanted}")],
    }
}

/// All values of a key, at any depth.
fn all<'d>(key: &str, value: &'d Value) -> Vec<&'d Value> {
    match value {
        Value::Object(members) => {
            members.get(key).into_iter().chain(members.values().flat_map(|value| all(key, value))).collect()
        }
        Value::Array(items) => items.iter().flat_map(|item| all(key, item)).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn the_kept_document_is_what_the_code_says() {
    assert!(KEPT == openapi::text(), "functions/docs/openapi.json is out of date: run `make openapi`");
}

#[test]
fn what_the_original_documented_is_documented_the_same() {
    let (mut contract, mut document) = (parsed(CONTRACT), parsed(KEPT));
    // We have groups of our own besides, and what the original had is in none of them.
    let tags = contract["tags"].take();
    assert_eq!(tags.as_array().unwrap()[..], document["tags"].as_array().unwrap()[..1]);
    contract.as_object_mut().unwrap().remove("tags");
    // It knew of no programs, which are let in besides.
    let items = document["paths"].as_object_mut().unwrap().values_mut();
    for operation in items.flat_map(|item| item.as_object_mut().unwrap().values_mut()) {
        operation["security"].as_array_mut().unwrap().retain(|way| way.get("PersonalToken").is_none());
    }
    // It is silent on bodies and pages of the vault, and so on how they can be wrong.
    assert_eq!(missing(&contract, &document, ""), [""; 0]);
    for (method, path, operation) in operations(&document) {
        let is_original = contract["paths"][path][method.to_lowercase()].is_object();
        assert_eq!(is_original, operation["tags"] == json!(["Auth"]), "{method} {path}");
    }
}

#[test]
fn schemas_have_names_and_fields_have_descriptions() {
    let (contract, document) = (parsed(CONTRACT), parsed(KEPT));
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let known: BTreeSet<_> = schemas
        .keys()
        .map(String::as_str)
        .chain(all("title", &contract).into_iter().filter_map(Value::as_str))
        .collect();
    // The original called its parameters after their names, and so do we where it had the operation.
    let named: BTreeSet<_> = ["Key Id", "Session Id", "Id", "Scope", "Email", "Limit", "Cursor"].into();
    for title in all("title", &document).into_iter().filter_map(Value::as_str) {
        assert!(known.contains(title) || named.contains(title), "{title}");
    }
    for (name, schema) in schemas {
        let is_name = name.starts_with(|letter: char| letter.is_ascii_uppercase());
        assert!(is_name && name.chars().all(|letter| letter.is_ascii_alphabetic()), "{name}");
        assert_eq!(schema["title"], *name);
        let is_request = name.ends_with("Request") || name.ends_with("Update");
        assert!(is_request || is_described(schema), "{name}");
        for properties in all("properties", schema) {
            for (field, rule) in properties.as_object().unwrap() {
                assert!(is_described(rule), "{name}.{field}");
            }
        }
    }
}

fn is_described(schema: &Value) -> bool {
    schema["description"].as_str().is_some_and(|text| !text.is_empty() && !text.contains("What became of it"))
}

#[test]
fn whoever_reads_it_learns_who_may_ask_where_and_under_which_licence() {
    let document = parsed(KEPT);
    assert_eq!(document["info"]["license"]["identifier"], "Apache-2.0");
    assert_eq!(document["servers"][0]["url"], ".", "wherever this document comes from, below a stage, too");
    let with = |security: Security| {
        let routes = openapi::routes().into_iter().filter(move |route| (route.operation)().security == security);
        routes.map(|route| (route.method.to_owned(), route.path)).collect::<BTreeSet<_>>()
    };
    let (sessions, reports) = (with(Security::Session), with(Security::Provider));
    let allowed = Scope::ALL.map(|scope| (scope.as_str(), with(Security::Allowed(scope))));
    assert!(sessions.len() > 9 && allowed.iter().all(|(_, routes)| !routes.is_empty()));
    let (original, ours) = ("/api/kyc/webhook", "/api/kyc/webhook/{provider}");
    assert_eq!(reports, BTreeSet::from([("POST".to_owned(), original), ("POST".to_owned(), ours)]));
    for (method, path, operation) in operations(&document) {
        let of_session = sessions.contains(&(method.clone(), path));
        let of_program = allowed.iter().find(|(_, routes)| routes.contains(&(method.clone(), path)));
        let wanted = match (path, of_program) {
            // A session proves no report, but the original said so here.
            (path, _) if path == original => json!([{ "HTTPBearer": [] }]),
            (path, _) if path == ours => json!([{ "KycWebhookToken": [] }, {}]),
            (_, Some((scope, _))) => json!([{ "HTTPBearer": [] }, { "PersonalToken": [scope] }]),
            _ if of_session => json!([{ "HTTPBearer": [] }]),
            _ => json!([]),
        };
        assert_eq!(operation["security"], wanted, "{method} {path}");
        let refused = operation["responses"]["401"].to_string();
        // Logout takes its token in the body.
        let takes_a_token = of_session || of_program.is_some() || path == "/auth/logout";
        assert_eq!(refused.contains("Invalid or expired token"), takes_a_token, "{method} {path}");
        let takes_a_report = [original, ours].contains(&path);
        assert_eq!(refused.contains("Invalid signature"), takes_a_report, "{method} {path}");
        if takes_a_report {
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            assert_eq!(body, &json!({ "type": "object", "additionalProperties": true }), "{path}");
        }
        let mut statuses = operation["responses"].as_object().unwrap().keys();
        assert!(statuses.any(|status| status.starts_with('4')), "{method} {path}");
    }
}

#[test]
fn a_difference_from_the_original_is_found() {
    let contract = parsed(CONTRACT);
    for (pointer, value) in [
        ("/paths/~1auth~1login/post/summary", json!("Sign in")),
        ("/components/schemas/SignupRequest/properties/password/minLength", json!(7)),
        ("/components/schemas/UserProfile/required", json!(["id", "email", "phone"])),
        ("/paths/~1auth~1profile/get/security", json!(null)),
    ] {
        let mut changed = contract.clone();
        *changed.pointer_mut(pointer).expect(pointer) = value;
        assert_eq!(missing(&contract, &changed, "").len(), 1, "{pointer}");
    }
}

#[test]
fn references_resolve_and_names_are_unique() {
    let document = parsed(KEPT);
    let references = all("$ref", &document);
    assert!(references.len() > 50);
    for reference in references {
        let pointer = reference.as_str().unwrap().strip_prefix('#').expect("a reference within the document");
        assert!(document.pointer(pointer).is_some_and(Value::is_object), "{reference}");
    }
    let ids = all("operationId", &document);
    assert_eq!(ids.iter().map(ToString::to_string).collect::<BTreeSet<_>>().len(), ids.len());
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for required in schema["required"].as_array().into_iter().flatten() {
            assert!(schema["properties"][required.as_str().unwrap()].is_object(), "{name} lacks {required}");
        }
    }
}

#[test]
fn every_operation_is_described_in_full() {
    let document = parsed(KEPT);
    let tags: Vec<_> = document["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    for (method, path, operation) in operations(&document) {
        let text = operation["description"].as_str().unwrap();
        assert!(text.ends_with('.') && !text.contains("  "), "{method} {path}: {text}");
        assert!(tags.contains(&&operation["tags"][0]), "{method} {path}");
        let declared: Vec<_> = operation["parameters"].as_array().into_iter().flatten().collect();
        let in_path = declared.iter().filter(|parameter| parameter["in"] == "path");
        let named: Vec<_> = in_path.map(|parameter| format!("{{{}}}", parameter["name"].as_str().unwrap())).collect();
        let wanted: Vec<_> = path.split('/').filter(|segment| segment.starts_with('{')).collect();
        assert_eq!(named, wanted, "{method} {path}");
        for (status, answer) in operation["responses"].as_object().unwrap() {
            assert!(!answer["description"].as_str().unwrap().is_empty(), "{method} {path} {status}");
        }
        if operation["security"] != json!([]) {
            assert!(operation["responses"]["401"].is_object(), "{method} {path}");
        }
    }
}

/// The open places of a schema and of all within it: objects of whatever members, and what is of no type at all. Members beside those
/// of a schema that says which there are (`allOf`, `oneOf`, `properties`) are no open place: clients of the original know them as
/// objects.
fn open_places(schema: &Value, place: &str) -> Vec<String> {
    let Some(members) = schema.as_object() else { return Vec::new() };
    let says = |keys: &[&str]| keys.iter().any(|key| members.contains_key(*key));
    let is_object = schema["type"] == "object" || schema["additionalProperties"] == true;
    let is_described = says(&["allOf", "oneOf", "anyOf", "$ref"]);
    let is_told = if is_object { says(&["properties"]) } else { says(&["type", "enum", "const"]) };
    let is_open = !is_described && !is_told;
    let lists = ["allOf", "oneOf", "anyOf"].into_iter().flat_map(|key| schema[key].as_array().into_iter().flatten());
    let properties = schema["properties"].as_object().into_iter().flatten();
    let within = lists.map(|option| open_places(option, place));
    let within = within.chain(properties.map(|(name, member)| open_places(member, &format!("{place}.{name}"))));
    let within = within.chain(schema.get("items").map(|items| open_places(items, &format!("{place}[]"))));
    is_open.then(|| place.to_owned()).into_iter().chain(within.flatten()).collect()
}

#[test]
fn no_answer_leaves_anything_open() {
    let document = parsed(KEPT);
    let mut found = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        for (status, answer) in operation["responses"].as_object().unwrap() {
            if let Some(schema) = answer.pointer("/content/application~1json/schema") {
                found.extend(open_places(schema, &format!("{method} {path} {status}")));
            }
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        found.extend(open_places(schema, name));
    }
    let known = [
        // The document is an object, and no more can be said of it here.
        "GET /openapi.json 200",
        // What came, whatever that was, and what a message is made of; FastAPI's own.
        "ValidationError.ctx",
        "ValidationError.input",
    ];
    assert_eq!(found, known.map(str::to_owned).into());
    let member = json!({ "type": "object", "properties": { "data": { "anyOf": [{}, { "type": "null" }] } } });
    assert_eq!(open_places(&member, "A"), ["A.data"]);
    let items = json!({ "type": "array", "items": { "type": "object", "additionalProperties": true } });
    assert_eq!(open_places(&items, "A"), ["A[]"]);
}

#[test]
fn descriptions_speak_of_json_and_in_whole_lines() {
    let document = parsed(KEPT);
    let texts: Vec<_> = all("description", &document).into_iter().filter_map(Value::as_str).collect();
    assert!(texts.len() > 300);
    for text in texts {
        let of_rust = ["None`", "None:", "Some(", "Vec<", "`Vec", "Option<", "String`", "::", "bool`"];
        assert!(!of_rust.iter().any(|word| text.contains(word)), "{text}");
        // A new line begins a paragraph or a list.
        for line in text.split('\n').skip(1) {
            assert!(line.is_empty() || line.starts_with("- ") || text.contains(&format!("\n\n{line}")), "{text}");
        }
    }
}

#[tokio::test]
async fn the_routers_know_what_is_documented_and_nothing_else() {
    let (world, document) = (World::start().await, parsed(KEPT));
    let documented: BTreeSet<_> = operations(&document).into_iter().map(|(method, path, _)| (method, path)).collect();
    let routes = openapi::routes();
    let registered: BTreeSet<_> = routes.iter().map(|route| (route.method.to_owned(), route.path)).collect();
    assert_eq!(documented, registered);
    assert_eq!(routes.len(), registered.len(), "no route is listed twice");
    for route in routes {
        let names = [("{key_id}", "7"), ("{token_id}", "7"), ("{file}", "start.js"), ("{provider}", "sumsub")];
        let path = names.iter().fold(route.path.to_owned(), |path, (name, value)| path.replace(name, value));
        let request = Request { method: route.method, path, ..Request::default() };
        let reply = world.send(request).await;
        assert!(![404, 405].contains(&reply.status), "{} {}: {}", route.method, route.path, reply.status);
        let statuses = &document["paths"][route.path][route.method.to_lowercase()]["responses"];
        assert!(statuses[reply.status.to_string()].is_object(), "{} {}: {}", route.method, route.path, reply.status);
        // It came without a token.
        let is_open = (route.operation)().security == Security::None;
        assert_eq!(reply.status == 401, !is_open, "{} {}", route.method, route.path);
    }
}

#[tokio::test]
async fn the_examples_of_bodies_are_accepted() {
    let (world, document) = (World::start().await, parsed(KEPT));
    let (_, Session { access, .. }) = world.person().signed_in().await;
    let mut examples = 0;
    for (method, path, operation) in operations(&document) {
        let Some(example) = operation.pointer("/requestBody/content/application~1json/example") else {
            continue;
        };
        let method = if method == "PATCH" { "PATCH" } else { "POST" };
        let reply = world.send(authorized(method, path, &access, Some(example.clone()))).await;
        assert_ne!(reply.status, 422, "{method} {path}: {}", reply.body);
        examples += 1;
    }
    assert_eq!(examples, 25);
}
