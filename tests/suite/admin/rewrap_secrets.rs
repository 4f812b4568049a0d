//! The operators' tool moves the small secrets of the service to another KMS key, and shows which there are.

use std::time::Duration;

use admin::{
    rewrap::Rewrapped,
    rewrap_secrets::{Arguments, rewrap_secrets},
    secrets_show::show,
};
use local::{Fault, Mode, Service};
use serde_json::Value;
use tests::{Key, Session, World};

use super::{rotate_account_key, rotate_link_key, rotate_pepper, rotate_signing_key};

async fn run(world: &World, key: &str, dry_run: bool) -> Rewrapped {
    Box::pin(rewrap_secrets(&world.mover(), &Arguments { to: key.to_owned(), dry_run })).await.unwrap()
}

fn moved(moved: u64, there: u64) -> Rewrapped {
    Rewrapped { moved, there, ..Rewrapped::default() }
}

/// All that is sealed, without what moving changes; and the KMS keys that it names.
async fn rows(world: &World) -> (Vec<Value>, Vec<String>) {
    let mut rows = world.rows_of("Accounts", "SECRET").await;
    rows.sort_by_key(|row| row["sk"].to_string());
    rows.extend(copies(world).await);
    let keys = rows.iter().map(|row| row["kms_key_arn"].as_str().unwrap().to_owned()).collect();
    for row in &mut rows {
        let row = row.as_object_mut().unwrap();
        row.remove("sealed");
        row.remove("kms_key_arn");
    }
    (rows, keys)
}

/// The link keys as `mail` has them.
async fn copies(world: &World) -> Vec<Value> {
    let rows = world.rows_of("Mail", "LINK_KEYS").await;
    rows[0]["keys"].as_array().unwrap().clone()
}

#[tokio::test]
async fn secrets_move_and_the_old_key_can_be_switched_off() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let new = world.another_key(Key::Data).await;
    rotate_signing_key(&world, false).await.unwrap();
    rotate_pepper(&world).await.unwrap();
    rotate_link_key(&world, false).await.unwrap();
    rotate_account_key(&world, false).await.unwrap();
    let (before, old_keys) = rows(&world).await;

    // Two of each; what `mail` has, two as well, is one record.
    let (report, calls) = world.calls(run(&world, &new, true)).await;
    assert_eq!((report, calls.kms), (moved(9, 0), [("DescribeKey".to_owned(), 1)].into()));
    assert_eq!(rows(&world).await, (before.clone(), old_keys));
    let (report, calls) = world.calls(run(&world, &new, false)).await;
    assert_eq!(report, moved(9, 0));
    // Inside KMS: nothing is opened on the way.
    assert_eq!(calls.kms, [("DescribeKey".to_owned(), 1), ("ReEncrypt".to_owned(), 10)].into());
    assert_eq!(rows(&world).await, (before, vec![new.clone(); 10]));
    assert_eq!(run(&world, &new, false).await, moved(0, 9));

    if !world.is_on_another_emulator() {
        world.switch_key(Key::Data, false).await;
    }
    // The times of the rotation went with them; successors are sealed where the function can open them.
    world.advance(30 * 60);
    let cold = world.another_auth();
    for auth in [&cold, &world.auth] {
        let login = world.post_to(auth, "/auth/login", ada.credentials()).await;
        world.get_as(&Session::of(&login), "/auth/profile").await.assert_ok();
    }
    world.refresh(&session.refresh).await.assert_ok();
    rotate_signing_key(&world, false).await.unwrap();
    rotate_pepper(&world).await.unwrap();
    rotate_link_key(&world, false).await.unwrap();
    rotate_account_key(&world, false).await.unwrap();
    // Of each three and, for a clock may be behind that says whose time it is, as many copies.
    assert_eq!(rows(&world).await.1, vec![new; 15]);
    // A new instance of `mail` opens its copies.
    world.resume_mail().await;
    let bob = world.person();
    bob.signs_up().await.assert_ok();
    bob.verifies().await.assert_ok();
}

#[tokio::test]
async fn what_is_broken_off_goes_on_in_another_run() {
    let world = World::start().await;
    let new = world.another_key(Key::Data).await;
    world.break_times(Service::Kms, Mode::Refused, "ReEncrypt", 2);
    let report = run(&world, &new, false).await;
    assert_eq!((report.moved, report.failed.len()), (3, 2), "{report:?}");
    assert!(!report.is_complete());
    assert_eq!(run(&world, &new, false).await, moved(2, 3));
    let none = Arguments { to: "alias/there-is-none".to_owned(), dry_run: false };
    assert!(rewrap_secrets(&world.mover(), &none).await.is_err());
}

