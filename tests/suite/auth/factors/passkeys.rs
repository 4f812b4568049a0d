//! Passkeys over HTTP: what is taken from an authenticator, and what from nobody.

use serde_json::{Value, json};
use tests::{Algorithm, Attestation, Authenticator, ORIGIN, Reply, Session, UserHandle, World};

use super::{assert_refused, code, events, letters, with_app, with_passkey};
use crate::logs;

/// What somebody changes of an authenticator.
type Change = fn(&mut Authenticator);

/// What no ceremony takes.
const WRONG: [(&str, Change); 13] = [
    ("the user is not verified", |phone| phone.user_verified = false),
    ("the user is not present", |phone| phone.user_present = false),
    ("an origin with ours in it", |phone| phone.origin = String::from("https://app.example.com.evil.org")),
    ("an origin that ends as ours", |phone| phone.origin = String::from("https://evil-app.example.com")),
    ("another below the same domain", |phone| phone.origin = String::from("https://other.example.com")),
    ("one below ours", |phone| phone.origin = String::from("https://a.app.example.com")),
    ("another port", |phone| phone.origin = String::from("https://app.example.com:8443")),
    ("no TLS", |phone| phone.origin = String::from("http://app.example.com")),
    ("a page within another's", |phone| phone.cross_origin = Some(true)),
    ("a page within a named one", |phone| phone.top_origin = Some(ORIGIN.to_owned())),
    ("another relying party", |phone| phone.rp_id = Some("evil-example.com".to_owned())),
    ("another ceremony", |phone| phone.ceremony = Some("payment.get".to_owned())),
    ("backed up without being able to", |phone| {
        (phone.backup_eligible, phone.backed_up) = (false, true);
    }),
];

/// The authenticator as it is honestly.
fn honest(phone: &mut Authenticator) {
    (phone.user_verified, phone.user_present, phone.cross_origin, phone.top_origin) = (true, true, Some(false), None);
    (phone.rp_id, phone.ceremony, phone.challenge, phone.user_handle) = (None, None, None, UserHandle::Own);
    (phone.backup_eligible, phone.backed_up, phone.spoils_signatures) = (true, true, false);
    ORIGIN.clone_into(&mut phone.origin);
}

async fn to_sign_in(world: &World) -> Value {
    let options = world.post("/auth/mfa/sign-in/options", json!({})).await;
    options.assert_ok()["data"]["passkey"].clone()
}

async fn to_step_up(world: &World, session: &Session) -> Value {
    let options = world.post_as(session, "/auth/mfa/step-up/options", json!({})).await;
    options.assert_ok()["data"]["passkey"].clone()
}

async fn signs_in(world: &World, passkey: &Value) -> Reply {
    world.post("/auth/mfa/sign-in", json!({ "passkey": passkey })).await
}

#[track_caller]
fn assert_invalid(reply: &Reply) {
    let body = &reply.assert_status(401);
    assert_eq!((&body["error"], &body["session"]), (&json!("Invalid passkey"), &Value::Null), "{reply:?}");
}

#[tokio::test]
async fn nothing_wrong_is_taken_in_any_ceremony() {
    let world = World::start().await;
    let (ada, mut phone, added) = with_passkey(&world).await;
    let session = &added.session;
    let mut wrong = WRONG.to_vec();
    wrong.push(("a spoilt signature", |phone| phone.spoils_signatures = true));
    wrong.push(("somebody else's handle", |phone| phone.user_handle = UserHandle::Other(vec![7; 16])));
    for (what, change) in wrong {
        change(&mut phone);
        assert_invalid(&world.signs_in_by_passkey(&mut phone).await);
        let asked = ada.is_asked_for_a_factor().await;
        let passkey = phone.sign(&asked["passkey"]);
        assert_refused(&world.verifies(&asked, json!({ "passkey": passkey })).await);
        let passkey = phone.sign(&to_step_up(&world, session).await);
        let reply = world.steps_up(session, json!({ "passkey": passkey })).await;
        assert_eq!(code(&reply), (403, "NOT_CONFIRMED"), "{what}");
        honest(&mut phone);
        // What was refused has used up nothing.
        let passkey = phone.sign(&asked["passkey"]);
        world.verifies(&asked, json!({ "passkey": passkey })).await.assert_ok();
    }
}

