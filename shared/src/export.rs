//! Everything that a function knows about a person, in pages, for the person. The rows are found by who asks and never by the cursor, which
//! says where in them to go on, and in which export: nobody has the pages that follow who has not asked for a first one, which is counted,
//! and which the owner hears of. An export is a row of Limits, called by an id that nobody guesses.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use compat::validation::Flaw;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::{
    error::Error,
    events::{AccountEvent, By, Circumstances},
    http::{Fields, Input, Text},
    ids::{AccountId, ExportId},
    limits::{Limit, RateLimit},
    store::{Condition, Store, Update, Written},
    tables::Row,
    time::Timestamp,
};

/// So many rows are on a page at most. DynamoDB reads no more than 1 MB of rows at once, and as JSON they stay below 4 MB: Lambda answers
/// with no more than six.
pub const MOST_ROWS: u16 = 4_000;

/// How often a function begins to tell somebody everything. Each beginning at `auth` is a letter, too.
const FIRST_PAGES: u32 = 3;
/// How many pages follow in one export: many times what the greatest account fills.
const PAGES: u32 = 300;
/// How long an export may go on.
const DAY: Duration = Duration::from_hours(24);

/// Whose knowledge is exported.
#[derive(Clone, Copy, Debug)]
pub enum Exporter {
    /// What `auth` knows.
    Account,
    /// What `api-keys` knows.
    Vault,
    /// What `kyc` knows.
    Kyc,
    /// What `oauth` knows.
    Grants,
}

/// A page of an export. Every member is always there, null where there is nothing.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "{T}Page")]
pub struct Export<T> {
    /// The form of the export: `export/1`.
    format: &'static str,
    /// What the page is about; the other members of `data` are empty.
    part: &'static str,
    /// When the page was made.
    #[schemars(extend("format" = "date-time"))]
    generated_at: String,
    /// What is known.
    data: T,
    /// What to ask for the next page with; null on the last one.
    next_cursor: Option<String>,
}

/// Which page of an export is asked for.
pub struct ExportCursor(Option<String>);

/// A page of an export, before it is known what is on it. `P`: where in the rows a page begins.
pub struct Asked<'a, P> {
    /// Where it begins; none on the first page.
    pub place: Option<P>,
    store: &'a Store,
    begun: Begun,
    /// None as long as nobody has been told a cursor of it.
    id: Option<ExportId>,
    now: Timestamp,
}

/// Whose export it is, and of what.
#[derive(Clone, Copy)]
struct Begun {
    exporter: Exporter,
    account: AccountId,
}

/// An export that somebody was told a cursor of: a row of Limits.
#[derive(Deserialize)]
struct GoingOn {
    /// Until when.
    ttl: Timestamp,
}

/// Something that has happened to an account. Every member is always there, null where nothing is known.
#[derive(Serialize, JsonSchema)]
pub struct ExportedEvent {
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

impl Input for ExportCursor {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let cursor = fields.optional("cursor", "`next_cursor` of the page before, of the last 24 hours");
        Some(Self(fields.end()?.of(cursor)?.map(|Text::<0>(cursor)| cursor)))
    }
}

impl ExportCursor {
    /// The export and the place in it; none where an export begins.
    fn open<P>(&self, place: impl FnOnce(&[u8]) -> Option<P>) -> Result<Option<(ExportId, P)>, Error> {
        let Some(cursor) = &self.0 else { return Ok(None) };
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| not_given_out())?;
        let (id, bytes) = bytes.split_first_chunk().ok_or_else(not_given_out)?;
        let place = place(bytes).ok_or_else(not_given_out)?;
        Ok(Some((ExportId::from_bytes(*id), place)))
    }
}

fn not_given_out() -> Error {
    Error::invalid("query", "cursor", Flaw::value("cursor is none that this export gave out of late"))
}

