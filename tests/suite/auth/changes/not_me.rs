//! An owner takes an account back, by the link of a letter that told of what somebody else has done.

use admin::account_change;
use auth::operators::Command;
use serde_json::json;
use shared::ids::{AccountId, SessionId};
use tests::{Session, World, json_request};

use super::{
    NEW, asks_for, at, changes_password, disowns, frozen_for, is_alive, letters, moves, redeems, resets, told,
};

const THIEF: &str = "thief@example.org";
const DAY: u64 = 24 * 60 * 60;

/// Whoever has the password is out, and only who reads the mail gets in.
#[tokio::test]
async fn it_ends_every_session_and_the_password_and_offers_a_new_one() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let thief = Session::of(&ada.logs_in().await);
    changes_password(&ada, &thief, "of the thief").await.assert_ok();
    let thief = ada.rival("of the thief");
    let last = Session::of(&thief.logs_in().await);
    let answer = disowns(&ada).await;
    answer.assert_ok();
    assert_eq!(answer.body["redirect_url"], json!(null));
    for session in [&session, &last] {
        assert!(!is_alive(&world, session).await);
    }
    for person in [&ada, &thief] {
        person.logs_in().await.assert_status(401);
    }
    assert_eq!(told(&world).await, ["password_changed", "not_me"]);
    assert_eq!(frozen_for(&world).await, 24 * 3_600);
    let owner = ada.rival(NEW);
    resets(&world, &ada.mailed("reset-password").await, NEW).await.assert_ok();
    assert!(is_alive(&world, &Session::of(&owner.logs_in().await)).await);
    assert_eq!(told(&world).await, ["password_changed", "not_me", "password_reset"]);
}

#[tokio::test]
async fn it_forgets_the_places_and_leaves_what_was_tried() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    changes_password(&ada, &session, NEW).await.assert_ok();
    let guess = || json_request("POST", "/auth/login", &ada.rival("a mere guess").credentials());
    for _ in 0..5 {
        world.send_from("192.0.2.7", guess()).await.assert_status(401);
    }
    let guard = |rows: Vec<serde_json::Value>| rows.into_iter().find(|row| row["sk"] == "GUARD").unwrap();
    assert!(!guard(world.rows_of("Sessions", "ACCOUNT#").await)["places"].as_object().unwrap().is_empty());
    disowns(&ada).await.assert_ok();
    let after = guard(world.rows_of("Sessions", "ACCOUNT#").await);
    assert_eq!((&after["places"], &after["failures"]), (&json!({}), &json!(5)));
    // The link that sets the next password is the way in, past the lock.
    resets(&world, &ada.mailed("reset-password").await, "a third password").await.assert_ok();
    world.send_from("192.0.2.7", guess()).await.assert_status(429);
    ada.rival("a third password").logs_in().await.assert_ok();
}

#[tokio::test]
async fn a_link_works_once_and_none_of_before_works_after_it() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    changes_password(&ada, &session, NEW).await.assert_ok();
    world.advance(1);
    let owner = ada.rival(NEW);
    asks_for(&owner, &session, THIEF).await.assert_ok();
    let links = ada.all_mailed("not-me").await;
    assert_eq!(links.len(), 2);
    redeems(&world, "not-me", &links[1]).await.assert_ok();
    resets(&world, &ada.mailed("reset-password").await, "a third password").await.assert_ok();
    let session = Session::of(&ada.rival("a third password").logs_in().await);
    let before = (world.rows("Accounts").await, letters(&world).await);
    for link in &links {
        let heeded = redeems(&world, "not-me", link).await;
        heeded.assert_ok();
        assert_eq!(heeded.body["redirect_url"], "https://app.example.com/sign-in");
    }
    assert_eq!((world.rows("Accounts").await, letters(&world).await), before);
    assert!(is_alive(&world, &session).await);
    // But the one in the letter that tells of the new password does.
    disowns(&ada).await.assert_ok();
    assert!(!is_alive(&world, &session).await);
}

#[tokio::test]
async fn a_link_works_for_seven_days() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    changes_password(&ada, &session, NEW).await.assert_ok();
    let token = ada.mailed("not-me").await;
    world.advance(7 * DAY);
    redeems(&world, "not-me", &token).await.assert_status(400);
    ada.rival(NEW).logs_in().await.assert_ok();

    let (bob, session) = world.person().signed_in().await;
    changes_password(&bob, &session, NEW).await.assert_ok();
    let token = bob.mailed("not-me").await;
    world.advance(7 * DAY - 1);
    redeems(&world, "not-me", &token).await.assert_ok();
    bob.rival(NEW).logs_in().await.assert_status(401);
}