#[tokio::test]
async fn nothing_wrong_becomes_a_passkey() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    for (what, change) in WRONG {
        let mut phone = Authenticator::new(ORIGIN);
        change(&mut phone);
        let passkey = phone.make(&world.asks_for_new_passkey(&session).await);
        let reply = world.registers(&session, passkey, "Phone").await;
        assert_eq!(code(&reply), (400, "PASSKEY_REFUSED"), "{what}");
    }
    let mut phone = Authenticator::new(ORIGIN);
    (phone.attestation, phone.spoils_signatures) = (Attestation::PackedSelf, true);
    let passkey = phone.make(&world.asks_for_new_passkey(&session).await);
    assert_eq!(code(&world.registers(&session, passkey, "Phone").await), (400, "PASSKEY_REFUSED"));
    let listed = world.get_as(&session, "/auth/mfa").await;
    assert_eq!(listed.assert_ok()["data"]["passkeys"], json!([]));
}

#[tokio::test]
async fn every_algorithm_and_a_statement_of_its_own_will_do() {
    let world = World::start().await;
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
        for attestation in [Attestation::None, Attestation::PackedSelf] {
            let (ada, session) = world.person().signed_in().await;
            let mut phone = Authenticator::new(ORIGIN);
            (phone.algorithm, phone.attestation) = (algorithm, attestation);
            world.adds_passkey(&session, &mut phone, "Phone").await;
            world.signs_in_by_passkey(&mut phone).await.assert_ok();
            let asked = ada.is_asked_for_a_factor().await;
            // Behind a password it is known who it should be.
            phone.user_handle = UserHandle::Missing;
            let passkey = phone.sign(&asked["passkey"]);
            world.verifies(&asked, json!({ "passkey": passkey })).await.assert_ok();
            assert_invalid(&world.signs_in_by_passkey(&mut phone).await);
        }
    }
}

