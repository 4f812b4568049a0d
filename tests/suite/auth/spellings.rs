//! Spellings of one address meet in one record. Each has to prove itself.

use serde_json::json;
use tests::{Person, Reply, World};

/// Somebody else, who types the address of `person` in capitals. Where a domain tells spellings apart, that is another mailbox.
fn shouting<'w>(person: &Person<'w>, password: &str) -> Person<'w> {
    spelled(person, &person.email.to_uppercase().replace("EXAMPLE.COM", "example.com"), password)
}

fn spelled<'w>(person: &Person<'w>, email: &str, password: &str) -> Person<'w> {
    Person { world: person.world, email: email.to_owned(), password: password.to_owned() }
}

async fn redeems(world: &World, token: &str) -> Reply {
    world.post("/auth/verify-email", json!({ "token": token })).await
}

async fn asks_again(person: &Person<'_>) -> Reply {
    person.world.post("/auth/resend-verification", json!({ "email": person.email })).await
}

#[tokio::test]
async fn a_link_makes_exactly_that_spelling_the_address_that_it_was_mailed_to() {
    let world = World::start().await;
    for strangers in [0, 1, 4, 5] {
        let ada = world.person();
        ada.signs_up().await;
        for _ in 0..strangers {
            ada.rival("a mere guess").signs_up().await;
        }
        let stranger = shouting(&ada, "a mere guess");
        stranger.signs_up().await;
        let verified = ada.verifies().await;
        assert_eq!((verified.status, &verified.body["email"]), (200, &json!(ada.email)), "{strangers}");

        // Contested, so the owner is asked for a password: where the proof came from, and nowhere else.
        assert!(stranger.all_mailed("reset-password").await.is_empty());
        let token = ada.mailed("reset-password").await;
        let body = json!({ "token": token, "password": "chosen by the owner" });
        world.post("/auth/reset-password", body).await.assert_ok();
        assert_eq!(ada.rival("chosen by the owner").logs_in().await.body["user"]["email"], ada.email);
        redeems(&world, &stranger.mailed("verify-email").await).await.assert_status(400);
    }
}

#[tokio::test]
async fn a_spelling_that_nobody_reads_takes_nothing_away() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    let full_width = spelled(&ada, &ada.email.replace("person", "\u{ff50}erson"), "a mere guess");
    full_width.signs_up().await;
    assert_eq!(ada.verifies().await.body["email"], ada.email);
    assert_eq!(ada.all_mailed("reset-password").await.len(), 1);
}

#[tokio::test]
async fn who_asks_again_is_mailed_at_the_spelling_that_asks() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    let stranger = shouting(&ada, &ada.password);
    stranger.signs_up().await;
    let before = stranger.all_mailed("verify-email").await.len();
    for _ in 0..3 {
        world.advance(60);
        asks_again(&ada).await.assert_ok();
    }
    assert_eq!(ada.all_mailed("verify-email").await.len(), 4);
    assert_eq!(stranger.all_mailed("verify-email").await.len(), before);
    assert_eq!(ada.verifies().await.body["email"], ada.email);
}

#[tokio::test]
async fn who_only_asks_for_a_letter_does_not_come_to_a_password_of_somebody_else() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    let thief = shouting(&ada, "unknown to him");
    asks_again(&thief).await;
    let token = thief.mailed("verify-email").await;
    assert_eq!(redeems(&world, &token).await.body["email"], thief.email);
    // The account is his who proved to read that mailbox, and nothing of hers is in it: she is not let in to use it.
    ada.logs_in().await.assert_status(401);
    assert_eq!(thief.all_mailed("reset-password").await.len(), 1);

    // Her own letter, asked for again at her own spelling, keeps her password.
    let bob = world.person();
    bob.signs_up().await;
    world.advance(25 * 3_600);
    asks_again(&bob).await;
    bob.verifies().await;
    bob.logs_in().await.assert_ok();
}

#[tokio::test]
async fn an_account_is_written_to_in_its_own_spelling_whoever_asks() {
    let world = World::start().await;
    let ada = world.person();
    let owner = shouting(&ada, &ada.password);
    // The account has the odd spelling, and strangers type the usual one.
    owner.signs_up().await;
    owner.rival("a mere guess").signs_up().await;
    assert_eq!(owner.verifies().await.body["email"], owner.email);
    for _ in 0..3 {
        ada.rival("another guess").signs_up().await;
        world.advance(60);
        asks_again(&ada).await;
    }
    assert!(world.mails(&ada.email).await.is_empty());
    let offers = owner.all_mailed("reset-password").await;
    assert!(offers.len() > 1 && offers.iter().all(|offer| *offer == offers[0]), "{offers:?}");
    let body = json!({ "token": offers[0], "password": "chosen by the owner" });
    world.post("/auth/reset-password", body).await.assert_ok();
    world.advance(3_600);
    ada.rival("yet another guess").signs_up().await;
    assert!(world.mails(&ada.email).await.is_empty());
    assert!(world.mails(&owner.email).await[0].subject.contains("already have an account"));
}

