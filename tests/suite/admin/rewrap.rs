//! The operators' tool moves what the vault has sealed to another KMS key.

use std::{collections::BTreeMap, time::Duration};

use admin::rewrap::{Arguments, Report, rewrap};
use api_keys::Vault;
use local::{Calls, Mode, Service};
use serde_json::{Value, json};
use tests::{Key, Session, World, authorized};
use tokio::sync::Notify;

/// An exchange key, its owner, and what must come out of it.
struct Kept {
    owner: Session,
    id: String,
    secret: String,
}

/// Two users with so many keys each.
async fn two_users_with(world: &World, keys: u32) -> Vec<Kept> {
    let mut kept = Vec::new();
    for user in 0..2 {
        let (_, owner) = world.person().signed_in().await;
        for number in 0..keys {
            let secret = format!("s3cret-{user}-{number}");
            let name = format!("{user}{number}").repeat(16);
            let body = json!({ "exchange": "binance", "label": "x", "api_key": name, "secret": secret });
            let created = world.post_as(&owner, "/api/v1/api-keys/", body).await;
            created.assert_ok();
            let id = created.body["data"]["id"].as_str().unwrap().to_owned();
            kept.push(Kept { owner: owner.clone(), id, secret });
        }
    }
    kept
}

fn to(key: &str) -> Arguments {
    Arguments { to: key.to_owned(), dry_run: false }
}

async fn run(world: &World, key: &str) -> Report {
    Box::pin(rewrap(&world.mover(), &to(key), |_, _| {})).await.unwrap()
}

/// What a new instance of the function, set to the KMS key `key`, shows of every key is what was put in.
async fn all_open(world: &World, key: &str, kept: &[Kept]) {
    // Past what the checks before this one have used up of the owners' limit.
    world.advance(61);
    let vault = world.another_vault(key);
    for key in kept {
        assert_eq!(shown(world, &vault, key).await, key.secret.as_str());
    }
    // The vault's own key opens, too, and is the one that it was: the credential is recognised.
    let owner = &kept[0].owner;
    let own = decrypted(world, &vault, &kept[0]).await;
    let body = json!({ "exchange": "binance", "label": "x", "api_key": own["api_key"], "secret": own["secret"] });
    let again = authorized("POST", "/api/v1/api-keys/", &owner.access, Some(body));
    world.send_to_vault(&vault, again).await.assert_status(409);
}

async fn shown(world: &World, vault: &Vault, key: &Kept) -> Value {
    decrypted(world, vault, key).await["secret"].clone()
}

async fn decrypted(world: &World, vault: &Vault, Kept { owner, id, .. }: &Kept) -> Value {
    let path = format!("/api/v1/api-keys/{id}/decrypt");
    let reply = world.send_to_vault(vault, authorized("POST", &path, &owner.access, Some(json!(null)))).await;
    reply.assert_ok();
    reply.body["data"].clone()
}

/// How many sealed rows name which KMS key.
async fn by_key(world: &World) -> BTreeMap<String, usize> {
    let mut count = BTreeMap::new();
    for row in world.rows("ExchangeKeys").await {
        if let Some(arn) = row["kms_key_arn"].as_str() {
            *count.entry(arn.to_owned()).or_default() += 1;
        }
    }
    count
}

async fn under(world: &World, key: &str) -> usize {
    by_key(world).await.get(key).copied().unwrap_or_default()
}

fn kms(calls: &Calls) -> Vec<(&str, u64)> {
    calls.kms.iter().map(|(operation, count)| (operation.as_str(), *count)).collect()
}

fn moved(moved: u64, there: u64) -> Report {
    Report { moved, there, ..Report::default() }
}

#[tokio::test]
async fn keys_move_and_the_old_key_can_be_switched_off() {
    let world = World::start().await;
    let kept = two_users_with(&world, 3).await;
    let new = world.another_key(Key::Vault).await;
    let before = world.rows("ExchangeKeys").await;

    let dry = Arguments { to: new.clone(), dry_run: true };
    let (report, calls) = world.calls(Box::pin(rewrap(&world.mover(), &dry, |_, _| {}))).await;
    assert_eq!(report, Ok(moved(7, 0)));
    assert_eq!(kms(&calls), [("DescribeKey", 1)]);
    assert_eq!(world.rows("ExchangeKeys").await, before);

    // First the function is switched, then the records move; and an instance that was not switched still works after that.
    all_open(&world, &new, &kept).await;
    let (report, calls) = world.calls(run(&world, &new)).await;
    assert_eq!(report, moved(7, 0));
    assert_eq!(kms(&calls), [("DescribeKey", 1), ("ReEncrypt", 7)]);
    let dynamodb: Vec<_> = calls.dynamodb.iter().map(|(operation, count)| (operation.as_str(), *count)).collect();
    assert_eq!(dynamodb, [("GetItem", 1), ("Scan", 2), ("UpdateItem", 7)]);
    assert_eq!(by_key(&world).await, [(new.clone(), 7)].into());
    all_open(&world, world.key(Key::Vault), &kept).await;

    let (report, calls) = world.calls(run(&world, &new)).await;
    assert_eq!(report, moved(0, 7));
    assert_eq!(kms(&calls), [("DescribeKey", 1)]);

    world.switch_key(Key::Vault, false).await;
    all_open(&world, &new, &kept).await;
    let created = json!({ "exchange": "binance", "label": "x", "api_key": "n".repeat(32), "secret": "new-new" });
    let created = authorized("POST", "/api/v1/api-keys/", &kept[0].owner.access, Some(created));
    world.send_to_vault(&world.another_vault(&new), created).await.assert_ok();
    assert_eq!(run(&world, &new).await, moved(0, 8));
}

