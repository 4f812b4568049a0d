//! Every letter, as its reader sees it: a page each in `tests/snapshots/mail`.

use std::time::Duration;

use compat::email::EmailAddress;
use shared::{
    ids::LinkId,
    outbox::{Letter, NoPassword},
};
use tests::{Page, World};

const FOLDER: &str = "mail";

#[tokio::test]
async fn verify() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    let until = world.now() + Duration::from_hours(24);
    let mut page = Page::default();
    page.letter("To whoever has signed up", &world.mails(&ada.email).await[0], Some(until));
    page.is_kept(FOLDER, "verify");
}

#[tokio::test]
async fn already_registered() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    ada.signs_up().await;
    let mut page = Page::default();
    page.letter("To whoever has an account that somebody signs up for", &world.mails(&ada.email).await[0], None);
    page.is_kept(FOLDER, "already_registered");
}

#[tokio::test]
async fn weak_password() {
    let world = World::start().await;
    let to = EmailAddress::parse("ada@example.com").unwrap();
    world.post_letter(Letter::WeakPassword { to }).await;
    let mut page = Page::default();
    let reader = "To whoever has signed in with a password that is easy to guess";
    page.letter(reader, &world.mails("ada@example.com").await[0], None);
    page.is_kept(FOLDER, "weak_password");
}

#[tokio::test]
async fn locked() {
    let world = World::start().await;
    let to = EmailAddress::parse("ada@example.com").unwrap();
    world.post_letter(Letter::Locked { to }).await;
    let mut page = Page::default();
    page.letter(
        "To whoever has an account at which passwords are tried",
        &world.mails("ada@example.com").await[0],
        None,
    );
    page.is_kept(FOLDER, "locked");
}

#[tokio::test]
async fn set_password() {
    let world = World::start().await;
    let expires_at = world.now() + Duration::from_hours(1);
    let mut page = Page::default();
    for (name, because, reader) in [
        ("ada", None, "To whoever has forgotten the password"),
        ("bob", Some(NoPassword::Weak), "To whoever has signed up with one that is easy to guess"),
        ("cem", Some(NoPassword::Contested), "To whoever has signed up with different ones"),
        ("dee", Some(NoPassword::OtherSpelling), "To whoever has signed up with another spelling"),
    ] {
        let (address, link) = (format!("{name}@example.com"), LinkId::random().unwrap());
        let to = EmailAddress::parse(&address).unwrap();
        world.post_letter(Letter::SetPassword { to, link, expires_at, because }).await;
        page.letter(reader, &world.mails(&address).await[0], Some(expires_at));
    }
    page.is_kept(FOLDER, "set_password");
}
