//! `DELETE /auth/sessions/{session_id}`: ends one session of the caller's account, which may be the caller's own.

use axum::extract::{Path, State};
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    caller::{Caller, Origin},
    error::Error,
    http::{Operation, Reply},
    ids::SessionId,
    now::Now,
    tables::Row,
};

use crate::{
    session::{Session, sign_out::Leaving},
    state::Auth,
};

/// That a session has ended.
#[derive(Serialize, JsonSchema)]
pub struct SessionEnded {
    /// What has happened, in English.
    message: &'static str,
}

const ENDED: SessionEnded = SessionEnded { message: "Session ended" };

/// Needs no password: ending too much harms nobody for long. What is no session of the caller's is none, whatever the path says.
pub async fn revoke(
    State(auth): State<Auth>,
    Now(now): Now,
    caller: Caller,
    origin: Origin,
    path: Option<Path<String>>,
) -> Result<Reply<SessionEnded>, Error> {
    let id = path.and_then(|Path(id)| SessionId::parse(&id)).ok_or(Error::NotFound)?;
    let switches = auth.app.switches(now).await?;
    let session: Option<Session> = auth.app.store.get(Row::Session(caller.account_id(), id)).await?;
    if !session.is_some_and(|session| session.lives(&switches, now)) {
        return Err(Error::NotFound);
    }
    let has_ended = auth.end_session(&Leaving::of(&caller, &origin, now), id).await?;
    if has_ended { Ok(Reply::ok(ENDED)) } else { Err(Error::NotFound) }
}

pub fn document() -> Operation {
    Operation::new(
        "end_session",
        "Ends one session of the caller's account, its own as well. Nothing else is asked for: whoever finds a session that is none of \
         theirs ends it at once.",
    )
    .tag("Sessions")
    .protected()
    .path("session_id", "The `id` of a session")
    .ok(&ENDED)
    .fails(&Error::NotFound)
    .depends()
}
