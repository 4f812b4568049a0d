use aws_sdk_dynamodb::types::{AttributeValue, BillingMode, KeySchemaElement, StreamViewType, TimeToLiveStatus};

use local::Options;

use crate::world::{Directory, clients, options, start};

#[tokio::test]
async fn the_tables_of_the_template_are_there() {
    let local = start(options()).await;
    let dynamodb = clients(&local).dynamodb;

    let accounts = dynamodb.describe_table().table_name("local-Accounts").send().await.unwrap().table.unwrap();
    let keys: Vec<&str> = accounts.key_schema().iter().map(KeySchemaElement::attribute_name).collect();
    assert_eq!(keys, ["pk", "sk"]);
    assert_eq!(accounts.billing_mode_summary().unwrap().billing_mode(), Some(&BillingMode::PayPerRequest));
    assert_eq!(accounts.global_secondary_indexes()[0].index_name(), Some("by-owner"));
    assert!(accounts.stream_specification().is_none());

    let mail = dynamodb.describe_table().table_name("local-Mail").send().await.unwrap().table.unwrap();
    assert_eq!(mail.stream_specification().unwrap().stream_view_type(), Some(&StreamViewType::NewImage));
    let ttl = dynamodb.describe_time_to_live().table_name("local-Mail").send().await.unwrap();
    let ttl = ttl.time_to_live_description.unwrap();
    assert_eq!((ttl.attribute_name(), ttl.time_to_live_status()), (Some("ttl"), Some(&TimeToLiveStatus::Enabled)));
}

#[tokio::test]
async fn tables_and_items_outlive_a_restart() {
    let directory = Directory::new();
    let options = Options { state: Some(directory.path().to_owned()), ..options() };
    let local = start(options.clone()).await;
    let item = |name: &str| AttributeValue::S(name.to_owned());
    let put = clients(&local).dynamodb.put_item().table_name("local-Mail").item("pk", item("kept"));
    put.send().await.unwrap();
    local.shutdown().await;

    let local = start(options).await;
    let got = clients(&local).dynamodb.get_item().table_name("local-Mail").key("pk", item("kept")).send().await;
    assert!(got.unwrap().item.is_some());
}

#[tokio::test]
async fn a_table_whose_key_has_changed_is_not_used() {
    let directory = Directory::new();
    let options = Options { state: Some(directory.path().to_owned()), ..options() };
    start(options.clone()).await.shutdown().await;
    let changed = std::fs::read_to_string(&options.template).unwrap().replace("AttributeName: pk", "AttributeName: id");
    let template = directory.path().join("template.yaml");
    std::fs::write(&template, changed).unwrap();
    let error = local::LocalAws::start(Options { template, ..options }).await.err().unwrap();
    assert!(matches!(error, local::Error::TableChanged(_)), "{error}");
}