#[tokio::test]
async fn nothing_but_the_wrapping_changes() {
    let world = World::start().await;
    two_users_with(&world, 1).await;
    let new = world.another_key(Key::Vault).await;
    let before = world.rows("ExchangeKeys").await;
    run(&world, &new).await;
    let after = world.rows("ExchangeKeys").await;
    assert_eq!(before.len(), after.len());
    for was in &before {
        let is = after.iter().find(|is| is["pk"] == was["pk"] && is["sk"] == was["sk"]).unwrap();
        let mut changed: Vec<_> = was.as_object().unwrap().keys().filter(|name| was[*name] != is[*name]).collect();
        changed.sort();
        match was["sk"].as_str().unwrap() {
            "VAULT_KEY" => assert_eq!(changed, ["kms_key_arn", "sealed"]),
            sk if sk.starts_with("KEY#") => assert_eq!(changed, ["edk", "kms_key_arn"]),
            _ => assert!(changed.is_empty()),
        }
    }
}

#[tokio::test]
async fn a_secret_opens_under_the_key_that_its_row_names_and_no_other() {
    let world = World::start().await;
    let kept = two_users_with(&world, 1).await;
    let row = world.rows_of("ExchangeKeys", "SECRET").await.remove(0);
    world.tamper("ExchangeKeys", &row, "kms_key_arn", json!(world.another_key(Key::Vault).await)).await;
    let list = authorized("GET", "/api/v1/api-keys/?cursor=x", &kept[0].owner.access, None);
    let reply = world.send_to_vault(&world.another_vault(world.key(Key::Vault)), list).await;
    reply.assert_status(500);
}

#[tokio::test]
async fn the_key_to_move_to_may_be_an_id_or_an_alias_and_must_be_on() {
    let world = World::start().await;
    two_users_with(&world, 1).await;
    let new = world.another_key(Key::Vault).await;
    assert_eq!(run(&world, world.key(Key::Vault)).await, moved(0, 3));
    assert_eq!(run(&world, new.rsplit_once('/').unwrap().1).await, moved(3, 0));
    assert_eq!(run(&world, &new).await, moved(0, 3));

    world.switch_key(Key::Vault, false).await;
    for (key, why) in [(world.key(Key::Vault), "not enabled"), ("alias/no-such-key", "NotFoundException")] {
        let refused = rewrap(&world.mover(), &to(key), |_, _| {}).await.unwrap_err();
        assert!(refused.to_string().contains(why), "{refused}");
    }
}

#[tokio::test]
async fn a_table_of_many_pages_is_read_to_its_end() {
    let world = World::start().await;
    two_users_with(&world, 1).await;
    let rows = world.rows_of("ExchangeKeys", "ACCOUNT#").await;
    let event = rows.iter().find(|row| row["sk"].as_str().unwrap().starts_with("EVENT#")).unwrap();
    for partition in 0..8 {
        let row = event.as_object().unwrap().clone();
        let mut row = Value::Object(row);
        row["pk"] = json!(format!("ACCOUNT#{partition}"));
        world.tamper("ExchangeKeys", &row, "filler", json!("x".repeat(390_000))).await;
    }
    let new = world.another_key(Key::Vault).await;
    let (report, calls) = world.calls(run(&world, &new)).await;
    assert_eq!(report, moved(3, 0));
    assert!(calls.dynamodb["Scan"] >= 8, "{calls:?}");
}

