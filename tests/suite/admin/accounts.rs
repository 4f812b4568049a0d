//! What operators see of accounts and do to them: told first, done with --yes, and written down twice.

use admin::{account_show, account_unlock, events_show, mail_resend, sessions_end, vault_unfreeze};
use compat::email::EmailAddress;
use local::{Mode, Service};
use serde_json::{Value, json};
use shared::ids::{AccountId, MailId};
use tests::{Person, Session, World, json_request};

use crate::auth::{personal_tokens::tokens_of, switches::everybody_leaves};

fn id(session: &Session) -> AccountId {
    AccountId::parse(&session.user_id).unwrap()
}

async fn shown(world: &World, email: Option<&str>, user: Option<AccountId>) -> Vec<String> {
    let of = account_show::Of { email: email.map(|email| EmailAddress::parse(email).unwrap()), user };
    account_show::show(&world.operator(), &account_show::Arguments { of }, &world.clock).await.unwrap()
}

async fn ended(world: &World, user: AccountId, yes: bool) -> u64 {
    let of = sessions_end::Of { user: Some(user), everybody: false };
    let arguments = sessions_end::Arguments { of, yes };
    sessions_end::end(&world.operator(), &arguments, &world.clock, |_, _| {}).await.unwrap()
}

/// The vault is shut for a person, in the guard and in every session.
pub async fn freezes(world: &World, session: &Session) {
    for row in world.rows_of("Sessions", &format!("ACCOUNT#{}", session.user_id)).await {
        let mut row = row;
        row["frozen_at"] = json!(world.now().as_second());
        row["frozen_until"] = json!(world.now().as_second() + 3_600);
        world.put_rows("Sessions", vec![row]).await;
    }
}

/// What is announced, and what has not come of it.
fn commands(lines: &[Value]) -> Vec<&str> {
    let lines = lines.iter().filter(|line| line["event"] != "account_changed");
    lines.map(|line| line["action"].as_str().or(line["event"].as_str()).unwrap()).collect()
}

#[tokio::test]
async fn an_account_is_shown_without_the_address_or_anybodys_ip() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    freezes(&world, &session).await;
    let lines = shown(&world, Some(&ada.email), None).await;
    assert_eq!(lines, shown(&world, None, Some(id(&session))).await);
    let now = world.now();
    assert_eq!(
        lines[..9],
        [
            format!("user: {}", session.user_id),
            format!("account: verified at {now}, language en"),
            "asked for within an hour: sign-up 0, password 0, address 0".to_owned(),
            "links: 0".to_owned(),
            "passwords: 0 wrong in a row; 0 today, 0 more from known places; 0 came during locks".to_owned(),
            "places: 2 known".to_owned(),
            format!("vault: shut until {}", now + std::time::Duration::from_hours(1)),
            "personal tokens: 0".to_owned(),
            "sessions: 1".to_owned(),
        ]
    );
    let text = lines.join("\n");
    assert!(!text.contains("203.0.113.9") && !text.contains(&ada.email), "{text}");
    assert_eq!(shown(&world, Some("nobody@example.com"), None).await, ["no account"]);
    assert!(world.operators_log().is_empty(), "to look changes nothing");
}

