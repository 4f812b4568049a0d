//! `PATCH /api/v1/api-keys/{key_id}`: label, switch, credentials.

use std::time::Instant;

use axum::extract::State;
use serde_json::json;
use shared::{
    caller::{Allowed, Origin, scope},
    http::{Body, Operation, Reply},
    now::Now,
};

use crate::{
    access::{Access, KeyPath},
    audit::AccessAction,
    change::Brought,
    document::{self, operation},
    input::{Given, UpdateApiKeyRequest},
    refusal::Refusal,
    state::Vault,
    view::{ApiKeyResponse, KeyView, Replied},
};

/// Changes a key. A new secret is a new version under a new data key; the old one is gone.
pub async fn update(
    State(vault): State<Vault>,
    actor: Allowed<scope::KeysWrite>,
    origin: Origin,
    path: KeyPath,
    Now(now): Now,
    Body(change): Body<UpdateApiKeyRequest>,
) -> Replied {
    let (since, access) = (Instant::now(), Access::at(actor.into_actor(), origin, path, now)?);
    let seen = vault.find(access.account_id(), access.key).await?;
    change.fits(&seen)?;
    if change.is_empty() {
        return Ok(Reply::ok(ApiKeyResponse::of_key("Nothing to change", vault.view(seen))));
    }
    let brought = match change.given() {
        Some(given) => Some(vault.accept(&access, given).await?),
        None => None,
    };
    let changed = vault.change(&access, seen, &change, brought.as_ref(), since).await?;
    Ok(Reply::ok(ApiKeyResponse::of_key("API key updated", vault.view(changed))))
}

impl Vault {
    /// Credentials that an actor may bring for a key.
    async fn accept<'a>(&self, access: &Access, given: &'a Given) -> Result<Brought<'a>, Refusal> {
        let confirmed = access.actor.confirmed(access.now).map_err(Refusal::from);
        let confirmed = self.or_refuse(access, AccessAction::Update, confirmed).await?;
        self.permit(access.account_id()).await?;
        Ok(Brought { given, confirmed })
    }
}

pub fn document() -> Operation {
    let operation = operation::<scope::KeysWrite>(
        "update_api_key",
        "Changes a key: its label, whether it may be used, its credentials. A new secret comes with all that belongs to it; \
         the name of the key may stay away if it is the same. What is blocked stays blocked under the same name and with \
         the same secret. A credential that a test has found to send funds stays with its key until that is deleted: what comes \
         back is blocked as it was, no other key gets it, and of more than 20 the next is refused. Exchange and environment cannot change. Of a new secret its owner is told by mail, and \
         an account with second factors has to have proven one in the last five minutes (`STEP_UP_REQUIRED`), unless a personal token asks. `data` is the key as it is now.",
    );
    let refusal = Refusal::KycRequired;
    document::refuses(document::of_key(operation), &[Refusal::Duplicate, Refusal::TooManyBlocked])
        .steps_up()
        .answer(403, refusal.message(), &refusal.body())
        .body::<UpdateApiKeyRequest>(json!({ "label": "second account", "is_active": true }))
        .ok(&ApiKeyResponse::of_key("API key updated", KeyView::example()))
}
