//! What owners change while their keys are under way, and what a run leaves alone.

use std::time::Duration;

use admin::rewrap::{Rewrapped, rewrap};
use local::{Mode, Service};
use serde_json::json;
use tests::{Key, World};

use super::{Kept, all_open, by_key, moved, run, to, two_users_with, under};

/// A run whose records, once they are read, wait at KMS until [`World::mend`]. What their owners write is still under way then.
async fn run_held(world: &World, key: &str) -> Rewrapped {
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
    assert_eq!(report, Rewrapped { moved: 2, deleted: 1, ..Rewrapped::default() });
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
    assert_eq!(report, Rewrapped { moved: 2, changed, ..Rewrapped::default() });
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
    // The letters about the new keys are written down as sent by updates, too.
    world.pause_mail().await;
    let lose = |done, _| {
        if done == 1 {
            world.break_times(Service::DynamoDb, Mode::Lost, "UpdateItem", 1);
        }
    };
    let report = rewrap(&world.mover(), &to(&new), lose).await.unwrap();
    // The client's second try finds the record where the first one has put it.
    assert_eq!(report, moved(3, 0));
    all_open(&world, &new, &kept).await;
}

/// The vault's own key comes first. What is there is what was written, so nobody else has changed it.
#[tokio::test]
async fn the_vaults_own_key_is_moved_though_the_answer_is_lost() {
    let world = World::start().await;
    let kept = two_users_with(&world, 1).await;
    let new = world.another_key(Key::Vault).await;
    world.pause_mail().await;
    world.break_times(Service::DynamoDb, Mode::Lost, "UpdateItem", 1);
    assert_eq!(run(&world, &new).await, moved(3, 0));
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