/// Whoever tries credentials learns nothing of whose they are, nor whether they are there.
#[tokio::test]
async fn unknown_foreign_and_removed_are_one_answer_at_one_cost() {
    let world = World::start().await;
    let (ada, mut phone, added) = with_passkey(&world).await;
    let (_, mut foreign, of_eve) = with_passkey(&world).await;
    let mut key = Authenticator::new(ORIGIN);
    let key_id = world.adds_passkey(&added.session, &mut key, "Key").await.id;
    world.delete_as(&added.session, &format!("/auth/mfa/passkeys/{key_id}")).await.assert_ok();
    let mut unknown = Authenticator::new(ORIGIN);
    unknown.make(&world.asks_for_new_passkey(&added.session).await);
    // Eve's own passkey, which says that it is Ada's.
    let handle = phone.sign(&to_sign_in(&world).await)["response"]["userHandle"].clone();
    let bytes: Vec<u8> = shared::ids::AccountId::parse(&added.session.user_id).unwrap().as_bytes().to_vec();
    foreign.user_handle = UserHandle::Other(bytes);
    assert_eq!(foreign.sign(&to_sign_in(&world).await)["response"]["userHandle"], handle);

    let mut answers = Vec::new();
    for one in [&mut unknown, &mut foreign, &mut key] {
        let passkey = one.sign(&to_sign_in(&world).await);
        let (reply, calls) = world.calls(signs_in(&world, &passkey)).await;
        assert_invalid(&reply);
        let asked = ada.is_asked_for_a_factor().await;
        let mut options = asked["passkey"].clone();
        options["allowCredentials"] = json!([]);
        let passkey = one.sign(&options);
        let (behind, of_second) = world.calls(world.verifies(&asked, json!({ "passkey": passkey }))).await;
        assert_refused(&behind);
        answers.push((reply.text, calls.dynamodb, calls.kms, behind.text, of_second.dynamodb, of_second.kms));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    assert!(answers[0].2.is_empty() && answers[0].5.is_empty(), "KMS is not asked");
    // And she is let in by none of it herself, but by her own.
    foreign.user_handle = UserHandle::Own;
    assert_eq!(Session::of(&world.signs_in_by_passkey(&mut foreign).await).user_id, of_eve.session.user_id);
    world.signs_in_by_passkey(&mut phone).await.assert_ok();
}

#[tokio::test]
async fn a_challenge_is_good_once_for_whom_and_for_what_it_was_made() {
    let world = World::start().await;
    let (ada, mut phone, added) = with_passkey(&world).await;
    let session = &added.session;
    let other = Session::of(&world.signs_in_by_passkey(&mut phone).await);
    let (eve, _, of_eve) = with_passkey(&world).await;
    let (asked, again) = (ada.is_asked_for_a_factor().await, ada.is_asked_for_a_factor().await);
    let of_eves = eve.is_asked_for_a_factor().await["passkey"]["challenge"].clone();
    let challenge = |options: &Value| options["challenge"].as_str().unwrap().to_owned();
    let of_sign_in = challenge(&to_sign_in(&world).await);
    let of_step_up = challenge(&to_step_up(&world, session).await);
    let of_others_step_up = challenge(&to_step_up(&world, &other).await);
    let of_eves_step_up = challenge(&to_step_up(&world, &of_eve.session).await);
    let of_registering = challenge(&world.asks_for_new_passkey(session).await);
    let of_others_registering = challenge(&world.asks_for_new_passkey(&other).await);
    let (of_first, of_second) = (challenge(&asked["passkey"]), challenge(&again["passkey"]));
    let of_eves = of_eves.as_str().unwrap().to_owned();
    let garbage = "A".repeat(of_sign_in.len());
    let all = [
        &of_sign_in,
        &of_step_up,
        &of_others_step_up,
        &of_eves_step_up,
        &of_registering,
        &of_others_registering,
        &of_first,
        &of_second,
        &of_eves,
        &garbage,
    ];
    for shown in all {
        phone.challenge = Some(shown.clone());
        let passkey = phone.sign(&to_sign_in(&world).await);
        if shown != &of_sign_in {
            assert_invalid(&signs_in(&world, &passkey).await);
        }
        if shown != &of_first {
            assert_refused(&world.verifies(&asked, json!({ "passkey": passkey })).await);
        }
        if shown != &of_step_up {
            let reply = world.steps_up(session, json!({ "passkey": passkey })).await;
            assert_eq!(code(&reply), (403, "NOT_CONFIRMED"));
        }
        if shown != &of_registering {
            let mut new = Authenticator::new(ORIGIN);
            new.challenge = Some(shown.clone());
            let passkey = new.make(&world.asks_for_new_passkey(session).await);
            assert_eq!(code(&world.registers(session, passkey, "Key").await), (400, "PASSKEY_REFUSED"));
        }
    }
    phone.challenge = None;
    let options = to_sign_in(&world).await;
    let passkey = phone.sign(&options);
    signs_in(&world, &passkey).await.assert_ok();
    assert_invalid(&signs_in(&world, &passkey).await);
    assert_invalid(&signs_in(&world, &phone.sign(&options)).await);
    let options = to_sign_in(&world).await;
    world.advance(299);
    signs_in(&world, &phone.sign(&options)).await.assert_ok();
    let options = to_sign_in(&world).await;
    world.advance(300);
    assert_invalid(&signs_in(&world, &phone.sign(&options)).await);
}

#[tokio::test]
async fn a_counter_that_does_not_rise_is_refused_and_told_of() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let mut phone = Authenticator::new(ORIGIN);
    (phone.counter, phone.step) = (7, 0);
    let session = world.adds_passkey(&session, &mut phone, "Phone").await.session;
    logs::capture();
    let copied = async || {
        let noted = events(&world, &session.user_id, "passkey_copied").await;
        assert_eq!(letters(&world, &ada, "passkey-copied").await, noted);
        noted
    };
    for (number, counter) in [7, 6, 0].into_iter().enumerate() {
        phone.counter = counter;
        assert_invalid(&world.signs_in_by_passkey(&mut phone).await);
        assert_eq!(copied().await, number + 1, "{counter}");
    }
    let logged = logs::lines().into_iter().filter(|line| line["event"] == "passkey_counter");
    assert_eq!(logged.count(), 3);
    phone.counter = 8;
    world.signs_in_by_passkey(&mut phone).await.assert_ok();
    assert_invalid(&world.signs_in_by_passkey(&mut phone).await);
    // Whoever has only heard its id is not told of as its copy.
    let before = copied().await;
    (phone.counter, phone.spoils_signatures) = (1, true);
    assert_invalid(&world.signs_in_by_passkey(&mut phone).await);
    assert_eq!(copied().await, before);
}

