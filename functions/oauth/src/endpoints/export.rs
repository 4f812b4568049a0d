//! `GET /oauth/export`: everything that is known of what the caller has allowed programs, in pages. What proves a token is not told.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    caller::Caller,
    error::Error,
    events::AccountEvent,
    export::{Asked, Export, ExportCursor, ExportedEvent, Exporter, MOST_ROWS},
    http::{Operation, Query, Reply},
    ids::{AccountId, EventId},
    now::Now,
    tables::{Row, Rows},
    time::Timestamp,
};

use crate::{document::operation, state::OAuth, view::TokenView};

/// What is known of programs. Every member is always there; `part` says which one is not empty.
#[derive(Serialize, JsonSchema)]
pub struct GrantsExport {
    /// The personal tokens, without what proves them, newest first.
    tokens: Vec<TokenView>,
    /// What has happened to them in the last 400 days, newest first.
    events: Vec<ExportedEvent>,
}

/// Where the export goes on: in the events, behind this one, or at their beginning.
struct Place(Option<EventId>);

impl Place {
    fn read(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [] => Some(Self(None)),
            id => Some(Self(Some(EventId::from_bytes(id.try_into().ok()?)))),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        self.0.map_or_else(Vec::new, |id| id.as_bytes().to_vec())
    }
}

/// The tokens, and then the events.
pub async fn export(
    State(oauth): State<OAuth>,
    caller: Caller,
    Now(now): Now,
    Query(cursor): Query<ExportCursor>,
) -> Result<Reply<Export<GrantsExport>>, Error> {
    caller.confirmed(now)?;
    let account = caller.account_id();
    let asked = Exporter::Grants.page(&oauth.app.store, account, &cursor, Place::read, now).await?;
    Ok(Reply::ok(match asked.place {
        None => oauth.export_tokens(asked, account, now).await?,
        Some(Place(after)) => oauth.export_events(asked, account, after, now).await?,
    }))
}

impl OAuth {
    /// All of them at once, for there are few.
    async fn export_tokens(
        &self,
        asked: Asked<'_, Place>,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Export<GrantsExport>, Error> {
        let tokens = self.kept_tokens(account, now).await?.into_iter().rev().map(TokenView::from).collect();
        asked.tells("tokens", GrantsExport { tokens, events: Vec::new() }, Some(Place(None).bytes())).await
    }

    async fn export_events(
        &self,
        asked: Asked<'_, Place>,
        account: AccountId,
        after: Option<EventId>,
        now: Timestamp,
    ) -> Result<Export<GrantsExport>, Error> {
        let before = after.map(|event| Row::GrantEvent(account, event));
        let rows = Rows::GrantEventsOf(account);
        let (mut found, has_more) = self.app.store.newest::<AccountEvent>(rows, MOST_ROWS, before).await?;
        let next = found.last().filter(|_| has_more).map(|event| Place(Some(event.id)).bytes());
        found.retain(|event| event.is_visible(now));
        let events = found.into_iter().map(ExportedEvent::from).collect();
        asked.tells("events", GrantsExport { tokens: Vec::new(), events }, next).await
    }
}

pub fn document() -> Operation {
    let data = GrantsExport { tokens: vec![TokenView::example()], events: Vec::new() };
    let moment = Timestamp::from_second(1_795_341_600);
    operation(
        "export_tokens",
        "Everything that is known of what the caller has allowed programs, in pages: the personal tokens, without what proves them, then what \
         has happened to them. Three first pages a day.",
    )
    .confirmed()
    .query::<ExportCursor>()
    .ok(&Export::example("tokens", data, Some(&Place(None).bytes()), moment))
    .fails(&Error::TooManyRequests(0))
    .depends()
}