/// A thief with the password has moved the account, and signs in at the new address.
#[tokio::test]
async fn from_the_former_address_the_account_moves_back() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let thief = moves(&ada, &session, THIEF).await;
    let session = Session::of(&thief.logs_in().await);
    thief.forgets().await.assert_ok();
    let offer = thief.mailed("reset-password").await;
    let own_notice = thief.mailed("not-me").await;
    disowns(&ada).await.assert_ok();

    assert!(!is_alive(&world, &session).await);
    for person in [&ada, &thief] {
        person.logs_in().await.assert_status(401);
    }
    resets(&world, &offer, "of the thief").await.assert_status(400);
    redeems(&world, "not-me", &own_notice).await.assert_status(400);
    world.advance(60);
    thief.forgets().await.assert_ok();
    assert_eq!(thief.all_mailed("reset-password").await, [offer]);
    assert_eq!(told(&world).await, ["email_change_requested", "email_changed", "not_me", "email_restored"]);
    let account = ada.account().await;
    assert_eq!((account["address"].as_str(), account.get("undo")), (Some(ada.email.as_str()), None));

    resets(&world, &ada.mailed("reset-password").await, NEW).await.assert_ok();
    let login = ada.rival(NEW).logs_in().await;
    assert_eq!(login.body["user"]["email"], ada.email);
    // It could be moved again, by who has the new password.
    let session = Session::of(&login);
    asks_for(&ada.rival(NEW), &session, "elsewhere@example.org").await.assert_ok();
    // The thief's address is anybody's, and nothing of the account.
    thief.signs_up().await.assert_ok();
    thief.verifies().await.assert_ok();
    assert_ne!(thief.logs_in().await.body["user"]["id"], session.user_id);
    assert_eq!(world.accounts().await.len(), 2);
}

/// Whatever a thief does who reads the mail of the new address, the letter to the former one takes the account back: any of the last seven
/// days.
#[tokio::test]
async fn nothing_at_the_new_address_is_in_the_way_of_the_former_one() {
    let world = World::start().await;
    for number in 0..4 {
        let (ada, session) = world.person().signed_in().await;
        changes_password(&ada, &session, NEW).await.assert_ok();
        let before = ada.mailed("not-me").await;
        world.advance(60);
        let owner = ada.rival(NEW);
        let thief = moves(&owner, &session, &format!("thief-{number}@example.org")).await;
        let newest = ada.mailed("not-me").await;
        world.advance(3 * DAY);
        if number > 0 {
            disowns(&thief).await.assert_ok();
            resets(&world, &thief.mailed("reset-password").await, "of the thief").await.assert_ok();
        }
        if number > 1 {
            disowns(&thief).await.assert_ok();
        }
        let token = if number == 3 { before } else { newest };
        redeems(&world, "not-me", &token).await.assert_ok();
        assert_eq!(ada.account().await["address"], ada.email, "{number}");
        for password in [NEW, "of the thief", &ada.password] {
            thief.rival(password).logs_in().await.assert_status(401);
            ada.rival(password).logs_in().await.assert_status(401);
        }
        resets(&world, &ada.mailed("reset-password").await, "a third password").await.assert_ok();
        ada.rival("a third password").logs_in().await.assert_ok();
    }
}

/// Who reads the mail of the former address might be the thief: the present one is told, and may not follow.
#[tokio::test]
async fn who_loses_the_account_to_its_former_address_is_told() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let there = moves(&ada, &session, "elsewhere@example.org").await;
    let before = there.all_mailed("not-me").await;
    disowns(&ada).await.assert_ok();
    let told = letters(&world).await;
    let (to, what) = (there.email.clone(), "email-changed".to_owned());
    assert_eq!(told.iter().filter(|letter| **letter == (to.clone(), what.clone())).count(), 2);
    assert_eq!(there.all_mailed("not-me").await, before, "there is nothing left to save");
}

#[tokio::test]
async fn a_thief_with_a_session_alone_gets_nowhere() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let thief = ada.rival("a mere guess");
    changes_password(&thief, &session, NEW).await.assert_status(403);
    asks_for(&thief, &session, THIEF).await.assert_status(403);
    for path in ["/auth/change-password", "/auth/change-email"] {
        let body = json!({ "new_password": NEW, "new_email": THIEF });
        world.post_as(&session, path, body.clone()).await.assert_status(403);
        world.post(path, body).await.assert_status(401);
    }
    assert!(at(&ada, THIEF).all_mailed("confirm-email").await.is_empty());
    assert_eq!((told(&world).await.len(), ada.all_mailed("not-me").await.len()), (0, 0));
}

