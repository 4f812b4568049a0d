//! Operators see second factors, and remove those whose owner has lost them all: asked for, told, and done three days later if nobody objects.

use std::time::Duration;

use admin::{account_change, account_show::Of, mfa_reset, mfa_show};
use auth::operators::Command;
use compat::email::EmailAddress;
use serde_json::{Value, json};
use shared::ids::AccountId;
use tests::{Added, App, Authenticator, ORIGIN, Person, Session, World, json_request};

use super::events_check::is_sound;
use crate::{
    auth::changes::{disowns, overtaken, resets},
    auth::tokens::claims,
    logs,
};

const MINUTE: u64 = 60;
const THREE_DAYS: u64 = 72 * 3_600;

/// What an operator wants of second factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Request,
    Cancel,
    Finish,
}

fn id(session: &Session) -> AccountId {
    AccountId::parse(&session.user_id).unwrap()
}

/// An operator's command.
pub async fn resets_factors(
    world: &World,
    user: AccountId,
    wanted: Wanted,
    yes: bool,
) -> Result<mfa_reset::Told, admin::Failure> {
    let wanted = mfa_reset::Wanted {
        reason: (wanted == Wanted::Request).then(|| "lost_phone".parse().unwrap()),
        cancel: wanted == Wanted::Cancel,
        finish: wanted == Wanted::Finish,
    };
    let arguments = mfa_reset::Arguments { user, wanted, yes };
    mfa_reset::reset(&world.operator(), &arguments, &world.clock).await
}

/// What the command says, and whether it was done.
async fn said(world: &World, session: &Session, wanted: Wanted, yes: bool) -> (String, bool) {
    let told = resets_factors(world, id(session), wanted, yes).await.unwrap();
    (told.to_string(), told.is_done)
}

/// What is shown of an account's factors.
pub async fn shown(world: &World, user: AccountId) -> Vec<String> {
    let arguments = mfa_show::Arguments { of: Of { email: None, user: Some(user) } };
    mfa_show::show(&world.operator(), &arguments, &world.clock).await.unwrap()
}

/// What is shown of a reset.
async fn reset(world: &World, session: &Session) -> String {
    shown(world, id(session)).await.pop().unwrap()
}

/// Somebody with an app and a passkey, who has lost them and has not signed in for a while.
struct Lost<'w> {
    world: &'w World,
    ada: Person<'w>,
    session: Session,
    app: App,
    phone: Authenticator,
    codes: Vec<String>,
}

impl<'w> Lost<'w> {
    async fn new(world: &'w World) -> Self {
        logs::capture();
        let (ada, session) = world.person().signed_in().await;
        let (app, Added { session, codes, .. }) = world.enrols_app(&session).await;
        let mut phone = Authenticator::new(ORIGIN);
        let Added { session, .. } = world.adds_passkey(&session, &mut phone, "Phone").await;
        Self { world, ada, session, app, phone, codes }
    }

    /// The reset is asked for, and there is nobody to stop it.
    async fn requested(world: &'w World) -> Self {
        let lost = Self::new(world).await;
        assert!(said(world, &lost.session, Wanted::Request, true).await.1);
        lost
    }

    /// What has happened to the account: what operators and owners have to do with a reset.
    async fn told(&self) -> Vec<String> {
        let mut rows = self.world.rows_of("Accounts", &format!("ACCOUNT#{}", self.session.user_id)).await;
        rows.retain(|row| row["action"].as_str().is_some_and(|action| action.starts_with("factors_reset")));
        rows.sort_by_key(|row| row["sk"].as_str().unwrap().to_owned());
        rows.iter().map(|row| format!("{} {}", row["action"].as_str().unwrap(), row["by"].as_str().unwrap())).collect()
    }

    async fn mailed(&self, subject: &str) -> usize {
        self.world.mails(&self.ada.email).await.iter().filter(|mail| mail.subject.ends_with(subject)).count()
    }

