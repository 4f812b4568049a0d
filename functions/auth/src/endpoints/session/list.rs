//! `GET /auth/sessions`: where the caller's account is signed in.

use std::cmp::Reverse;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    caller::{Caller, Method},
    error::Error,
    http::{Operation, Reply},
    now::Now,
    store::readable,
    tables::Rows,
};

use crate::{
    session::{MOST, Session},
    state::Auth,
};

/// The sessions of an account.
#[derive(Serialize, JsonSchema)]
pub struct SessionList {
    /// Those that live, the one that was used last first.
    sessions: Vec<SessionView>,
    /// Until when the vault shows the caller's session no secret; null where it does.
    #[schemars(extend("format" = "date-time"))]
    vault_frozen_until: Option<String>,
}

/// A session, as the owner of the account sees it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Session")]
struct SessionView {
    /// Names the session.
    id: String,
    /// Whether it is the one that asks.
    current: bool,
    /// When it began.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// When its tokens were last refreshed, which clients in use do every 15 minutes.
    #[schemars(extend("format" = "date-time"))]
    last_used_at: String,
    /// When it ends unless it is refreshed.
    #[schemars(extend("format" = "date-time"))]
    expires_at: String,
    /// The address that it was last refreshed from.
    ip: Option<String>,
    /// Its country, by ISO 3166-1 alpha-2, where that is known.
    country: Option<String>,
    /// What kind of client it is: a browser and a system, or a program.
    device: Option<String>,
    /// By what it was signed in to, in the words of RFC 8176, with `+` between them.
    method: String,
}

impl SessionView {
    fn of(session: Session, caller: &Caller) -> Self {
        let method = session.authentication().amr.into_iter().map(Method::as_str).collect::<Vec<_>>().join("+");
        Self {
            id: session.id.to_string(),
            current: session.id == caller.session_id(),
            created_at: session.created_at.to_string(),
            last_used_at: session.last_used_at().to_string(),
            expires_at: session.expires_at.to_string(),
            ip: session.ip,
            country: session.country,
            device: session.device,
            method,
        }
    }

    fn example() -> Self {
        Self {
            id: "0f9a4c1e-5b7d-4a3e-8c21-6d5e9f3b7a10".to_owned(),
            current: true,
            created_at: "2019-08-24T14:15:22Z".to_owned(),
            last_used_at: "2019-08-25T08:00:00Z".to_owned(),
            expires_at: "2019-09-24T08:00:00Z".to_owned(),
            ip: Some("203.0.113.9".to_owned()),
            country: Some("DE".to_owned()),
            device: Some("Firefox on Windows".to_owned()),
            method: "pwd".to_owned(),
        }
    }
}

/// The sessions of the caller's account: one query, however many there are.
pub async fn list(State(auth): State<Auth>, Now(now): Now, caller: Caller) -> Result<Reply<SessionList>, Error> {
    let switches = auth.app.switches(now).await?;
    let rows = Rows::SessionsOf(caller.account_id());
    let mut sessions: Vec<Session> = readable(auth.app.store.each(rows).await?);
    sessions.retain(|session| session.lives(&switches, now));
    sessions.sort_by_key(|session| Reverse(session.last_used_at()));
    // The caller's own is always among them.
    sessions.sort_by_key(|session| session.id != caller.session_id());
    sessions.truncate(MOST);
    sessions.sort_by_key(|session| Reverse(session.last_used_at()));
    let sessions = sessions.into_iter().map(|session| SessionView::of(session, &caller)).collect();
    let vault_frozen_until = caller.frozen_until(now).map(|until| until.to_string());
    Ok(Reply::ok(SessionList { sessions, vault_frozen_until }))
}

pub fn document() -> Operation {
    Operation::new("list_sessions", "Where the caller's account is signed in, the session that was used last first.")
        .tag("Sessions")
        .protected()
        .ok(&SessionList { sessions: vec![SessionView::example()], vault_frozen_until: None })
        .depends()
}
