//! `POST /oauth/tokens`: makes a personal token, and shows it this once.

use std::{sync::LazyLock, time::Instant};

use axum::extract::State;
use serde_json::json;
use shared::{
    caller::{Fresh, Origin},
    http::{Body, Operation, Reply},
    now::Now,
};
use zeroize::Zeroizing;

use crate::{
    document::{operation, refuses},
    input::MakeTokenRequest,
    limits::MOST_TOKENS,
    making::{Maker, not_made},
    refusal::Reason,
    state::OAuth,
    view::{Replied, TokenMade, TokenView},
};

/// Makes a token of somebody who has proven of late who is asking. While the vault is shut none is made that leads to what is in it.
pub async fn make_token(
    State(oauth): State<OAuth>,
    origin: Origin,
    Now(now): Now,
    fresh: Fresh,
    Body(wanted): Body<MakeTokenRequest>,
) -> Replied<TokenMade> {
    let (since, caller) = (Instant::now(), fresh.caller());
    if wanted.is_sensitive() {
        let frozen = oauth.app.vault_frozen_for(caller.frozen_until(now), now).await?;
        if let Some(seconds) = frozen {
            return Err(not_made(Reason::Frozen(seconds)));
        }
    }
    let maker = Maker { caller, origin: &origin, now };
    let (record, token) = oauth.make(&maker, wanted, since).await?;
    Ok(Reply::ok(TokenMade::new(TokenView::from(record), token.reveal())))
}

static DESCRIPTION: LazyLock<String> = LazyLock::new(|| {
    format!(
        "Makes a personal token for a program of the caller's, and shows it this once. The program shows it as a bearer token where an \
         operation names one of its scopes, until it expires or is ended. With `keys:write` or `keys:decrypt` it needs networks that it is \
         good from, is good for 90 days at most, and is not made while the vault shows nothing (`VAULT_FROZEN`). An account has up to \
         {MOST_TOKENS}. Its owner is told by mail. The caller has to have proven in the last five minutes who is asking, with a second \
         factor where the account has any."
    )
});

pub fn document() -> Operation {
    let operation = operation("make_token", &DESCRIPTION).fresh();
    refuses(refuses(operation, 409, Reason::Full), 409, Reason::Frozen(0))
        .body::<MakeTokenRequest>(json!({
            "name": "portfolio tracker", "scopes": ["keys:read"], "expires_in_days": 90, "networks": ["203.0.113.0/24"],
        }))
        .ok(&TokenMade::new(TokenView::example(), Zeroizing::new(format!("bcpat_{}", "A".repeat(86)))))
        .depends()
}