#[tokio::test]
async fn a_sign_up_that_is_not_mailed_changes_the_verdict_on_passwords_alone() {
    let world = World::start().await;
    let ada = world.person();
    for _ in 0..5 {
        ada.signs_up().await;
    }
    let row = async || world.rows_of("Accounts", "ADDRESS#").await.remove(0);
    let mut before = row().await;
    let silent = ada.rival("a mere guess");
    silent.signs_up().await;
    let mut after = row().await;
    assert_ne!(before["pending"].take(), after["pending"].take());
    assert_eq!(after["version"].as_u64(), before["version"].as_u64().map(|version| version + 1));
    before["version"] = after["version"].clone();
    assert_eq!(before, after);
    assert_eq!(ada.all_mailed("verify-email").await.len(), 5);
}

#[tokio::test]
async fn other_spellings_do_not_use_up_the_letters_of_the_usual_one() {
    let world = World::start().await;
    let ada = world.person();
    let name = ada.email.strip_prefix("person").unwrap();
    let others = ["Person", "pErson", "peRson", "perSon", "persOn", "persoN"].map(|person| format!("{person}{name}"));
    for other in &others {
        spelled(&ada, other, "a mere guess").signs_up().await;
    }
    let mut mailed = 0;
    for other in &others {
        mailed += world.mails(other).await.len();
    }
    assert_eq!(mailed, 5, "five for all other spellings together");
    for _ in 0..6 {
        ada.signs_up().await;
    }
    assert_eq!(ada.all_mailed("verify-email").await.len(), 5);
    assert_eq!(ada.verifies().await.body["email"], ada.email);
}

#[tokio::test]
async fn of_other_spellings_the_last_four_have_links_and_proving_one_ends_all() {
    let world = World::start().await;
    let ada = world.person();
    let name = ada.email.strip_prefix("person").unwrap();
    let others = ["Person", "pErson", "peRson", "perSon", "persOn"].map(|person| format!("{person}{name}"));
    ada.signs_up().await;
    let mut tokens = Vec::new();
    for other in &others {
        let other = spelled(&ada, other, &ada.password);
        other.signs_up().await;
        tokens.push(other.mailed("verify-email").await);
    }
    redeems(&world, &tokens[0]).await.assert_status(400); // the oldest makes room
    let proven = redeems(&world, &tokens[1]).await;
    assert_eq!((proven.status, &proven.body["email"]), (200, &json!(others[1])));
    for token in tokens.iter().skip(2).chain([&ada.mailed("verify-email").await]) {
        redeems(&world, token).await.assert_status(400); // one proof ends all other links
    }
    redeems(&world, &tokens[1]).await.assert_ok();
    assert_eq!(ada.logs_in().await.body["user"]["email"], others[1]);
}

#[tokio::test]
async fn asking_again_and_again_neither_floods_a_mailbox_nor_ends_a_link() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    let first = ada.mailed("verify-email").await;
    let mut waits = Vec::new();
    for _ in 0..8 {
        world.advance(60);
        let reply = asks_again(&ada).await;
        waits.push((reply.status, reply.body["retry_after"].as_i64().unwrap()));
        if reply.status == 429 {
            assert_eq!(reply.header("retry-after"), Some(waits.last().unwrap().1.to_string().as_str()));
        }
    }
    // The sign-up counts; what is asked for after five is told when there is room again.
    let accepted = [(200, 60), (200, 60), (200, 60), (200, 3_600 - 240)];
    assert_eq!(waits[..4], accepted);
    assert_eq!(waits[4..], [300, 360, 420, 480].map(|gone| (429, 3_600 - gone)));
    let mailed = ada.all_mailed("verify-email").await;
    assert!(mailed.len() == 5 && mailed.iter().all(|token| *token == first), "{mailed:?}");
    redeems(&world, &first).await.assert_ok();
}

