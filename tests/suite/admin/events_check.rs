//! What has happened to an account cannot be forged, changed or taken away by whoever writes tables: the log has its twin.

use std::{env, fs, path::PathBuf, time::Duration};

use admin::{
    events_check::{Arguments, Checked, Wrong, check},
    vault_unfreeze,
};
use local::{Mode, Service};
use serde_json::{Value, json};
use shared::ids::{AccountId, EventId};
use tests::{Session, World};

use crate::logs;

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
        let arguments = Arguments { user: AccountId::parse(&session.user_id).unwrap(), log: self.0.clone() };
        check(&world.operator(), &arguments, &world.clock).await.unwrap()
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
    let (session, lines) = story(&world).await;
    // Those of operators are in their own log; the tool's process writes none to that of auth.
    let of_functions: Vec<_> = lines.into_iter().filter(|line| line["action"] != "vault_unfrozen").collect();
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
