//! Many at once and in any order: providers deliver as they please, and the status is that of what has happened.

use std::{cell::RefCell, collections::BTreeSet};

use futures::future::join_all;
use kyc::Kyc;
use local::Calls;
use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};
use shared::{
    config::Stage,
    kyc::{KycStatus, standing},
    time::Timestamp,
};
use tests::{Request, World, invoke};

use super::{approval, assert_taken, genuine, kept, later, report, said, status};

const MANY: usize = 20;

/// Deliveries at once, over four instances; the calls that they make. No report is kept before all of them are about to be.
async fn at_once(world: &World, deliveries: Vec<Request>) -> Calls {
    let instances: Vec<_> = (0..4).map(|_| world.another_kyc(Stage::Local, world.clock.clone(), |_| {})).collect();
    join_all(instances.iter().map(Kyc::warm_up)).await;
    let routers: Vec<_> = instances.into_iter().map(kyc::router).collect();
    world.aws.reset_calls();
    world.hold("TransactWriteItems", deliveries.len().try_into().unwrap());
    let deliveries = deliveries.into_iter().enumerate();
    let replies = join_all(deliveries.map(|(number, request)| invoke(&routers[number % 4], request))).await;
    replies.iter().for_each(assert_taken);
    world.aws.calls()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_event_delivered_many_times_at_once_is_kept_once() {
    let world = World::start().await;
    for provider in kyc::providers::ALL {
        let request = genuine(&world, provider.id, &approval(provider.id, provider.id, world.now()));
        let calls = at_once(&world, vec![request; MANY]).await;
        // Who has kept it looks at what that has changed, and the others at what is known under its id.
        assert_eq!(calls.dynamodb["Query"], u64::try_from(MANY).unwrap(), "{}", provider.id);
        assert_eq!(world.rows_of("Kyc", &format!("USER#{}", provider.id)).await.len(), 1);
        assert_eq!(status(&world, provider.id).await, KycStatus::Approved);
    }
    assert_eq!(world.rows_of("Kyc", "USER#").await.len(), kyc::providers::ALL.len());
}

/// What happens to somebody, second by second, and where that leads. A session that runs out later must not undo the approval.
#[rustfmt::skip]
const LIFE: [(&str, &str); MANY] = [
    ("a", "not_started"), ("a", "pending"), ("a", "in_review"), ("a", "resubmission_requested"), ("a", "pending"),
    ("b", "not_started"), ("b", "pending"), ("a", "expired"), ("b", "in_review"), ("b", "approved"),
    ("c", "not_started"), ("c", "pending"), ("a", "cancelled"), ("c", "expired"), ("d", "not_started"),
    ("d", "pending"), ("d", "cancelled"), ("e", "not_started"), ("e", "pending"), ("e", "expired"),
];

fn life(user: &str, start: Timestamp) -> Vec<Value> {
    let steps = LIFE.iter().enumerate().map(|(second, (session, status))| {
        let at = later(start, second.try_into().unwrap());
        said(user, &format!("e-{second}"), session, status, Some(at))
    });
    steps.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn different_events_of_one_user_lead_to_the_same_status_in_every_order_and_at_once() {
    let world = World::start().await;
    let start = world.now();
    let deliveries =
        |user: &str| -> Vec<_> { life(user, start).iter().map(|body| genuine(&world, "generic", body)).collect() };
    at_once(&world, deliveries("parallel")).await;
    for body in life("forwards", start) {
        report(&world, "generic", &body).await;
    }
    for body in life("backwards", start).iter().rev() {
        report(&world, "generic", body).await;
    }
    for user in ["parallel", "forwards", "backwards"] {
        let reports = kept(&world, user).await;
        let now = standing(&reports);
        assert_eq!((reports.len(), now.status), (MANY, KycStatus::Approved), "{user}");
        assert_eq!(now.by.unwrap().event, "e-9", "{user}");
    }

    // And a finding of any session ends it, even one that comes along with all of the rest.
    let found = said("found", "found", "z", "rejected", Some(later(start, 30)));
    let mut all: Vec<_> = deliveries("found");
    all[0] = genuine(&world, "generic", &found);
    at_once(&world, all).await;
    assert_eq!(status(&world, "found").await, KycStatus::Rejected);
}

/// A step of a user's story: by our own source, with or without a time, or by Didit that an approval has run out.
#[derive(Clone, Debug)]
struct Step {
    session: &'static str,
    status: Option<KycStatus>,
    second: Option<u64>,
}

fn step() -> impl Strategy<Value = Step> {
    let session = prop::sample::select(vec!["a", "b"]);
    let status = prop_oneof![8 => prop::sample::select(&KycStatus::ALL[..]).prop_map(Some), 1 => Just(None)];
    let second = prop_oneof![4 => (0_u64..5).prop_map(Some), 1 => Just(None)];
    (session, status, second).prop_map(|(session, status, second)| Step { session, status, second })
}

/// The steps' deliveries of one user: provider and body.
fn told(user: &str, steps: &[Step], start: Timestamp) -> Vec<(&'static str, Value)> {
    let of = |(number, Step { session, status, second }): (usize, &Step)| {
        let (id, at) = (format!("e-{number}"), second.map(|second| later(start, second)));
        if let Some(status) = status {
            return ("generic", said(user, &id, session, status.as_str(), at));
        }
        let mut ended = approval("didit", user, at.unwrap_or(start));
        ended["event_id"] = json!(id);
        ended["status"] = json!("Kyc Expired");
        ended["session_id"] = json!(session);
        ("didit", ended)
    };
    steps.iter().enumerate().map(of).collect()
}

#[test]
fn any_order_and_any_repetition_ends_in_the_same_status() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(World::start());
    let stories = prop::collection::vec(step(), 1..8).prop_flat_map(|steps| {
        let twice: Vec<_> = (0..steps.len()).chain(0..steps.len()).collect();
        (Just(steps), Just(twice).prop_shuffle())
    });
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(32) };
    let seen = RefCell::new(BTreeSet::new());
    let told_twice = TestRunner::new(config).run(&stories, |(steps, order)| {
        runtime.block_on(async {
            world.empty("Kyc").await;
            let start = world.now();
            for (provider, body) in told("orderly", &steps, start) {
                report(&world, provider, &body).await;
            }
            let shuffled = told("chaotic", &steps, start);
            for (provider, body) in order.iter().map(|at| &shuffled[*at]) {
                report(&world, provider, body).await;
            }
            let (orderly, chaotic) = (kept(&world, "orderly").await, kept(&world, "chaotic").await);
            prop_assert_eq!(chaotic.len(), steps.len());
            let by = |reports| {
                let now = standing(reports);
                (now.status, now.by.map(|report| report.event.clone()))
            };
            prop_assert_eq!(by(&orderly), by(&chaotic));
            seen.borrow_mut().insert(by(&orderly).0.as_str());
            Ok(())
        })
    });
    told_twice.unwrap();
    assert!(seen.borrow().len() > 3, "the stories are all the same: {seen:?}");
}
