//! The OpenAPI 3.1 document of all functions, made from what each says of its routes.

mod operation;
mod schema;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use shared::http::Route;

/// Every route of every function, those that the original had first.
#[must_use]
pub fn routes() -> Vec<Route> {
    [auth::routes(), api_keys::routes(), kyc::routes(), docs::routes()].concat()
}

/// The document as it is kept: indented, with a line feed at its end.
#[must_use]
pub fn text() -> String {
    format!("{:#}\n", document())
}

/// The document.
#[must_use]
pub fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
    });
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    for route in routes() {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.to_lowercase()] = operation::render(route, &mut generator);
    }
    let mut schemas = generator.take_definitions(false);
    for (name, schema) in &mut schemas {
        schema::complete(name, schema);
    }
    schemas.extend(schema::flaws());
    schemas.sort_keys();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "bitcain",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Accounts, exchange keys and identity checks of a crypto-trading platform.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "HTTPBearer": { "type": "http", "scheme": "bearer" } },
        },
        "tags": [
            { "name": "Auth", "description": "Authentication and authorization endpoints (OAuth2, JWT, MFA)" },
            { "name": "Documentation", "description": "This document and its page" },
        ],
    })
}
