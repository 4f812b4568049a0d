//! `GET /auth/export`: everything that this function knows about the caller, in pages. No hash, no salt, no link.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    caller::{Caller, Method, Origin},
    error::Error,
    events::{AccountEvent, Action, By, Circumstances},
    export::{Export, Exporter, MOST_ROWS, Page},
    http::{Operation, Query, Reply},
    ids::{AccountId, EventId, SessionId},
    language::Language,
    now::Now,
    outbox::{Letter, News},
    store::{Write, Written},
    tables::{Row, Rows},
    time::Timestamp,
};

use crate::{
    account::Account,
    endpoints::account::user_profile::UserProfile,
    guard::{Guard, KnownPlace},
    profile::Profile,
    records::post,
    session::Session,
    state::Auth,
};

/// What is known about an account. Every member is always there; `part` says which one is not empty.
#[derive(Serialize, JsonSchema)]
pub struct AccountExport {
    /// The account itself.
    account: Option<ExportedAccount>,
    /// Its sessions.
    sessions: Vec<ExportedSession>,
    /// What has happened to it in the last 400 days, newest first.
    events: Vec<ExportedEvent>,
}

/// An account, as its owner is told. Every member is always there, null where there is nothing.
#[derive(Serialize, JsonSchema)]
struct ExportedAccount {
    /// What the owner says of it.
    profile: UserProfile,
    /// When the address was proven.
    #[schemars(extend("format" = "date-time"))]
    email_verified_at: String,
    /// The address that it had before, as long as that may be taken back.
    former_email: Option<String>,
    /// Whether it has a password.
    has_password: bool,
    /// The language of its letters.
    #[schemars(with = "String")]
    language: Language,
    /// Until when the vault stays shut, if it does.
    #[schemars(extend("format" = "date-time"))]
    vault_frozen_until: Option<String>,
    /// The devices and networks that somebody has signed in from.
    places: Vec<ExportedPlace>,
}

/// A device or a network, which is recognised and not known: what it is called is no more than a hash.
#[derive(Serialize, JsonSchema)]
struct ExportedPlace {
    /// `device` or `network`.
    kind: &'static str,
    /// When somebody last signed in from there.
    #[schemars(extend("format" = "date-time"))]
    last_seen_at: String,
    /// Until when it is recognised.
    #[schemars(extend("format" = "date-time"))]
    known_until: String,
}

/// A session, as its owner is told. Every member is always there, null where nothing is known.
#[derive(Serialize, JsonSchema)]
struct ExportedSession {
    /// Names the session.
    id: String,
    /// When it began.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// When it was last refreshed.
    #[schemars(extend("format" = "date-time"))]
    refreshed_at: Option<String>,
    /// When it ends unless it is refreshed.
    #[schemars(extend("format" = "date-time"))]
    expires_at: String,
    /// How somebody signed in.
    #[schemars(with = "Vec<String>")]
    methods: Vec<Method>,
    /// The client's address.
    ip: Option<String>,
    /// Its country.
    country: Option<String>,
    /// What the client called itself.
    user_agent: Option<String>,
    /// What kind of client it is.
    device: Option<String>,
}

/// Something that has happened to the account. Every member is always there, null where nothing is known.
#[derive(Serialize, JsonSchema)]
struct ExportedEvent {
    /// Names the event.
    id: String,
    /// When.
    #[schemars(extend("format" = "date-time"))]
    at: String,
    /// What.
    action: &'static str,
    /// How it ended.
    outcome: String,
    /// Who did it.
    #[schemars(with = "String")]
    by: By,
    /// By which session.
    session_id: Option<String>,
    /// The client's address.
    ip: Option<String>,
    /// Its country.
    country: Option<String>,
    /// What kind of client it was.
    device: Option<String>,
}

/// Where the export goes on, behind the account itself.
enum Place {
    Sessions(Option<SessionId>),
    Events(Option<EventId>),
}

impl Place {
    const SESSIONS: u8 = b's';
    const EVENTS: u8 = b'e';