#[tokio::test]
async fn whether_it_may_be_synchronised_may_change() {
    let world = World::start().await;
    let (_, mut phone, added) = with_passkey(&world).await;
    logs::capture();
    for (eligible, synced) in [(false, false), (true, false), (true, true)] {
        (phone.backup_eligible, phone.backed_up) = (eligible, synced);
        world.signs_in_by_passkey(&mut phone).await.assert_ok();
        let listed = world.get_as(&added.session, "/auth/mfa").await;
        assert_eq!(listed.assert_ok()["data"]["passkeys"][0]["synced"], synced);
    }
    let logged = logs::lines().into_iter().filter(|line| line["event"] == "passkey_backup_eligibility");
    assert_eq!(logged.count(), 2);
}

#[tokio::test]
async fn an_account_has_ten_and_each_credential_one_account() {
    let world = World::start().await;
    let (_, _, added) = with_app(&world).await;
    let mut phones = Vec::new();
    for number in 0..10 {
        let mut phone = Authenticator::new(ORIGIN);
        let id = world.adds_passkey(&added.session, &mut phone, &format!("Phone {number}")).await.id;
        phones.push((phone, id));
    }
    let options = world.asks_for_new_passkey(&added.session).await;
    assert_eq!(options["excludeCredentials"].as_array().unwrap().len(), 10);
    let eleventh = Authenticator::new(ORIGIN).make(&options);
    assert_eq!(code(&world.registers(&added.session, eleventh.clone(), "x").await), (409, "TOO_MANY_PASSKEYS"));
    let (_, removed) = phones.pop().unwrap();
    world.delete_as(&added.session, &format!("/auth/mfa/passkeys/{removed}")).await.assert_ok();
    // The challenge was not used up by that.
    world.registers(&added.session, eleventh, "Eleventh").await.assert_ok();

    let (_, eve) = world.person().signed_in().await;
    world.delete_as(&added.session, &format!("/auth/mfa/passkeys/{}", phones[1].1)).await.assert_ok();
    let taken = phones[0].0.passkeys()[0].clone();
    let bytes = base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, &taken).unwrap();
    for session in [&added.session, &eve] {
        let mut copy = Authenticator::new(ORIGIN);
        copy.credential_id = Some(bytes.clone());
        let passkey = copy.make(&world.asks_for_new_passkey(session).await);
        assert_eq!(code(&world.registers(session, passkey, "Copy").await), (409, "PASSKEY_KNOWN"));
    }
    // It is still whose it was.
    assert_eq!(Session::of(&world.signs_in_by_passkey(&mut phones[0].0).await).user_id, added.session.user_id);
}

#[tokio::test]
async fn passkeys_have_names_that_their_owner_gives_them() {
    let world = World::start().await;
    let (_, mut phone, added) = with_passkey(&world).await;
    let (_, eve) = world.person().signed_in().await;
    let path = format!("/auth/mfa/passkeys/{}", added.id);
    let names = async || {
        let listed = world.get_as(&added.session, "/auth/mfa").await;
        listed.assert_ok()["data"]["passkeys"][0]["name"].clone()
    };
    for name in ["", "   ", "\u{200b}", "a\nb", &"x".repeat(61)] {
        world.patch_as(&added.session, &path, json!({ "name": name })).await.assert_status(422);
        let passkey = Authenticator::new(ORIGIN).make(&world.asks_for_new_passkey(&added.session).await);
        world.registers(&added.session, passkey, name).await.assert_status(422);
    }
    assert_eq!(code(&world.patch_as(&eve, &path, json!({ "name": "Mine" })).await), (404, "FACTOR_NOT_FOUND"));
    assert_eq!(code(&world.delete_as(&eve, &path).await), (404, "FACTOR_NOT_FOUND"));
    assert_eq!(names().await, "Phone");
    let longest = "é".repeat(60);
    world.patch_as(&added.session, &path, json!({ "name": format!(" {longest} ") })).await.assert_ok();
    assert_eq!(names().await, longest);
    // A session that proved itself long ago may name, and no more.
    world.advance(301);
    world.patch_as(&added.session, &path, json!({ "name": "Old" })).await.assert_ok();
    assert_eq!(code(&world.delete_as(&added.session, &path).await), (403, "STEP_UP_REQUIRED"));
    assert_eq!(names().await, "Old");
    world.signs_in_by_passkey(&mut phone).await.assert_ok();
}
