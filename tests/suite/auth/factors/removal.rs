//! What ends, and at once: factors, and everything that was opened before something was changed.

use admin::account_change;
use auth::operators::Command;
use serde_json::{Value, json};
use shared::ids::AccountId;
use tests::{Added, App, Authenticator, ORIGIN, Person, Reply, Session, World, assert_all, json_request};

use super::{STEP, assert_refused, code, events, row_of_app, rows_of_factors, with_app};
use crate::{
    api_keys::keeps_a_key,
    auth::{
        changes::{changes_password, moves, overtaken, resets},
        concurrency::{MANY, TRANSACTION, racing},
        personal_tokens::{has_token, tokens_of},
    },
};

const NEW: &str = "chosen a moment ago";
const DAY: u64 = 24 * 60 * 60;

/// What ends what was opened before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The app is removed in the owner's session.
    Removal,
    /// Another app takes its place.
    Replacement,
    /// A password is set by a link.
    Reset,
    /// It is changed in the owner's session.
    Change,
    /// Operators suspend the account.
    Ban,
    /// By the link of a letter.
    NotMe,
    /// The owner wants the account deleted.
    Deletion,
}

use End::{Ban, Change, Deletion, NotMe, Removal, Replacement, Reset};

/// What opens or raises a session by a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Verify,
    SignIn,
    StepUp,
    AddKey,
}

const ENDS: [End; 7] = [Removal, Replacement, Reset, Change, Ban, NotMe, Deletion];

/// Somebody with an app, a passkey, a key in the vault, a device that is remembered and a second session.
struct Ada<'w> {
    person: Person<'w>,
    app: App,
    phone: Authenticator,
    codes: Vec<String>,
    passkey: String,
    session: Session,
    other: Session,
    device: String,
    key: String,
    reset: String,
    not_me: String,
    enrolment: Value,
}

impl<'w> Ada<'w> {
    async fn of(world: &'w World) -> Self {
        let (person, app, added) = with_app(world).await;
        let mut phone = Authenticator::new(ORIGIN);
        let passkey = world.adds_passkey(&added.session, &mut phone, "Phone").await.id;
        let key = keeps_a_key(world, &added.session, "a-key").await;
        let asked = person.is_asked_for_a_factor().await;
        let reply = world.verifies(&asked, json!({ "totp": app.shows(world), "remember_device": true })).await;
        let (device, other) = (reply.header("x-device-token").unwrap().to_owned(), Session::of(&reply));
        world.advance(STEP);
        // Of the newest letter, which tells of a key in the vault.
        let (reset, not_me) = (person.is_offered_a_password().await, person.mailed("not-me").await);
        let enrolment = world.post_as(&added.session, "/auth/mfa/totp", json!({})).await.body["data"].clone();
        world.aws.settled().await.unwrap();
        let Added { session, codes, .. } = added;
        Self { person, app, phone, codes, passkey, session, other, device, key, reset, not_me, enrolment }
    }

    async fn does(&self, end: End) -> Reply {
        let (world, person, session) = (self.person.world, &self.person, &self.session);
        match end {
            Removal => world.delete_as(session, "/auth/mfa/totp").await,
            Replacement => {
                let new = App::new(self.enrolment["secret"].as_str().unwrap());
                world.activates(session, &self.enrolment["enrolment"], &new.shows(world)).await
            }
            Reset => resets(world, &self.reset, NEW).await,
            Change => changes_password(person, session, NEW).await,
            Ban => {
                let user = AccountId::parse(&session.user_id).unwrap();
                let whose = account_change::Arguments { user, yes: true };
                let command = Command::Ban("test".to_owned());
                account_change::change(&world.operator(), &whose, &command, &world.clock).await.unwrap();
                world.get("/api/kyc/health").await
            }
            NotMe => world.post("/auth/not-me", json!({ "token": self.not_me })).await,
            Deletion => {
                world.post_as(session, "/auth/delete-account", json!({ "current_password": person.password })).await
            }
        }
    }

