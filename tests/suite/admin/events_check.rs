//! What has happened to an account cannot be forged, changed or taken away by whoever writes tables: the log has its twin.

use std::{env, fs, path::PathBuf, time::Duration};

use admin::{
    events_check::{Arguments, Checked, Wrong, check},
    events_show,
    users_import::formats::Source,
    vault_unfreeze,
};
use local::{Mode, Service};
use serde_json::{Value, json};
use shared::ids::{AccountId, EventId};
use tests::{Person, Request, Session, World};

use super::import::{export, imported};
use crate::{auth::changes::changes_password, logs};

/// Files with the lines of the log.
struct Exported(Vec<PathBuf>);

impl Exported {
    /// What functions and operators have written so far. Lines of functions come as tools print them: with a time before each.
    fn of(world: &World, functions: &[Value]) -> Self {
        let folder = env::temp_dir().join(format!("events-{}", EventId::random().unwrap()));
        fs::create_dir_all(&folder).unwrap();
        let line = |line: &Value| format!("2026-11-30T02:00:00 2026/11/30/[7]abc {line}\nSTART");
        let functions = functions.iter().map(line).collect::<Vec<_>>().join("\n");
        let operators = world.operators_log().iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
        let files = [("auth", functions), ("operators", operators)].map(|(name, text)| {
            let path = folder.join(name);
            fs::write(&path, text).unwrap();
            path
        });
        Self(files.to_vec())
    }

    async fn check(&self, world: &World, session: &Session) -> Checked {
        self.check_user(world, AccountId::parse(&session.user_id).unwrap()).await
    }

    async fn check_user(&self, world: &World, user: AccountId) -> Checked {
        check(&world.operator(), &Arguments { user, log: self.0.clone() }, &world.clock).await.unwrap()
    }
}

impl Drop for Exported {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(self.0[0].parent().unwrap()));
    }
}

async fn rows(world: &World, session: &Session) -> Vec<Value> {
    let mut rows = world.rows_of("Accounts", &format!("ACCOUNT#{}", session.user_id)).await;
    rows.retain(|row| row["sk"].as_str().unwrap().starts_with("EVENT#"));
    rows.sort_by_key(|row| row["sk"].as_str().unwrap().to_owned());
    rows
}

fn id(row: &Value) -> EventId {
    EventId::parse(row["id"].as_str().unwrap()).unwrap()
}

/// Somebody to whom three things have happened, one of them by an operator, and one that did not happen after all.
async fn story(world: &World) -> (Session, Vec<Value>) {
    logs::capture();
    let (ada, session) = world.person().signed_in().await;
    for _ in 0..2 {
        ada.logs_in().await.assert_ok();
        let others = json!({ "access_token": session.access, "scope": "others" });
        world.post("/auth/logout", others.clone()).await.assert_ok();
        ada.logs_in().await.assert_ok();
        world.break_down(Service::DynamoDb, Mode::Unavailable, Some("TransactWriteItems"));
        world.post("/auth/logout", others).await.assert_unavailable();
        world.mend();
        world.advance(1);
    }
    let user = AccountId::parse(&session.user_id).unwrap();
    for row in world.rows_of("Sessions", &format!("ACCOUNT#{user}")).await {
        let until = world.now() + Duration::from_hours(1);
        world.tamper("Sessions", &row, "frozen_until", json!(until.as_second())).await;
    }
    let unfreeze = vault_unfreeze::Arguments { user, yes: true };
    vault_unfreeze::unfreeze(&world.operator(), &unfreeze, &world.clock).await.unwrap().unwrap();
    world.advance(120);
    (session, logs::lines())
}

#[tokio::test]
async fn what_nobody_has_touched_is_sound_and_what_did_not_happen_is_missed_by_nobody() {
    let world = World::start().await;
    let (session, of_functions) = story(&world).await;
    let checked = Exported::of(&world, &of_functions).check(&world, &session).await;
    assert_eq!(checked, Checked { sound: 3, unknown: 0, wrong: Vec::new(), is_said_to_have_ended: false });
    // Without the operators' log their events look like forged ones.
    let exported = Exported::of(&world, &of_functions);
    let arguments = Arguments { user: AccountId::parse(&session.user_id).unwrap(), log: vec![exported.0[0].clone()] };
    let checked = check(&world.operator(), &arguments, &world.clock).await.unwrap();
    assert_eq!((checked.sound, checked.wrong.len()), (2, 1));
    assert_eq!(checked.wrong[0].1, Wrong::Forged);
}

