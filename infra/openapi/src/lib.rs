//! The OpenAPI 3.1 document of all functions, made from what each says of its routes.

mod operation;
mod schema;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use shared::http::Route;

/// How users prove who asks: the one way that the original knew, by its name.
const SESSION: &str = "HTTPBearer";
/// How programs do that users have made a token for.
const PERSONAL_TOKEN: &str = "PersonalToken";
/// How providers of identity checks do, besides their signatures, which no document can describe.
const PROVIDER: &str = "KycWebhookToken";

/// What holds for all operations.
const DESCRIPTION: &str = "Accounts, exchange keys and identity checks of a crypto-trading platform.\n\n\
    Any operation may also be answered by the gateway in front of it: 429 when there are too many requests for the whole \
    installation, 500 or 503 when the gateway cannot reach it. Such an answer is `{\"message\": \"...\"}`, without `Retry-After`.";

/// Every route of every function, those that the original had first.
#[must_use]
pub fn routes() -> Vec<Route> {
    [auth::routes(), api_keys::routes(), kyc::routes(), oauth::routes(), docs::routes()].concat()
}

/// The document as it is kept: indented, with a line feed at its end.
#[must_use]
pub fn text() -> String {
    format!("{:#}\n", document())
}

/// The document.
#[must_use]
pub fn document() -> Value {
    // What a type says of itself is what it writes: a member that is always there is required, be it null.
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
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
            "description": DESCRIPTION,
            "license": { "name": "Apache License 2.0", "identifier": env!("CARGO_PKG_LICENSE") },
        },
        // Every installation gives out this very document, from where it stands, be that below a stage's name.
        "servers": [{
            "url": ".",
            "description": "The installation that this document comes from, relative to the address that it was fetched from. \
                            Whoever reads it out of a file fills in the address of an installation.",
        }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                SESSION: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The access token of a session, which login and refresh give: a JWT, good for 15 minutes. \
                                    At `/api/kyc/webhook` alone it is what KycWebhookToken says.",
                },
                PERSONAL_TOKEN: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A personal token, which `POST /oauth/tokens` gives to the owner of an account for a program of the owner's: \
                                    `bcpat_` and 86 characters. It is good for the operations whose scope it has, from the networks that it was \
                                    made for, until it expires or is ended.",
                },
                PROVIDER: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token that a provider of identity checks was given, where this installation has one \
                                    (`KYC_WEBHOOK_TOKEN`). It is asked for besides the provider's signature. Of `generic`, which signs \
                                    nothing, a token is the whole proof.",
                },
            },
        },
        "tags": tags(),
    })
}

/// The groups of operations. The first is the original's, word for word, and has all that it had.
fn tags() -> Value {
    json!([
        { "name": "Auth", "description": "Authentication and authorization endpoints (OAuth2, JWT, MFA)" },
        { "name": "Accounts", "description": "What an account says of itself, its password, and the pages behind mailed links" },
        { "name": "Sessions", "description": "What others need to check the access token of a session" },
        { "name": "Second factors", "description": "Codes of an app, passkeys, recovery codes: signing in with them, having them, and proving again who is signed in" },
        { "name": "API keys", "description": "What has been done with the API keys of exchange accounts" },
        { "name": "Identity", "description": "Identity checks: reports of providers, and where a user's check stands" },
        { "name": "Programs", "description": "What an account allows programs: personal tokens" },
        { "name": "Documentation", "description": "This document and its page" },
    ])
}
