//! Requests over HTTP, as they stand: no client library would send all of these.

use std::{
    fmt::Write as _,
    io::{Read, Write as _},
    net::TcpStream,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;
use tests::{Reply, Request};

/// One request on a connection of its own.
pub fn send(base: &str, request: &Request) -> Reply {
    let authority = base.strip_prefix("http://").expect("an http URL");
    let body = request.body.clone().unwrap_or_default();
    let body = if request.is_base64 { BASE64_STANDARD.decode(body).unwrap() } else { body.into_bytes() };
    let mut bytes = head(authority, request, body.len()).into_bytes();
    bytes.extend(body);
    let mut connection = TcpStream::connect(authority).unwrap();
    connection.write_all(&bytes).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    reply(format!("{} {}", request.method, request.path), &answer)
}

fn head(authority: &str, request: &Request, length: usize) -> String {
    let mut head = format!("{} {} HTTP/1.0\r\nhost: {authority}\r\n", request.method, request.path);
    let addressing = ["host", "x-forwarded-proto"];
    for (name, value) in request.headers.iter().filter(|(name, _)| !addressing.contains(&name.as_str())) {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    if request.body.is_some() {
        write!(head, "content-length: {length}\r\n").unwrap();
    }
    head + "\r\n"
}

fn reply(asked: String, answer: &str) -> Reply {
    let (head, text) = answer.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap().parse().unwrap();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), Value::from(value))).collect();
    let body = serde_json::from_str(text).unwrap_or_default();
    Reply { asked, status, headers: Value::Object(headers), body, text: text.to_owned() }
}