    /// What the phone shows for a deed, and the answer that asks for a factor.
    async fn prepares(&mut self, deed: Deed) -> (Value, Value) {
        let (world, pending) = (self.person.world, self.person.is_asked_for_a_factor().await);
        let asked = |reply: Reply| reply.assert_ok()["data"]["passkey"].clone();
        let options = match deed {
            Deed::Verify => pending["passkey"].clone(),
            Deed::SignIn => asked(world.post("/auth/mfa/sign-in/options", json!({})).await),
            Deed::StepUp => asked(world.post_as(&self.other, "/auth/mfa/step-up/options", json!({})).await),
            Deed::AddKey => {
                let options = world.asks_for_new_passkey(&self.other).await;
                return (Authenticator::new(ORIGIN).make(&options), pending);
            }
        };
        (self.phone.sign(&options), pending)
    }

    async fn opens(&self, deed: Deed, pending: &Value, passkey: Value) -> Reply {
        let world = self.person.world;
        match deed {
            Deed::Verify => world.verifies(pending, json!({ "passkey": passkey })).await,
            Deed::SignIn => world.post("/auth/mfa/sign-in", json!({ "passkey": passkey })).await,
            Deed::StepUp => world.steps_up(&self.other, json!({ "passkey": passkey })).await,
            Deed::AddKey => world.registers(&self.other, passkey, "Key").await,
        }
    }

    /// A login from the device that is asked for no factor.
    async fn logs_in_there(&self, password: &str) -> Reply {
        let mut request = json_request("POST", "/auth/login", &self.person.rival(password).credentials());
        request.headers.push(("x-device-token".to_owned(), self.device.clone()));
        self.person.world.send(request).await
    }
}

/// Holds that a session is dead in every function.
async fn assert_dead(world: &World, session: &Session) {
    for path in ["/auth/profile", "/auth/mfa", "/api/v1/api-keys/", "/api/kyc/status"] {
        world.get_as(session, path).await.assert_status(401);
    }
    world.refresh(&session.refresh).await.assert_status(401);
}

#[tokio::test]
async fn what_was_opened_before_is_dead_everywhere_at_once() {
    for end in ENDS {
        let world = World::start().await;
        let mut ada = Ada::of(&world).await;
        let asked = [ada.person.is_asked_for_a_factor().await, ada.person.is_asked_for_a_factor().await];
        ada.logs_in_there(&ada.person.password).await.assert_ok();
        ada.does(end).await.assert_ok();

        assert_dead(&world, &ada.other).await;
        let stays = [Removal, Replacement, Change].contains(&end);
        assert_eq!(world.get_as(&ada.session, "/auth/profile").await.status == 200, stays, "{end:?}");
        let shown = ada.app.shows(&world);
        assert_refused(&world.verifies(&asked[0], json!({ "totp": shown })).await);
        assert_refused(&world.verifies(&asked[0], json!({ "recovery_code": ada.codes[0] })).await);
        let passkey = ada.phone.sign(&asked[1]["passkey"]);
        assert_refused(&world.verifies(&asked[1], json!({ "passkey": passkey })).await);

        let password = if [Reset, Change].contains(&end) { NEW } else { &ada.person.password };
        let there = ada.logs_in_there(password).await;
        let wanted = match end {
            NotMe => (401, json!("Invalid email or password, or email not verified")),
            Ban => (403, json!("This account is suspended")),
            Deletion => (403, json!("This account is being deleted; a mail lets you keep it")),
            _ => (401, json!("A second factor is required")),
        };
        assert_eq!((there.status, there.body["error"].clone()), wanted, "{end:?}");
        // The letter that was heeded was of no factor.
        let is_in = world.signs_in_by_passkey(&mut ada.phone).await.status == 200;
        assert_eq!(is_in, ![Ban, Deletion].contains(&end), "{end:?}");

        let rows = rows_of_factors(&world, &ada.session.user_id).await;
        assert_eq!(rows.iter().any(|row| row["totp"].is_object()), end != Removal, "{end:?}");
        if is_in && end != NotMe {
            let asked = ada.person.rival(password).is_asked_for_a_factor().await;
            let reply = world.verifies(&asked, json!({ "totp": ada.app.shows(&world) })).await;
            assert_eq!(reply.status == 200, ![Removal, Replacement].contains(&end), "{end:?}: {reply:?}");
        }
    }
}

