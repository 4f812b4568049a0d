//! Something is down while a factor is used or changed: 503, and nothing half-written; afterwards it works.

use local::{Mode, Service};
use serde_json::{Value, json};
use tests::{App, Authenticator, ORIGIN, Reply, Session, World};

use super::{STEP, events, letters, row_of_app, rows_of_factors, with_app, with_passkey};

const TRANSACTION: &str = "TransactWriteItems";

/// All rows, but for what was tried and counted.
async fn everything(world: &World) -> Vec<Value> {
    let mut rows = world.rows("Accounts").await;
    rows.extend(world.rows("Sessions").await.into_iter().filter(|row| row["sk"] != "GUARD"));
    rows.extend(world.rows("Mail").await);
    for row in &mut rows {
        let row = row.as_object_mut().unwrap();
        for name in ["failures", "next_at"] {
            row.remove(name);
        }
    }
    rows.sort_by_key(|row| format!("{}{}", row["pk"], row["sk"]));
    rows
}

/// What somebody with an app and a passkey does with them.
struct Deeds {
    app: App,
    session: Session,
    codes: Vec<String>,
    pending: Value,
    by_passkey: Value,
    alone: Value,
    step_up: Value,
    new_passkey: Value,
    passkey: String,
    enrolment: Value,
}

const DEEDS: usize = 12;

impl Deeds {
    async fn of(world: &World) -> Self {
        let (ada, app, added) = with_app(world).await;
        let (mut phone, session) = (Authenticator::new(ORIGIN), added.session);
        let passkey = world.adds_passkey(&session, &mut phone, "Phone").await.id;
        let pending = ada.is_asked_for_a_factor().await;
        let by_passkey = phone.sign(&pending["passkey"]);
        let options = world.post("/auth/mfa/sign-in/options", json!({})).await;
        let alone = phone.sign(&options.assert_ok()["data"]["passkey"]);
        let options = world.post_as(&session, "/auth/mfa/step-up/options", json!({})).await;
        let step_up = phone.sign(&options.assert_ok()["data"]["passkey"]);
        let new_passkey = Authenticator::new(ORIGIN).make(&world.asks_for_new_passkey(&session).await);
        let enrolment = world.post_as(&session, "/auth/mfa/totp", json!({})).await.body["data"].clone();
        world.aws.settled().await.unwrap();
        world.pause_mail().await;
        Self { app, session, codes: added.codes, pending, by_passkey, alone, step_up, new_passkey, passkey, enrolment }
    }

    /// One of them.
    async fn does(&self, world: &World, which: usize) -> Reply {
        let session = &self.session;
        match which {
            0 => world.verifies(&self.pending, json!({ "totp": self.app.shows(world) })).await,
            1 => world.verifies(&self.pending, json!({ "recovery_code": self.codes[0] })).await,
            2 => world.verifies(&self.pending, json!({ "passkey": self.by_passkey })).await,
            3 => world.post("/auth/mfa/sign-in", json!({ "passkey": self.alone })).await,
            4 => world.steps_up(session, json!({ "totp": self.app.shows(world) })).await,
            5 => world.steps_up(session, json!({ "recovery_code": self.codes[1] })).await,
            6 => world.steps_up(session, json!({ "passkey": self.step_up })).await,
            7 => world.registers(session, self.new_passkey.clone(), "Key").await,
            8 => {
                let app = App::new(self.enrolment["secret"].as_str().unwrap());
                world.activates(session, &self.enrolment["enrolment"], &app.shows(world)).await
            }
            9 => world.post_as(session, "/auth/mfa/recovery-codes", json!({})).await,
            10 => world.delete_as(session, "/auth/mfa/totp").await,
            _ => world.delete_as(session, &format!("/auth/mfa/passkeys/{}", self.passkey)).await,
        }
    }
}

#[tokio::test]
async fn what_cannot_be_written_whole_has_not_taken_place() {
    for which in 0..DEEDS {
        let world = World::start().await;
        let deeds = Deeds::of(&world).await;
        let before = everything(&world).await;
        for mode in [Mode::Unavailable, Mode::Throttled] {
            for operation in [TRANSACTION, "GetItem"] {
                world.break_down(Service::DynamoDb, mode, Some(operation));
                deeds.does(&world, which).await.assert_unavailable();
                world.mend();
                assert_eq!(everything(&world).await, before, "{which} {operation}");
            }
        }
        // As if nothing had been; a code was counted that was not used up.
        deeds.does(&world, which).await.assert_ok();
    }
}

