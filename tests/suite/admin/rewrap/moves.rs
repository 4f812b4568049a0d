//! All keys move, in as many runs as it takes, and open before, meanwhile and afterwards.

use admin::rewrap::{Arguments, rewrap};
use local::{Mode, Service};
use serde_json::{Value, json};
use tests::{Key, World, authorized};
use tokio::sync::Notify;

use super::{all_open, by_key, kms, moved, run, to, two_users_with, under};

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