/// What ends sessions against everything that a factor opens, one held at its first write until the other is through.
async fn against_all_that_factors_open(end: End) {
    for deed in [Deed::Verify, Deed::SignIn, Deed::StepUp, Deed::AddKey] {
        for is_end_slow in [true, false] {
            let world = World::start().await;
            let mut ada = Ada::of(&world).await;
            world.pause_mail().await;
            let (request, pending) = ada.prepares(deed).await;
            let before = rows_of_factors(&world, &ada.session.user_id).await.len();
            let opens = ada.opens(deed, &pending, request);
            let (opened, ended) = if is_end_slow {
                let (ended, opened) = Box::pin(overtaken(&world, TRANSACTION, ada.does(end), opens)).await;
                (opened, ended)
            } else {
                Box::pin(overtaken(&world, TRANSACTION, opens, ada.does(end))).await
            };
            let what = format!("{deed:?} and {end:?}, slow: {is_end_slow}: {opened:?}");
            ended.assert_ok();
            assert!([200, 401, 403].contains(&opened.status), "{what}");
            // Operators take a turn before they suspend an account, in which nobody signs in.
            assert!(end == Ban || (opened.status == 200) == is_end_slow, "{what}");
            assert_dead(&world, &ada.other).await;
            if opened.status == 200 && [Deed::Verify, Deed::SignIn].contains(&deed) {
                assert_dead(&world, &Session::of(&opened)).await;
            }
            let added = rows_of_factors(&world, &ada.session.user_id).await.len() > before;
            assert!(!added || opened.status == 200, "{what}");
        }
    }
}

#[tokio::test]
async fn a_removal_against_all_that_factors_open() {
    Box::pin(against_all_that_factors_open(Removal)).await;
}

#[tokio::test]
async fn a_reset_against_all_that_factors_open() {
    Box::pin(against_all_that_factors_open(Reset)).await;
}

#[tokio::test]
async fn a_change_of_password_against_all_that_factors_open() {
    Box::pin(against_all_that_factors_open(Change)).await;
}

#[tokio::test]
async fn a_ban_against_all_that_factors_open() {
    Box::pin(against_all_that_factors_open(Ban)).await;
}

#[tokio::test]
async fn an_owners_word_against_all_that_factors_open() {
    Box::pin(against_all_that_factors_open(NotMe)).await;
}

#[tokio::test]
async fn a_deletion_against_all_that_factors_open() {
    Box::pin(against_all_that_factors_open(Deletion)).await;
}

/// Whether a key is shown in a session.
async fn decrypts(world: &World, session: &Session, key: &str) -> (u64, String) {
    let reply = world.post_as(session, &format!("{key}/decrypt"), json!(null)).await;
    let (status, code) = code(&reply);
    (status, code.to_owned())
}

#[tokio::test]
async fn a_removal_shuts_the_vault_until_an_older_factor_is_shown() {
    let world = World::start().await;
    let mut ada = Ada::of(&world).await;
    assert_eq!(decrypts(&world, &ada.session, &ada.key).await.0, 200);
    ada.does(Removal).await.assert_ok();
    let frozen = (409, "VAULT_FROZEN".to_owned());
    assert_eq!(decrypts(&world, &ada.session, &ada.key).await, frozen);

    // Paper may lie beside the password, and a factor that is younger than the freeze may be the thief's.
    world.steps_up(&ada.session, json!({ "recovery_code": ada.codes[0] })).await.assert_ok();
    assert_eq!(decrypts(&world, &ada.session, &ada.key).await, frozen);
    let (app, _) = world.enrols_app(&ada.session).await;
    world.advance(STEP);
    world.steps_up(&ada.session, json!({ "totp": app.shows(&world) })).await.assert_ok();
    assert_eq!(decrypts(&world, &ada.session, &ada.key).await, frozen);
    for factor in ["recovery_code", "totp", "passkey"] {
        world.advance(STEP);
        let asked = ada.person.is_asked_for_a_factor().await;
        let shown = match factor {
            "recovery_code" => json!(ada.codes[1]),
            "totp" => json!(app.shows(&world)),
            _ => ada.phone.sign(&asked["passkey"]),
        };
        let session = Session::of(&world.verifies(&asked, json!({ factor: shown })).await);
        let is_open = decrypts(&world, &session, &ada.key).await.0 == 200;
        assert_eq!(is_open, factor == "passkey", "{factor}");
        let refreshed = Session::of(&world.refresh(&session.refresh).await);
        assert_eq!(decrypts(&world, &refreshed, &ada.key).await.0 == 200, is_open, "{factor}, refreshed");
    }
    let alone = Session::of(&world.signs_in_by_passkey(&mut ada.phone).await);
    assert_eq!(decrypts(&world, &alone, &ada.key).await.0, 200);

    let options = world.post_as(&ada.session, "/auth/mfa/step-up/options", json!({})).await;
    let passkey = ada.phone.sign(&options.assert_ok()["data"]["passkey"]);
    world.steps_up(&ada.session, json!({ "passkey": passkey })).await.assert_ok();
    assert_eq!(decrypts(&world, &ada.session, &ada.key).await.0, 200);
    // What is removed next shuts it for this session, too, whatever it has shown before.
    world.advance(1);
    world.delete_as(&ada.session, "/auth/mfa/totp").await.assert_ok();
    assert_eq!(decrypts(&world, &ada.session, &ada.key).await, frozen);
    // The last one, too.
    world.delete_as(&ada.session, &format!("/auth/mfa/passkeys/{}", ada.passkey)).await.assert_ok();
    assert_eq!(decrypts(&world, &ada.session, &ada.key).await, frozen);
    let session = Session::of(&ada.person.logs_in().await);
    assert_eq!(decrypts(&world, &session, &ada.key).await, frozen);
    world.advance(DAY);
    let session = Session::of(&ada.person.logs_in().await);
    assert_eq!(decrypts(&world, &session, &ada.key).await.0, 200);
}

