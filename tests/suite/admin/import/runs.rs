//! Runs that come again, are broken off, or only look.

use std::{cell::RefCell, fmt::Write, sync::OnceLock};

use admin::users_import::{Report, formats::Source, import};
use local::{Mode, Service};
use serde_json::{Value, json};
use tests::World;

use super::{Written, arguments, at, everything, export, hash_of, imported, report, run_as};
use crate::admin::events_check::everybody_is_sound;

/// So many users without passwords, and what their addresses begin with.
fn many(count: usize) -> Written {
    let mut rows = "email,email_verified\n".to_owned();
    (0..count).for_each(|number| writeln!(rows, "user-{number}@example.com,true").unwrap());
    Written::new(&rows)
}

#[tokio::test]
async fn a_dry_run_counts_the_same_and_writes_nothing() {
    let world = World::start().await;
    world.pause_mail().await;
    for (from, file) in [
        (Source::Supabase, "supabase.csv"),
        (Source::Auth0, "auth0.ndjson"),
        (Source::Firebase, "firebase.json"),
        (Source::Csv, "anything.csv"),
    ] {
        let (before, log) = (everything(&world).await, world.operators_log());
        let dry = run_as(world.importer(), &world, &arguments(from, export(file), false)).await.unwrap();
        assert!(dry.made + dry.there > 0 && everything(&world).await == before, "{file}");
        assert_eq!(world.operators_log(), log, "{file}");
        assert_eq!(imported(&world, from, export(file)).await, dry, "{file}");
    }
    world.resume_mail().await;
}

/// Once as a run, and once for each account; of users the log tells nothing but ids.
#[tokio::test]
async fn a_run_is_written_down_or_not_done() {
    let world = World::start().await;
    world.break_down(Service::Logs, Mode::Refused, Some("PutLogEvents"));
    let arguments = arguments(Source::Firebase, export("firebase.json"), true);
    let before = everything(&world).await;
    let refused = run_as(world.importer(), &world, &arguments).await.unwrap_err().to_string();
    assert!(refused.starts_with("PutLogEvents: AccessDeniedException"), "{refused}");
    assert!(everything(&world).await == before, "nor is a key sealed");
    world.mend();
    let made = imported(&world, Source::Firebase, export("firebase.json")).await.made;
    let line = json!({ "event": "operator_command", "command": "users-import", "to": "firebase" });
    assert_eq!(world.operators_log()[0], line);
    let lines = world.operators_log();
    assert_eq!(lines.len() as u64, 1 + 2 * made);
    assert!(lines[1..].iter().all(|line| line["action"] == "imported"), "{lines:?}");
    // What is in the file already is said once more of the run alone.
    imported(&world, Source::Firebase, export("firebase.json")).await;
    assert_eq!(world.operators_log().len(), lines.len() + 1);
}

#[tokio::test]
async fn a_second_run_finds_everybody_there_and_changes_nothing() {
    for (from, file) in [(Source::Auth0, "auth0.ndjson"), (Source::Firebase, "firebase.json")] {
        let world = World::start().await;
        let first = imported(&world, from, export(file)).await;
        let before = everything(&world).await;
        let again = imported(&world, from, export(file)).await;
        assert_eq!((again.made, again.there), (0, first.made), "{file}");
        assert!(everything(&world).await == before, "nor is the key sealed once more");
    }
}

/// What the guide says of the role for it, too: nothing is touched but accounts and guards.
#[tokio::test]
async fn a_user_costs_three_reads_and_a_transaction_and_one_who_is_there_a_read() {
    let world = World::start().await;
    let counts = |counts: &[(&str, u64)]| counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    let elsewhere = async || {
        let rows = everything(&world).await.into_iter();
        rows.filter(|(key, _)| key.starts_with("Mail ") || key.starts_with("Limits ")).collect::<Vec<_>>()
    };
    let before = elsewhere().await;
    let (first, calls) = world.calls(imported(&world, Source::Supabase, export("supabase.csv"))).await;
    assert_eq!(first.made, 3);
    assert_eq!(calls.dynamodb, counts(&[("GetItem", 3 * 3), ("Query", 1), ("TransactWriteItems", 3)]));
    assert_eq!(calls.kms, counts(&[("Decrypt", 1)]));
    // One for the run, and two for the accounts or a few more: who comes while another's lines are under way shares a call.
    assert!((3..=7).contains(&calls.logs["PutLogEvents"]) && calls.logs["CreateLogStream"] == 1, "{:?}", calls.logs);
    let (_, calls) = world.calls(imported(&world, Source::Supabase, export("supabase.csv"))).await;
    assert_eq!(calls.dynamodb, counts(&[("GetItem", 3), ("Query", 1)]));
    assert_eq!(calls.logs["PutLogEvents"], 1);
    assert!(elsewhere().await == before);
}