#[tokio::test]
async fn strangers_cannot_make_the_offer_of_a_password_stale_nor_send_it_too_often() {
    let world = World::start().await;
    let ada = world.person();
    ada.rival("a mere guess").signs_up().await;
    ada.signs_up().await;
    ada.verifies().await;
    let first = ada.mailed("reset-password").await;
    let name = ada.email.strip_prefix("person").unwrap();
    for person in ["person", "Person", "pErson", "peRson", "perSon", "persOn", "persoN", "PERSON"] {
        let stranger = spelled(&ada, &format!("{person}{name}"), "a mere guess");
        assert_eq!(
            asks_again(&stranger).await.status,
            if person == "person" || person == "Person" { 200 } else { 429 }
        );
        stranger.signs_up().await;
    }
    // One for the proof, and five that were asked for.
    let offers = ada.all_mailed("reset-password").await;
    assert!(offers.len() == 6 && offers.iter().all(|token| *token == first), "{}", offers.len());
    let body = json!({ "token": first, "password": "chosen by the owner" });
    world.post("/auth/reset-password", body).await.assert_ok();
}

#[tokio::test]
async fn asking_in_vain_keeps_nobody_from_signing_up() {
    let world = World::start().await;
    let ada = world.person();
    for _ in 0..6 {
        asks_again(&ada).await;
        world.advance(60);
    }
    assert!(world.mails(&ada.email).await.is_empty());
    ada.signs_up().await;
    assert_eq!(ada.all_mailed("verify-email").await.len(), 1);
    ada.verifies().await.assert_ok();

    // Nor does a link that has hardly any time left.
    let bob = world.person();
    asks_again(&bob).await;
    world.advance(23 * 3_600 + 39 * 60);
    for _ in 0..5 {
        asks_again(&bob).await.assert_ok();
        world.advance(60);
    }
    world.advance(120);
    bob.signs_up().await;
    assert_eq!(bob.all_mailed("verify-email").await.len(), 1);
    bob.verifies().await.assert_ok();
    bob.logs_in().await.assert_ok();
}

#[tokio::test]
async fn five_letters_an_hour_go_to_other_spellings_whatever_was_asked_for_before() {
    let world = World::start().await;
    let ada = world.person();
    let name = ada.email.strip_prefix("person").unwrap();
    let others = ["Person", "pErson", "peRson", "perSon"].map(|person| format!("{person}{name}"));
    for other in &others[1..] {
        asks_again(&spelled(&ada, other, "a mere guess")).await;
        world.advance(60);
    }
    world.advance(3_600);
    for _ in 0..5 {
        spelled(&ada, &others[0], "a mere guess").signs_up().await;
    }
    let mut mailed = 0;
    for other in &others {
        spelled(&ada, other, "a mere guess").signs_up().await;
        mailed += world.mails(other).await.len();
    }
    assert_eq!(mailed, 5);
}

#[tokio::test]
async fn a_sign_up_whose_link_has_expired_is_contested_as_long_as_it_can_be_revived() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    world.advance(25 * 3_600);
    let stranger = ada.rival("set by a stranger");
    stranger.signs_up().await;
    asks_again(&ada).await;
    ada.verifies().await.assert_ok();
    stranger.logs_in().await.assert_status(401);
    assert_eq!(ada.all_mailed("reset-password").await.len(), 1);

    // What can no longer be revived does not count.
    let bob = world.person();
    bob.rival("set by a stranger").signs_up().await;
    world.advance(48 * 3_600);
    bob.signs_up().await;
    bob.verifies().await;
    bob.logs_in().await.assert_ok();
}

#[tokio::test]
async fn a_password_that_is_set_twice_by_one_link_is_set() {
    let world = World::start().await;
    let ada = world.person();
    ada.rival("a mere guess").signs_up().await;
    ada.signs_up().await;
    ada.verifies().await;
    let token = ada.mailed("reset-password").await;
    world.advance(30 * 60 - 1);
    let set = |password: &str| {
        let body = json!({ "token": token, "password": password });
        async { world.post("/auth/reset-password", body).await }
    };
    let first = set("chosen by the owner").await;
    let session = tests::Session::of(&ada.rival("chosen by the owner").logs_in().await);
    // Its answer was lost, say.
    let again = set("chosen by the owner").await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    world.get_as(&session, "/auth/profile").await.assert_ok(); // nothing has happened
    set("chosen by a thief").await.assert_status(400);
    // Half an hour from then on, however much time the link had left.
    world.advance(30 * 60 - 1);
    set("chosen by the owner").await.assert_ok();
    world.advance(1);
    set("chosen by the owner").await.assert_status(400); // its time is over
}
