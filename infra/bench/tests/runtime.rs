//! The host, with the smallest of functions.

use bench::{
    event,
    runtime::{Error, Function, Launch},
};
use serde_json::{Value, json};

fn launch(binary: &str) -> Launch {
    Launch { name: "hello".to_owned(), binary: binary.into(), memory: 128, ..Launch::default() }
}

#[tokio::test]
async fn a_function_answers_one_event_after_the_other() {
    let mut hello = Function::start(&launch(env!("CARGO_BIN_EXE_hello"))).await.unwrap();
    for path in ["/", "/a?b=c"] {
        let answer = hello.invoke(&event::json("POST", path, Some("token"), Some(&json!({})))).await.unwrap();
        assert_eq!((&answer["statusCode"], &answer["body"]), (&json!(200), &json!("hello")));
    }
    assert!(!hello.init().is_zero());
    hello.stop().await.unwrap();
}

#[tokio::test]
async fn an_error_is_an_error_and_the_function_goes_on() {
    let mut hello = Function::start(&launch(env!("CARGO_BIN_EXE_hello"))).await.unwrap();
    let refused = hello.invoke(&Value::Null).await;
    assert!(matches!(refused, Err(Error::Failed(_))), "{refused:?}");
    assert!(hello.invoke(&event::http("GET", "/", &[], None)).await.is_ok());
}

#[tokio::test]
async fn a_runner_runs_the_binary_in_an_environment_of_its_own() {
    let mut launch = launch(env!("CARGO_BIN_EXE_hello"));
    launch.runner = ["/bin/sh", "-c", "test \"$MINE:$HOME\" = yes: && exec \"$0\""].map(str::to_owned).into();
    launch.settings = vec![("MINE".to_owned(), "yes".to_owned())];
    let mut hello = Function::start(&launch).await.unwrap();
    assert!(hello.invoke(&event::http("GET", "/", &[], None)).await.is_ok());
}

#[tokio::test]
async fn one_that_ends_is_not_waited_for() {
    assert!(matches!(Function::start(&launch("/bin/false")).await, Err(Error::Ended(_))));
}