#[tokio::test]
async fn after_an_outage_of_kms_in_the_middle_everything_opens_and_another_run_finishes() {
    let world = World::start().await;
    let kept = two_users_with(&world, 9).await;
    let new = world.another_key(Key::Vault).await;
    let down = |done, _| {
        if done == 4 {
            world.break_down(Service::Kms, Mode::Unavailable, None);
        }
    };
    let report = rewrap(&world.mover(), &to(&new), down).await.unwrap();
    world.mend();
    // Of 19, four are done, eight more may have been under way.
    assert!((4..=12).contains(&report.moved), "{report:?}");
    assert!(!report.is_complete() && report.failed.len() as u64 == 19 - report.moved, "{report:?}");
    assert_eq!(under(&world, &new).await as u64, report.moved);
    all_open(&world, &new, &kept).await;

    assert_eq!(run(&world, &new).await, moved(19 - report.moved, report.moved));
    world.switch_key(Key::Vault, false).await;
    all_open(&world, &new, &kept).await;
}

#[tokio::test]
async fn a_run_that_is_killed_leaves_everything_open_to_the_function_and_to_another_run() {
    let world = World::start().await;
    let kept = two_users_with(&world, 9).await;
    let new = world.another_key(Key::Vault).await;
    let (reached, operator, arguments) = (Notify::new(), world.mover(), to(&new));
    let run_until_killed = rewrap(&operator, &arguments, |done, _| {
        if done == 4 {
            reached.notify_one();
        }
    });
    tokio::select! {
        biased;
        () = reached.notified() => {}
        finished = run_until_killed => panic!("{finished:?}"),
    }
    let half = under(&world, &new).await;
    assert!((4..19).contains(&half), "{half}");
    all_open(&world, &new, &kept).await;

    // Another one dies between the calls to KMS and the writes.
    world.hold("UpdateItem", u32::MAX);
    world.aws.reset_calls();
    tokio::select! {
        finished = run(&world, &new) => panic!("{finished:?}"),
        () = world.called("UpdateItem", 1) => {}
    }
    world.mend();
    all_open(&world, &new, &kept).await;

    assert!(run(&world, &new).await.is_complete());
    assert_eq!(by_key(&world).await, [(new.clone(), 19)].into());
    world.switch_key(Key::Vault, false).await;
    all_open(&world, &new, &kept).await;
}

/// A run whose records, once they are read, wait at KMS until [`World::mend`]. What their owners write is still under way then.
async fn run_held(world: &World, key: &str) -> Report {
    world.aws.set_conflicts(Duration::from_millis(200));
    world.aws.reset_calls();
    let hold = |done, _| {
        if done == 1 {
            world.break_times(Service::Kms, Mode::Held, "ReEncrypt", u32::MAX);
        }
    };
    rewrap(&world.mover(), &to(key), hold).await.unwrap()
}

async fn replace(world: &World, Kept { owner, id, .. }: &Kept, secret: &str) {
    let path = format!("/api/v1/api-keys/{id}");
    let changed = world.patch_as(owner, &path, json!({ "secret": secret })).await;
    changed.assert_ok();
}

#[tokio::test]
async fn what_its_owner_replaces_or_deletes_meanwhile_stays_replaced_or_deleted() {
    let world = World::start().await;
    let mut kept = two_users_with(&world, 1).await;
    let new = world.another_key(Key::Vault).await;
    let owners = async {
        world.called("ReEncrypt", 3).await;
        replace(&world, &kept[0], "replaced").await;
        let path = format!("/api/v1/api-keys/{}", kept[1].id);
        world.delete_as(&kept[1].owner, &path).await.assert_ok();
        world.mend();
    };
    let (report, ()) = tokio::join!(run_held(&world, &new), owners);
    // The replaced one was moved in its new version.
    assert_eq!(report, Report { moved: 2, deleted: 1, ..Report::default() });
    assert_eq!(world.aws.calls().kms["ReEncrypt"], 4);
    kept[0].secret = "replaced".to_owned();
    kept.truncate(1);
    assert_eq!(by_key(&world).await, [(new.clone(), 2)].into());
    all_open(&world, &new, &kept).await;
}

#[tokio::test]
async fn what_changes_again_and_again_is_left_to_another_run() {
    let world = World::start().await;
    let mut kept = two_users_with(&world, 1).await;
    let new = world.another_key(Key::Vault).await;
    let owner = async {
        world.called("ReEncrypt", 3).await;
        replace(&world, &kept[0], "replaced").await;
        world.mend();
        world.break_times(Service::Kms, Mode::Held, "ReEncrypt", u32::MAX);
        world.called("ReEncrypt", 4).await;
        replace(&world, &kept[0], "once-more").await;
        world.mend();
    };
    let (report, ()) = tokio::join!(run_held(&world, &new), owner);
    let changed = vec![format!("key {} of account {}", kept[0].id, kept[0].owner.user_id)];
    assert_eq!(report, Report { moved: 2, changed, ..Report::default() });
    assert!(!report.is_complete());
    kept[0].secret = "once-more".to_owned();
    all_open(&world, &new, &kept).await;
    assert_eq!(run(&world, &new).await, moved(1, 2));
    all_open(&world, &new, &kept).await;
}