/// What was asked for, what is out and until when; nothing that could be redeemed, nor whom it went to.
#[tokio::test]
async fn letters_of_late_are_shown_without_their_links() {
    let world = World::start().await;
    let pending = world.person();
    pending.signs_up().await.assert_ok();
    let (hour, day) = (std::time::Duration::from_hours(1), std::time::Duration::from_hours(24));
    let proof = world.now() + day;
    let signed_up = |sign_ups: &str| {
        let asked = format!("asked for within an hour: sign-up {sign_ups}, password 0, address 0");
        let link = format!("  verify-email  until {proof}");
        ["no account; a sign-up waits for its proof".to_owned(), asked, "links: 1".to_owned(), link]
    };
    assert_eq!(shown(&world, Some(&pending.email), None).await, signed_up("1"));
    world.post("/auth/resend-verification", json!({ "email": pending.email })).await.assert_ok();
    assert_eq!(shown(&world, Some(&pending.email), None).await, signed_up("2 (again in 60 s)"));
    world.advance(3_600);
    assert_eq!(shown(&world, Some(&pending.email), None).await, signed_up("0"));

    let (ada, session) = pending.signed_in().await;
    ada.forgets().await.assert_ok();
    let (_, other) = world.person().signed_in().await;
    let wishes = json!({ "new_email": ada.email, "current_password": "correct horse battery" });
    world.post_as(&other, "/auth/change-email", wishes).await.assert_ok();
    let lines = shown(&world, None, Some(id(&session))).await;
    let half_an_hour = world.now() + std::time::Duration::from_mins(30);
    let expected = [
        "asked for within an hour: sign-up 0, password 1 (again in 60 s), address 1 (again in 60 s)".to_owned(),
        "links: 2".to_owned(),
        format!("  set-password  until {half_an_hour}"),
        format!("  change-email  until {}", world.now() + hour),
    ];
    assert_eq!(lines[2..6], expected);
    assert_eq!(lines, shown(&world, Some(&ada.email), None).await);
    let (text, token) = (lines.join("\n"), ada.mailed("reset-password").await);
    let record = world.rows_of("Accounts", "ADDRESS#").await;
    let issued = record.iter().flat_map(|row| row["links"].as_array().unwrap());
    let ids: Vec<_> = issued.filter_map(|link| link["id"].as_str()).collect();
    assert!(!ids.is_empty() && !text.contains(&token) && !ids.iter().any(|id| text.contains(id)), "{text}");
    assert!(!text.contains(&ada.email), "{text}");
}

/// Of letters in the outbox only that one has a name which can be told without a search.
#[tokio::test]
async fn the_letter_about_a_lock_is_named_and_can_be_sent_again() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let named = async || {
        let lines = shown(&world, None, Some(id(&session))).await;
        let named =
            lines.iter().find_map(|line| line.strip_prefix("letter about today's lock: sent, ").map(str::to_owned));
        named.and_then(|id| MailId::parse(&id))
    };
    assert_eq!(named().await, None);
    for _ in 0..10 {
        world.advance(60);
        let guess = json_request("POST", "/auth/login", &ada.rival("a guess").credentials());
        world.send_from("192.0.2.1", guess).await.assert_status(401);
    }
    world.aws.settled().await.unwrap();
    let mail = named().await.unwrap();
    let arguments = mail_resend::Arguments { mail, yes: false };
    let (told, _) = mail_resend::resend(&world.operator(), &arguments, &world.clock).await.unwrap();
    assert!(told.starts_with("locked of "), "{told}");
    world.advance(24 * 3_600);
    assert_eq!(named().await, None);
}

/// How many programs may come in, and nothing of what lets them in.
#[tokio::test]
async fn personal_tokens_are_counted_as_long_as_they_are_good() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let counted = async || {
        let lines = shown(&world, None, Some(id(&session))).await;
        lines.iter().find_map(|line| line.strip_prefix("personal tokens: ").map(str::to_owned)).unwrap()
    };
    assert_eq!(counted().await, "0");
    let token = world.token(&session, &["profile"]).await;
    let soon = json!({ "name": "for a day", "scopes": ["profile"], "expires_in_days": 1 });
    world.token_with(&session, soon).await;
    assert_eq!(counted().await, "2");
    let row = tokens_of(&world, &session).await.remove(0);
    world.tamper("Grants", &row, "hash", json!(7)).await;
    assert_eq!(counted().await, "1, and 1 that nobody can read");
    let text = shown(&world, None, Some(id(&session))).await.join("\n");
    assert!(!text.contains(&token) && !text.contains("for a day"), "{text}");
    world.advance(24 * 3_600);
    assert_eq!(counted().await, "0, and 1 that nobody can read");
    world.put_rows("Grants", vec![row]).await;
    assert_eq!(counted().await, "1");
    everybody_leaves(&world, true).await;
    assert_eq!(counted().await, "0");
}

