//! What operators do to accounts is counted, as what functions do is: out of lines in a log group of their own.

use admin::{Failure, account_change, account_unlock, sessions_end, users_import::formats::Source, vault_unfreeze};
use auth::operators::Command;
use compat::email::EmailAddress;
use local::{Mode, Service};
use shared::ids::AccountId;
use tests::{Session, World, json_request};

use super::emf::datapoints;
use crate::admin::{
    accounts::freezes,
    import::{export, imported},
    mfa::{Wanted, resets_factors},
};

/// What is counted while `work` is done: the actions, each with the namespace that it is counted in.
async fn counted<T>(world: &World, work: impl Future<Output = T>) -> (T, Vec<(String, String)>) {
    let before = world.operators_log().len();
    let done = Box::pin(work).await;
    let lines = world.operators_log().split_off(before);
    let points = lines.iter().flat_map(datapoints).map(|point| {
        assert_eq!((point.name.as_str(), point.unit.as_str()), ("AccountEvents", "Count"));
        assert!((point.value - 1.0).abs() < f64::EPSILON, "{point:?}");
        assert_eq!(point.dimensions.len(), 1, "{point:?}");
        (point.dimensions["action"].clone(), point.namespace)
    });
    (done, points.collect())
}

/// What is done to the account of a session; not by everybody.
async fn does(world: &World, session: &Session, email: &str, what: &str) -> Result<(), Failure> {
    let (operator, clock, user) = (world.operator(), &world.clock, AccountId::parse(&session.user_id).unwrap());
    let command = match what {
        "banned" => Command::Ban("stolen_funds".to_owned()),
        "unbanned" => Command::Unban,
        "deletion_requested" => Command::End,
        "sessions_ended" => {
            let of = sessions_end::Of { user: Some(user), everybody: false };
            let arguments = sessions_end::Arguments { of, yes: true };
            return sessions_end::end(&operator, &arguments, clock, |_, _| {}).await.map(drop);
        }
        "vault_unfrozen" => {
            freezes(world, session).await;
            let arguments = vault_unfreeze::Arguments { user, yes: true };
            return vault_unfreeze::unfreeze(&operator, &arguments, clock).await.map(drop);
        }
        _ => {
            let guess =
                json_request("POST", "/auth/login", &serde_json::json!({ "email": email, "password": "a guess" }));
            world.send_from("192.0.2.1", guess).await.assert_status(401);
            let arguments = account_unlock::Arguments { address: EmailAddress::parse(email).unwrap(), yes: true };
            return account_unlock::unlock(&operator, &arguments, clock).await.map(drop);
        }
    };
    let arguments = account_change::Arguments { user, yes: true };
    account_change::change(&operator, &arguments, &command, clock).await.map(drop)
}

#[tokio::test]
async fn every_event_of_operators_is_counted_once_it_has_happened() {
    let world = World::start().await;
    let namespace = world.stack().to_owned();
    let (ada, session) = world.person().signed_in().await;
    for what in ["vault_unfrozen", "sessions_ended", "unlocked", "banned", "unbanned", "deletion_requested"] {
        world.break_down(Service::DynamoDb, Mode::Unavailable, Some("TransactWriteItems"));
        let (failed, points) = counted(&world, does(&world, &session, &ada.email, what)).await;
        assert!(failed.is_err() && points.is_empty(), "{what}: {points:?}");
        world.mend();
        let (done, points) = counted(&world, does(&world, &session, &ada.email, what)).await;
        done.unwrap();
        assert_eq!(points, [(what.to_owned(), namespace.clone())]);
    }
    let (_, points) = counted(&world, imported(&world, Source::Supabase, export("supabase.csv"))).await;
    assert_eq!(points, vec![("imported".to_owned(), namespace.clone()); 3]);
    let (_, points) = counted(&world, imported(&world, Source::Supabase, export("supabase.csv"))).await;
    assert!(points.is_empty(), "{points:?}");
}

#[tokio::test]
async fn the_reset_of_second_factors_is_counted_step_by_step() {
    let world = World::start().await;
    let namespace = world.stack().to_owned();
    let (_, session) = world.person().signed_in().await;
    world.enrols_app(&session).await;
    let user = AccountId::parse(&session.user_id).unwrap();
    let steps = [
        (Wanted::Request, "factors_reset_requested"),
        (Wanted::Cancel, "factors_reset_cancelled"),
        (Wanted::Request, "factors_reset_requested"),
        (Wanted::Finish, "factors_reset"),
    ];
    for (wanted, action) in steps {
        let (done, points) = counted(&world, resets_factors(&world, user, wanted, true)).await;
        assert!(done.unwrap().is_done, "{wanted:?}");
        assert_eq!(points, [(action.to_owned(), namespace.clone())]);
        world.advance(72 * 3_600);
    }
}

/// It is done, and whoever has asked for it is told so.
#[tokio::test]
async fn what_cannot_be_counted_is_said_to_be_done() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    world.hold("TransactWriteItems", 1_000);
    world.aws.reset_calls();
    let outage = async {
        world.called("TransactWriteItems", 1).await;
        world.mend();
        world.break_down(Service::Logs, Mode::Unavailable, Some("PutLogEvents"));
    };
    let (said, ()) = tokio::join!(does(&world, &session, &ada.email, "banned"), outage);
    world.mend();
    let said = said.unwrap_err().to_string();
    assert!(said.starts_with("PutLogEvents: ") && said.ends_with("; it is done, but not counted"), "{said}");
    ada.logs_in().await.assert_status(403);
}
