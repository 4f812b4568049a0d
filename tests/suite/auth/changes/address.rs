//! An account gets another address.

use serde_json::{Value, json};
use tests::{Person, Session, World};

use super::{
    NEW, asks_for, at, changes_password, disowns, frozen_for, is_alive, letters, moves, redeems, resets, told,
};

const ELSEWHERE: &str = "elsewhere@example.org";
const DAY: u64 = 24 * 60 * 60;

async fn confirms(person: &Person<'_>) -> u64 {
    let token = person.mailed("confirm-email").await;
    redeems(person.world, "confirm-email", &token).await.status
}

#[tokio::test]
async fn an_account_moves_once_its_new_address_is_proven() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let other = Session::of(&ada.logs_in().await);
    let there = at(&ada, ELSEWHERE);
    asks_for(&ada, &session, ELSEWHERE).await.assert_ok();
    // The present address is told at once, and is the one that counts until then.
    assert!(letters(&world).await.contains(&(ada.email.clone(), "email-change-requested".to_owned())));
    assert!(is_alive(&world, &session).await && is_alive(&world, &other).await);
    ada.logs_in().await.assert_ok();
    there.logs_in().await.assert_status(401);
    assert_eq!((ada.account().await["address"].clone(), frozen_for(&world).await), (json!(ada.email), 0));

    world.advance(60);
    let token = there.mailed("confirm-email").await;
    let confirmed = redeems(&world, "confirm-email", &token).await;
    confirmed.assert_ok();
    assert_eq!(confirmed.body["redirect_url"], "https://app.example.com/sign-in");
    assert!(!is_alive(&world, &session).await && !is_alive(&world, &other).await);
    ada.logs_in().await.assert_status(401);
    let login = there.logs_in().await;
    login.assert_ok();
    assert_eq!((&login.body["user"]["email"], &login.body["user"]["id"]), (&json!(ELSEWHERE), &json!(session.user_id)));
    assert_eq!(login.body["user"]["email_confirmed_at"], world.now().to_string());
    assert_eq!(world.status_of(ELSEWHERE).await, "unknown", "strangers do not hear who has moved where");
    assert_eq!(told(&world).await, ["email_change_requested", "email_changed"]);
    let changed = |to: &str| (to.to_owned(), "email-changed".to_owned());
    let letters = letters(&world).await;
    assert!(letters.contains(&changed(&ada.email)) && letters.contains(&changed(ELSEWHERE)), "{letters:?}");
    assert_eq!(frozen_for(&world).await, 24 * 3_600);

    // The same link says so again, and does nothing.
    let before = world.rows("Accounts").await;
    redeems(&world, "confirm-email", &token).await.assert_ok();
    assert_eq!(world.rows("Accounts").await, before);
}

#[tokio::test]
async fn the_link_works_for_an_hour() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let there = at(&ada, ELSEWHERE);
    asks_for(&ada, &session, ELSEWHERE).await.assert_ok();
    let first = there.mailed("confirm-email").await;
    world.advance(44 * 60);
    let session = Session::of(&ada.logs_in().await);
    asks_for(&ada, &session, ELSEWHERE).await.assert_ok();
    assert_eq!(there.mailed("confirm-email").await, first, "a link with time left is mailed again");
    world.advance(16 * 60 - 1);
    assert_eq!(confirms(&there).await, 200);

    let (bob, session) = world.person().signed_in().await;
    let there = at(&bob, "another@example.org");
    asks_for(&bob, &session, &there.email).await.assert_ok();
    world.advance(60 * 60);
    assert_eq!(confirms(&there).await, 400);
    let session = Session::of(&bob.logs_in().await);
    asks_for(&bob, &session, &there.email).await.assert_ok();
    assert_eq!(confirms(&there).await, 200);
}

/// Somebody else may be at an address that was mistyped.
#[tokio::test]
async fn of_several_addresses_the_last_counts() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let (mistyped, there) = (at(&ada, "elswhere@example.org"), at(&ada, ELSEWHERE));
    asks_for(&ada, &session, &mistyped.email).await.assert_ok();
    asks_for(&ada, &session, &there.email).await.assert_ok();
    assert_eq!(confirms(&mistyped).await, 400);
    assert_eq!(ada.account().await["address"], ada.email);
    assert_eq!(confirms(&there).await, 200);
}

#[tokio::test]
async fn whatever_proves_the_owner_anew_ends_the_claim() {
    let world = World::start().await;
    for how in ["change", "reset", "not me"] {
        let (ada, session) = world.person().signed_in().await;
        let there = at(&ada, &format!("new-{}", ada.email));
        asks_for(&ada, &session, &there.email).await.assert_ok();
        match how {
            "change" => changes_password(&ada, &session, NEW).await,
            "reset" => resets(&world, &ada.is_offered_a_password().await, NEW).await,
            _ => disowns(&ada).await,
        }
        .assert_ok();
        assert_eq!(confirms(&there).await, 400, "{how}");
        assert_eq!(ada.account().await["address"], ada.email, "{how}");
        there.signs_up().await.assert_ok();
        there.verifies().await.assert_ok();
    }
}