#[tokio::test]
async fn a_forged_a_changed_and_a_missing_row_are_found_and_told_apart() {
    let world = World::start().await;
    let (session, lines) = story(&world).await;
    let exported = Exported::of(&world, &lines);
    let found = rows(&world, &session).await;
    let [first, second, third] = found.as_slice() else { panic!("{found:?}") };

    // Forged: under an id of its own, and as a copy of a true one.
    let mut forged = first.clone();
    let new = EventId::at(id(second).unix_ms()).unwrap();
    (forged["id"], forged["sk"]) = (json!(new.to_string()), json!(format!("EVENT#{new}")));
    world.put_rows("Accounts", vec![forged]).await;
    assert_eq!(exported.check(&world, &session).await.wrong, [(new, Wrong::Forged)]);
    let row = rows(&world, &session).await.into_iter().find(|row| id(row) == new).unwrap();
    world.remove("Accounts", &row).await;

    // Changed: any member that says something.
    for (member, value) in [
        ("action", json!("exported")),
        ("outcome", json!("refused")),
        ("at", json!(1_795_341_600)),
        ("by", json!("link")),
        ("ip", json!("198.51.100.1")),
        ("country", json!("DE")),
        ("device", json!("Firefox on Windows")),
        ("session", json!("0f9a4c1e-5b7d-4a3e-8c21-6d5e9f3b7a10")),
        ("account", json!("0f9a4c1e-5b7d-4a3e-8c21-6d5e9f3b7a10")),
        ("salt", json!("AAAAAAAAAAAAAAAAAAAAAA")),
        ("ttl", json!(1_795_341_600)),
        ("salt", json!(7)),
    ] {
        world.tamper("Accounts", second, member, value).await;
        assert_eq!(exported.check(&world, &session).await.wrong, [(id(second), Wrong::Changed)], "{member}");
    }
    world.put_rows("Accounts", vec![second.clone()]).await;
    assert_eq!(exported.check(&world, &session).await.wrong, []);

    // Missing.
    world.remove("Accounts", third).await;
    world.remove("Accounts", first).await;
    let checked = exported.check(&world, &session).await;
    assert_eq!(checked.wrong, [(id(first), Wrong::Missing), (id(third), Wrong::Missing)]);
    // Nobody misses what the table has forgotten in its time, nor the events of an account that is gone.
    world.put_rows("Accounts", vec![first.clone(), third.clone()]).await;
    world.advance(401 * 24 * 3_600);
    for row in [first, second, third] {
        world.remove("Accounts", row).await;
    }
    assert_eq!(exported.check(&world, &session).await, Checked::default());
}

#[tokio::test]
async fn what_is_older_than_the_log_is_not_judged_and_without_a_log_nothing_is() {
    let world = World::start().await;
    let (session, lines) = story(&world).await;
    let found = rows(&world, &session).await;
    let kept: Vec<_> = lines.iter().filter(|line| line["id"] != found[0]["id"]).cloned().collect();
    let checked = Exported::of(&world, &kept).check(&world, &session).await;
    assert_eq!(checked, Checked { sound: 2, unknown: 1, wrong: Vec::new(), is_said_to_have_ended: false });
    let exported = Exported::of(&world, &[]);
    let arguments = Arguments { user: AccountId::parse(&session.user_id).unwrap(), log: vec![exported.0[0].clone()] };
    assert!(check(&world.operator(), &arguments, &world.clock).await.is_err());
}

