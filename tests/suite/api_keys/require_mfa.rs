//! Where second factors are required, those that an owner really has open the vault.

use serde_json::{Value, json};
use tests::{App, Authenticator, ORIGIN, Person, Reply, Session, World, json_request};

use super::{
    Owner, binance,
    step_up::{FRESH, WITHOUT, is_asked_for_a_proof, lacks_a_factor, stands},
};

/// Seconds for which an app shows the same code.
const STEP: u64 = 30;
/// Seconds after which a proof is not fresh any more.
const STALE: u64 = 301;

/// What somebody has enrolled, and the path that removes it.
enum Factor {
    App(App),
    Passkey(Box<Authenticator>, String),
}

impl Factor {
    /// Makes an app or a passkey the first factor of somebody; and the session since.
    async fn enrolled(world: &World, session: &Session, is_app: bool) -> (Self, Session) {
        if is_app {
            let (app, added) = world.enrols_app(session).await;
            return (Self::App(app), added.session);
        }
        let mut phone = Box::new(Authenticator::new(ORIGIN));
        let added = world.adds_passkey(session, &mut phone, "Phone").await;
        (Self::Passkey(phone, format!("/auth/mfa/passkeys/{}", added.id)), added.session)
    }

    /// What it shows, where a passkey is asked for like this.
    fn shows(&mut self, world: &World, passkey: &Value) -> Value {
        match self {
            Self::App(app) => json!({ "totp": app.shows(world) }),
            Self::Passkey(phone, _) => json!({ "passkey": phone.sign(passkey) }),
        }
    }

    /// Proves in a session that it is there.
    async fn steps_up(&mut self, world: &World, session: &Session) {
        let options = world.post_as(session, "/auth/mfa/step-up/options", json!({})).await;
        let shown = self.shows(world, &options.assert_ok()["data"]["passkey"]);
        world.steps_up(session, shown).await.assert_ok();
    }

    fn path(&self) -> &str {
        match self {
            Self::App(_) => "/auth/mfa/totp",
            Self::Passkey(_, path) => path,
        }
    }
}

/// Shows a key that is there, and stores one of this name.
async fn both(owner: &Owner<'_>, id: &str, name: &str) -> [Reply; 2] {
    [owner.decrypts(id).await, owner.creates(&binance(name)).await]
}

/// A session by the password alone, from a device that has been told not to ask for a factor.
async fn by_the_password(ada: &Person<'_>, factor: &mut Factor) -> Session {
    let asked = ada.is_asked_for_a_factor().await;
    let mut shown = factor.shows(ada.world, &asked["passkey"]);
    shown["remember_device"] = json!(true);
    let reply = ada.world.verifies(&asked, shown).await;
    let mut login = json_request("POST", "/auth/login", &ada.credentials());
    login.headers.push(("x-device-token".to_owned(), reply.header("x-device-token").unwrap().to_owned()));
    Session::of(&ada.world.send(login).await)
}

#[tokio::test]
async fn who_enrols_a_factor_and_proves_it_does_what_was_refused() {
    for is_app in [true, false] {
        let world = World::with_vault(|config| config.require_mfa = true).await;
        let (ada, session) = world.person().signed_in().await;
        let owner = Owner { world: &world, session };
        // The key is from before factors were required.
        stands(&owner, FRESH).await;
        let id = owner.keeps(&binance("the-first-name-1")).await;
        stands(&owner, WITHOUT).await;
        world.steps_up(&owner.session, json!({ "password": ada.password })).await.assert_ok();
        for reply in both(&owner, &id, "the-second-name2").await {
            lacks_a_factor(&reply);
        }

        let (mut factor, session) = Factor::enrolled(&world, &owner.session, is_app).await;
        let owner = Owner { world: &world, session };
        for reply in both(&owner, &id, "the-second-name2").await {
            reply.assert_ok();
        }

        // The proof grows old, and is asked for by its own name.
        world.advance(STALE);
        for reply in both(&owner, &id, "the-third-name-3").await {
            is_asked_for_a_proof(&reply);
        }
        factor.steps_up(&world, &owner.session).await;
        for reply in both(&owner, &id, "the-third-name-3").await {
            reply.assert_ok();
        }

        // So it is for whoever has signed in by the password alone.
        world.advance(STEP);
        let session = by_the_password(&ada, &mut factor).await;
        let there = Owner { world: &world, session };
        assert_eq!(world.get_as(&there.session, "/auth/mfa").await.body["data"]["aal"], "aal1");
        for reply in both(&there, &id, "the-fourth-name4").await {
            is_asked_for_a_proof(&reply);
        }
        world.advance(STEP);
        factor.steps_up(&world, &there.session).await;
        for reply in both(&there, &id, "the-fourth-name4").await {
            reply.assert_ok();
        }

        // Without the factor it is as it was.
        world.delete_as(&there.session, factor.path()).await.assert_ok();
        for reply in both(&there, &id, "the-fifth-name-5").await {
            lacks_a_factor(&reply);
        }
    }
}
