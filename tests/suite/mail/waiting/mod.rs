//! Letters that cannot be sent wait, and nobody waits for them.

mod given_up;
mod outages;
mod rounds;

use serde_json::{Value, json};
use shared::time::Timestamp;
use tests::World;

use crate::{
    logs,
    mail::{quiet_world, stream_event},
};

/// What the schedule says.
fn task() -> Value {
    json!({ "task": "send-waiting-mail" })
}

/// What `mail` does every minute.
async fn round(world: &World) {
    assert_eq!(world.postman().handle(task()).await.unwrap(), Value::Null);
}

async fn letters(world: &World) -> Vec<Value> {
    world.rows_of("Mail", "MAIL#").await
}

/// The rows of letters that wait.
async fn waiting(world: &World) -> Vec<Value> {
    world.rows_of("Mail", "WAITING").await
}

/// A world with one letter, and the record of it.
async fn one_letter() -> (World, Value) {
    let world = quiet_world().await;
    world.person().signs_up().await;
    let event = stream_event(&world).await;
    (world, event)
}

/// Until when the only letter waits that does so.
async fn due(world: &World) -> i64 {
    let rows = waiting(world).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    let due = rows[0]["due"].as_i64().unwrap();
    let (letter, since) = (&letters(world).await[0]["id"], &letters(world).await[0]["created_at"]);
    assert_eq!((&rows[0]["letter"], &rows[0]["since"]), (letter, since));
    assert_eq!(rows[0]["sk"], format!("{due:0>12}#{}", letter.as_str().unwrap()));
    due
}

fn advance_to(world: &World, second: i64) {
    let moment = Timestamp::from_second(second);
    world.advance(moment.seconds_from(world.now()).unsigned_abs());
}

/// The events that were logged.
fn events() -> Vec<String> {
    logs::lines().iter().filter_map(|line| line["event"].as_str().map(str::to_owned)).collect()
}
