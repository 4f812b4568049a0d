//! People's second factors: an app that shows codes, a phone with passkeys, recovery codes on paper.

use auth::mfa::totp::TotpSecret;
use serde_json::{Value, json};

use crate::{
    authenticator::Authenticator,
    event::Reply,
    person::{Person, Session},
    world::World,
};

/// The origin that passkeys of these tests are made on.
pub const ORIGIN: &str = "https://app.example.com";

/// An authenticator app, as a phone has it.
pub struct App(TotpSecret);

/// What somebody has who has just added a factor.
pub struct Added {
    /// The session, with the token that it was answered with.
    pub session: Session,
    /// The recovery codes, where it was the first factor.
    pub codes: Vec<String>,
    /// Names the factor.
    pub id: String,
}

impl App {
    /// By the secret that is typed in: base32.
    ///
    /// # Panics
    /// When it is no such text.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let digits = secret.chars().map(|digit| ALPHABET.find(digit).expect("base32"));
        let bits: Vec<_> = digits.flat_map(|digit| (0..5).rev().map(move |bit| digit >> bit & 1)).collect();
        let bytes = bits
            .chunks_exact(8)
            .map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | u8::try_from(*bit).expect("a bit")));
        Self(TotpSecret::from_bytes(bytes.collect::<Vec<_>>().try_into().expect("160 bits")))
    }

    /// What it shows now.
    #[must_use]
    pub fn shows(&self, world: &World) -> String {
        self.0.shown(world.now()).to_string()
    }
}

impl Added {
    fn of(session: &Session, reply: &Reply) -> Self {
        let data = &reply.assert_ok()["data"];
        let codes = data["recovery_codes"].as_array().into_iter().flatten();
        let access = data["access_token"].as_str().expect("a token").to_owned();
        Self {
            session: Session { access, ..session.clone() },
            codes: codes.map(|code| code.as_str().expect("a code").to_owned()).collect(),
            id: data["id"].as_str().expect("an id").to_owned(),
        }
    }
}

impl World {
    /// Makes an app a factor, in the session of somebody who is fresh.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn enrols_app(&self, session: &Session) -> (App, Added) {
        let enrolment = self.post_as(session, "/auth/mfa/totp", json!({})).await;
        let data = &enrolment.assert_ok()["data"];
        let app = App::new(data["secret"].as_str().expect("a secret"));
        let activated = self.activates(session, &data["enrolment"], &app.shows(self)).await;
        (app, Added::of(session, &activated))
    }

    /// Brings an enrolment back with a code.
    pub async fn activates(&self, session: &Session, enrolment: &Value, code: &str) -> Reply {
        self.post_as(session, "/auth/mfa/totp/activate", json!({ "enrolment": enrolment, "totp": code })).await
    }

    /// What to ask a phone for, so that it makes a passkey.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn asks_for_new_passkey(&self, session: &Session) -> Value {
        let options = self.post_as(session, "/auth/mfa/passkeys/options", json!({})).await;
        options.assert_ok()["data"]["passkey"].clone()
    }

    /// Brings a new passkey.
    pub async fn registers(&self, session: &Session, passkey: Value, name: &str) -> Reply {
        self.post_as(session, "/auth/mfa/passkeys", json!({ "passkey": passkey, "name": name })).await
    }

    /// Makes a passkey in a phone a factor, in the session of somebody who is fresh.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn adds_passkey(&self, session: &Session, phone: &mut Authenticator, name: &str) -> Added {
        let passkey = phone.make(&self.asks_for_new_passkey(session).await);
        Added::of(session, &self.registers(session, passkey, name).await)
    }

    /// Shows a second factor behind a password: `factor` has one of `totp`, `recovery_code` and `passkey`, and whatever else.
    pub async fn verifies(&self, asked: &Value, factor: Value) -> Reply {
        let mut body = factor;
        body["mfa_token"] = asked["token"].clone();
        self.post("/auth/mfa/verify", body).await
    }

    /// Signs in with a passkey alone.
    pub async fn signs_in_by_passkey(&self, phone: &mut Authenticator) -> Reply {
        let options = self.post("/auth/mfa/sign-in/options", json!({})).await;
        let passkey = phone.sign(&options.assert_ok()["data"]["passkey"]);
        self.post("/auth/mfa/sign-in", json!({ "passkey": passkey })).await
    }

    /// Proves again who is signed in: `proof` has one of `totp`, `recovery_code`, `passkey` and `password`.
    pub async fn steps_up(&self, session: &Session, proof: Value) -> Reply {
        self.post_as(session, "/auth/mfa/step-up", proof).await
    }
}

impl Person<'_> {
    /// Shows the right password, and is asked for a second factor: what is told of it.
    ///
    /// # Panics
    /// When nothing is asked for.
    pub async fn is_asked_for_a_factor(&self) -> Value {
        let reply = self.logs_in().await;
        assert_eq!((reply.status, &reply.body["error"]), (401, &json!("A second factor is required")), "{reply:?}");
        reply.body["mfa"].clone()
    }
}