impl Exporter {
    const fn name(self) -> &'static str {
        match self {
            Self::Account => "EXPORT#ACCOUNT",
            Self::Vault => "EXPORT#VAULT",
            Self::Kyc => "EXPORT#KYC",
            Self::Grants => "EXPORT#GRANTS",
        }
    }

    /// Counts a page that an account asks for: the first one, or one that follows, in whose cursor `place` reads where it begins.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this account was not given in the last 24 hours; `TooManyRequests`; `Unavailable`: what cannot be
    /// counted is not shown.
    pub async fn page<'a, P>(
        self,
        store: &'a Store,
        account: AccountId,
        cursor: &ExportCursor,
        place: impl FnOnce(&[u8]) -> Option<P>,
        now: Timestamp,
    ) -> Result<Asked<'a, P>, Error> {
        let begun = Begun { exporter: self, account };
        let Some((id, place)) = cursor.open(place)? else {
            let limit = Limit { name: self.name(), times: FIRST_PAGES, span: DAY };
            return match limit.count(store, &account.to_string(), now).await? {
                RateLimit::Allowed(_) => Ok(Asked { place: None, store, begun, id: None, now }),
                RateLimit::Exceeded(seconds) => Err(Error::TooManyRequests(seconds)),
            };
        };
        begun.go_on(store, id, now).await?;
        Ok(Asked { place: Some(place), store, begun, id: Some(id), now })
    }
}

impl Begun {
    fn counter(self, id: ExportId) -> String {
        let Self { exporter, account } = self;
        format!("{}#{account}#{id}", exporter.name())
    }

    /// From here on cursors of this export are good, for a day.
    async fn announce(self, store: &Store, id: ExportId, now: Timestamp) -> Result<(), Error> {
        let row = self.counter(id);
        let update = Update::new(Row::Counter(&row)).set("times", &0)?.set("ttl", &(now + DAY))?;
        let _always_new = store.update::<IgnoredAny>(update).await?;
        Ok(())
    }

    /// Counts a page that follows.
    async fn go_on(self, store: &Store, id: ExportId, now: Timestamp) -> Result<(), Error> {
        let row = self.counter(id);
        // The table's expiry may be late by days.
        let update = Update::new(Row::Counter(&row)).count("times").when(Condition::above("ttl", &now)?);
        match store.update::<IgnoredAny>(update.when(Condition::below("times", &PAGES)?)).await? {
            Written::Done(_) => Ok(()),
            Written::Conflict(None) => Err(not_given_out()),
            Written::Conflict(Some(row)) => match row.read::<GoingOn>()?.ttl.seconds_from(now) {
                0 => Err(not_given_out()),
                seconds => Err(Error::TooManyRequests(seconds)),
            },
        }
    }
}

impl<P> Asked<'_, P> {
    /// The page of a part, and the bytes that say where the next one begins, if there is one.
    ///
    /// # Errors
    /// `Unavailable`; `Internal` without randomness.
    pub async fn tells<T>(self, part: &'static str, data: T, next: Option<Vec<u8>>) -> Result<Export<T>, Error> {
        let Self { store, begun, now, .. } = self;
        let Some(place) = next else { return Ok(Export::new(part, data, None, now)) };
        let id = if let Some(id) = self.id {
            id
        } else {
            let id = ExportId::random()?;
            begun.announce(store, id, now).await?;
            id
        };
        Ok(Export::new(part, data, Some((id, &place)), now))
    }
}

impl<T> Export<T> {
    fn new(part: &'static str, data: T, next: Option<(ExportId, &[u8])>, now: Timestamp) -> Self {
        let next_cursor = next.map(|(id, place)| BASE64_URL_SAFE_NO_PAD.encode([&id.as_bytes()[..], place].concat()));
        Self { format: "export/1", part, generated_at: now.to_string(), data, next_cursor }
    }

    /// For the document: a page that is followed by one that begins at `next`, if any is.
    #[must_use]
    pub fn example(part: &'static str, data: T, next: Option<&[u8]>, now: Timestamp) -> Self {
        Self::new(part, data, next.map(|place| (ExportId::from_bytes([7; 16]), place)), now)
    }
}