/// What happens to personal tokens lies in another table, and has its lines in another function's log.
#[tokio::test]
async fn events_of_tokens_are_checked_where_they_lie() {
    let world = World::start().await;
    logs::capture();
    let (ada, session) = world.person().signed_in().await;
    world.token(&session, &["profile"]).await;
    world.advance(1);
    let token = world.token(&session, &["profile"]).await;
    world.advance(1);
    let revoked = Request {
        method: "POST",
        path: "/oauth/revoke".to_owned(),
        headers: vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())],
        body: Some(format!("token={token}")),
        ..Request::default()
    };
    world.send(revoked).await.assert_ok();
    changes_password(&ada, &session, "chosen a moment ago").await.assert_ok();
    world.advance(120);
    let exported = Exported::of(&world, &logs::lines());
    assert_eq!(exported.check(&world, &session).await, Checked { sound: 4, ..Checked::default() });
    let shown = events_show::show(&world.operator(), AccountId::parse(&session.user_id).unwrap()).await.unwrap();
    let actions: Vec<_> = shown.iter().map(|line| line.split_whitespace().nth(1).unwrap()).collect();
    assert_eq!(actions, ["token_made", "token_made", "token_ended", "password_changed"]);

    let pk = format!("ACCOUNT#{}", session.user_id);
    let mut of_tokens = world.rows_of("Grants", &pk).await;
    of_tokens.retain(|row| row["action"].is_string());
    of_tokens.sort_by_key(|row| row["sk"].as_str().unwrap().to_owned());
    let [first, second, third] = of_tokens.as_slice() else { panic!("{of_tokens:?}") };
    let of_account = rows(&world, &session).await.remove(0);
    let wrong = async || exported.check(&world, &session).await.wrong;

    let mut forged = first.clone();
    let new = EventId::at(id(second).unix_ms()).unwrap();
    (forged["id"], forged["sk"]) = (json!(new.to_string()), json!(format!("EVENT#{new}")));
    world.put_rows("Grants", vec![forged.clone()]).await;
    assert_eq!(wrong().await, [(new, Wrong::Forged)]);
    world.remove("Grants", &forged).await;
    world.tamper("Grants", second, "ip", json!("198.51.100.1")).await;
    assert_eq!(wrong().await, [(id(second), Wrong::Changed)]);
    world.put_rows("Grants", vec![second.clone()]).await;
    world.remove("Grants", third).await;
    assert_eq!(wrong().await, [(id(third), Wrong::Missing)]);
    world.put_rows("Grants", vec![third.clone()]).await;
    assert_eq!(wrong().await, []);

    // A true one in the list of the other table is forged, whether it is missing in its own or not.
    for (row, own, other) in [(first, "Grants", "Accounts"), (&of_account, "Accounts", "Grants")] {
        world.put_rows(other, vec![row.clone()]).await;
        assert_eq!(wrong().await, [(id(row), Wrong::Forged)]);
        world.remove(own, row).await;
        let mut found = wrong().await.into_iter().map(|(event, wrong)| (event == id(row), wrong)).collect::<Vec<_>>();
        found.sort_by_key(|(_, wrong)| *wrong == Wrong::Missing);
        assert_eq!(found, [(true, Wrong::Forged), (true, Wrong::Missing)]);
        world.remove(other, row).await;
        world.put_rows(own, vec![row.clone()]).await;
    }
    assert_eq!(wrong().await, []);
}

/// Whether nothing is wrong with the events of an account, by what functions and operators have written.
pub async fn is_sound(world: &World, user: AccountId, functions: &[Value]) -> bool {
    Exported::of(world, functions).check_user(world, user).await.wrong.is_empty()
}

/// The operators' log alone knows of everybody who was brought along, and two minutes later finds nothing wrong: each has one event more than
/// there are, or one that is missing, otherwise.
pub async fn everybody_is_sound(world: &World) -> bool {
    world.advance(120);
    let exported = Exported::of(world, &[]);
    for account in world.accounts().await {
        let user = AccountId::parse(account["id"].as_str().unwrap()).unwrap();
        let sound = Checked { sound: 1, ..Checked::default() };
        if exported.check_user(world, user).await != sound {
            return false;
        }
    }
    true
}

/// Who was brought along has an event of that, with its line in the operators' log; who was written into the table has not.
#[tokio::test]
async fn an_account_that_was_brought_along_is_sound_and_one_that_was_forged_is_found() {
    let world = World::start().await;
    logs::capture();
    imported(&world, Source::Supabase, export("supabase.csv")).await;
    let of_functions: Vec<_> = logs::lines().into_iter().filter(|line| line.get("twin").is_some()).collect();
    assert!(of_functions.is_empty(), "the tool writes to the operators' log alone: {of_functions:?}");
    assert!(everybody_is_sound(&world).await);
    let session = Session::of(&Person::new(&world, "ada@example.com".to_owned()).logs_in().await);
    let found = rows(&world, &session).await;
    let [event] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!([&event["action"], &event["by"]], [&json!("imported"), &json!("operator")]);
    let listed = world.get_as(&session, "/auth/events").await.assert_ok()["events"].clone();
    assert_eq!(
        [&listed[0]["action"], &listed[0]["by"], &listed[1]],
        [&json!("imported"), &json!("operator"), &json!(null)]
    );

    // Of another account, made by hand after this one, and of this one once more.
    let exported = Exported::of(&world, &[]);
    let (other, new) = (AccountId::random().unwrap(), EventId::at(world.clock.unix_ms()).unwrap());
    for account in [other, AccountId::parse(&session.user_id).unwrap()] {
        let mut forged = event.clone();
        (forged["pk"], forged["account"]) = (json!(format!("ACCOUNT#{account}")), json!(account.to_string()));
        (forged["id"], forged["sk"]) = (json!(new.to_string()), json!(format!("EVENT#{new}")));
        world.put_rows("Accounts", vec![forged]).await;
        assert_eq!(exported.check_user(&world, account).await.wrong, [(new, Wrong::Forged)]);
    }
    // And a line without its row is missed.
    world.remove("Accounts", event).await;
    let wrong = exported.check(&world, &session).await.wrong;
    assert_eq!(wrong, [(id(event), Wrong::Missing), (new, Wrong::Forged)]);
}