    /// The factors are there, though the time is over.
    async fn keeps_them(&self) {
        self.world.advance(THREE_DAYS);
        let told = said(self.world, &self.session, Wanted::Finish, true).await;
        assert_eq!(told, ("no reset is asked for; nothing to do".to_owned(), false));
        let lines = shown(self.world, id(&self.session)).await;
        assert!(lines[1].starts_with("app: ") && lines[3].starts_with("passkey "), "{lines:?}");
        self.world.advance(120);
        assert!(is_sound(self.world, id(&self.session), &logs::lines()).await);
    }
}

#[tokio::test]
async fn an_owner_who_has_lost_everything_gets_in_after_three_days() {
    let world = World::start().await;
    let mut lost = Lost::new(&world).await;
    let user = id(&lost.session);
    assert_eq!(reset(&world, &lost.session).await, "reset: not asked for");
    let dry = said(&world, &lost.session, Wanted::Request, false).await;
    assert_eq!(dry, ("no reset is asked for; --yes does it".to_owned(), false));
    assert!(lost.told().await.is_empty() && world.operators_log().is_empty());
    assert!(said(&world, &lost.session, Wanted::Request, true).await.1);
    let due = world.now() + Duration::from_secs(THREE_DAYS);
    let listed = world.get_as(&lost.session, "/auth/mfa").await;
    assert_eq!(listed.assert_ok()["data"]["reset_at"], due.to_string());
    assert_eq!(lost.mailed("are going to be removed").await, 1);
    let again = said(&world, &lost.session, Wanted::Request, true).await;
    let stands = format!("second factors: may be removed from {due} on: lost_phone");
    assert_eq!(again, (format!("{stands}; nothing to do"), false));

    world.advance(THREE_DAYS - MINUTE);
    assert_eq!(said(&world, &lost.session, Wanted::Finish, true).await, (format!("{stands}; nothing to do"), false));
    lost.ada.is_asked_for_a_factor().await;
    world.advance(MINUTE);
    let alive = Session::of(&world.refresh(&lost.session.refresh).await);
    assert_eq!(said(&world, &lost.session, Wanted::Finish, false).await, (format!("{stands}; --yes does it"), false));
    world.get_as(&alive, "/auth/profile").await.assert_ok();
    assert_eq!(said(&world, &lost.session, Wanted::Finish, true).await, (format!("{stands}: done"), true));

    assert_eq!(world.get_as(&alive, "/auth/profile").await.status, 401);
    assert_eq!(world.refresh(&alive.refresh).await.status, 401);
    assert_eq!(world.signs_in_by_passkey(&mut lost.phone).await.status, 401);
    let session = Session::of(&lost.ada.logs_in().await);
    assert_eq!(claims(&session.access)["aal"], "aal1");
    let frozen = world.get_as(&session, "/auth/sessions").await;
    assert_eq!(frozen.assert_ok()["vault_frozen_until"], (world.now() + Duration::from_secs(THREE_DAYS)).to_string());
    let rows = world.rows("Accounts").await;
    let left = rows.iter().filter(|row| {
        let kind = row["sk"].as_str().unwrap().split('#').next().unwrap();
        ["MFA", "PASSKEY", "RECOVERY", "CREDENTIAL"].contains(&kind)
    });
    let left: Vec<_> = left.collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(shown(&world, user).await[1], "it has no second factors");
    let none = said(&world, &session, Wanted::Request, true).await;
    assert_eq!(none, ("it has no second factors; nothing to do".to_owned(), false));

    assert_eq!(lost.told().await, ["factors_reset_requested operator", "factors_reset operator"]);
    assert_eq!(lost.mailed("have been removed").await, 1);
    // Nobody has that credential any more.
    let credential = lost.phone.passkeys().remove(0);
    lost.phone.credential_id = Some(bytes(&credential));
    world.adds_passkey(&session, &mut lost.phone, "Found again").await;
    world.advance(120);
    assert!(is_sound(&world, user, &logs::lines()).await);
}