#[tokio::test]
async fn a_reset_by_mail_shuts_the_vault_but_for_whoever_has_a_factor() {
    let world = World::start().await;
    let mut ada = Ada::of(&world).await;
    ada.does(Reset).await.assert_ok();
    let owner = ada.person.rival(NEW);
    let asked = owner.is_asked_for_a_factor().await;
    let paper = Session::of(&world.verifies(&asked, json!({ "recovery_code": ada.codes[0] })).await);
    assert_eq!(decrypts(&world, &paper, &ada.key).await.0, 409);
    let alone = Session::of(&world.signs_in_by_passkey(&mut ada.phone).await);
    assert_eq!(decrypts(&world, &alone, &ada.key).await.0, 200);
}

/// The tokens of letters that tell of added factors, the oldest first.
async fn disowning(ada: &Person<'_>) -> Vec<String> {
    let mut tokens = ada.all_mailed("not-me").await;
    tokens.reverse();
    tokens
}

async fn not_me(world: &World, token: &str) -> Reply {
    world.post("/auth/not-me", json!({ "token": token })).await
}

/// What an account has: whether an app, how many passkeys and recovery codes.
async fn has(world: &World, user_id: &str) -> (bool, usize, usize) {
    let rows = rows_of_factors(world, user_id).await;
    let with = |kind: &str| rows.iter().filter(|row| row["sk"].as_str().unwrap().starts_with(kind)).count();
    let guards = world.rows_of("Sessions", &format!("ACCOUNT#{user_id}")).await;
    let guard = guards.iter().find(|row| row["sk"] == "GUARD").unwrap();
    let app = rows.iter().any(|row| row["totp"].is_object());
    let known = guard.get("factors").filter(|factors| !factors.is_null());
    let known = known.map_or((false, 0), |it| (it["totp"] == true, it["passkeys"].as_u64().unwrap()));
    assert_eq!(known, (app, u64::try_from(with("PASSKEY#")).unwrap()), "the guard knows");
    (app, with("PASSKEY#"), with("RECOVERY#"))
}

/// Somebody who has added an app and then a passkey, with the tokens of the letters that told of them.
async fn with_both(world: &World) -> (Person<'_>, Authenticator, Session, Vec<String>) {
    let (ada, _, Added { session, .. }) = with_app(world).await;
    let mut phone = Authenticator::new(ORIGIN);
    world.adds_passkey(&session, &mut phone, "Phone").await;
    let tokens = disowning(&ada).await;
    assert_eq!(tokens.len(), 2);
    (ada, phone, session, tokens)
}

#[tokio::test]
async fn a_letter_of_an_added_factor_removes_that_one() {
    let world = World::start().await;
    let (_, mut phone, session, tokens) = with_both(&world).await;
    not_me(&world, &tokens[0]).await.assert_ok();
    assert_eq!(has(&world, &session.user_id).await, (false, 1, 10));
    assert_eq!(events(&world, &session.user_id, "totp_removed").await, 1);
    assert_dead(&world, &session).await;
    // The account was taken back since the other letter was written; what that one names goes all the same.
    world.signs_in_by_passkey(&mut phone).await.assert_ok();
    not_me(&world, &tokens[1]).await.assert_ok();
    assert_eq!(has(&world, &session.user_id).await, (false, 0, 0), "with the codes, for it was the last");
    assert_eq!(world.signs_in_by_passkey(&mut phone).await.status, 401);
    assert!(world.rows_of("Accounts", "CREDENTIAL#").await.is_empty());
    assert_eq!(events(&world, &session.user_id, "not_me").await, 1);
    for token in &tokens {
        not_me(&world, token).await.assert_ok();
    }
    assert_eq!(events(&world, &session.user_id, "passkey_removed").await, 1);
}