/// Another project has another key, and both stay good.
#[tokio::test]
async fn two_projects_of_firebase_have_a_sealed_key_each() {
    let world = World::start().await;
    imported(&world, Source::Firebase, export("firebase.json")).await;
    let other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==";
    let users = std::fs::read_to_string(export("firebase.json")).unwrap();
    let users = Written::new(&users.replace("3ed", "4ed").replace("ada@example.com", "bob@example.com"));
    let arguments = arguments(Source::Firebase, users.0.clone(), true);
    let (importer, stop) = (world.importer(), OnceLock::new());
    let second = Box::pin(import(&importer, &arguments, Some(other), &world.clock, &stop, |_, _| {})).await;
    assert_eq!(second.unwrap().made, 1);
    let secrets = world.rows_of("Accounts", "SECRET").await;
    let keys: Vec<_> = secrets.iter().filter(|row| row["purpose"] == "import-key").map(|row| &row["number"]).collect();
    assert_eq!(keys, [&json!(1), &json!(2)]);
    let hash = hash_of(&at(&world, "bob@example.com")).await.unwrap();
    assert_eq!(hash.split('$').next().unwrap().rsplit(',').next(), Some("2"));
    world.advance(31);
    at(&world, "ada@example.com").logs_in().await.assert_ok();
    at(&world, "bob@example.com").logs_in().await.assert_status(401);
}

#[tokio::test]
async fn a_key_that_was_sealed_though_the_answer_was_lost_is_sealed() {
    let world = World::start().await;
    world.break_times(Service::DynamoDb, Mode::Lost, "PutItem", 1);
    assert_eq!(imported(&world, Source::Firebase, export("firebase.json")).await.made, 3);
    let secrets = world.rows_of("Accounts", "SECRET").await;
    assert_eq!(secrets.iter().filter(|row| row["purpose"] == "import-key").count(), 1);
}

#[tokio::test]
async fn a_run_that_an_outage_breaks_off_is_done_by_the_next() {
    let world = World::start().await;
    let users = many(60);
    for mode in [Mode::Unavailable, Mode::Throttled, Mode::Lost] {
        let before = world.accounts().await.len();
        world.aws.reset_calls();
        let outage = async {
            world.called("TransactWriteItems", 8).await;
            world.break_down(Service::DynamoDb, mode, None);
        };
        let (report, ()) = tokio::join!(imported(&world, Source::Csv, users.0.clone()), outage);
        world.mend();
        assert!(report.broken_off.is_some() && !report.is_complete(), "{mode:?}: {report:?}");
        let accounts = world.accounts().await.len();
        // An answer that was lost has done what it does not tell of.
        assert!(accounts as u64 >= before as u64 + report.made && accounts < 60, "{mode:?}: {accounts}");
        half_made(&world).await;
        assert!(everybody_is_sound(&world).await, "{mode:?}");
    }
    let before = world.accounts().await.len() as u64;
    let rest = Report { without_hash: 60 - before, there: before, ..Report::default() };
    assert_eq!(imported(&world, Source::Csv, users.0.clone()).await, report(60 - before, rest));
    half_made(&world).await;
    assert_eq!(world.accounts().await.len(), 60);
    assert!(everybody_is_sound(&world).await);
}

