//! One operation as OpenAPI writes it.

use std::collections::BTreeMap;

use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};
use shared::http::{Answer, Content, Model, Operation, Parameter, RequestBody, Route, Security};

use crate::{
    PERSONAL_TOKEN, PROVIDER, SESSION,
    schema::{shape, title},
};

/// The operation of a route; the schemas that it names are left with the generator.
pub fn render(route: Route, schemas: &mut SchemaGenerator) -> Value {
    let operation = (route.operation)();
    let id = id(&operation, route);
    let mut answers = BTreeMap::<u16, Vec<&Answer>>::new();
    for answer in &operation.answers {
        answers.entry(answer.status).or_default().push(answer);
    }
    let titled = operation.is_original().then(|| title(&format!("response_{id}")));
    let responses = answers.iter();
    let responses = responses.map(|(status, of)| (status.to_string(), response(of, titled.as_deref(), schemas)));
    let responses: Map<_, _> = responses.collect();
    let mut members = json!({
        "tags": [operation.tag],
        "summary": title(operation.name),
        "description": operation.description,
        "operationId": id,
        "security": security(&operation),
    });
    if !operation.parameters.is_empty() {
        let is_titled = operation.is_original();
        let parameters = operation.parameters.into_iter().map(|declared| parameter(declared, is_titled));
        members["parameters"] = parameters.collect();
    }
    if let Some(RequestBody { media, model, example }) = operation.body {
        let mut content = json!({ "schema": model(schemas) });
        if let Some(example) = example {
            content["example"] = example;
        }
        members["requestBody"] = json!({ "content": { media: content }, "required": true });
    }
    members["responses"] = responses.into();
    members
}

/// A provider need have no token. The original asked providers for the one kind of proof that it knew.
fn security(operation: &Operation) -> Value {
    match operation.security {
        Security::None => json!([]),
        Security::Provider if !operation.is_original() => json!([{ PROVIDER: [] }, {}]),
        Security::Session | Security::Provider => json!([{ SESSION: [] }]),
        Security::Allowed(scope) => json!([{ SESSION: [] }, { PERSONAL_TOKEN: [scope.as_str()] }]),
    }
}

/// FastAPI's rule: the handler's name, the path with `_` for whatever is no letter or digit, the method.
fn id(operation: &Operation, route: Route) -> String {
    let path = route.path.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
    format!("{}{path}_{}", operation.name, route.method.to_lowercase())
}

fn parameter(mut parameter: Parameter, is_titled: bool) -> Value {
    let description = parameter.schema.remove("description");
    // The original took no header.
    if is_titled && parameter.place != "header" {
        parameter.schema.insert("title".to_owned(), title(parameter.name).into());
    }
    json!({
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "description": description,
        "schema": parameter.schema,
    })
}

/// All answers of one status. What has no name of its own gets `title`, if there is one.
fn response(answers: &[&Answer], title: Option<&str>, schemas: &mut SchemaGenerator) -> Value {
    let mut descriptions: Vec<_> = answers.iter().map(|answer| answer.description).collect();
    descriptions.dedup();
    let mut response = json!({ "description": descriptions.join(" / ") });
    if let Some((media, content)) = content(answers, title, schemas) {
        response["content"] = json!({ media: content });
    }
    let names = answers.iter().flat_map(|answer| answer.headers);
    let is_in_all = |name| answers.iter().all(|answer| answer.headers.contains(name));
    let headers: Map<_, _> = names.map(|name| header(name, is_in_all(name))).collect();
    if !headers.is_empty() {
        response["headers"] = headers.into();
    }
    response
}

/// `is_required`: whether it comes with every answer of its status.
fn header(name: &str, is_required: bool) -> (String, Value) {
    let (rule, description) = match name {
        "Retry-After" => ("integer", "Seconds until it is worth trying again"),
        "WWW-Authenticate" => ("string", "What kind of credentials is asked for"),
        "X-Device-Token" => {
            ("string", "What this device is recognised by; to be kept, and sent in the same header when signing in")
        }
        "X-Challenge" => (
            "string",
            "What is asked for before the same request is answered: `pow;TOKEN;BITS`, solved by `TOKEN.NONCE` whose SHA-256 of token and nonce \
             begins with so many zero bits, or `turnstile;SITE KEY`, solved by the token of the widget, rendered with the action `login` for logins and `mail` for all else. \
             Sent back in `X-Challenge-Answer`",
        ),
        _ => ("string", "Where to go instead"),
    };
    (name.to_owned(), json!({ "description": description, "required": is_required, "schema": { "type": rule } }))
}

fn content(answers: &[&Answer], title: Option<&str>, schemas: &mut SchemaGenerator) -> Option<(&'static str, Value)> {
    let (mut models, mut examples) = (Vec::new(), Map::new());
    for answer in answers {
        match &answer.content {
            Content::Json(of, example) => {
                models.push(model(*of, title, schemas));
                examples.insert(answer.description.to_owned(), json!({ "value": example }));
            }
            Content::Flaws => models.push(Schema::new_ref("#/components/schemas/HTTPValidationError".to_owned())),
            Content::Text(media) => return Some((media, json!({ "schema": { "type": "string" } }))),
            Content::Empty => return None,
        }
    }
    models.dedup();
    let schema = if let [only] = models.as_slice() { json!(only) } else { json!({ "anyOf": models }) };
    let mut content = json!({ "schema": schema });
    match examples.values().collect::<Vec<_>>().as_slice() {
        [] => {}
        [only] => content["example"] = only["value"].clone(),
        _ => content["examples"] = examples.into(),
    }
    Some(("application/json", content))
}

/// A reference, or the whole schema where the model has no name of its own.
fn model(of: Model, title: Option<&str>, schemas: &mut SchemaGenerator) -> Schema {
    let mut schema = of(schemas);
    shape(&mut schema);
    if let Some(title) = title.filter(|_| schema.get("type").is_some_and(|kind| kind == "object")) {
        schema.insert("title".to_owned(), title.into());
    }
    schema
}
