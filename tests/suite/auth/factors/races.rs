//! Twenty at once, through instances of their own: what works once works for one of them, and everybody else is refused as if alone.

use futures::future::join_all;
use serde_json::{Value, json};
use tests::{Authenticator, ORIGIN, Reply, Session, World, authorized, invoke};

use super::{
    assert_refused, code, events, letters, row_of_app, rows_of_factors, with, with_app, with_passkey, wrong_code,
};
use crate::auth::{
    changes::overtaken,
    concurrency::{MANY, TRANSACTION, racing},
};

const VERIFY: &str = "/auth/mfa/verify";
const STEP_UP: &str = "/auth/mfa/step-up";
/// Codes of one account that are compared at once.
const COMPARED: usize = 5;
/// Recovery codes of one account that are looked at in an hour.
const LOOKED_AT: usize = 10;

/// Requests of one session at once, over four instances of `auth`. None of them writes before `many` have come to their `write`.
async fn racing_as(world: &World, session: &Session, path: &str, many: usize, bodies: Vec<Value>) -> Vec<Reply> {
    let instances: Vec<_> = (0..4).map(|_| world.another_auth()).collect();
    join_all(instances.iter().map(auth::Auth::warm_up)).await;
    let routers: Vec<_> = instances.into_iter().map(auth::router).collect();
    world.hold(TRANSACTION, many.try_into().unwrap());
    let requests = bodies.into_iter().enumerate();
    join_all(
        requests
            .map(|(number, body)| invoke(&routers[number % 4], authorized("POST", path, &session.access, Some(body)))),
    )
    .await
}

/// Second factors at once, of which so many come to their session.
async fn verified(world: &World, many: usize, bodies: Vec<Value>) -> Vec<Reply> {
    let instances: Vec<_> = (0..4).map(|_| world.another_auth()).collect();
    join_all(instances.iter().map(auth::Auth::warm_up)).await;
    world.hold(TRANSACTION, many.try_into().unwrap());
    let requests = bodies.into_iter().enumerate();
    let replies = join_all(requests.map(|(number, body)| world.post_to(&instances[number % 4], VERIFY, body))).await;
    for reply in replies.iter().filter(|reply| reply.status == 401) {
        assert_refused(reply);
    }
    replies
}

fn counted(replies: &[Reply]) -> [usize; 3] {
    let counted = [200, 401, 429].map(|status| with(status, replies));
    assert_eq!(counted.iter().sum::<usize>(), replies.len(), "{replies:?}");
    counted
}