/// What is asked for by hand ends in the same way: no account is begun any more, and those under way are finished.
#[tokio::test]
async fn a_run_that_is_stopped_finishes_what_is_under_way() {
    let world = World::start().await;
    let (users, stop, seen) = (many(60), OnceLock::new(), RefCell::new(Vec::new()));
    let progress = |done, total| {
        seen.borrow_mut().push((done, total));
        if done == 12 {
            stop.set("it was interrupted".into()).unwrap();
        }
    };
    let (importer, arguments) = (world.importer(), arguments(Source::Csv, users.0.clone(), true));
    let stopped = Box::pin(import(&importer, &arguments, None, &world.clock, &stop, progress)).await.unwrap();
    assert_eq!(stopped.broken_off, Some("it was interrupted".into()));
    assert!((12..=20).contains(&stopped.made) && !stopped.is_complete(), "{stopped:?}");
    assert_eq!(world.accounts().await.len() as u64, stopped.made);
    half_made(&world).await;
    assert!(everybody_is_sound(&world).await);
    let rest = Report { without_hash: 60 - stopped.made, there: stopped.made, ..Report::default() };
    assert_eq!(imported(&world, Source::Csv, users.0.clone()).await, report(60 - stopped.made, rest));
    assert!(everybody_is_sound(&world).await);
    // Records are told of one by one, and of how many is guessed well.
    let seen = seen.into_inner();
    assert!(seen.iter().map(|(done, _)| *done).eq(1..=stopped.made), "{seen:?}");
    assert!(seen.iter().skip(8).all(|(_, total)| (50..70).contains(total)), "{seen:?}");
}

/// The bar of a whole run ends where it should.
#[tokio::test]
async fn the_last_record_is_told_to_be_the_last() {
    let world = World::start().await;
    let (users, stop, last) = (many(30), OnceLock::new(), RefCell::new((0, 0)));
    let (importer, arguments) = (world.importer(), arguments(Source::Csv, users.0.clone(), false));
    let progress = |done, total| *last.borrow_mut() = (done, total);
    let dry = Box::pin(import(&importer, &arguments, None, &world.clock, &stop, progress)).await.unwrap();
    assert_eq!((dry.made, last.into_inner()), (30, (30, 30)));
}

/// No account is there without all that belongs to it, nor anything without an account.
async fn half_made(world: &World) {
    let rows = everything(world).await;
    let of = |beginning: &str, sk: &str| {
        let beginning = format!("{beginning} \"ACCOUNT#");
        rows.keys().filter(|key| key.starts_with(&beginning) && key.ends_with(&format!("\"{sk}\""))).count()
    };
    let owned = rows.iter().filter(|(key, row)| key.contains("ADDRESS#") && row["owner"].is_string()).count();
    let events = rows.values().filter(|row| row["action"] == "imported" && row["by"] == "operator").count();
    let counts = [of("Accounts", "CREDENTIALS"), of("Accounts", "PROFILE"), of("Sessions", "GUARD"), events];
    assert_eq!(counts, [owned; 4]);
}

#[tokio::test]
async fn without_secrets_nothing_begins() {
    let world = World::start().await;
    world.break_down(Service::Kms, Mode::Unavailable, None);
    let arguments = arguments(Source::Auth0, export("auth0.ndjson"), true);
    assert!(run_as(world.importer(), &world, &arguments).await.is_err());
    world.mend();
    // The everyday role of operators opens nothing.
    assert!(run_as(world.operator(), &world, &arguments).await.is_err());
    let refused = world.aws.take_refused();
    assert!(refused.iter().any(|said| said.contains("kms:Decrypt")), "{refused:?}");
    assert!(world.accounts().await.is_empty());
    world.empty("Accounts").await;
    let failure = run_as(world.importer(), &world, &arguments).await.unwrap_err().to_string();
    assert!(failure.starts_with("there is no pepper; the first start of auth makes it"), "{failure}");
}