/// A row that cannot be read is named, and the others are shown with it.
#[tokio::test]
async fn a_session_that_nobody_can_read_is_named() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let before = shown(&world, None, Some(id(&session))).await;
    let rows = world.rows_of("Sessions", &format!("ACCOUNT#{}", session.user_id)).await;
    let mut copy = rows.into_iter().find(|row| row["sk"] != "GUARD").unwrap();
    let name = format!("SESSION#{}", shared::ids::SessionId::random().unwrap());
    (copy["sk"], copy["created_at"]) = (json!(name), json!("long ago"));
    world.put_rows("Sessions", vec![copy]).await;
    let after = shown(&world, None, Some(id(&session))).await;
    assert_eq!(after, [before, vec![format!("  {name}: nobody can read it")]].concat());
    assert_eq!(ended(&world, id(&session), true).await, 2);
    assert_eq!(shown(&world, None, Some(id(&session))).await.last().unwrap(), "sessions: 0");
}

#[tokio::test]
async fn an_operator_signs_somebody_out_everywhere() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let (_, bob) = world.person().signed_in().await;
    // More than one transaction holds.
    let row = world.rows_of("Sessions", &format!("ACCOUNT#{}", session.user_id)).await;
    let row = row.into_iter().find(|row| row["sk"] != "GUARD").unwrap();
    let copies = (0..120).map(|_| {
        let id = shared::ids::SessionId::random().unwrap().to_string();
        let mut copy = row.clone();
        (copy["sk"], copy["id"]) = (json!(format!("SESSION#{id}")), json!(id));
        copy
    });
    let mut copies: Vec<_> = copies.collect();
    // Nobody can read it.
    copies[0]["id"] = json!("none");
    world.put_rows("Sessions", copies).await;
    assert_eq!(ended(&world, id(&session), false).await, 121);
    world.get_as(&session, "/auth/profile").await.assert_ok();
    assert_eq!(ended(&world, id(&session), true).await, 121);
    world.get_as(&session, "/auth/profile").await.assert_status(401);
    world.get_as(&bob, "/auth/profile").await.assert_ok();
    assert_eq!(ended(&world, id(&session), true).await, 0);
    let new = Session::of(&ada.logs_in().await);
    let events = world.get_as(&new, "/auth/events").await.body["events"].clone();
    let event = &events[0];
    assert_eq!(
        [&event["action"], &event["by"], &event["via"]],
        [&json!("sessions_ended"), &json!("operator"), &Value::Null]
    );
    assert_eq!(events.as_array().unwrap().len(), 1);
    assert_eq!(commands(&world.operators_log()), ["sessions_ended"]);
    let line = events_show::show(&world.operator(), id(&session)).await.unwrap().remove(0);
    assert!(line.contains("  sessions_ended          ok  operator  "), "{line}");
}

#[tokio::test]
async fn an_operator_opens_the_vault_before_its_time() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let unfreeze = async |yes| {
        let arguments = vault_unfreeze::Arguments { user: id(&session), yes };
        vault_unfreeze::unfreeze(&world.operator(), &arguments, &world.clock).await.unwrap()
    };
    assert_eq!(unfreeze(true).await, None);
    freezes(&world, &session).await;
    let until = world.now() + std::time::Duration::from_hours(1);
    let frozen =
        async |session: &Session| world.get_as(session, "/auth/sessions").await.body["vault_frozen_until"].clone();
    assert_eq!(frozen(&session).await, until.to_string());
    assert_eq!(frozen(&Session::of(&ada.logs_in().await)).await, until.to_string());
    assert_eq!(unfreeze(false).await, Some(until));
    assert_eq!(frozen(&session).await, until.to_string());
    assert_eq!(unfreeze(true).await, Some(until));
    assert_eq!(frozen(&session).await, Value::Null);
    assert_eq!(frozen(&Session::of(&ada.logs_in().await)).await, Value::Null);
    assert_eq!(unfreeze(true).await, None);
    assert_eq!(commands(&world.operators_log()), ["vault_unfrozen"]);
}

#[tokio::test]
async fn who_signs_in_meanwhile_gets_no_copy_of_a_freeze_that_has_ended() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    freezes(&world, &session).await;
    world.aws.no_conflicts().await;
    world.aws.reset_calls();
    world.hold("TransactWriteItems", 2);
    let operator = world.operator();
    let arguments = vault_unfreeze::Arguments { user: id(&session), yes: true };
    let unfreezes = vault_unfreeze::unfreeze(&operator, &arguments, &world.clock);
    let (login, opened) = tokio::join!(ada.logs_in(), unfreezes);
    let new = Session::of(&login);
    if opened.is_err() {
        vault_unfreeze::unfreeze(&operator, &arguments, &world.clock).await.unwrap();
    }
    let list = world.get_as(&new, "/auth/sessions").await;
    assert_eq!(list.assert_ok()["vault_frozen_until"], Value::Null);
}

