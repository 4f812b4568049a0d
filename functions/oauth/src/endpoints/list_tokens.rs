//! `GET /oauth/tokens`: the caller's personal tokens, newest first. There are so few that they come on one page.

use axum::extract::State;
use shared::{
    caller::Caller,
    http::{Operation, Reply},
    now::Now,
};

use crate::{
    document::operation,
    state::OAuth,
    view::{Replied, TokenList, TokenView},
};

/// The living tokens, without what proves them.
pub async fn list_tokens(State(oauth): State<OAuth>, Now(now): Now, caller: Caller) -> Replied<TokenList> {
    let tokens = oauth.living_tokens(caller.account_id(), now).await?;
    Ok(Reply::ok(TokenList::new(tokens.into_iter().rev().map(TokenView::from).collect())))
}

pub fn document() -> Operation {
    operation(
        "list_tokens",
        "The caller's personal tokens that are good for something, newest first. What proves one is not shown again.",
    )
    .protected()
    .ok(&TokenList::new(vec![TokenView::example()]))
    .depends()
}
