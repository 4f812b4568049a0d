//! What an export of an account holds, and what its parts are made of.

use schemars::JsonSchema;
use serde::Serialize;
use shared::{caller::Method, export::ExportedEvent, language::Language, time::Timestamp};

use crate::{
    account::Account,
    endpoints::account::user_profile::UserProfile,
    factors::{Passkey, Totp, view::FactorsView},
    guard::{Guard, KnownPlace},
    session::Session,
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
pub struct ExportedAccount {
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
    /// Its second factors.
    factors: Vec<ExportedFactor>,
}

/// A second factor. Every member is always there, null where there is nothing.
#[derive(Serialize, JsonSchema)]
pub struct ExportedFactor {
    /// `totp` for an authenticator app, or `passkey`.
    kind: &'static str,
    /// What its owner calls it.
    name: Option<String>,
    /// Since when it is a factor.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// When it was last used.
    #[schemars(extend("format" = "date-time"))]
    last_used_at: Option<String>,
}

/// A device or a network, which is recognised and not known: what it is called is no more than a hash.
#[derive(Serialize, JsonSchema)]
pub struct ExportedPlace {
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
pub struct ExportedSession {
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

impl AccountExport {
    pub const fn of(
        account: Option<ExportedAccount>,
        sessions: Vec<ExportedSession>,
        events: Vec<ExportedEvent>,
    ) -> Self {
        Self { account, sessions, events }
    }
}

impl ExportedAccount {
    /// What is known of it `now`.
    pub fn of(
        account: &Account,
        profile: UserProfile,
        guard: &Guard,
        factors: Vec<ExportedFactor>,
        now: Timestamp,
    ) -> Self {
        Self {
            profile,
            email_verified_at: account.verified_at.to_string(),
            former_email: account.former(now).map(|undo| undo.former.as_str().to_owned()),
            has_password: account.password.is_some(),
            language: account.language,
            vault_frozen_until: guard.freeze.frozen_until.filter(|until| now < *until).map(|at| at.to_string()),
            places: guard.places.dates().map(ExportedPlace::from).collect(),
            factors,
        }
    }

    /// Of nobody, with a device.
    pub fn example(moment: Timestamp) -> Self {
        let moment = moment.to_string();
        let place = ExportedPlace { kind: "device", last_seen_at: moment.clone(), known_until: moment.clone() };
        let (name, created_at) = (Some("Phone".to_owned()), moment.clone());
        let factor = ExportedFactor { kind: "passkey", name, created_at, last_used_at: None };
        Self {
            profile: UserProfile::example(),
            email_verified_at: moment,
            former_email: None,
            has_password: true,
            language: Language::default(),
            vault_frozen_until: None,
            places: vec![place],
            factors: vec![factor],
        }
    }
}

impl ExportedFactor {
    /// All factors of an account: when there is what, and nothing that it is made of.
    pub fn all(FactorsView { mfa, passkeys, .. }: FactorsView) -> Vec<Self> {
        let used_at = mfa.used_at;
        let app = mfa.totp.map(|Totp { created_at, .. }| Self::new("totp", None, created_at, used_at));
        let passkeys = passkeys.into_iter().map(|Passkey { name, created_at, last_used_at, .. }| {
            Self::new("passkey", Some(name), created_at, last_used_at)
        });
        app.into_iter().chain(passkeys).collect()
    }

    fn new(kind: &'static str, name: Option<String>, created_at: Timestamp, used_at: Option<Timestamp>) -> Self {
        Self { kind, name, created_at: created_at.to_string(), last_used_at: used_at.map(|at| at.to_string()) }
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
