//! `GET /auth/events`: what has happened to the caller's account, and to what it has allowed programs, newest first. These are two lists in
//! two tables, and one to whoever reads it.

use std::cmp::Reverse;

use axum::extract::State;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    caller::Caller,
    error::Error,
    events::{AccountEvent, Action, By, Circumstances, Via},
    http::{Operation, Page, Query, Reply},
    ids::EventId,
    now::Now,
    tables::{Row, Rows},
};

use crate::state::Auth;

/// A page of what has happened to an account.
#[derive(Serialize, JsonSchema)]
pub struct AccountEventList {
    /// Some of the events, newest first.
    events: Vec<AccountEventView>,
    /// What to ask for the next page with; null on the last one.
    next_cursor: Option<String>,
}

/// Something that has happened to an account, as its owner sees it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AccountEvent")]
struct AccountEventView {
    /// Names the event; later ones sort behind earlier ones.
    id: String,
    /// When.
    #[schemars(extend("format" = "date-time"))]
    at: String,
    /// What has happened.
    action: Action,
    /// How it ended: `ok`.
    outcome: String,
    /// Who did it.
    by: By,
    /// Through what; null where nobody was signed in.
    via: Option<Via>,
    /// The address that it was done from.
    ip: Option<String>,
    /// Its country, by ISO 3166-1 alpha-2, where that is known.
    country: Option<String>,
    /// What kind of client it was: a browser and a system, or a program.
    device: Option<String>,
}

impl From<AccountEvent> for AccountEventView {
    fn from(event: AccountEvent) -> Self {
        let Circumstances { at, by, ip, country, device } = event.circumstances;
        Self {
            id: event.id.to_string(),
            at: at.to_string(),
            action: event.action,
            outcome: event.outcome,
            by,
            via: Via::of(event.session),
            ip,
            country,
            device,
        }
    }
}

impl AccountEventView {
    fn example() -> Self {
        Self {
            id: "01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11".to_owned(),
            at: "2019-08-24T14:15:22Z".to_owned(),
            action: Action::NewDevice,
            outcome: "ok".to_owned(),
            by: By::User,
            via: Some(Via::Session),
            ip: Some("203.0.113.9".to_owned()),
            country: Some("DE".to_owned()),
            device: Some("Firefox on Windows".to_owned()),
        }
    }
}

/// The newest part of a list of events, newest first, and whether there is more of it.
type Newest = (Vec<AccountEvent>, bool);

/// One page of what has happened to the caller's account: one query of each list, however much that is. A cursor names an event and no
/// account: whose it may be, the caller says, so that of somebody else's it begins somewhere in the caller's own list. It need not be of
/// the list that it is a place in, either.
pub async fn events(
    State(auth): State<Auth>,
    Now(now): Now,
    caller: Caller,
    Query(page): Query<Page>,
) -> Result<Reply<AccountEventList>, Error> {
    let account = caller.account_id();
    let (store, before) = (&auth.app.store, page.after(event_of)?);
    let (from, from_grants) =
        (before.map(|id| Row::AccountEvent(account, id)), before.map(|id| Row::GrantEvent(account, id)));
    let (own, of_grants) = tokio::try_join!(
        store.newest(Rows::AccountEventsOf(account), page.rows(), from),
        store.newest(Rows::GrantEventsOf(account), page.rows(), from_grants)
    )?;
    let (mut found, has_more) = merged(own, of_grants);
    found.retain(|event| event.is_visible(now));
    let (events, next_cursor) = page.cut(found, has_more, |event| cursor(event.id));
    Ok(Reply::ok(AccountEventList { events: events.into_iter().map(AccountEventView::from).collect(), next_cursor }))
}

/// Two lists as one, as far down as both were read: further down, the one that goes on may have something newer than the other shows.
fn merged((mut one, one_goes_on): Newest, (other, other_goes_on): Newest) -> Newest {
    let order = |event: &AccountEvent| Reverse(*event.id.as_bytes());
    let ends = [one.last().filter(|_| one_goes_on), other.last().filter(|_| other_goes_on)];
    let end = ends.into_iter().flatten().map(order).min();
    one.extend(other);
    one.retain(|event| end.is_none_or(|end| order(event) <= end));
    one.sort_by_key(order);
    (one, end.is_some())
}

fn cursor(id: EventId) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(id.as_bytes())
}

fn event_of(cursor: &str) -> Option<EventId> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
    Some(EventId::from_bytes(bytes.try_into().ok()?))
}

pub fn document() -> Operation {
    Operation::new(
        "list_account_events",
        "What has happened to the caller's account, and to its personal tokens, in the last 400 days, newest first.",
    )
    .tag("Accounts")
    .protected()
    .query::<Page>()
    .ok(&AccountEventList { events: vec![AccountEventView::example()], next_cursor: None })
    .depends()
}
