//! Whatever users do, in whatever order: KMS opens something for a request that an access event tells of, and for no other.

use std::cell::Cell;

use proptest::{
    prelude::{Just, Strategy, prop_oneof},
    sample::select,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::json;
use tests::World;

use super::{Owner, binance, demo, forget_uses, text, with};

/// What somebody does. The number names one of the keys; most of them exist only now and then.
#[derive(Clone, Debug)]
enum Step {
    List,
    Create(usize),
    CreateBadly,
    Decrypt(usize),
    Test(usize),
    Label(usize),
    Switch(usize, bool),
    Rotate(usize),
    ChangeBadly(usize),
    Delete(usize),
    Events(usize),
}

/// Who does it, and what. The keys are one user's: of two they are foreign.
fn steps() -> impl Strategy<Value = Vec<(bool, Step)>> {
    let key = || 0..EXCHANGES.len();
    let step = prop_oneof![
        1 => Just(Step::List),
        6 => key().prop_map(Step::Create),
        1 => Just(Step::CreateBadly),
        6 => key().prop_map(Step::Decrypt),
        4 => key().prop_map(Step::Test),
        1 => key().prop_map(Step::Label),
        2 => (key(), select(vec![true, false])).prop_map(|(key, on)| Step::Switch(key, on)),
        2 => key().prop_map(Step::Rotate),
        1 => key().prop_map(Step::ChangeBadly),
        1 => key().prop_map(Step::Delete),
        1 => key().prop_map(Step::Events),
    ];
    proptest::collection::vec((proptest::bool::weighted(0.85), step), 10..40)
}

/// One that works, one that can withdraw, one that is wrong, one without permissions.
const EXCHANGES: [(&str, &str); 4] = [("okx", "ok"), ("bybit", "withdraw"), ("gate", "bad_secret"), ("mexc", "ok")];

/// Who uses the keys, and the ids of those that are there.
struct Users<'w> {
    ada: Owner<'w>,
    bob: Owner<'w>,
    keys: [String; EXCHANGES.len()],
    all: Vec<String>,
}

impl Users<'_> {
    async fn take(&mut self, is_owner: bool, step: Step) {
        let who = if is_owner { &self.ada } else { &self.bob };
        let id = |key: usize| self.keys[key].as_str();
        match step {
            Step::List => drop(who.lists().await),
            Step::CreateBadly => drop(who.creates(&with(&binance("x"), json!({ "secret": "a b" }))).await),
            Step::Decrypt(key) => drop(who.decrypts(id(key)).await),
            Step::Test(key) => drop(who.tests(id(key)).await),
            Step::Label(key) => drop(who.changes(id(key), json!({ "label": "x" })).await),
            Step::Switch(key, on) => drop(who.changes(id(key), json!({ "is_active": on })).await),
            Step::Rotate(key) => drop(who.changes(id(key), json!({ "secret": "new", "passphrase": "new" })).await),
            Step::ChangeBadly(key) => drop(who.changes(id(key), json!({ "api_key": "alone" })).await),
            Step::Delete(key) => drop(who.deletes(id(key)).await),
            Step::Events(key) => drop(who.sends("GET", &format!("{}/events", id(key)), None).await),
            Step::Create(key) => {
                let (exchange, outcome) = EXCHANGES[key];
                let reply = who.creates(&demo(who.world, exchange, outcome)).await;
                if reply.status == 200 {
                    self.keys[key] = text(&reply.body["data"]["id"]);
                    self.all.push(self.keys[key].clone());
                }
            }
        }
    }

    /// The accesses that let a key be opened: shown to its owner, or tested.
    async fn granted(&self) -> usize {
        let mut granted = 0;
        for id in &self.all {
            for who in [&self.ada, &self.bob] {
                let reply = who.sends("GET", &format!("{id}/events?limit=100"), None).await;
                let events = reply.body["data"]["events"].as_array().cloned().unwrap_or_default();
                let opened = events.iter().filter(|event| match event["action"].as_str() {
                    Some("decrypt") => event["outcome"] == "ok",
                    Some("test") => event["outcome"] != "KEY_DISABLED",
                    _ => false,
                });
                granted += opened.count();
            }
        }
        granted
    }
}

/// Calls of `Decrypt`, and the accesses that account for them.
async fn opened_and_granted(steps: Vec<(bool, Step)>) -> (usize, usize) {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let unknown = "01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11".to_owned();
    let mut users = Users { ada, bob, keys: std::array::from_fn(|_| unknown.clone()), all: Vec::new() };
    world.pause_mail().await;
    world.aws.reset_calls();
    for (number, (is_owner, step)) in steps.into_iter().enumerate() {
        if number % 15 == 0 {
            forget_uses(&world).await;
        }
        users.take(is_owner, step).await;
    }
    let calls = world.aws.calls();
    assert!(calls.kms.keys().all(|call| call == "Decrypt" || call == "GenerateDataKey"), "{calls:?}");
    let opened = calls.kms.get("Decrypt").copied().unwrap_or_default();
    (opened.try_into().unwrap(), users.granted().await)
}

#[test]
fn kms_opens_as_often_as_the_accesses_tell() {
    let config = Config { cases: 12, failure_persistence: None, max_shrink_iters: 60, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let all_opened = Cell::new(0);
    let outcome = runner.run(&steps(), |steps| {
        let (opened, granted) = runtime.block_on(opened_and_granted(steps));
        proptest::prop_assert_eq!(opened, granted);
        all_opened.set(all_opened.get() + opened);
        Ok(())
    });
    outcome.unwrap_or_else(|failed| panic!("{failed}"));
    assert!(all_opened.get() > 20, "{} is hardly a test", all_opened.get());
}