/// How many sessions an account has.
async fn sessions(world: &World, user_id: &str) -> usize {
    let rows = world.rows_of("Sessions", &format!("ACCOUNT#{user_id}")).await;
    rows.iter().filter(|row| row["sk"] != "GUARD").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_code_opens_one_session_in_one_pending_token_or_in_twenty() {
    for pending in [1, MANY] {
        let world = World::start().await;
        let (ada, app, added) = with_app(&world).await;
        let mut asked = Vec::new();
        for _ in 0..pending {
            asked.push(ada.is_asked_for_a_factor().await["token"].clone());
        }
        let bodies = (0..MANY).map(|number| json!({ "mfa_token": asked[number % pending], "totp": app.shows(&world) }));
        let replies = verified(&world, COMPARED, bodies.collect()).await;
        // Once it is used the count begins anew, and whoever comes then is compared, too.
        let [opened, wrong, _] = counted(&replies);
        assert!(opened == 1 && wrong >= COMPARED - 1, "{replies:?}");
        assert_eq!(sessions(&world, &added.session.user_id).await, 2);
    }
}

/// Whoever steps up writes nothing that whoever signs in waits for, so the app's own row has to say that the code is used.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_code_raises_a_session_once() {
    let world = World::start().await;
    let (_, app, added) = with_app(&world).await;
    let body = json!({ "totp": app.shows(&world) });
    let replies = racing_as(&world, &added.session, STEP_UP, COMPARED, vec![body; MANY]).await;
    let [raised, refused, locked] = [200, 403, 429].map(|status| with(status, &replies));
    assert!(raised == 1 && refused >= COMPARED - 1 && raised + refused + locked == MANY, "{replies:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_recovery_code_opens_one_session() {
    for pending in [1, MANY] {
        let world = World::start().await;
        let (ada, _, added) = with_app(&world).await;
        let mut asked = Vec::new();
        for _ in 0..pending {
            asked.push(ada.is_asked_for_a_factor().await["token"].clone());
        }
        let body = |number| json!({ "mfa_token": asked[number % pending], "recovery_code": added.codes[3] });
        let replies = verified(&world, LOOKED_AT, (0..MANY).map(body).collect()).await;
        assert_eq!(counted(&replies), [1, LOOKED_AT - 1, MANY - LOOKED_AT]);
        assert_eq!(rows_of_factors(&world, &added.session.user_id).await.len(), 1 + 9);
        assert_eq!(letters(&world, &ada, "recovery-code-used").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_assertion_is_good_once_wherever_it_is_shown() {
    // Whether or not its passkey counts.
    for step in [0, 1] {
        let world = World::start().await;
        let (ada, mut phone, added) = with_passkey(&world).await;
        (phone.counter, phone.step) = (step, step);
        let options = world.post("/auth/mfa/sign-in/options", json!({})).await;
        let alone = json!({ "passkey": phone.sign(&options.assert_ok()["data"]["passkey"]) });
        let replies = racing(&world, "/auth/mfa/sign-in", TRANSACTION, vec![alone; MANY]).await;
        assert_eq!(counted(&replies), [1, MANY - 1, 0]);

        let asked = ada.is_asked_for_a_factor().await;
        let behind = json!({ "mfa_token": asked["token"], "passkey": phone.sign(&asked["passkey"]) });
        assert_eq!(counted(&verified(&world, MANY, vec![behind; MANY]).await), [1, MANY - 1, 0]);

        let options = world.post_as(&added.session, "/auth/mfa/step-up/options", json!({})).await;
        let again = json!({ "passkey": phone.sign(&options.assert_ok()["data"]["passkey"]) });
        let replies = racing_as(&world, &added.session, STEP_UP, MANY, vec![again; MANY]).await;
        assert_eq!((with(200, &replies), with(403, &replies)), (1, MANY - 1), "{replies:?}");
        assert_eq!(sessions(&world, &added.session.user_id).await, 3);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_pending_token_opens_one_session_by_whatever_is_shown() {
    let world = World::start().await;
    let (ada, app, added) = with_app(&world).await;
    let mut phone = Authenticator::new(ORIGIN);
    world.adds_passkey(&added.session, &mut phone, "Phone").await;
    let asked = ada.is_asked_for_a_factor().await;
    let mut body = |number: usize| match number {
        0..5 => json!({ "mfa_token": asked["token"], "totp": app.shows(&world) }),
        5..10 => json!({ "mfa_token": asked["token"], "recovery_code": added.codes[number - 5] }),
        _ => json!({ "mfa_token": asked["token"], "passkey": phone.sign(&asked["passkey"]) }),
    };
    let bodies = (0..MANY).map(&mut body).collect();
    assert_eq!(counted(&verified(&world, MANY, bodies).await), [1, MANY - 1, 0]);
    assert_eq!(sessions(&world, &added.session.user_id).await, 2);
    // What came too late is not used up.
    let codes = rows_of_factors(&world, &added.session.user_id).await.len() - 2;
    assert!(codes >= 9, "{codes}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_enrolment_is_one_factor() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let (app, enrolment) = {
        let enrolment = world.post_as(&session, "/auth/mfa/totp", json!({})).await;
        let data = enrolment.assert_ok()["data"].clone();
        (tests::App::new(data["secret"].as_str().unwrap()), data["enrolment"].clone())
    };
    let body = json!({ "enrolment": enrolment, "totp": app.shows(&world) });
    let replies = racing_as(&world, &session, "/auth/mfa/totp/activate", MANY, vec![body; MANY]).await;
    assert_eq!(with(200, &replies), 1, "{replies:?}");
    let refused = replies.iter().filter(|reply| code(reply) == (400, "ENROLMENT_EXPIRED"));
    assert_eq!(refused.count(), MANY - 1, "{replies:?}");
    assert_eq!(rows_of_factors(&world, &session.user_id).await.len(), 1 + 10);
    assert_eq!(letters(&world, &ada, "totp-added").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_new_passkey_is_one_factor() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let passkey = Authenticator::new(ORIGIN).make(&world.asks_for_new_passkey(&session).await);
    let body = json!({ "passkey": passkey, "name": "Phone" });
    let replies = racing_as(&world, &session, "/auth/mfa/passkeys", MANY, vec![body; MANY]).await;
    assert_eq!(with(200, &replies), 1, "{replies:?}");
    let refused = replies.iter().filter(|reply| code(reply) == (400, "PASSKEY_REFUSED"));
    assert_eq!(refused.count(), MANY - 1, "{replies:?}");
    assert_eq!(rows_of_factors(&world, &session.user_id).await.len(), 1 + 1 + 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_passkeys_at_once_ten_are_factors() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let mut bodies = Vec::new();
    for number in 0..MANY {
        let passkey = Authenticator::new(ORIGIN).make(&world.asks_for_new_passkey(&session).await);
        bodies.push(json!({ "passkey": passkey, "name": format!("Phone {number}") }));
    }
    let replies = racing_as(&world, &session, "/auth/mfa/passkeys", MANY, bodies).await;
    assert_eq!(with(200, &replies), 10, "{replies:?}");
    assert_eq!(replies.iter().filter(|reply| code(reply) == (409, "TOO_MANY_PASSKEYS")).count(), 10, "{replies:?}");
    let told = replies.iter().filter(|reply| reply.body["data"]["recovery_codes"].is_array());
    assert_eq!(told.count(), 1, "the first one comes with codes");
    assert_eq!(rows_of_factors(&world, &session.user_id).await.len(), 1 + 10 + 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_credential_becomes_the_passkey_of_one_account() {
    let world = World::start().await;
    let id = vec![9; 32];
    let mut requests = Vec::new();
    for _ in 0..2 {
        let (_, session) = world.person().signed_in().await;
        let mut phone = Authenticator::new(ORIGIN);
        phone.credential_id = Some(id.clone());
        let passkey = phone.make(&world.asks_for_new_passkey(&session).await);
        requests.push((session, passkey));
    }
    world.hold(TRANSACTION, 2);
    let [(ada, first), (eve, second)] = &requests[..] else { unreachable!() };
    let (first, second) =
        tokio::join!(world.registers(ada, first.clone(), "One"), world.registers(eve, second.clone(), "Two"));
    let mut codes = [code(&first), code(&second)];
    codes.sort_unstable();
    assert_eq!(codes, [(200, ""), (409, "PASSKEY_KNOWN")]);
    assert_eq!(world.rows_of("Accounts", "CREDENTIAL#").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_wrong_codes_at_once_five_are_compared() {
    let world = World::start().await;
    let (ada, app, added) = with_app(&world).await;
    let asked = ada.is_asked_for_a_factor().await;
    let body = json!({ "mfa_token": asked["token"], "totp": wrong_code(&app, &world) });
    let replies = racing(&world, VERIFY, "UpdateItem", vec![body; 50]).await;
    assert_eq!(counted(&replies), [0, COMPARED, 50 - COMPARED]);
    assert_eq!(row_of_app(&world, &added.session.user_id).await["failures"], COMPARED);
    let right = json!({ "mfa_token": asked["token"], "totp": app.shows(&world) });
    world.post(VERIFY, right.clone()).await.assert_status(429);

    // Each turn after that is one try's, however many there are.
    world.advance(61);
    let replies = racing(
        &world,
        VERIFY,
        "UpdateItem",
        vec![json!({ "mfa_token": asked["token"], "totp": wrong_code(&app, &world) }); 50],
    )
    .await;
    assert_eq!(counted(&replies), [0, 1, 49]);
    assert_eq!(letters(&world, &ada, "wrong-codes").await, 1);
    assert_eq!(events(&world, &added.session.user_id, "wrong_codes").await, 1);
}

#[tokio::test]
async fn a_password_beside_the_first_factor_leaves_no_session() {
    for is_login_slow in [true, false] {
        for is_app in [true, false] {
            let world = World::start().await;
            let (ada, session) = world.person().signed_in().await;
            let enrolment = world.post_as(&session, "/auth/mfa/totp", json!({})).await;
            let passkey = Authenticator::new(ORIGIN).make(&world.asks_for_new_passkey(&session).await);
            let data = &enrolment.assert_ok()["data"];
            let app = tests::App::new(data["secret"].as_str().unwrap());
            world.pause_mail().await;
            let adds = async {
                if is_app {
                    world.activates(&session, &data["enrolment"], &app.shows(&world)).await
                } else {
                    world.registers(&session, passkey.clone(), "Phone").await
                }
            };
            let (login, added) = if is_login_slow {
                overtaken(&world, TRANSACTION, ada.logs_in(), adds).await
            } else {
                let (added, login) = overtaken(&world, TRANSACTION, adds, ada.logs_in()).await;
                (login, added)
            };
            added.assert_ok();
            if login.status == 200 {
                let opened = Session::of(&login);
                world.get_as(&opened, "/auth/profile").await.assert_status(401);
                world.refresh(&opened.refresh).await.assert_status(401);
            }
            assert_eq!(login.status == 200, !is_login_slow, "{login:?}");
            assert_eq!(sessions(&world, &session.user_id).await, 1, "that of the first factor");
        }
    }
}
