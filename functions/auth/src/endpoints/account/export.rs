//! `GET /auth/export`: everything that this function knows about the caller, in pages. No hash, no salt, no link.

mod shapes;

use axum::extract::State;
use shared::{
    caller::{Caller, Origin},
    error::Error,
    events::{AccountEvent, Action},
    export::{Asked, Export, ExportCursor, ExportedEvent, Exporter, MOST_ROWS},
    http::{Operation, Query, Reply},
    ids::{EventId, SessionId},
    now::Now,
    outbox::News,
    store::Written,
    tables::{Row, Rows},
    time::Timestamp,
};

use self::shapes::{AccountExport, ExportedAccount, ExportedFactor, ExportedSession};
use crate::{
    account::Account,
    endpoints::account::user_profile::UserProfile,
    guard::Guard,
    profile::Profile,
    records::notice::{OneEvent, Telling},
    session::Session,
    state::Auth,
};

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
    Query(cursor): Query<ExportCursor>,
) -> Result<Reply<Export<AccountExport>>, Error> {
    caller.confirmed(now)?;
    let store = &auth.app.store;
    let asked = Exporter::Account.page(store, caller.account_id(), &cursor, Place::read, now).await?;
    Ok(Reply::ok(match asked.place {
        None => Box::pin(auth.export_account(asked, &caller, &origin, now)).await?,
        Some(Place::Sessions(after)) => auth.export_sessions(asked, &caller, after, now).await?,
        Some(Place::Events(after)) => auth.export_events(asked, &caller, after, now).await?,
    }))
}

impl Auth {
    async fn export_account(
        &self,
        asked: Asked<'_, Place>,
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
        let factors = match guard.factors {
            Some(_) => ExportedFactor::all(self.factors(caller).await?),
            None => Vec::new(),
        };
        self.tell_of_export(&account, caller, origin, now).await?;
        let exported =
            ExportedAccount::of(&account, UserProfile::of(id, caller.email(), profile), &guard, factors, now);
        let next = Place::Sessions(None).bytes();
        asked.tells("account", AccountExport::of(Some(exported), Vec::new(), Vec::new()), Some(next)).await
    }

    /// The event and the letter are one transaction.
    async fn tell_of_export(
        &self,
        account: &Account,
        caller: &Caller,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<(), Error> {
        let told = Telling::of_session(origin, caller.session_id(), now);
        let mut event = OneEvent::new(Action::Exported);
        let letter = told.notice(account, &account.address, News::Exported, self.app.clock.unix_ms())?;
        let writes = vec![event.put(self, account.id, &told)?, letter];
        match self.app.store.transact(writes).await? {
            Written::Done(()) => event.happened(),
            Written::Conflict(_) => return Err(Error::internal("an event is there already")),
        }
        Ok(())
    }

    async fn export_sessions(
        &self,
        asked: Asked<'_, Place>,
        caller: &Caller,
        after: Option<SessionId>,
        now: Timestamp,
    ) -> Result<Export<AccountExport>, Error> {
        let id = caller.account_id();
        let before = after.map(|after| Row::Session(id, after));
        let (mut found, has_more) = self.app.store.newest::<Session>(Rows::SessionsOf(id), MOST_ROWS, before).await?;
        let last = found.last().map(|session| session.id).filter(|_| has_more);
        let next = last.map_or(Place::Events(None), |last| Place::Sessions(Some(last)));
        found.retain(|session| now < session.expires_at);
        let sessions = found.into_iter().map(ExportedSession::from).collect();
        asked.tells("sessions", AccountExport::of(None, sessions, Vec::new()), Some(next.bytes())).await
    }

    async fn export_events(
        &self,
        asked: Asked<'_, Place>,
        caller: &Caller,
        after: Option<EventId>,
        now: Timestamp,
    ) -> Result<Export<AccountExport>, Error> {
        let id = caller.account_id();
        let before = after.map(|after| Row::AccountEvent(id, after));
        let (mut found, has_more) =
            self.app.store.newest::<AccountEvent>(Rows::AccountEventsOf(id), MOST_ROWS, before).await?;
        let next = found.last().filter(|_| has_more).map(|last| Place::Events(Some(last.id)).bytes());
        found.retain(|event| event.is_visible(now));
        let events = found.into_iter().map(ExportedEvent::from).collect();
        asked.tells("events", AccountExport::of(None, Vec::new(), events), next).await
    }
}

pub fn document() -> Operation {
    let moment = Timestamp::from_second(1_795_341_600);
    let data = AccountExport::of(Some(ExportedAccount::example(moment)), Vec::new(), Vec::new());
    Operation::new(
        "export_account",
        "Everything about the caller's account, in pages: the account, then its sessions, then its events. The first page is written \
         down as an event and mailed to the owner. Three first pages a day.",
    )
    .tag("Accounts")
    .protected()
    .query::<ExportCursor>()
    .ok(&Export::example("account", data, Some(&Place::Sessions(None).bytes()), moment))
    .steps_up()
    .fails(&Error::TooManyRequests(0))
    .depends()
}
