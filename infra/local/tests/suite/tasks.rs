//! The schedules of the template, carried out on demand.

use std::sync::Arc;

use local::{Error, Function, LocalAws, Options};
use serde_json::{Value, json};

use crate::door::ask;
use crate::feeder::{Scripted, put};
use crate::world::{Directory, only_mail, options, start};

#[tokio::test]
async fn a_task_is_the_function_called_with_the_input_of_its_schedule() {
    let function = Scripted::default();
    let local = start(Options { functions: only_mail(function.function()), ..options() }).await;
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

    local.feed("mail", crashes()).await.unwrap();
    assert!(matches!(local.run_task("sweep").await, Err(Error::Task { reason, .. }) if reason == "mail: crashed"));
    // And nobody any more.
    local.starve("mail").await;
    assert!(local.run_task("sweep").await.is_err());
}

fn crashes() -> Arc<Function> {
    Arc::new(|_| Box::pin(async { Err("crashed".to_owned()) }))
}

#[tokio::test]
async fn a_task_is_carried_out_by_every_function_that_has_it_and_the_answer_says_who_failed() {
    let (mail, audit) = (Scripted::default(), Scripted::default());
    let local = start(options()).await;
    local.feed("mail", mail.function()).await.unwrap();
    local.feed("audit", audit.function()).await.unwrap();
    local.run_task("end-accounts").await.unwrap();
    for function in [&mail, &audit] {
        assert_eq!(*function.events.lock().unwrap(), [json!({"task": "end-accounts"})]);
    }
    local.run_task("sweep").await.unwrap();
    assert_eq!(audit.events.lock().unwrap().len(), 1, "it has no such schedule");

    local.feed("audit", crashes()).await.unwrap();
    let answer = ask(&local, "POST /tasks/end-accounts", "").await;
    assert!(answer.starts_with("HTTP/1.1 502") && answer.ends_with("task end-accounts: audit: crashed\n"), "{answer}");
    assert_eq!(mail.events.lock().unwrap().len(), 3, "whoever fails is in nobody's way");
    local.starve("mail").await;
    let failed = local.run_task("end-accounts").await.unwrap_err().to_string();
    assert_eq!(failed, "task end-accounts: mail: there is no function; audit: crashed");
}

#[tokio::test]
async fn a_schedule_that_nobody_could_keep_is_refused() {
    let directory = Directory::new();
    std::fs::create_dir_all(directory.path()).unwrap();
    let template = directory.path().join("template.yaml");
    let usual = std::fs::read_to_string(options().template).unwrap();
    for (what, instead) in [("rate(1 minute)", "cron(0 * * * ? *)"), (r#"'{"task":"sweep","what":"all"}'"#, "'{}'")] {
        assert!(usual.contains(what), "{what}");
        std::fs::write(&template, usual.replace(what, instead)).unwrap();
        let started = LocalAws::start(Options::new(&template)).await;
        assert!(matches!(started, Err(Error::Template(_))), "{instead}");
    }
}