#[tokio::test]
async fn the_own_address_is_no_other_in_whichever_spelling() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    for spelling in [ada.email.clone(), ada.email.to_uppercase(), ada.email.replace("person", "\u{ff50}erson")] {
        let refused = asks_for(&ada, &session, &spelling).await;
        assert_eq!((refused.status, &refused.body["success"]), (400, &json!(false)), "{spelling}");
    }
    assert_eq!(told(&world).await, [""; 0]);
}

#[tokio::test]
async fn the_account_gets_exactly_the_spelling_that_was_proven() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let spelled = at(&ada, "Else.Where@example.org");
    asks_for(&ada, &session, &spelled.email).await.assert_ok();
    let lower = at(&ada, "else.where@example.org");
    let (bob, bobs) = world.person().signed_in().await;
    world.advance(60);
    asks_for(&bob, &bobs, &lower.email).await.assert_ok();
    assert_eq!(confirms(&spelled).await, 200);
    assert_eq!(lower.logs_in().await.body["user"]["email"], spelled.email);
    // The other spelling is the same address: it is taken.
    assert_eq!(confirms(&lower).await, 400);
    assert_eq!(bob.account().await["address"], bob.email);
}

#[tokio::test]
async fn an_address_that_is_taken_gets_no_letter_and_is_not_taken_away() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let (bob, bobs) = world.person().signed_in().await;
    asks_for(&ada, &session, &bob.email).await.assert_ok();
    assert!(bob.all_mailed("confirm-email").await.is_empty());
    let of_bob: Vec<_> = letters(&world).await.into_iter().filter(|(to, _)| *to == bob.email).collect();
    assert_eq!(of_bob, [(bob.email.clone(), "verify".to_owned())]);
    assert!(is_alive(&world, &bobs).await);

    // Who comes first has it, whatever was claimed.
    let free = world.person();
    world.advance(60);
    asks_for(&ada, &session, &free.email).await.assert_ok();
    let token = free.mailed("confirm-email").await;
    free.rival("of its own").signs_up().await.assert_ok();
    free.verifies().await.assert_ok();
    redeems(&world, "confirm-email", &token).await.assert_status(400);
    free.rival("of its own").logs_in().await.assert_ok();
    assert_eq!(ada.account().await["address"], ada.email);
}

#[tokio::test]
async fn a_sign_up_that_waits_goes_on_until_the_address_is_proven() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let stranger = world.person().rival("of a stranger");
    stranger.signs_up().await.assert_ok();
    let proof = stranger.mailed("verify-email").await;
    asks_for(&ada, &session, &stranger.email).await.assert_ok();
    assert_eq!(world.status_of(&stranger.email).await, "pending");
    assert_eq!(confirms(&at(&ada, &stranger.email)).await, 200);
    redeems(&world, "verify-email", &proof).await.assert_status(400);
    stranger.logs_in().await.assert_status(401);
    at(&ada, &stranger.email).logs_in().await.assert_ok();
}

#[tokio::test]
async fn several_accounts_may_claim_an_address_and_its_reader_decides() {
    let world = World::start().await;
    let mut people = Vec::new();
    for number in 0..6 {
        let (person, session) = world.person().signed_in().await;
        let asked = asks_for(&person, &session, ELSEWHERE).await;
        assert_eq!(asked.status, if number < 5 { 200 } else { 429 }, "{asked:?}");
        if number == 5 {
            assert!(asked.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().unwrap() > 60));
        } else {
            let again = asks_for(&person, &session, ELSEWHERE).await;
            let wait = if number < 4 { "60" } else { "3360" };
            assert_eq!((again.status, again.header("retry-after")), (429, Some(wait)));
        }
        people.push(person);
        world.advance(60);
    }
    // Of the first account's letter, though others came after it.
    let tokens = at(&people[0], ELSEWHERE).all_mailed("confirm-email").await;
    assert_eq!(tokens.len(), 5);
    redeems(&world, "confirm-email", tokens.last().unwrap()).await.assert_ok();
    for later in &tokens[..4] {
        redeems(&world, "confirm-email", later).await.assert_status(400);
    }
    assert_eq!(at(&people[0], ELSEWHERE).account().await["pk"], {
        let login = at(&people[0], ELSEWHERE).logs_in().await;
        format!("ACCOUNT#{}", login.body["user"]["id"].as_str().unwrap())
    });
}

#[tokio::test]
async fn an_account_asks_for_five_addresses_a_day() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    for number in 0..5 {
        asks_for(&ada, &session, &format!("new-{number}@example.org")).await.assert_ok();
    }
    let refused = asks_for(&ada, &session, ELSEWHERE).await;
    assert_eq!((refused.status, &refused.body["success"]), (429, &json!(false)));
    assert!(at(&ada, ELSEWHERE).all_mailed("confirm-email").await.is_empty());
    // Who does not know the password does not use them up.
    let (bob, session) = world.person().signed_in().await;
    for _ in 0..3 {
        asks_for(&bob.rival("a mere guess"), &session, ELSEWHERE).await.assert_status(403);
    }
    for number in 5..10 {
        asks_for(&bob, &session, &format!("new-{number}@example.org")).await.assert_ok();
    }
    world.advance(DAY);
    let session = Session::of(&ada.logs_in().await);
    asks_for(&ada, &session, ELSEWHERE).await.assert_ok();
}

