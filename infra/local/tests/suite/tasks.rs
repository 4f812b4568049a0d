//! The schedules of the template, carried out on demand.

use local::{Error, LocalAws, MailFunction, Options};
use serde_json::{Value, json};

use crate::door::ask;
use crate::feeder::{Scripted, put};
use crate::world::{Directory, options, start};

#[tokio::test]
async fn a_task_is_the_function_called_with_the_input_of_its_schedule() {
    let function = Scripted::default();
    let local = start(Options { mail: function.function(), ..options() }).await;
    local.run_task("sweep").await.unwrap();
    assert_eq!(*function.events.lock().unwrap(), [json!({"task": "sweep", "what": "all"})]);
    // A person with curl has it done as well, beside what the stream brings.
    put(&local, "a").await;
    local.settled().await.unwrap();
    let answer = ask(&local, "POST /tasks/sweep", "").await;
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    let events = function.events.lock().unwrap().clone();
    assert_eq!(
        events.iter().map(|event| event["task"].clone()).collect::<Vec<_>>(),
        [json!("sweep"), Value::Null, json!("sweep"),]
    );
}

#[tokio::test]
async fn a_task_that_is_not_carried_out_is_an_error() {
    let local = start(options()).await;
    assert!(matches!(local.run_task("sweep").await, Err(Error::Task { .. })), "nobody is fed");
    let answer = ask(&local, "POST /tasks/sweep", "").await;
    assert!(answer.starts_with("HTTP/1.1 502"), "{answer}");
    let answer = ask(&local, "POST /tasks/dust", "").await;
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    assert!(matches!(local.run_task("dust").await, Err(Error::NoSuchTask(name)) if name == "dust"));

    let crashes = MailFunction::InProcess(std::sync::Arc::new(|_| Box::pin(async { Err("crashed".to_owned()) })));
    local.feed(crashes).await.unwrap();
    assert!(matches!(local.run_task("sweep").await, Err(Error::Task { reason, .. }) if reason == "crashed"));
    // And nobody any more.
    local.feed(MailFunction::None).await.unwrap();
    assert!(local.run_task("sweep").await.is_err());
}

#[tokio::test]
async fn a_schedule_that_nobody_could_keep_is_refused() {
    let directory = Directory::new();
    std::fs::create_dir_all(directory.path()).unwrap();
    let template = directory.path().join("template.yaml");
    let usual = std::fs::read_to_string(options().template).unwrap();
    for (what, instead) in [
        ("rate(1 minute)", "cron(0 * * * ? *)"),
        (r#"'{"task":"sweep","what":"all"}'"#, "'{}'"),
        // Now it reads no stream.
        ("Type: DynamoDB\n", "Type: Kinesis\n"),
    ] {
        assert!(usual.contains(what), "{what}");
        std::fs::write(&template, usual.replace(what, instead)).unwrap();
        let started = LocalAws::start(Options::new(&template)).await;
        assert!(matches!(started, Err(Error::Template(_))), "{instead}");
    }
}
