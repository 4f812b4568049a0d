//! Creates the tables that the template declares.

use serde_json::{Map, Value, json};

use crate::Error;
use crate::backend::{Api, Backend};
use crate::template::Table;

/// Makes `table` under `name` unless it exists. Its items expire, its stream flows, as declared.
pub(crate) async fn create_missing(backend: &Backend, name: &str, table: &Table) -> Result<(), Error> {
    match backend.call(Api::DynamoDb, "DescribeTable", &json!({"TableName": name})).await {
        Ok(existing) => return check_key(name, table, &existing["Table"]),
        Err(error) if error.is_refusal("ResourceNotFoundException") => {}
        Err(error) => return Err(error),
    }
    backend.call(Api::DynamoDb, "CreateTable", &create_input(name, &table.properties)).await?;
    let ttl = &table.properties["TimeToLiveSpecification"];
    if ttl["Enabled"] == true {
        let input = json!({"TableName": name, "TimeToLiveSpecification": ttl});
        backend.call(Api::DynamoDb, "UpdateTimeToLive", &input).await?;
    }
    Ok(())
}

/// An earlier start may have made the table for another template.
fn check_key(name: &str, table: &Table, existing: &Value) -> Result<(), Error> {
    if existing["KeySchema"] == table.properties["KeySchema"] {
        Ok(())
    } else {
        Err(Error::TableChanged(name.to_owned()))
    }
}

/// The properties that shape a table; backups, encryption and the like mean nothing here.
fn create_input(name: &str, properties: &Value) -> Value {
    let mut input = Map::new();
    for property in ["AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
        if let Some(value) = properties.get(property) {
            input.insert(property.to_owned(), value.clone());
        }
    }
    input.insert("TableName".to_owned(), json!(name));
    input.insert("BillingMode".to_owned(), json!("PAY_PER_REQUEST"));
    if let Some(view) = properties["StreamSpecification"].get("StreamViewType") {
        // CloudFormation implies what the API wants to be told.
        input.insert("StreamSpecification".to_owned(), json!({"StreamEnabled": true, "StreamViewType": view}));
    }
    Value::Object(input)
}
