//! `DELETE /oauth/tokens/{token_id}`: ends a personal token of the caller's.

use axum::extract::{Path, State};
use shared::{
    caller::{Caller, Origin},
    events::{By, Circumstances},
    http::{Operation, Reply},
    ids::TokenId,
    now::Now,
};

use crate::{
    document::{operation, refuses},
    refusal::Reason,
    state::OAuth,
    tokens::Ended,
    view::{Replied, TokenEnded},
};

/// Ends a token. A second time there is none, as there is none of somebody else's.
pub async fn end_token(
    State(oauth): State<OAuth>,
    origin: Origin,
    Now(now): Now,
    caller: Caller,
    Path(id): Path<String>,
) -> Replied<TokenEnded> {
    let id = TokenId::parse(&id).ok_or(Reason::NotFound)?;
    let by = Circumstances::of(&origin, By::User, now);
    let ended = oauth.end(caller.account_id(), id, &by, Some(caller.session_id()), None).await?;
    match ended {
        Ended::Now => Ok(Reply::ok(TokenEnded::new())),
        Ended::Before => Err(Reason::NotFound.into()),
    }
}

pub fn document() -> Operation {
    let operation = operation("end_token", "Ends a personal token: it is good for nothing any more. `data` is null.");
    refuses(operation.protected().path("token_id", "Which token"), 404, Reason::NotFound)
        .ok(&TokenEnded::new())
        .depends()
}
