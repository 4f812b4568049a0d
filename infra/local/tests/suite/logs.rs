//! Lines that operators' commands write: into a stream that was made before, and kept in a file.

use std::fs;

use local::{LocalAws, Options};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::{Directory, options, start};

/// The answer to an operation, as it comes over the wire.
async fn call(local: &LocalAws, operation: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(local.url().trim_start_matches("http://")).await.unwrap();
    let (target, length) = (format!("Logs_20140328.{operation}"), body.len());
    let head = format!(
        "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-amz-target: {target}\r\ncontent-length: {length}"
    );
    stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn lines_go_to_a_stream_that_is_there_and_stay_in_a_file() {
    const STREAM: &str = r#"{"logGroupName":"a-group","logStreamName":"a-stream"}"#;
    let directory = Directory::new();
    let local = start(Options { state: Some(directory.path().to_owned()), ..options() }).await;
    let put = |message: &str| {
        let event = format!(r#"{{"timestamp":1795341600000,"message":"{message}"}}"#);
        STREAM.replace('}', &format!(r#","logEvents":[{event}]}}"#))
    };
    let refused = call(&local, "PutLogEvents", &put("a line")).await;
    assert!(refused.starts_with("HTTP/1.1 400") && refused.contains("ResourceNotFoundException"), "{refused}");
    assert!(call(&local, "CreateLogStream", STREAM).await.starts_with("HTTP/1.1 200"));
    assert!(call(&local, "CreateLogStream", STREAM).await.contains("ResourceAlreadyExistsException"));
    for line in ["one", "two"] {
        assert!(call(&local, "PutLogEvents", &put(line)).await.starts_with("HTTP/1.1 200"));
    }
    assert!(call(&local, "GetLogEvents", STREAM).await.contains("UnknownOperationException"));
    assert_eq!(local.log_lines("a-group"), ["one", "two"]);
    assert_eq!(local.log_lines("another-group"), [""; 0]);
    assert_eq!(fs::read_to_string(directory.path().join("operators.jsonl")).unwrap(), "one\ntwo\n");
    assert_eq!(local.calls().logs["PutLogEvents"], 3);
    local.shutdown().await;
}