#[tokio::test]
async fn a_letter_that_was_heeded_removes_what_it_names_and_nothing_else() {
    let world = World::start().await;
    let (ada, mut phone, session, tokens) = with_both(&world).await;
    world.advance(1);
    resets(&world, &ada.is_offered_a_password().await, NEW).await.assert_ok();
    let alone = Session::of(&world.signs_in_by_passkey(&mut phone).await);
    not_me(&world, &tokens[0]).await.assert_ok();
    assert_eq!(has(&world, &session.user_id).await, (false, 1, 10));
    // Whoever had that factor may be in.
    assert_dead(&world, &alone).await;
    assert_eq!(events(&world, &session.user_id, "not_me").await, 0);
    // The password that was set since stays.
    ada.rival(NEW).is_asked_for_a_factor().await;
    let again = Session::of(&world.signs_in_by_passkey(&mut phone).await);
    not_me(&world, &tokens[0]).await.assert_ok();
    world.get_as(&again, "/auth/profile").await.assert_ok();
    assert_eq!(has(&world, &session.user_id).await, (false, 1, 10));
}

#[tokio::test]
async fn an_old_letter_removes_nothing() {
    let world = World::start().await;
    let (_, mut phone, session, tokens) = with_both(&world).await;
    world.advance(7 * DAY);
    for token in &tokens {
        not_me(&world, token).await.assert_status(400);
    }
    assert_eq!(has(&world, &session.user_id).await, (true, 1, 10));
    world.signs_in_by_passkey(&mut phone).await.assert_ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_letter_of_an_added_factor_has_one_effect() {
    for is_heeded in [false, true] {
        let world = World::start().await;
        let (ada, _, session, tokens) = with_both(&world).await;
        if is_heeded {
            world.advance(1);
            resets(&world, &ada.is_offered_a_password().await, NEW).await.assert_ok();
        }
        let body = json!({ "token": tokens[1] });
        assert_all(&racing(&world, "/auth/not-me", TRANSACTION, vec![body; MANY]).await, 200);
        assert_eq!(has(&world, &session.user_id).await, (true, 0, 10));
        assert_eq!(events(&world, &session.user_id, "passkey_removed").await, 1);
        assert_eq!(events(&world, &session.user_id, "not_me").await, usize::from(!is_heeded));
    }
}

/// A thief with a session adds a factor before he moves the account, and one thereafter.
#[tokio::test]
async fn from_the_former_address_what_was_added_since_goes_and_what_the_letter_names() {
    for named in [false, true] {
        let world = World::start().await;
        let (ada, mut phone, session, tokens) = with_both(&world).await;
        world.advance(1);
        moves(&ada, &session, "thief@example.org").await;
        world.advance(1);
        let in_there = Session::of(&world.signs_in_by_passkey(&mut phone).await);
        let mut his = Authenticator::new(ORIGIN);
        world.adds_passkey(&in_there, &mut his, "His").await;
        let letters = disowning(&ada).await;
        let moved = letters.iter().rev().find(|token| !tokens.contains(token)).unwrap();
        not_me(&world, if named { &tokens[0] } else { moved }).await.assert_ok();
        assert_eq!(ada.account().await["address"], ada.email);
        assert_eq!(has(&world, &session.user_id).await, (!named, 1, 10));
        assert_eq!(world.signs_in_by_passkey(&mut his).await.status, 401);
        assert_dead(&world, &in_there).await;
    }
}

/// As if an operator was to remove all factors in three days.
async fn is_to_be_reset(world: &World, user_id: &str) {
    let at = world.now().as_second() + 72 * 3_600;
    world.tamper("Accounts", &row_of_app(world, user_id).await, "reset_at", json!(at)).await;
}

#[tokio::test]
async fn an_owners_word_and_every_factor_stop_a_reset() {
    let world = World::start().await;
    let mut ada = Ada::of(&world).await;
    let user = ada.session.user_id.clone();
    let app = ada.app.shows(&world);
    for (number, deed) in ["totp", "recovery_code", "passkey", "sign in", "step up", "not me"].into_iter().enumerate() {
        is_to_be_reset(&world, &user).await;
        let asked = ada.person.is_asked_for_a_factor().await;
        let passkey = ada.phone.sign(&asked["passkey"]);
        let wrong = json!({ "recovery_code": "0000-0000-0000-0000" });
        assert_refused(&world.verifies(&asked, wrong).await);
        assert_eq!(events(&world, &user, "factors_reset_cancelled").await, number, "{deed}");
        let reply = match deed {
            "totp" => world.verifies(&asked, json!({ "totp": app })).await,
            "recovery_code" => world.verifies(&asked, json!({ "recovery_code": ada.codes[0] })).await,
            "passkey" => world.verifies(&asked, json!({ "passkey": passkey })).await,
            "sign in" => world.signs_in_by_passkey(&mut ada.phone).await,
            "step up" => world.steps_up(&ada.session, json!({ "recovery_code": ada.codes[1] })).await,
            _ => ada.does(NotMe).await,
        };
        reply.assert_ok();
        assert_eq!(row_of_app(&world, &user).await["reset_at"], Value::Null, "{deed}");
        assert_eq!(events(&world, &user, "factors_reset_cancelled").await, number + 1, "{deed}");
    }
}

/// A transaction holds a hundred writes. Whoever moves an account, adds whatever may be added and signs in again and again keeps it no longer.
#[tokio::test]
async fn an_account_with_all_that_a_thief_may_add_is_taken_back() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let thief = moves(&ada, &session, "thief@example.org").await;
    let session = Session::of(&thief.logs_in().await);
    let (_, Added { session, .. }) = world.enrols_app(&session).await;
    let mut phone = Authenticator::new(ORIGIN);
    for _ in 0..10 {
        world.adds_passkey(&session, &mut phone, "His").await;
    }
    is_to_be_reset(&world, &session.user_id).await;
    let mut sessions = world.rows_of("Sessions", &format!("ACCOUNT#{}", session.user_id)).await;
    sessions.retain(|row| row["sk"] != "GUARD");
    let copies = (0..99).map(|number| {
        let (mut row, id) = (sessions[0].clone(), format!("6f1c0c3a-2b47-4c0e-9d5e-{number:0>12}"));
        row["sk"] = json!(format!("SESSION#{id}"));
        row["id"] = json!(id);
        row
    });
    world.put_rows("Sessions", copies.collect()).await;
    for _ in 0..50 {
        has_token(&world, &session).await;
    }
    not_me(&world, &ada.mailed("not-me").await).await.assert_ok();
    assert_eq!(ada.account().await["address"], ada.email);
    assert_eq!(has(&world, &session.user_id).await, (false, 0, 0));
    assert_eq!(world.rows_of("Sessions", &format!("ACCOUNT#{}", session.user_id)).await.len(), 1, "the guard");
    assert!(tokens_of(&world, &session).await.is_empty());
    assert_eq!(events(&world, &session.user_id, "passkey_removed").await, 10);
}

