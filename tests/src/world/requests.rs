//! Requests to the functions.

use api_keys::Vault;
use auth::Auth;
use kyc::Kyc;
use serde_json::{Value, json};

use super::World;
use crate::{
    event::{Reply, Request, asked, event_from, invoke, invoke_documented},
    function::Function,
};

impl World {
    /// A request to whichever function the path belongs to.
    pub async fn send(&self, request: Request) -> Reply {
        invoke(&self.routers[&Function::reached_by(&request.path)], request).await
    }

    /// A request from a client's address; all others come from one that they have in common.
    pub async fn send_from(&self, client: &str, request: Request) -> Reply {
        self.event(event_from(client, request)).await
    }

    /// An event of API Gateway, in full, to whichever function its path belongs to. The answer is as the OpenAPI document says.
    pub async fn event(&self, event: Value) -> Reply {
        let (_, path) = asked(&event);
        invoke_documented(&self.routers[&Function::reached_by(&path)], event).await
    }

    /// `GET path`.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Request { method: "GET", path: path.to_owned(), ..Request::default() }).await
    }

    /// `POST path` with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(json_request("POST", path, &body)).await
    }

    /// `POST path` with a JSON body, through a particular instance of `auth`.
    pub async fn post_to(&self, auth: &Auth, path: &str, body: Value) -> Reply {
        invoke(&auth::router(auth.clone()), json_request("POST", path, &body)).await
    }

    /// `POST path` with a JSON body from a client's address, through a particular instance of `auth`.
    pub async fn post_to_from(&self, auth: &Auth, client: &str, path: &str, body: Value) -> Reply {
        invoke_documented(&auth::router(auth.clone()), event_from(client, json_request("POST", path, &body))).await
    }

    /// A request to a particular instance of `api-keys`.
    pub async fn send_to_vault(&self, vault: &Vault, request: Request) -> Reply {
        invoke(&api_keys::router(vault.clone()), request).await
    }

    /// A request to a particular instance of `kyc`.
    pub async fn send_to_kyc(&self, kyc: &Kyc, request: Request) -> Reply {
        invoke(&kyc::router(kyc.clone()), request).await
    }
}

/// The answer to a body that is no text in UTF-8, from somebody with an access token or, if that is empty, from a stranger.
pub async fn no_text(world: &World, method: &'static str, path: &str, token: &str) -> Reply {
    let request = authorized(method, path, token, None);
    world.send(Request { body: Some("/w==".to_owned()), is_base64: true, ..request }).await
}

/// A request with a JSON body.
#[must_use]
pub fn json_request(method: &'static str, path: &str, body: &Value) -> Request {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Request { method, path: path.to_owned(), headers, body: Some(body.to_string()), ..Request::default() }
}

/// A request of any method with a bearer token and, perhaps, a JSON body.
#[must_use]
pub fn authorized(method: &'static str, path: &str, token: &str, body: Option<Value>) -> Request {
    let mut request = json_request(method, path, &json!(null));
    request.body = body.map(|body| body.to_string());
    request.headers.push(("authorization".to_owned(), format!("Bearer {token}")));
    request
}