#[tokio::test]
async fn a_label_that_changes_meanwhile_is_kept() {
    let world = World::start().await;
    let kept = two_users_with(&world, 1).await;
    let new = world.another_key(Key::Vault).await;
    let owner = async {
        world.called("ReEncrypt", 3).await;
        let path = format!("/api/v1/api-keys/{}", kept[0].id);
        world.patch_as(&kept[0].owner, &path, json!({ "label": "other" })).await.assert_ok();
        world.mend();
    };
    let (report, ()) = tokio::join!(run_held(&world, &new), owner);
    assert_eq!(report, moved(3, 0));
    assert_eq!(world.aws.calls().kms["ReEncrypt"], 4);
    let listed = world.get_as(&kept[0].owner, "/api/v1/api-keys/").await;
    assert_eq!(listed.body["data"]["api_keys"][0]["label"], "other", "{listed:?}");
    all_open(&world, &new, &kept).await;
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_counts_once() {
    let world = World::start().await;
    let kept = two_users_with(&world, 1).await;
    let new = world.another_key(Key::Vault).await;
    let lose = |done, _| {
        if done == 1 {
            world.break_times(Service::DynamoDb, Mode::Lost, "UpdateItem", 1);
        }
    };
    let report = rewrap(&world.mover(), &to(&new), lose).await.unwrap();
    // The client's second try finds the record where the first one has put it.
    assert_eq!(report, moved(2, 1));
    all_open(&world, &new, &kept).await;
}

#[tokio::test]
async fn a_row_in_a_place_that_is_not_its_own_is_named_and_left_alone() {
    let world = World::start().await;
    let kept = two_users_with(&world, 1).await;
    let new = world.another_key(Key::Vault).await;
    let (mine, other) = (&kept[0], &kept[1].owner.user_id);
    let rows = world.rows_of("ExchangeKeys", &format!("ACCOUNT#{}", mine.owner.user_id)).await;
    let row = rows.iter().find(|row| row["sk"] == format!("KEY#{}", mine.id)).unwrap();
    // The same under another owner, under another id, in another version, and under a name that is none.
    let another_id = mine.id.replace(|digit: char| digit.is_ascii_digit(), "0");
    world.tamper("ExchangeKeys", row, "pk", json!(format!("ACCOUNT#{other}"))).await;
    world.tamper("ExchangeKeys", row, "sk", json!(format!("KEY#{another_id}"))).await;
    world.tamper("ExchangeKeys", row, "sk", json!("KEY#none")).await;
    let theirs = world.rows_of("ExchangeKeys", &format!("ACCOUNT#{other}")).await;
    let theirs = theirs.iter().find(|row| row["sk"] == format!("KEY#{}", kept[1].id)).unwrap().clone();
    world.tamper("ExchangeKeys", &theirs, "secret_version", json!(7)).await;
    let before = by_key(&world).await;

    let report = run(&world, &new).await;
    let mut failed: Vec<_> = report.failed.iter().map(|(row, why)| (row.clone(), why.to_string())).collect();
    failed.sort();
    let account = &mine.owner.user_id;
    let mut refused = [
        format!("key {} of account {other}", mine.id),
        format!("key {another_id} of account {account}"),
        format!("key {} of account {other}", kept[1].id),
    ];
    refused.sort();
    for ((row, why), expected) in failed.iter().zip(&refused) {
        assert_eq!(row, expected);
        assert!(why.starts_with("ReEncrypt: InvalidCiphertextException (400)"), "{why}");
    }
    let nameless = (format!("row ACCOUNT#{account}, KEY#none"), "the primary key is malformed".to_owned());
    assert_eq!(failed[3..], [nameless]);
    assert_eq!((report.moved, report.there, report.is_complete()), (2, 0, false));
    assert_eq!(before.values().sum::<usize>(), 6);
    assert_eq!(under(&world, &new).await, 2);

    world.tamper("ExchangeKeys", &theirs, "secret_version", json!(1)).await;
    assert_eq!(run(&world, &new).await.moved, 1);
    all_open(&world, &new, &kept).await;
}

#[tokio::test]
async fn what_kms_refuses_does_not_keep_others_from_moving() {
    let world = World::start().await;
    let kept = two_users_with(&world, 2).await;
    let new = world.another_key(Key::Vault).await;
    world.break_times(Service::Kms, Mode::Refused, "ReEncrypt", 2);
    let report = run(&world, &new).await;
    assert_eq!((report.moved, report.failed.len()), (3, 2));
    // The first call is for the vault's own key.
    assert_eq!(report.failed[0].0, "the vault's own key");
    assert!(report.failed[1].1.to_string().starts_with("ReEncrypt: AccessDeniedException"), "{report:?}");
    all_open(&world, &new, &kept).await;
    assert_eq!(run(&world, &new).await, moved(2, 3));
}