#[tokio::test]
async fn a_file_of_another_service_is_refused_before_anything_is_done() {
    let world = World::start().await;
    for (from, file, why) in [
        (Source::Supabase, "anything.csv", "the file has no column id"),
        (Source::Cognito, "supabase.csv", "the file has no column cognito:username"),
        (Source::Csv, "supabase.csv", "the file has no column email_verified"),
        (Source::Auth0, "cognito.csv", "the file is CSV; this service's export is JSON"),
        (Source::Cognito, "auth0.ndjson", "the file is JSON; this one is to be CSV"),
        (Source::Csv, "missing", "the file cannot be read: entity not found"),
    ] {
        let refused = run_as(world.importer(), &world, &arguments(from, export(file), true)).await;
        assert_eq!(refused.unwrap_err().to_string(), why, "{file}");
    }
    let (operator, arguments) = (world.importer(), arguments(Source::Firebase, export("firebase.json"), true));
    for key in ["", "canary!", &format!("{}AAAA", &super::SIGNER_KEY[..84])] {
        let stop = OnceLock::new();
        let refused = Box::pin(import(&operator, &arguments, Some(key), &world.clock, &stop, |_, _| {})).await;
        assert!(refused.unwrap_err().to_string().starts_with("the signer key "));
    }
    assert!(world.accounts().await.is_empty());
}

#[tokio::test]
async fn a_deleted_account_does_not_come_back() {
    for (from, file) in
        [(Source::Supabase, "supabase.csv"), (Source::Auth0, "auth0.ndjson"), (Source::Csv, "anything.csv")]
    {
        let world = World::start().await;
        let first = imported(&world, from, export(file)).await;
        let ada = at(&world, "ada@example.com").account().await;
        let tombstone = json!({ "pk": ada["pk"], "sk": ada["sk"], "ended_at": world.now() });
        for row in world.rows_of("Accounts", "ADDRESS#").await {
            if row["owner"] == ada["id"] {
                world.remove("Accounts", &row).await;
            }
        }
        world.put_rows("Accounts", vec![tombstone.clone()]).await;
        let again = imported(&world, from, export(file)).await;
        assert_eq!((again.made, again.id_taken, again.there), (0, 1, first.made - 1), "{file}");
        assert!(world.rows("Accounts").await.contains(&tombstone));
        at(&world, "ada@example.com").logs_in().await.assert_status(401);
    }
}

/// Neither what is told nor what is logged has anything of anybody.
#[tokio::test]
async fn lines_that_cannot_be_read_or_made_hold_up_no_others_and_nobody_is_named() {
    let world = World::start().await;
    let bob = world.person();
    bob.signs_up().await.assert_ok();
    let record = world.rows_of("Accounts", "ADDRESS#").await.remove(0);
    world.tamper("Accounts", &record, "version", Value::from("canary")).await;
    let good = std::fs::read_to_string(export("auth0.ndjson")).unwrap();
    let ada = good.lines().next().unwrap();
    let bob_in_file = ada.replace("ada@example.com", &bob.email).replace("ec93", "bb93");
    let canaries = [
        r#"{"email":"canary@example.com","email_verified":true,"passwordHash":"$2b$10$canary"}"#,
        "canary{",
        r#"{"_id":{"$oid":"1"},"email":"canary","email_verified":true}"#,
        r#"{"_id":{"$oid":"2"},"email":"canary@example.com","email_verified":"canary"}"#,
        r#"{"_id":{"$oid":"3"},"email":["canary@example.com"],"email_verified":true}"#,
        "{\"email\":\"canary",
        &bob_in_file,
        ada,
    ];
    let file = Written::new(&canaries.join("\n"));
    crate::logs::capture();
    let report = imported(&world, Source::Auth0, file.0.clone()).await;
    assert_eq!((report.made, &report.malformed), (1, &[1, 2, 3, 4, 5, 6].to_vec()), "{report:?}");
    assert!(matches!(&report.failed[..], [(7, _)]) && !report.is_complete(), "{report:?}");
    at(&world, "ada@example.com").logs_in().await.assert_ok();
    let told = format!("{report} {report:?} {:?}", crate::logs::lines());
    let hash = ada.split("$2b$10$").nth(1).unwrap().split('"').next().unwrap();
    for canary in ["canary", "ada@", "lovelace", bob.email.as_str(), "person-", hash, "5dea9f9c82dd7c0e76e4ec93"] {
        assert!(!told.to_lowercase().contains(&canary.to_lowercase()), "{canary}: {told}");
    }
}