/// Does one thing while the first call to KMS of another waits for its answer.
async fn amid<T, U>(
    world: &World,
    operation: &str,
    slow: impl Future<Output = T>,
    quick: impl Future<Output = U>,
) -> (T, U) {
    // What the quick one has written is still under way when the slow one writes.
    world.aws.set_conflicts(Duration::from_millis(200));
    world.aws.reset_calls();
    let held = Fault { mode: Mode::Held, operation: Some(operation.to_owned()), times: Some(1_000) };
    world.aws.set_fault(Service::Kms, held);
    let quick = async {
        while !world.aws.calls().kms.contains_key(operation) {
            tokio::task::yield_now().await;
        }
        let done = quick.await;
        world.mend();
        done
    };
    tokio::join!(slow, quick)
}

#[tokio::test]
async fn a_rotation_in_the_midst_of_a_move_loses_nothing() {
    let world = World::start().await;
    let new = world.another_key(Key::Data).await;
    let both = amid(&world, "ReEncrypt", run(&world, &new, false), rotate_link_key(&world, false));
    let (report, rotation) = Box::pin(both).await;
    assert_eq!(rotation.unwrap().number, 2);
    assert_eq!((report.moved, report.changed.as_slice()), (4, &["the copy of link-key".to_owned()][..]), "{report:?}");
    let numbers = copies(&world).await.iter().map(|copy| copy["number"].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!(numbers, [1, 2]);
    // The new key, and what `mail` has.
    assert_eq!(run(&world, &new, false).await, moved(2, 4));
    assert!(copies(&world).await[0]["until"].is_number());
}

#[tokio::test]
async fn a_move_in_the_midst_of_a_rotation_is_not_undone() {
    let world = World::start().await;
    let new = world.another_key(Key::Data).await;
    let (rotation, report) = amid(&world, "Encrypt", rotate_link_key(&world, false), run(&world, &new, false)).await;
    assert_eq!(report, moved(5, 0));
    assert!(rotation.unwrap_err().to_string().contains("just now"));
    assert_eq!(rows(&world).await.1, vec![new.clone(); 5]);
    rotate_link_key(&world, false).await.unwrap();
    assert_eq!(rows(&world).await.1, vec![new; 7]);
}

#[tokio::test]
async fn an_operator_sees_which_secrets_there_are_and_nothing_of_what_is_in_them() {
    let world = World::start().await;
    let operator = world.operator();
    let rotation = rotate_signing_key(&world, false).await.unwrap();
    let (_, from) = rotate_pepper(&world).await.unwrap();
    let of_links = rotate_link_key(&world, false).await.unwrap();
    let words = async || -> Vec<String> {
        let lines = show(&operator, &world.clock).await.unwrap();
        let arn = lines[0].split_whitespace().last().unwrap().to_owned();
        lines.iter().map(|line| line.replace(&arn, "KEY").split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    };
    let (new, old) = (&rotation.kid, &rotation.ended[0]);
    let mut published = vec![format!("{new} published"), format!("{old} published until {}", rotation.until)];
    published.sort();
    published.insert(0, "mail has link-key 1, 2".to_owned());
    let expected = [
        "pepper 1 in use KEY".to_owned(),
        format!("pepper 2 used from {from} KEY"),
        "link-key 1 in use KEY".to_owned(),
        format!("link-key 2 used from {} KEY", of_links.from),
        "signing-key 1 in use KEY".to_owned(),
        format!("signing-key 2 used from {} KEY", rotation.from),
        "account-key 1 in use KEY".to_owned(),
    ];
    let shown = words().await;
    assert_eq!((&shown[..7], &shown[7..]), (&expected[..], &published[..]));
    let secrets = world.rows_of("Accounts", "SECRET").await;
    assert!(secrets.iter().all(|row| !shown.concat().contains(row["sealed"].as_str().unwrap())));

    world.advance(60 * 60);
    let shown = words().await;
    assert_eq!(shown[..2], ["pepper 1 replaced KEY", "pepper 2 in use KEY"]);
    let (good, ended) = (of_links.until, rotation.until);
    assert_eq!(
        shown[2..4],
        [format!("link-key 1 replaced, good until {good} KEY"), "link-key 2 in use KEY".to_owned()]
    );
    assert_eq!(shown[4..6], [format!("signing-key 1 ended at {ended} KEY"), "signing-key 2 in use KEY".to_owned()]);
    assert!(shown.contains(&format!("{old} withdrawn at {}", rotation.until)), "{shown:?}");
}

/// What is there is what was written: nobody else has changed it.
#[tokio::test]
async fn what_was_moved_though_the_answer_was_lost_is_moved() {
    let world = World::start().await;
    let (new, copies) = (world.another_key(Key::Data).await, world.rows_of("Mail", "LINK_KEYS").await);
    world.pause_mail().await;
    let loses = || world.break_times(Service::DynamoDb, Mode::Lost, "UpdateItem", 1);
    loses();
    assert_eq!(run(&world, &new, false).await, moved(5, 0));
    // The copies alone, as they were before.
    world.put_rows("Mail", copies).await;
    loses();
    assert_eq!(run(&world, &new, false).await, moved(1, 4));
    assert_eq!(rows(&world).await.1, vec![new; 5]);
}