/// While the former address may be taken back, it is nobody's, and the account stays where it is: who changed it twice would have it.
#[tokio::test]
async fn for_seven_days_the_former_address_is_nobody_elses_and_there_is_no_further_change() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let there = moves(&ada, &session, ELSEWHERE).await;
    let stranger = ada.rival("of a stranger");
    let (bob, bobs) = world.person().signed_in().await;
    let before = letters(&world).await;
    world.advance(60);
    stranger.signs_up().await.assert_ok();
    world.advance(60);
    stranger.forgets().await.assert_ok();
    world.post("/auth/resend-verification", json!({ "email": ada.email })).await.assert_ok();
    asks_for(&bob, &bobs, &ada.email).await.assert_ok();
    let news: Vec<_> = letters(&world).await.into_iter().filter(|letter| !before.contains(letter)).collect();
    assert_eq!(news, [(bob.email.clone(), "email-change-requested".to_owned())]);
    stranger.logs_in().await.assert_status(401);

    world.advance(7 * DAY - 121);
    let session = Session::of(&there.logs_in().await);
    let refused = asks_for(&there, &session, "twice@example.org").await;
    assert_eq!((refused.status, &refused.body["success"]), (409, &json!(false)));
    world.advance(1);
    let not_me = ada.mailed("not-me").await;
    redeems(&world, "not-me", &not_me).await.assert_status(400);
    let session = Session::of(&there.logs_in().await);
    asks_for(&there, &session, "twice@example.org").await.assert_ok();
    assert_eq!(confirms(&at(&ada, "twice@example.org")).await, 200);
    // It is free: the password of before is none of the stranger's, whom nothing was mailed.
    stranger.signs_up().await.assert_ok();
    stranger.verifies().await.assert_ok();
    stranger.logs_in().await.assert_ok();
    assert_eq!(world.accounts().await.len(), 3);
}

/// Nobody can tell it from an address that nobody has.
#[tokio::test]
async fn links_that_are_good_for_nothing_look_the_same() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let (mistyped, there) = (at(&ada, "elswhere@example.org"), at(&ada, ELSEWHERE));
    asks_for(&ada, &session, &mistyped.email).await.assert_ok();
    asks_for(&ada, &session, &there.email).await.assert_ok();
    let replaced = mistyped.mailed("confirm-email").await;
    let reset = ada.is_offered_a_password().await;
    let proof = ada.mailed("verify-email").await;
    let forged = "A".repeat(107);
    for page in ["confirm-email", "not-me"] {
        let mut seen = Vec::new();
        for token in ["", "x", "\u{0}", "\u{1f600}", &forged, &reset, &proof, &replaced, &"y".repeat(10_000)] {
            let reply = redeems(&world, page, token).await;
            seen.push((reply.status, reply.body, token.len()));
        }
        let other = if page == "not-me" { there.mailed("confirm-email").await } else { ada.mailed("not-me").await };
        let reply = redeems(&world, page, &other).await;
        seen.push((reply.status, reply.body, 0));
        assert!(seen.iter().all(|(status, body, _)| (*status, body) == (400, &seen[0].1)), "{seen:#?}");
    }
    for odd in [json!({}), json!({ "token": 7 }), json!({ "token": null }), json!([])] {
        for page in ["confirm-email", "not-me"] {
            let reply = world.post(&format!("/auth/{page}"), odd.clone()).await;
            assert_eq!(reply.status, 422, "{odd}");
        }
    }
    assert_eq!(ada.account().await["address"], ada.email);
    assert!(is_alive(&world, &session).await);
}

/// The rows that are kept of addresses go by themselves, but for those of accounts.
#[tokio::test]
async fn no_row_of_an_address_stays_for_ever() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let ttl = |rows: &[Value], left: i64| {
        rows.iter().filter(|row| row["ttl"].as_i64().is_some_and(|ttl| ttl - world.now().as_second() == left)).count()
    };
    asks_for(&ada, &session, ELSEWHERE).await.assert_ok();
    let rows = world.rows_of("Accounts", "ADDRESS#").await;
    assert_eq!((rows.len(), ttl(&rows, 3_600)), (2, 1), "{rows:?}");
    assert_eq!(confirms(&at(&ada, ELSEWHERE)).await, 200);
    let rows = world.rows_of("Accounts", "ADDRESS#").await;
    assert_eq!((rows.len(), ttl(&rows, 7 * 24 * 3_600)), (2, 1), "{rows:?}");
    disowns(&ada).await.assert_ok();
    let rows = world.rows_of("Accounts", "ADDRESS#").await;
    assert_eq!((rows.len(), ttl(&rows, 0)), (2, 1), "{rows:?}");
}