fn bytes(base64url: &str) -> Vec<u8> {
    use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
    BASE64_URL_SAFE_NO_PAD.decode(base64url).unwrap()
}

#[tokio::test]
async fn whoever_shows_a_factor_meanwhile_stops_it() {
    for factor in ["app", "passkey", "recovery code", "step-up"] {
        let world = World::start().await;
        let mut lost = Lost::requested(&world).await;
        world.advance(MINUTE);
        let code = lost.app.shows(&world);
        let reply = match factor {
            "app" => world.verifies(&lost.ada.is_asked_for_a_factor().await, json!({ "totp": code })).await,
            "passkey" => world.signs_in_by_passkey(&mut lost.phone).await,
            "step-up" => world.steps_up(&lost.session, json!({ "totp": code })).await,
            _ => {
                let asked = lost.ada.is_asked_for_a_factor().await;
                world.verifies(&asked, json!({ "recovery_code": lost.codes[0] })).await
            }
        };
        reply.assert_ok();
        assert_eq!(reset(&world, &lost.session).await, "reset: not asked for", "{factor}");
        assert_eq!(lost.told().await, ["factors_reset_requested operator", "factors_reset_cancelled user"], "{factor}");
        assert_eq!(lost.mailed("stay").await, 1, "{factor}");
        lost.keeps_them().await;
    }
}

/// What needs no factor proves nothing.
#[tokio::test]
async fn neither_a_password_nor_a_refresh_nor_a_remembered_device_stops_it() {
    let world = World::start().await;
    let lost = Lost::new(&world).await;
    world.advance(MINUTE);
    let asked = lost.ada.is_asked_for_a_factor().await;
    let remembered = world.verifies(&asked, json!({ "totp": lost.app.shows(&world), "remember_device": true })).await;
    let device = remembered.header("x-device-token").unwrap().to_owned();
    assert!(said(&world, &lost.session, Wanted::Request, true).await.1);
    let before = reset(&world, &lost.session).await;
    lost.ada.is_asked_for_a_factor().await;
    world.refresh(&lost.session.refresh).await.assert_ok();
    let mut request = json_request("POST", "/auth/login", &lost.ada.credentials());
    request.headers.push(("x-device-token".to_owned(), device));
    world.send(request).await.assert_ok();
    let wrong = world.steps_up(&lost.session, json!({ "recovery_code": "0000-0000-0000-0000" })).await;
    assert_eq!(wrong.status, 403);
    assert_eq!(reset(&world, &lost.session).await, before);
    assert!(before.starts_with("reset: may be removed from "), "{before}");
}

#[tokio::test]
async fn the_link_of_its_letter_stops_it() {
    let world = World::start().await;
    let lost = Lost::requested(&world).await;
    disowns(&lost.ada).await.assert_ok();
    assert_eq!(lost.told().await, ["factors_reset_requested operator", "factors_reset_cancelled link"]);
    lost.keeps_them().await;
}

/// Whoever reads the owner's mail may set a password by a link, and would go on to the factors with an operator's help.
#[tokio::test]
async fn the_link_of_its_letter_stops_it_though_a_password_was_set_since() {
    let world = World::start().await;
    let lost = Lost::requested(&world).await;
    world.advance(MINUTE);
    let notice = lost.ada.mailed("not-me").await;
    let link = lost.ada.is_offered_a_password().await;
    resets(&world, &link, "chosen by a thief").await.assert_ok();
    world.post("/auth/not-me", json!({ "token": notice })).await.assert_ok();
    assert_eq!(reset(&world, &lost.session).await, "reset: not asked for");
    assert_eq!(lost.told().await, ["factors_reset_requested operator", "factors_reset_cancelled link"]);
    // Nothing else is undone by it, nor told again.
    lost.ada.rival("chosen by a thief").is_asked_for_a_factor().await;
    world.post("/auth/not-me", json!({ "token": notice })).await.assert_ok();
    assert_eq!(lost.told().await.len(), 2);
    lost.keeps_them().await;
}

