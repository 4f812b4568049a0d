//! Letters, from the outbox to the inbox.

mod delivery;
mod feedback;
mod letters;
mod waiting;

use serde_json::{Value, json};
use tests::World;

/// Stream records of the letters in the outbox, as Lambda delivers them.
pub async fn stream_event(world: &World) -> Value {
    let typed = |row: &Value| {
        let members = row.as_object().unwrap().iter();
        let typed = members.map(|(name, value)| match value {
            Value::Number(number) => (name.clone(), json!({ "N": number.to_string() })),
            other => (name.clone(), json!({ "S": other })),
        });
        typed.collect::<serde_json::Map<_, _>>()
    };
    let records = world
        .rows_of("Mail", "MAIL#")
        .await
        .iter()
        .enumerate()
        .map(|(number, row)| {
            json!({
                "eventID": format!("event-{number}"),
                "eventName": "INSERT",
                "eventVersion": "1.1",
                "eventSource": "aws:dynamodb",
                "awsRegion": "us-east-1",
                "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/t-Mail/stream/2026-11-22T00:00:00.000",
                "dynamodb": {
                    "ApproximateCreationDateTime": 1_795_341_600,
                    "Keys": { "pk": { "S": row["pk"] }, "sk": { "S": row["sk"] } },
                    "NewImage": typed(row),
                    "SequenceNumber": (number + 100).to_string(),
                    "SizeBytes": 300,
                    "StreamViewType": "NEW_IMAGE",
                },
            })
        })
        .collect::<Vec<_>>();
    json!({ "Records": records })
}

/// The sequence numbers of the records that are to be delivered again.
pub async fn deliver(world: &World, event: &Value) -> Vec<String> {
    let answer = world.postman().handle(event.clone()).await.unwrap();
    let failures = answer["batchItemFailures"].as_array().unwrap().iter();
    failures.map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned()).collect()
}

/// A world whose outbox nobody reads.
pub async fn quiet_world() -> World {
    let world = World::start().await;
    world.aws.starve("mail").await;
    world
}
