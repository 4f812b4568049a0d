//! What a function's answer says about the records of a batch.

use serde_json::Value;

/// How many records, from the first, were taken. The first failed one and all behind it are not, however they fared.
pub(super) fn taken(answer: &Value, batch: &[Value]) -> usize {
    let failures = match answer {
        Value::Null => return batch.len(),
        Value::Object(members) => members.get("batchItemFailures").unwrap_or(&Value::Null),
        // Lambda takes an answer that it does not understand for a failure.
        _ => return 0,
    };
    match failures {
        Value::Null => batch.len(),
        Value::Array(failures) => failures.iter().map(|failure| index(failure, batch)).min().unwrap_or(batch.len()),
        _ => 0,
    }
}

/// A failure that names no record of the batch fails the batch.
fn index(failure: &Value, batch: &[Value]) -> usize {
    let named = failure["itemIdentifier"].as_str();
    named.and_then(|named| batch.iter().position(|record| super::stream::sequence(record) == named)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_precedes_the_first_failure_is_taken() {
        let batch: Vec<Value> = ["7", "8", "9"].map(|number| json!({"dynamodb": {"SequenceNumber": number}})).into();
        let failures = |identifiers: &[Value]| -> Value {
            let failures: Vec<Value> = identifiers.iter().map(|id| json!({"itemIdentifier": id})).collect();
            json!({"batchItemFailures": failures})
        };
        for (answer, expected) in [
            (Value::Null, 3),
            (json!({}), 3),
            (json!({"batchItemFailures": null}), 3),
            (failures(&[]), 3),
            (failures(&[json!("9")]), 2),
            (failures(&[json!("9"), json!("8")]), 1),
            (failures(&[json!("7")]), 0),
            (failures(&[json!("")]), 0),
            (failures(&[json!("9"), json!("6")]), 0),
            (failures(&[Value::Null]), 0),
            (json!({"batchItemFailures": [{"id": "9"}]}), 0),
            (json!("done"), 0),
        ] {
            assert_eq!(taken(&answer, &batch), expected, "{answer}");
        }
    }
}