#[tokio::test]
async fn an_operator_calls_it_off_and_may_be_asked_again() {
    let world = World::start().await;
    let lost = Lost::requested(&world).await;
    assert!(!said(&world, &lost.session, Wanted::Cancel, false).await.1);
    assert_ne!(reset(&world, &lost.session).await, "reset: not asked for");
    assert!(said(&world, &lost.session, Wanted::Cancel, true).await.1);
    assert_eq!(lost.mailed("stay").await, 1);
    let again = said(&world, &lost.session, Wanted::Cancel, true).await;
    assert_eq!(again, ("no reset is asked for; nothing to do".to_owned(), false));
    lost.keeps_them().await;
    assert_eq!(lost.told().await, ["factors_reset_requested operator", "factors_reset_cancelled operator"]);
    // The time begins anew.
    assert!(said(&world, &lost.session, Wanted::Request, true).await.1);
    assert!(!said(&world, &lost.session, Wanted::Finish, true).await.1);
    world.advance(THREE_DAYS);
    assert!(said(&world, &lost.session, Wanted::Finish, true).await.1);
}

#[tokio::test]
async fn where_there_is_nothing_to_lose_or_to_save_it_is_refused() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    for wanted in [Wanted::Request, Wanted::Cancel, Wanted::Finish] {
        let told = said(&world, &session, wanted, true).await;
        assert_eq!(told, ("it has no second factors; nothing to do".to_owned(), false));
    }
    let nobody = Session { user_id: "01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11".to_owned(), ..session };
    let told = said(&world, &nobody, Wanted::Request, true).await;
    assert_eq!(told, ("there is no such account; nothing to do".to_owned(), false));

    let lost = Lost::requested(&world).await;
    let other = Lost::new(&world).await;
    world.advance(THREE_DAYS);
    for lost in [&lost, &other] {
        let arguments = account_change::Arguments { user: id(&lost.session), yes: true };
        account_change::change(&world.operator(), &arguments, &Command::End, &world.clock).await.unwrap();
    }
    let ends = world.now() + Duration::from_hours(7 * 24);
    let told = said(&world, &other.session, Wanted::Request, true).await;
    assert_eq!(told, (format!("no reset is asked for; to be deleted at {ends}; nothing to do"), false));
    assert!(!said(&world, &lost.session, Wanted::Finish, true).await.1);
    // Its owner may keep it, and the factors with it.
    assert!(said(&world, &lost.session, Wanted::Cancel, true).await.1);
    world.advance(7 * 86_400);
    world.end_accounts_to_the_last().await;
    let told = said(&world, &lost.session, Wanted::Request, true).await;
    assert_eq!(told, ("it has been deleted; nothing to do".to_owned(), false));
    assert_eq!(shown(&world, id(&lost.session)).await[1], "it has been deleted");
}

#[tokio::test]
async fn a_factor_that_is_shown_at_the_moment_of_the_end_saves_them_all() {
    let world = World::start().await;
    let mut lost = Lost::requested(&world).await;
    world.advance(THREE_DAYS);
    let session = Session::of(&world.refresh(&lost.session.refresh).await);
    let asked = world.post_as(&session, "/auth/mfa/step-up/options", json!({})).await;
    let proof = lost.phone.sign(&asked.assert_ok()["data"]["passkey"]);
    let finishes = said(&world, &session, Wanted::Finish, true);
    let steps_up = world.steps_up(&session, json!({ "passkey": proof }));
    let ((told, is_done), raised) = Box::pin(overtaken(&world, "TransactWriteItems", finishes, steps_up)).await;
    raised.assert_ok();
    assert!(!is_done, "{told}");
    world.get_as(&session, "/auth/profile").await.assert_ok();
    assert_eq!(lost.told().await, ["factors_reset_requested operator", "factors_reset_cancelled user"]);
    world.advance(31);
    world.signs_in_by_passkey(&mut lost.phone).await.assert_ok();
}