    fn read(bytes: &[u8]) -> Option<Self> {
        let (part, after) = bytes.split_first()?;
        let after: Option<[u8; 16]> = if after.is_empty() { None } else { Some(after.try_into().ok()?) };
        match *part {
            Self::SESSIONS => Some(Self::Sessions(after.map(SessionId::from_bytes))),
            Self::EVENTS => Some(Self::Events(after.map(EventId::from_bytes))),
            _ => None,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let (part, after) = match self {
            Self::Sessions(after) => (Self::SESSIONS, after.as_ref().map(SessionId::as_bytes)),
            Self::Events(after) => (Self::EVENTS, after.as_ref().map(EventId::as_bytes)),
        };
        [&[part][..], after.map_or(&[], |id| &id[..])].concat()
    }
}

/// The account, then its sessions, then its events. Whoever begins has that written down, and gets a letter.
pub async fn export(
    State(auth): State<Auth>,
    caller: Caller,
    Now(now): Now,
    origin: Origin,
    Query(page): Query<Page>,
) -> Result<Reply<Export<AccountExport>>, Error> {
    caller.confirmed(now)?;
    let (place, account_id) = (page.place(Place::read)?, caller.account_id());
    Exporter::Account.count(&auth.app.store, account_id, place.is_none(), now).await?;
    Ok(Reply::ok(match place {
        None => Box::pin(auth.export_account(&caller, &origin, now)).await?,
        Some(Place::Sessions(after)) => auth.export_sessions(account_id, after, now).await?,
        Some(Place::Events(after)) => auth.export_events(account_id, after, now).await?,
    }))
}

impl Auth {
    async fn export_account(
        &self,
        caller: &Caller,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<Export<AccountExport>, Error> {
        let (id, store) = (caller.account_id(), &self.app.store);
        let (account, profile, guard) = tokio::try_join!(
            self.living_account(id),
            store.get::<Profile>(Row::Profile(id)),
            store.get::<Guard>(Row::SessionGuard(id)),
        )?;
        let (Some(account), Some(profile), Some(guard)) = (account, profile, guard) else {
            return Err(Error::InvalidToken);
        };
        self.tell_of_export(&account, caller, origin, now).await?;
        let exported = ExportedAccount {
            profile: UserProfile::of(caller, profile),
            email_verified_at: account.verified_at.to_string(),
            former_email: account.former(now).map(|undo| undo.former.as_str().to_owned()),
            has_password: account.password.is_some(),
            language: account.language,
            vault_frozen_until: guard.freeze.frozen_until.filter(|until| now < *until).map(|at| at.to_string()),
            places: guard.places.dates().map(ExportedPlace::from).collect(),
        };
        let next = Place::Sessions(None).bytes();
        Ok(Export::new("account", AccountExport::of(Some(exported), Vec::new(), Vec::new()), Some(next), now))
    }

    /// The event and the letter are one transaction.
    async fn tell_of_export(
        &self,
        account: &Account,
        caller: &Caller,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<(), Error> {
        let (circumstances, clock) = (Circumstances::of(origin, By::User, now), &self.app.clock);
        let session = Some(caller.session_id());
        let event = AccountEvent::new(account.id, Action::Exported, circumstances.clone(), session, clock)?;
        let (to, not_me) = (account.address.clone(), Some(account.not_me_link(clock.unix_ms())?));
        let letter = Letter::Notice { to, news: News::Exported, circumstances, not_me };
        let event = event.announce()?;
        let writes = vec![Write::Put(event.put()?), post(letter, account.language, now)?];
        match self.app.store.transact(writes).await? {
            Written::Done(()) => event.happened(),
            Written::Conflict(_) => return Err(Error::internal("an event is there already")),
        }
        Ok(())
    }

    async fn export_sessions(
        &self,
        id: AccountId,
        after: Option<SessionId>,
        now: Timestamp,
    ) -> Result<Export<AccountExport>, Error> {
        let before = after.map(|after| Row::Session(id, after));
        let (mut found, has_more) = self.app.store.newest::<Session>(Rows::SessionsOf(id), MOST_ROWS, before).await?;
        let last = found.last().map(|session| session.id).filter(|_| has_more);
        let next = last.map_or(Place::Events(None), |last| Place::Sessions(Some(last)));
        found.retain(|session| now < session.expires_at);
        let sessions = found.into_iter().map(ExportedSession::from).collect();
        Ok(Export::new("sessions", AccountExport::of(None, sessions, Vec::new()), Some(next.bytes()), now))
    }

    async fn export_events(
        &self,
        id: AccountId,
        after: Option<EventId>,
        now: Timestamp,
    ) -> Result<Export<AccountExport>, Error> {
        let before = after.map(|after| Row::AccountEvent(id, after));
        let (mut found, has_more) =
            self.app.store.newest::<AccountEvent>(Rows::AccountEventsOf(id), MOST_ROWS, before).await?;
        let next = found.last().filter(|_| has_more).map(|last| Place::Events(Some(last.id)).bytes());
        found.retain(|event| event.is_visible(now));
        let events = found.into_iter().map(ExportedEvent::from).collect();
        Ok(Export::new("events", AccountExport::of(None, Vec::new(), events), next, now))
    }
}

impl AccountExport {
    const fn of(account: Option<ExportedAccount>, sessions: Vec<ExportedSession>, events: Vec<ExportedEvent>) -> Self {
        Self { account, sessions, events }
    }
}

impl From<KnownPlace> for ExportedPlace {
    fn from(place: KnownPlace) -> Self {
        let kind = if place.is_device { "device" } else { "network" };
        Self { kind, last_seen_at: place.seen_at.to_string(), known_until: place.until.to_string() }
    }
}

impl From<Session> for ExportedSession {
    fn from(session: Session) -> Self {
        Self {
            id: session.id.to_string(),
            created_at: session.created_at.to_string(),
            refreshed_at: session.rotated_at.map(|at| at.to_string()),
            expires_at: session.expires_at.to_string(),
            methods: session.authentication().amr,
            ip: session.ip,
            country: session.country,
            user_agent: session.agent,
            device: session.device,
        }
    }
}

impl From<AccountEvent> for ExportedEvent {
    fn from(event: AccountEvent) -> Self {
        let Circumstances { at, by, ip, country, device } = event.circumstances;
        Self {
            id: event.id.to_string(),
            at: at.to_string(),
            action: event.action.name(),
            outcome: event.outcome,
            by,
            session_id: event.session.map(|id| id.to_string()),
            ip,
            country,
            device,
        }
    }
}

pub fn document() -> Operation {
    let moment = Timestamp::from_second(1_795_341_600);
    let exported = ExportedAccount {
        profile: UserProfile::example(),
        email_verified_at: moment.to_string(),
        former_email: None,
        has_password: true,
        language: Language::default(),
        vault_frozen_until: None,
        places: vec![ExportedPlace {
            kind: "device",
            last_seen_at: moment.to_string(),
            known_until: moment.to_string(),
        }],
    };
    let data = AccountExport::of(Some(exported), Vec::new(), Vec::new());
    Operation::new(
        "export_account",
        "Everything about the caller's account, in pages: the account, then its sessions, then its events. The first page is written \
         down as an event and mailed to the owner. Three first pages a day.",
    )
    .tag("Accounts")
    .protected()
    .query::<Page>()
    .ok(&Export::new("account", data, Some(Place::Sessions(None).bytes()), moment))
    .steps_up()
    .fails(&Error::TooManyRequests(0))
    .depends()
}
