//! Who knows stolen passwords, asked as the functions ask, and told by hand what was stolen.

use local::LocalAws;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::{options, start};

/// "password": where it is, and what stands there.
const RANGE: &str = "/range/5BAA6";
const LINE: &str = "1E4C9B93F3F0682250B6CF8331B7EE68FD8:3";

/// Status and body of the answer to a request for `host`, with whatever other headers.
async fn asked(local: &LocalAws, host: &str, request: &str, headers: &str, body: &str) -> (u16, String) {
    let head = format!("{request} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}");
    let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    let mut stream = TcpStream::connect(local.url().trim_start_matches("http://")).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

async fn range(local: &LocalAws, path: &str, headers: &str) -> (u16, Vec<String>) {
    let (status, body) = asked(local, "api.pwnedpasswords.com", &format!("GET {path}"), headers, "").await;
    (status, body.split("\r\n").map(str::to_owned).collect())
}

/// What somebody with curl does.
async fn done(local: &LocalAws, request: &str, body: &str) -> u16 {
    asked(local, "x", request, "", body).await.0
}

#[tokio::test]
async fn what_is_stolen_is_in_its_range_and_in_no_other() {
    let local = start(options()).await;
    let (status, lines) = range(&local, RANGE, "user-agent: x\r\n").await;
    assert_eq!((status, lines.len()), (200, 1), "{lines:?}");
    assert_eq!(done(&local, "PUT /breaches", r#"["password", "other"]"#).await, 204);
    let (_, lines) = range(&local, "/range/5baa6", "user-agent: x\r\n").await;
    assert!(lines.len() == 2 && lines.contains(&LINE.to_owned()), "{lines:?}");
    let (_, lines) = range(&local, "/range/5BAA7", "user-agent: x\r\n").await;
    assert!(!lines.contains(&LINE.to_owned()), "{lines:?}");
    assert_eq!(done(&local, "DELETE /breaches", "").await, 204);
    assert_eq!(range(&local, RANGE, "user-agent: x\r\n").await.1.len(), 1);
}

#[tokio::test]
async fn fillers_make_every_answer_alike_and_count_nothing() {
    let local = start(options()).await;
    done(&local, "PUT /breaches", r#"["password"]"#).await;
    for (path, found) in [(RANGE, 2), ("/range/00000", 1)] {
        let (status, lines) = range(&local, path, "user-agent: x\r\nadd-padding: true\r\n").await;
        let fillers = lines.iter().filter(|line| line.len() == 37 && line.ends_with(":0")).count();
        assert_eq!((status, lines.len(), fillers), (200, 800, 800 - found));
    }
}

#[tokio::test]
async fn who_asks_otherwise_than_they_want_is_refused() {
    let local = start(options()).await;
    assert_eq!(range(&local, RANGE, "").await.0, 403);
    for path in ["/range/5BAA", "/range/5BAA61", "/range/5BAAG", "/"] {
        assert_eq!(range(&local, path, "user-agent: x\r\n").await.0, 400, "{path}");
    }
}

#[tokio::test]
async fn it_can_be_broken_and_says_what_it_was_asked() {
    let local = start(options()).await;
    assert_eq!(done(&local, "PUT /breaches/answer", r#"{"status": 503, "body": "later"}"#).await, 204);
    assert_eq!(range(&local, RANGE, "").await, (503, vec!["later".to_owned()]));
    assert_eq!(done(&local, "PUT /breaches/answer", "nonsense").await, 400);
    assert_eq!(done(&local, "DELETE /breaches/answer", "").await, 204);
    assert_eq!(range(&local, RANGE, "").await.0, 403);
    let (_, text) = asked(&local, "x", "GET /breaches/asked.json", "", "").await;
    let known: Vec<String> = serde_json::from_str(&text).unwrap();
    assert_eq!((known.len(), known[0].lines().next()), (2, Some("GET /range/5BAA6")));
}