#[tokio::test]
async fn to_forgive_tries_is_an_event_where_there_is_an_account() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let nobody = world.person();
    for person in [&ada, &nobody] {
        let guess = json_request("POST", "/auth/login", &person.rival("a guess").credentials());
        world.send_from("192.0.2.1", guess).await.assert_status(401);
        let arguments = |yes| account_unlock::Arguments { address: EmailAddress::parse(&person.email).unwrap(), yes };
        account_unlock::unlock(&world.operator(), &arguments(false), &world.clock).await.unwrap().unwrap();
        account_unlock::unlock(&world.operator(), &arguments(true), &world.clock).await.unwrap().unwrap();
    }
    let lines = world.operators_log();
    assert_eq!(commands(&lines), ["unlocked", "operator_command"]);
    let text = json!(lines).to_string();
    assert!(!text.contains(&ada.email) && !text.contains(&nobody.email) && !text.contains("192.0.2.1"));
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_done() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    freezes(&world, &session).await;
    for operation in ["CreateLogStream", "PutLogEvents"] {
        world.break_down(Service::Logs, Mode::Refused, Some(operation));
        let unfreeze = vault_unfreeze::Arguments { user: id(&session), yes: true };
        let refused = vault_unfreeze::unfreeze(&world.operator(), &unfreeze, &world.clock).await.unwrap_err();
        assert!(refused.to_string().starts_with(&format!("{operation}: AccessDeniedException")), "{refused}");
        world.mend();
    }
    let list = world.get_as(&session, "/auth/sessions").await;
    assert!(list.assert_ok()["vault_frozen_until"].is_string());
    // And what is written down and not done is void.
    world.break_down(Service::DynamoDb, Mode::Refused, Some("TransactWriteItems"));
    let unfreeze = vault_unfreeze::Arguments { user: id(&session), yes: true };
    vault_unfreeze::unfreeze(&world.operator(), &unfreeze, &world.clock).await.unwrap_err();
    world.mend();
    let lines = world.operators_log();
    assert_eq!(commands(&lines), ["vault_unfrozen", "account_event_void"]);
    assert_eq!(lines[0]["id"], lines[1]["id"]);
}

/// The letters in the outbox.
pub async fn letters(person: &Person<'_>) -> Vec<Value> {
    let mut rows = person.world.rows_of("Mail", "MAIL#").await;
    rows.retain(|row| row["to"] == person.email);
    rows
}

#[tokio::test]
async fn a_letter_is_sent_once_more_with_the_link_that_it_had() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await.assert_ok();
    let first = ada.mailed("verify-email").await;
    let letter = letters(&ada).await.remove(0);
    let mail = MailId::parse(letter["id"].as_str().unwrap()).unwrap();
    let resend = async |mail, yes| {
        let arguments = mail_resend::Arguments { mail, yes };
        mail_resend::resend(&world.operator(), &arguments, &world.clock).await
    };
    let (told, copy) = resend(mail, false).await.unwrap();
    assert_eq!((told, copy), (format!("verify of {}, sent", world.now()), None));
    let (_, copy) = resend(mail, true).await.unwrap();
    assert_ne!(copy.unwrap(), mail);
    assert_eq!(ada.all_mailed("verify-email").await, [first.clone(), first]);
    let lines = world.operators_log();
    assert_eq!(lines[0]["command"], "mail-resend");
    assert!(!json!(lines).to_string().contains(&ada.email));
    // Who has none gets none.
    assert!(resend(MailId::random().unwrap(), true).await.is_err());
    world.person().forgets().await.assert_ok();
    let nothing = world.rows_of("Mail", "MAIL#").await.into_iter().find(|row| row["kind"] == "nothing").unwrap();
    assert!(resend(MailId::parse(nothing["id"].as_str().unwrap()).unwrap(), true).await.is_err());
}