/// A thief with the password replaces it whenever the owner has asked for a link, and makes each of them void.
#[tokio::test]
async fn an_owner_whose_links_are_made_void_has_those_of_the_notices() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let mut thief = at(&ada, &ada.email);
    for number in 0..3 {
        let token = ada.is_offered_a_password().await;
        let new = format!("of the thief {number}");
        changes_password(&thief, &session, &new).await.assert_ok();
        thief.password = new;
        resets(&world, &token, NEW).await.assert_status(400);
        world.advance(60);
    }
    disowns(&ada).await.assert_ok();
    assert!(!is_alive(&world, &session).await);
    thief.logs_in().await.assert_status(401);
    resets(&world, &ada.mailed("reset-password").await, NEW).await.assert_ok();
    ada.rival(NEW).logs_in().await.assert_ok();
}

#[tokio::test]
async fn a_reset_is_told_and_freezes_the_vault_unless_it_is_the_first_password() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    resets(&world, &ada.is_offered_a_password().await, NEW).await.assert_ok();
    assert_eq!((told(&world).await, frozen_for(&world).await), (vec!["password_reset".to_owned()], 24 * 3_600));
    assert!(letters(&world).await.contains(&(ada.email.clone(), "password-changed".to_owned())));
    // A later one makes it longer, never shorter.
    world.advance(3_600);
    resets(&world, &ada.is_offered_a_password().await, "a third password").await.assert_ok();
    assert_eq!(frozen_for(&world).await, 24 * 3_600);

    let world = World::start().await;
    let bob = world.person();
    bob.signs_up().await;
    bob.rival("another password").signs_up().await;
    bob.verifies().await.assert_ok();
    resets(&world, &bob.mailed("reset-password").await, NEW).await.assert_ok();
    assert_eq!(frozen_for(&world).await, 0);
    disowns(&bob).await.assert_ok();
    resets(&world, &bob.mailed("reset-password").await, NEW).await.assert_ok();
    assert_eq!(frozen_for(&world).await, 24 * 3_600);

    let world = World::with(|config| config.freeze = std::time::Duration::ZERO).await;
    let (eve, session) = world.person().signed_in().await;
    resets(&world, &eve.is_offered_a_password().await, NEW).await.assert_ok();
    assert!(!is_alive(&world, &session).await);
    assert_eq!(frozen_for(&world).await, 0);
}

/// Operators suspend what a thief has moved away. That stops the thief, and must not run out the owner's week.
#[tokio::test]
async fn the_way_back_to_the_former_address_is_open_while_the_account_is_suspended() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let thief = moves(&ada, &session, THIEF).await;
    let user = AccountId::parse(&session.user_id).unwrap();
    let suspended = async |command| {
        let whose = account_change::Arguments { user, yes: true };
        account_change::change(&world.operator(), &whose, &command, &world.clock).await.unwrap().is_done
    };
    assert!(suspended(Command::Ban("stolen".to_owned())).await);
    redeems(&world, "not-me", &thief.mailed("not-me").await).await.assert_status(400);
    disowns(&ada).await.assert_ok();
    let account = ada.account().await;
    assert!(account.get("banned").is_some() && account.get("password").is_none(), "{account}");
    for person in [&ada, &thief] {
        person.logs_in().await.assert_status(401);
    }
    assert!(suspended(Command::Unban).await);
    world.advance(61);
    resets(&world, &ada.is_offered_a_password().await, NEW).await.assert_ok();
    ada.rival(NEW).logs_in().await.assert_ok();
    thief.rival(NEW).logs_in().await.assert_status(401);
}

/// Somebody who can write a row of Sessions cannot keep an owner from ending all of them.
#[tokio::test]
async fn a_session_that_nobody_can_read_ends_with_the_others() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    changes_password(&ada, &session, NEW).await.assert_ok();
    let pk = format!("ACCOUNT#{}", session.user_id);
    let sk = format!("SESSION#{}", SessionId::random().unwrap());
    world.put_rows("Sessions", vec![json!({ "pk": pk, "sk": sk, "id": "none" })]).await;
    disowns(&ada).await.assert_ok();
    let left = world.rows_of("Sessions", "ACCOUNT#").await;
    assert_eq!(left.len(), 1, "only the guard: {left:?}");
    resets(&world, &ada.mailed("reset-password").await, "a third password").await.assert_ok();
}
