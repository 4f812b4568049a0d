//! Every letter, as its reader sees it: a page each in `tests/snapshots/mail`.

use std::time::Duration;

use compat::email::EmailAddress;
use shared::{
    caller::{network::Network, scope::Scope},
    events::{By, Circumstances},
    ids::{FactorId, LinkId},
    language::Language,
    link::LinkPurpose,
    outbox::{Letter, News, NoPassword},
    time::Timestamp,
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

#[tokio::test]
async fn change_email() {
    let world = World::start().await;
    let (to, link) = (EmailAddress::parse("ada@example.com").unwrap(), LinkId::random().unwrap());
    let expires_at = world.now() + Duration::from_hours(1);
    world.post_letter(Letter::ChangeEmail { to, link, expires_at }).await;
    let mut page = Page::default();
    page.letter(
        "To the address that an account is to have",
        &world.mails("ada@example.com").await[0],
        Some(expires_at),
    );
    page.is_kept(FOLDER, "change_email");
}

/// What has happened in these letters, and who reads them.
fn every_news(world: &World) -> Vec<(&'static str, News)> {
    let new = || EmailAddress::parse("new@example.com").unwrap();
    let (exchange, label) = ("binance".to_owned(), "Bot & Co".to_owned());
    let (factor, name) = (FactorId::random().unwrap(), || "Phone & Co".to_owned());
    let (due_at, keep) = (world.now() + Duration::from_hours(7 * 24), LinkId::random().unwrap());
    vec![
        ("To whoever has signed in somewhere else", News::NewDevice),
        ("To whoever has another password", News::PasswordChanged),
        ("To whoever is to have another address", News::EmailChangeRequested { new: new() }),
        ("To the new address of an account", News::EmailChanged { new: new(), is_former: false }),
        ("To the former address of an account", News::EmailChanged { new: new(), is_former: true }),
        ("To whoever is going to have no account", News::Deletion { due_at, keep }),
        ("To whoever has none any more", News::Deleted),
        ("To whoever has asked for everything", News::Exported),
        ("To whoever has one key more", News::KeyAdded { exchange: exchange.clone(), label: label.clone() }),
        ("To whoever has another secret", News::KeySecretReplaced { exchange, label }),
        ("To whoever has an app more", News::TotpAdded { factor }),
        ("To whoever has an app less", News::TotpRemoved),
        ("To whoever has a passkey more", News::PasskeyAdded { factor, name: name() }),
        ("To whoever has a passkey less", News::PasskeyRemoved { name: name() }),
        ("To whoever has used a recovery code", News::RecoveryCodeUsed { left: 9 }),
        ("To whoever has new recovery codes", News::RecoveryCodesRenewed),
        ("To whoever somebody tries codes of", News::WrongCodes),
        ("To whoever may not be alone with a passkey", News::PasskeyCopied { name: name() }),
        ("To whoever is going to have no second factors", News::FactorsResetRequested { due_at }),
        ("To whoever keeps the second factors", News::FactorsResetCancelled),
        ("To whoever has no second factors any more", News::FactorsReset),
        ("To whoever has a token more", token_made(due_at)),
        ("To whoever has a token that somebody has found", News::TokenRevoked { name: "Bot & Co".to_owned() }),
    ]
}

/// A token that is good for much, from two networks.
fn token_made(expires_at: Timestamp) -> News {
    let networks = ["203.0.113.0/24", "2001:db8::/32"].map(|network| Network::parse(network).unwrap()).to_vec();
    News::TokenMade { name: "Bot & Co".to_owned(), scopes: Scope::ALL.to_vec(), networks, expires_at }
}

fn notice(world: &World, name: &str, news: News, by: By) -> Letter {
    let to = EmailAddress::parse(&format!("{name}@example.com")).unwrap();
    let not_me = (news != News::Deleted).then(|| LinkId::random().unwrap());
    let device = Some("Firefox on Linux".to_owned());
    let (ip, country) = (Some("203.0.113.7".to_owned()), Some("NZ".to_owned()));
    Letter::Notice { to, news, circumstances: Circumstances { at: world.now(), by, ip, country, device }, not_me }
}

/// What the only link of the only mail to somebody proves.
async fn token_of(world: &World, to: &str) -> String {
    let mails = world.mails(to).await;
    assert!(mails.len() == 1 && mails[0].links.len() == 1, "{mails:?}");
    let (page, token) = mails[0].links[0].split_once("token=").unwrap();
    assert!(page.ends_with("/auth/ui/not-me?lang=en&"), "{page}");
    token.to_owned()
}

#[tokio::test]
async fn notices() {
    let world = World::start().await;
    for (reader, news) in every_news(&world) {
        let (kind, name) = (news.kind(), reader.replace(' ', "-").to_lowercase());
        let due = match news {
            News::Deletion { due_at, .. } | News::FactorsResetRequested { due_at } => Some(due_at),
            News::TokenMade { expires_at, .. } => Some(expires_at),
            _ => None,
        };
        let by = match news {
            News::EmailChanged { .. } => By::Link,
            News::FactorsResetRequested { .. } | News::FactorsReset => By::Operator,
            News::TokenRevoked { .. } => By::Token,
            _ => By::User,
        };
        world.post_letter(notice(&world, &name, news, by)).await;
        let mut page = Page::default();
        page.notice(reader, &world.mails(&format!("{name}@example.com")).await[0], world.now(), due);
        let page_name = if name.contains("former") { "email-taken" } else { kind };
        page.is_kept(FOLDER, &page_name.replace('-', "_"));
    }
}

#[tokio::test]
async fn every_letter_comes_in_the_language_that_it_was_put_in() {
    let (world, few) = (World::start().await, World::speaking(&[Language::Ja]).await);
    for language in Language::ALL {
        let code = language.code();
        for (world, expected) in [(&world, language), (&few, if code == "ja" { language } else { Language::En })] {
            let letter = notice(world, code, News::PasswordChanged, By::Operator);
            world.post_letter_in(language, letter).await;
            let mail = &world.mails(&format!("{code}@example.com")).await[0];
            let (html, code) = (mail.html.as_deref().unwrap(), expected.code());
            assert!(html.contains(&format!("<html lang=\"{code}\">")), "{html}");
            assert_eq!(mail.links.len(), 1);
            assert!(mail.links[0].contains(&format!("/auth/ui/not-me?lang={code}&token=")), "{mail:?}");
        }
    }
}

#[tokio::test]
async fn the_link_of_an_added_factor_names_it_and_is_good_for_nothing_else() {
    let world = World::start().await;
    let (key, factor) = (world.link_key().await, FactorId::random().unwrap());
    let added = [News::TotpAdded { factor }, News::PasskeyAdded { factor, name: "Phone".to_owned() }];
    for (number, news) in added.into_iter().enumerate() {
        let letter = notice(&world, &format!("added-{number}"), news, By::User);
        let Letter::Notice { to, not_me: Some(link), .. } = &letter else { panic!("a notice with its link") };
        let (to, link) = (to.clone(), *link);
        world.post_letter(letter).await;
        let token = token_of(&world, to.as_str()).await;
        assert!(key.open_of_factor(&token) == Some((to.key(), link, factor)));
        for purpose in LinkPurpose::ALL {
            assert!(key.open(purpose, &token).is_none(), "{purpose:?}");
        }
    }
    for (name, news) in [("removed", News::TotpRemoved), ("renewed", News::RecoveryCodesRenewed)] {
        world.post_letter(notice(&world, name, news, By::User)).await;
        let token = token_of(&world, &format!("{name}@example.com")).await;
        assert!(key.open(LinkPurpose::NotMe, &token).is_some() && key.open_of_factor(&token).is_none(), "{name}");
    }
}
