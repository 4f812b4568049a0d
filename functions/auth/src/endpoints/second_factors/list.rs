//! `GET /auth/mfa`: the second factors of the caller's account.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shared::{
    caller::{Aal, Caller},
    error::Error,
    http::{Operation, Reply},
    now::Now,
    time::Timestamp,
};

use super::answers::MfaAnswer;
use crate::{
    factors::{Mfa, Passkey, view::FactorsView},
    mfa::webauthn::options::Transport,
    state::Auth,
};

const LISTED: &str = "Your second factors";

/// The second factors of an account.
#[derive(Serialize, JsonSchema)]
pub struct FactorList {
    /// The authenticator app; null where there is none.
    totp: Option<AppView>,
    /// The passkeys, by age.
    passkeys: Vec<PasskeyView>,
    /// How many recovery codes have not been used.
    recovery_codes_left: usize,
    /// Devices that are asked for no second factor.
    devices: Vec<DeviceView>,
    /// How sure it is who is signed in in this session: `aal1` by a password, `aal2` by a second factor.
    #[schemars(with = "String")]
    aal: Aal,
    /// Until when this session need not prove anything again; in the past where it has to. Seconds since 1970.
    fresh_until: i64,
    /// When an operator may remove all of these, whose owner has lost them; null where nobody has asked for that.
    #[schemars(extend("format" = "date-time"))]
    reset_at: Option<String>,
}

/// An authenticator app.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AuthenticatorApp")]
struct AppView {
    /// Since when it is a factor.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// When a code of it was last used.
    #[schemars(extend("format" = "date-time"))]
    last_used_at: Option<String>,
}

/// A passkey.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Passkey")]
struct PasskeyView {
    /// Names it.
    id: String,
    /// What its owner calls it.
    name: String,
    /// Since when it is a factor.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// When it was last used.
    #[schemars(extend("format" = "date-time"))]
    last_used_at: Option<String>,
    /// Whether it is synchronised between devices.
    synced: bool,
    /// How browsers reach it.
    transports: Vec<Transport>,
}

/// A device that is asked for no second factor.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RememberedDevice")]
struct DeviceView {
    /// Names it.
    id: String,
    /// Until when.
    #[schemars(extend("format" = "date-time"))]
    until: String,
}

impl From<Passkey> for PasskeyView {
    fn from(passkey: Passkey) -> Self {
        Self {
            id: passkey.id.to_string(),
            name: passkey.name,
            created_at: passkey.created_at.to_string(),
            last_used_at: passkey.last_used_at.map(|at| at.to_string()),
            synced: passkey.backed_up,
            transports: passkey.transports,
        }
    }
}

impl FactorList {
    fn of(
        caller: &Caller,
        FactorsView { mfa, passkeys, recovery_codes_left, guard }: FactorsView,
        now: Timestamp,
    ) -> Self {
        let Mfa { totp, used_at, reset_at, .. } = mfa;
        let devices = guard.places.remembered(guard.generation, now);
        Self {
            totp: totp.map(|app| AppView {
                created_at: app.created_at.to_string(),
                last_used_at: used_at.map(|at| at.to_string()),
            }),
            passkeys: passkeys.into_iter().map(PasskeyView::from).collect(),
            recovery_codes_left,
            devices: devices
                .map(|(id, until)| DeviceView { id: id.as_str().to_owned(), until: until.to_string() })
                .collect(),
            aal: caller.authentication().aal,
            fresh_until: caller.fresh_until().map_or(0, Timestamp::as_second),
            reset_at: reset_at.map(|at| at.to_string()),
        }
    }
}

/// What there is, and how this session stands.
pub async fn list(
    State(auth): State<Auth>,
    Now(now): Now,
    caller: Caller,
) -> Result<Reply<MfaAnswer<FactorList>>, Error> {
    let factors = auth.factors(&caller).await?;
    Ok(Reply::ok(MfaAnswer::with(LISTED, FactorList::of(&caller, factors, now))))
}

pub fn document() -> Operation {
    let (created_at, until) = ("2019-08-24T14:15:22Z".to_owned(), "2019-09-23T14:15:22Z".to_owned());
    let passkey = PasskeyView {
        id: "0f9a4c1e-5b7d-4a3e-8c21-6d5e9f3b7a10".to_owned(),
        name: "Phone".to_owned(),
        created_at: created_at.clone(),
        last_used_at: None,
        synced: true,
        transports: vec![Transport::Hybrid, Transport::Internal],
    };
    let example = FactorList {
        totp: Some(AppView { created_at, last_used_at: Some("2019-08-25T08:00:00Z".to_owned()) }),
        passkeys: vec![passkey],
        recovery_codes_left: 10,
        devices: vec![DeviceView { id: "dV2h5IG5vdCBhIGRldmljZT8".to_owned(), until }],
        aal: Aal::Aal2,
        fresh_until: 1_566_656_422,
        reset_at: None,
    };
    Operation::new("mfa", "The second factors of the caller's account, and how this session is signed in to.")
        .tag(super::TAG)
        .protected()
        .ok(&MfaAnswer::with(LISTED, example))
        .depends()
}