#[tokio::test]
async fn nobody_who_shows_a_factor_that_is_being_removed_gets_in() {
    let world = World::start().await;
    let mut lost = Lost::requested(&world).await;
    world.advance(THREE_DAYS);
    let user = lost.session.clone();
    let finishes = said(&world, &user, Wanted::Finish, true);
    let signs_in = world.signs_in_by_passkey(&mut lost.phone);
    let (login, (told, is_done)) = Box::pin(overtaken(&world, "TransactWriteItems", signs_in, finishes)).await;
    assert!(is_done, "{told}");
    assert_eq!(login.status, 401, "{login:?}");
    assert_eq!(world.rows_of("Sessions", "ACCOUNT#").await.len(), 1, "only the guard");
    assert_eq!(claims(&Session::of(&lost.ada.logs_in().await).access)["aal"], "aal1");
}

#[tokio::test]
async fn factors_are_shown_without_anything_that_opens_them() {
    let world = World::start().await;
    let lost = Lost::new(&world).await;
    let since = world.now();
    world.advance(MINUTE);
    let asked = lost.ada.is_asked_for_a_factor().await;
    let remembers = json!({ "totp": lost.app.shows(&world), "remember_device": true });
    world.verifies(&asked, remembers).await.assert_ok();
    let used = world.now();
    let asked = lost.ada.is_asked_for_a_factor().await;
    world.verifies(&asked, json!({ "recovery_code": lost.codes[0] })).await.assert_ok();
    for _ in 0..5 {
        let asked = lost.ada.is_asked_for_a_factor().await;
        assert_eq!(world.verifies(&asked, json!({ "totp": "000000" })).await.status, 401);
    }
    let lines = shown(&world, id(&lost.session)).await;
    let listed = world.get_as(&lost.session, "/auth/mfa").await.assert_ok()["data"].clone();
    let passkey = listed["passkeys"][0]["id"].as_str().unwrap();
    let expected = [
        format!("user: {}", lost.session.user_id),
        format!("app: since {since}, last used {used}"),
        "codes of the app: 5 wrong in a row, locked for 60 s".to_owned(),
        format!("passkey {passkey}: since {since}, last used never, synchronised"),
        "recovery codes: 9 left".to_owned(),
        "remembered devices: 1".to_owned(),
        "reset: not asked for".to_owned(),
    ];
    assert_eq!(lines, expected);
    let arguments =
        mfa_show::Arguments { of: Of { email: Some(EmailAddress::parse(&lost.ada.email).unwrap()), user: None } };
    assert_eq!(mfa_show::show(&world.operator(), &arguments, &world.clock).await.unwrap(), expected);
    let text = lines.join("\n");
    let rows = world.rows_of("Accounts", &format!("ACCOUNT#{}", lost.session.user_id)).await;
    let secrets = rows.iter().flat_map(|row| [&row["credential"], &row["public_key"], &row["totp"]["secret"]]);
    let hidden = secrets
        .flat_map(texts)
        .chain(rows.iter().filter_map(|row| Some(row["sk"].as_str()?.split_once('#')?.1.to_owned())));
    for hidden in hidden.chain(["Phone".to_owned(), lost.ada.email.clone()]) {
        assert!(!text.contains(&hidden), "{hidden} in {text}");
    }
    world.advance(MINUTE);
    assert_eq!(shown(&world, id(&lost.session)).await[2], "codes of the app: 5 wrong in a row");
    assert!(world.operators_log().is_empty(), "to look changes nothing");
}

/// The longer texts in a value.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if text.len() > 8 => vec![text.clone()],
        Value::Object(members) => members.values().flat_map(texts).collect(),
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}