#[tokio::test]
async fn with_an_account_its_factors_go_and_its_credentials_are_free() {
    let world = World::start().await;
    let (ada, _, added) = with_app(&world).await;
    let id = vec![5; 32];
    let mut phone = Authenticator::new(ORIGIN);
    phone.credential_id = Some(id.clone());
    world.adds_passkey(&added.session, &mut phone, "Phone").await;
    let body = json!({ "current_password": ada.password });
    world.post_as(&added.session, "/auth/delete-account", body).await.assert_ok();
    assert_eq!(world.signs_in_by_passkey(&mut phone).await.status, 401);
    world.advance(7 * DAY);
    world.end_accounts_to_the_last().await;
    assert_eq!(rows_of_factors(&world, &added.session.user_id).await, Vec::<Value>::new());
    assert!(world.rows_of("Accounts", "CREDENTIAL#").await.is_empty());
    assert_eq!(world.signs_in_by_passkey(&mut phone).await.status, 401);
    let (_, eve) = world.person().signed_in().await;
    let mut again = Authenticator::new(ORIGIN);
    again.credential_id = Some(id);
    world.adds_passkey(&eve, &mut again, "Bought").await;
    assert_eq!(Session::of(&world.signs_in_by_passkey(&mut again).await).user_id, eve.user_id);
}
