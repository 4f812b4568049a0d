//! An address that belongs to an account whose row is not there: for a moment while the account comes into being, or for good by a fault.

use std::time::Duration;

use serde_json::json;
use tests::World;
use tokio::time::timeout;

use crate::logs::{self, emf::datapoints};

const READ: &str = "GetItem";

/// Until so many reads have come, the last of which is held.
async fn reads(world: &World, count: u64) {
    let come = async {
        while world.aws.calls().dynamodb.get(READ) != Some(&count) {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_mins(1), come).await.expect("a read");
}

#[tokio::test]
async fn an_account_that_is_not_there_is_a_fault_of_ours_and_no_traffic_jam() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let account = ada.account().await;
    world.remove("Accounts", &account).await;
    logs::capture();
    let resend = world.post("/auth/resend-verification", json!({ "email": ada.email }));
    let (login, resend) = (ada.logs_in().await, resend.await);
    for reply in [login, resend] {
        assert_eq!((reply.status, &reply.body["detail"]), (500, &json!("Internal Server Error")));
    }
    let points: Vec<_> = logs::lines().iter().flat_map(datapoints).map(|point| point.name).collect();
    assert_eq!(points, ["FailedAnswers", "MailBudget", "FailedAnswers"]);
    world.put_rows("Accounts", vec![account]).await;
    assert_eq!(ada.logs_in().await.status, 200);
}

#[tokio::test]
async fn an_account_that_its_address_knows_of_first_is_waited_for() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let account = ada.account().await;
    world.remove("Accounts", &account).await;
    world.aws.reset_calls();
    world.hold(READ, 1_000);
    let becoming = async {
        // The record; the account and beside it the guard; the account once more.
        for count in [1, 3] {
            reads(&world, count).await;
            world.mend();
            world.hold(READ, 1_000);
        }
        reads(&world, 4).await;
        world.put_rows("Accounts", vec![account]).await;
        world.mend();
    };
    let (login, ()) = tokio::join!(ada.logs_in(), becoming);
    assert_eq!(login.status, 200, "{login:?}");
}