#[tokio::test]
async fn what_is_done_and_whose_answer_is_lost_is_done_once() {
    for which in 0..DEEDS {
        let world = World::start().await;
        let deeds = Deeds::of(&world).await;
        world.break_times(Service::DynamoDb, Mode::Lost, TRANSACTION, 1);
        let reply = deeds.does(&world, which).await;
        assert_eq!(reply.status, 200, "{which}: {reply:?}");
        let user = &deeds.session.user_id;
        let is_code = [1, 5].contains(&which);
        assert_eq!(events(&world, user, "recovery_code_used").await, usize::from(is_code), "{which}");
        let codes = rows_of_factors(&world, user).await;
        let codes = codes.iter().filter(|row| row["sk"].as_str().unwrap().starts_with("RECOVERY#")).count();
        assert_eq!(codes, 10 - usize::from(is_code), "{which}");
        assert_ne!(deeds.does(&world, if which == 4 { 0 } else { which }).await.status, 503, "{which}");
    }
}

/// A code that was counted, and that nobody could then compare or use up, is neither a session nor wrong.
#[tokio::test]
async fn a_code_whose_check_cannot_be_finished_is_good_again() {
    let world = World::start().await;
    let (ada, app, added) = with_app(&world).await;
    let (asked, user) = (ada.is_asked_for_a_factor().await, &added.session.user_id);
    let shown = json!({ "totp": app.shows(&world) });
    for failures in 1..=5 {
        world.break_down(Service::DynamoDb, Mode::Unavailable, Some(TRANSACTION));
        world.verifies(&asked, shown.clone()).await.assert_unavailable();
        world.mend();
        assert_eq!(row_of_app(&world, user).await["failures"], failures);
    }
    assert_eq!(letters(&world, &ada, "wrong-codes").await, 0, "they were right");
    // What cannot be counted is not compared.
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("UpdateItem"));
    world.verifies(&asked, shown.clone()).await.assert_unavailable();
    world.mend();
    world.verifies(&asked, shown.clone()).await.assert_status(429);
    world.advance(60);
    world.verifies(&asked, json!({ "totp": app.shows(&world) })).await.assert_ok();
    assert_eq!(row_of_app(&world, user).await["failures"], 0);
}

#[tokio::test]
async fn a_letter_of_wrong_codes_that_cannot_be_put_keeps_nobody_out_and_lets_nobody_in() {
    let world = World::start().await;
    let (ada, app, _) = with_app(&world).await;
    let asked = ada.is_asked_for_a_factor().await;
    let wrong = json!({ "totp": super::wrong_code(&app, &world) });
    for _ in 0..4 {
        super::assert_refused(&world.verifies(&asked, wrong.clone()).await);
    }
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some(TRANSACTION));
    super::assert_refused(&world.verifies(&asked, wrong.clone()).await);
    world.mend();
    world.verifies(&asked, wrong).await.assert_status(429);
}

/// Its rows, the end of other sessions and the codes that are shown belong together.
#[tokio::test]
async fn the_first_factor_is_whole_or_not_there() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let other = Session::of(&ada.logs_in().await);
    let mut phone = Authenticator::new(ORIGIN);
    let passkey = phone.make(&world.asks_for_new_passkey(&session).await);
    for operation in [TRANSACTION, "Query", "GetItem"] {
        world.break_down(Service::DynamoDb, Mode::Unavailable, Some(operation));
        world.registers(&session, passkey.clone(), "Phone").await.assert_unavailable();
        world.mend();
        assert_eq!(rows_of_factors(&world, &session.user_id).await, Vec::<Value>::new());
        world.get_as(&other, "/auth/profile").await.assert_ok();
        ada.logs_in().await.assert_ok();
    }
    world.break_times(Service::DynamoDb, Mode::Lost, TRANSACTION, 1);
    let added = world.registers(&session, passkey, "Phone").await;
    assert_eq!(
        added.assert_ok()["data"]["recovery_codes"].as_array().unwrap().len(),
        10,
        "they are the ones that are kept"
    );
    let code = added.body["data"]["recovery_codes"][9].clone();
    let asked = ada.is_asked_for_a_factor().await;
    world.verifies(&asked, json!({ "recovery_code": code })).await.assert_ok();
    world.signs_in_by_passkey(&mut phone).await.assert_ok();
    world.advance(STEP);
}

/// Of an instance that is warm nothing asks KMS, and none that has to be opened does either.
#[tokio::test]
async fn nothing_of_this_asks_kms() {
    for which in 0..DEEDS {
        let world = World::start().await;
        let deeds = Deeds::of(&world).await;
        world.break_down(Service::Kms, Mode::Unavailable, None);
        let (reply, calls) = world.calls(deeds.does(&world, which)).await;
        assert_eq!(reply.status, 200, "{which}: {reply:?}");
        assert!(calls.kms.is_empty(), "{which}: {calls:?}");
    }
    let world = World::start().await;
    let (ada, mut phone, _) = with_passkey(&world).await;
    let (reply, calls) = world.calls(ada.logs_in()).await;
    assert!(calls.kms.is_empty() && reply.status == 401, "{calls:?}");
    let (reply, calls) = world.calls(world.signs_in_by_passkey(&mut phone)).await;
    assert!(calls.kms.is_empty() && reply.status == 200, "{calls:?}");
}
