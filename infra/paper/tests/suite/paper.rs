use std::collections::BTreeSet;
use std::ops::Deref;
use std::time::{Duration, Instant};

use api_keys::exchanges::{
    Call, ConnectionStatus, Credentials, Environment, Exchange, ExchangeAnswer, Interpretation, KeyInfo, Method,
    Moment, Request, Site, find,
};
use local::{LocalAws, Options};
use paper::{Canned, Demo};
use shared::time::{Clock, Timestamp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::options;

const MINUTE: i64 = 60_000;

/// Exchanges whose requests carry a nonce that rises or that works once.
const NONCES: [&str; 4] = ["kraken", "bitfinex", "gemini", "bitstamp"];
/// Exchanges that do not say what is wrong with a key or a signature.
const SILENT: [&str; 3] = ["coinbase", "cryptocom", "deribit"];

fn credentials(demo: &Demo) -> Credentials {
    let given = demo.credentials.clone();
    Credentials {
        key_type: given.key_type,
        api_key: given.api_key.into(),
        secret: given.secret.into(),
        passphrase: given.passphrase.map(Into::into),
        wallet_address: given.wallet_address,
    }
}

fn site(demo: &Demo) -> &'static Site {
    exchange(demo).site(demo.credentials.environment, None).unwrap()
}

fn exchange(demo: &Demo) -> &'static Exchange {
    find(demo.exchange).unwrap()
}

/// A local AWS, and the clock by which its exchanges and their users go.
struct Exchanges {
    local: LocalAws,
    clock: Clock,
}

impl Deref for Exchanges {
    type Target = LocalAws;

    fn deref(&self) -> &LocalAws {
        &self.local
    }
}

impl Exchanges {
    async fn start() -> Self {
        let clock = Clock::at(Timestamp::from_second(1_795_341_600));
        let local = crate::world::start(Options { clock: clock.clone(), ..options() }).await;
        Self { local, clock }
    }

    fn now_ms(&self) -> i64 {
        self.clock.unix_ms().try_into().unwrap()
    }
}

/// A moment of its own for every request, so that nonces differ.
fn moment(unix_ms: i64) -> Moment {
    let mut nonce = [7; 32];
    nonce[..16].copy_from_slice(uuid::Uuid::from_u128(unix_ms.unsigned_abs().into()).as_bytes());
    Moment { unix_ms, nonce }
}

fn first(demo: &Demo) -> Call {
    (exchange(demo).question)(&credentials(demo), site(demo))
}

fn signed(demo: &Demo, site: &Site, call: &Call, unix_ms: i64) -> Request {
    (exchange(demo).sign)(&credentials(demo), site, call, &moment(unix_ms)).ok().unwrap()
}

/// Everything that comes back, until the connection ends.
async fn exchanged(local: &LocalAws, request: &Request) -> String {
    let body = request.body.as_ref().map_or("", |body| body.as_str());
    let headers = request.headers.iter().map(|(name, value)| format!("{name}: {}", value.as_str()));
    let length = (request.method == Method::Post).then(|| format!("content-length: {}", body.len()));
    let start = format!("{} {} HTTP/1.1", request.method.as_str(), *request.target);
    let fixed = [start, format!("host: {}", request.host), "connection: close".to_owned()];
    let head: Vec<_> = fixed.into_iter().chain(headers).chain(length).collect();
    send(local, &format!("{}\r\n\r\n{body}", head.join("\r\n"))).await
}

async fn send(local: &LocalAws, request: &str) -> String {
    let mut stream = TcpStream::connect(local.url().trim_start_matches("http://")).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

/// A request of a person with curl.
async fn ask(local: &LocalAws, request: &str, body: &str) -> String {
    let length = body.len();
    let head = format!("{request} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    send(local, &(head + body)).await
}

async fn read(local: &LocalAws, demo: &Demo, call: &Call, request: &Request) -> Interpretation {
    let answer = exchanged(local, request).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (exchange(demo).read)(&credentials(demo), call, &ExchangeAnswer::new(status, body.as_bytes().to_vec()))
}

/// How a connection test ends that is signed so long ago, or that far ahead.
async fn tested_at(local: &Exchanges, demo: &Demo, site: &Site, ahead_ms: i64) -> Result<KeyInfo, ConnectionStatus> {
    let mut call = (exchange(demo).question)(&credentials(demo), site);
    for _ in 0..3 {
        let request = signed(demo, site, &call, local.now_ms() + ahead_ms);
        match read(local, demo, &call, &request).await {
            Interpretation::Ask(next) => call = next,
            Interpretation::Refused { status, .. } => return Err(status),
            // The function compares the end of a key with its own clock.
            Interpretation::Accepted(info)
                if info.expires_at.is_some_and(|at| at.as_second() * 1_000 < local.now_ms()) =>
            {
                return Err(ConnectionStatus::KeyExpired);
            }
            Interpretation::Accepted(info) => return Ok(info),
        }
    }
    panic!("{} asks too much", demo.exchange);
}

async fn tested(local: &Exchanges, demo: &Demo) -> Result<KeyInfo, ConnectionStatus> {
    tested_at(local, demo, site(demo), 0).await
}

fn status(tested: Result<KeyInfo, ConnectionStatus>) -> ConnectionStatus {
    tested.map_or_else(|status| status, |_| ConnectionStatus::Ok)
}

fn demos(local: &LocalAws, outcome: &str) -> Vec<Demo> {
    local.paper().demos().iter().filter(|demo| demo.outcome == outcome).cloned().collect()
}

#[tokio::test]
async fn every_demo_key_ends_as_it_says() {
    let local = Exchanges::start().await;
    for demo in local.paper().demos() {
        let name = format!("{} {}", demo.exchange, demo.outcome);
        assert_eq!((exchange(demo).check)(&credentials(demo)), Ok(()), "{name}");
        let tested = tested(&local, demo).await;
        if let Ok(info) = &tested {
            assert_eq!(info.permissions.withdraw == Some(true), demo.outcome == "withdraw", "{name}");
        }
        assert_eq!(status(tested), demo.expected_status, "{name}");
    }
}

#[tokio::test]
async fn every_exchange_has_demo_keys() {
    let local = Exchanges::start().await;
    let supported: BTreeSet<_> = api_keys::exchanges::ALL.iter().map(|exchange| exchange.id).collect();
    for outcome in ["ok", "rate_limited", "down", "bad_secret"] {
        let listed: BTreeSet<_> = demos(&local, outcome).iter().map(|demo| demo.exchange).collect();
        assert_eq!(listed, supported, "{outcome}");
    }
    let with_passphrase = demos(&local, "bad_passphrase").len();
    assert_eq!(with_passphrase, api_keys::exchanges::ALL.iter().filter(|exchange| exchange.has_passphrase).count());
    let names: BTreeSet<_> = local.paper().demos().iter().map(|demo| (demo.exchange, demo.outcome)).collect();
    assert_eq!(names.len(), local.paper().demos().len(), "each outcome is listed once");
}

#[tokio::test]
async fn nothing_that_is_signed_can_be_changed() {
    let local = Exchanges::start().await;
    for demo in demos(&local, "ok") {
        let request = || signed(&demo, site(&demo), &first(&demo), local.now_ms());
        let mut changed: Vec<Request> = vec![request()];
        changed[0].target.push('0');
        if request().body.is_some() {
            let mut other = request();
            other.body.as_mut().unwrap().push('0');
            changed.push(other);
        }
        for position in 0..request().headers.len() {
            let (mut longer, mut missing) = (request(), request());
            longer.headers[position].1.push('0');
            missing.headers.remove(position);
            changed.extend([longer, missing]);
        }
        for request in changed {
            let verdict = read(&local, &demo, &first(&demo), &request).await;
            assert!(matches!(verdict, Interpretation::Refused { .. }), "{} {}", demo.exchange, *request.target);
        }
        assert!(tested(&local, &demo).await.is_ok(), "{}", demo.exchange);
    }
}

#[tokio::test]
async fn an_unknown_key_is_refused() {
    let local = Exchanges::start().await;
    for mut demo in demos(&local, "ok") {
        demo.credentials.api_key.push('x');
        demo.credentials.wallet_address = demo.credentials.wallet_address.map(|_| format!("0x{}", "ab".repeat(20)));
        let expected = if SILENT.contains(&demo.exchange) {
            ConnectionStatus::AmbiguousCredentials
        } else {
            ConnectionStatus::InvalidKey
        };
        assert_eq!(status(tested(&local, &demo).await), expected, "{}", demo.exchange);
    }
}

#[tokio::test]
async fn a_request_of_another_time_is_refused() {
    let local = Exchanges::start().await;
    for demo in demos(&local, "ok").into_iter().filter(|demo| demo.exchange != "hyperliquid") {
        let expected = match demo.exchange {
            "coinbase" | "deribit" => ConnectionStatus::AmbiguousCredentials,
            id if NONCES.contains(&id) => ConnectionStatus::NonceConflict,
            _ => ConnectionStatus::ClockSkew,
        };
        // A nonce is too low only after a higher one.
        assert!(tested(&local, &demo).await.is_ok(), "{}", demo.exchange);
        let tested = tested_at(&local, &demo, site(&demo), -10 * MINUTE).await;
        assert_eq!(status(tested), expected, "{}", demo.exchange);
        let tested = tested_at(&local, &demo, site(&demo), 10 * MINUTE).await;
        let takes_any = ["kraken", "bitfinex", "gemini"].contains(&demo.exchange);
        assert_eq!(status(tested), if takes_any { ConnectionStatus::Ok } else { expected }, "{} ahead", demo.exchange);
    }
}

#[tokio::test]
async fn a_nonce_works_once() {
    let local = Exchanges::start().await;
    for demo in demos(&local, "ok") {
        let request = signed(&demo, site(&demo), &first(&demo), local.now_ms());
        let mut statuses = Vec::new();
        for _ in 0..2 {
            statuses.push(match read(&local, &demo, &first(&demo), &request).await {
                Interpretation::Refused { status, .. } => status,
                _ => ConnectionStatus::Ok,
            });
        }
        let again =
            if NONCES.contains(&demo.exchange) { ConnectionStatus::NonceConflict } else { ConnectionStatus::Ok };
        assert_eq!(statuses, [ConnectionStatus::Ok, again], "{}", demo.exchange);
    }
}

#[tokio::test]
async fn a_key_works_in_its_own_environment_and_region_only() {
    let local = Exchanges::start().await;
    for demo in demos(&local, "ok") {
        for site in exchange(&demo).sites.iter().skip(1) {
            let expected = match (demo.exchange, site.environment) {
                ("okx", Environment::Demo) => ConnectionStatus::WrongEnvironment,
                (id, _) if SILENT.contains(&id) => ConnectionStatus::AmbiguousCredentials,
                _ => ConnectionStatus::InvalidKey,
            };
            assert_eq!(status(tested_at(&local, &demo, site, 0).await), expected, "{} {site:?}", demo.exchange);
        }
    }
}

#[tokio::test]
async fn the_clock_of_the_exchanges_can_be_moved() {
    let local = Exchanges::start().await;
    let demo = &demos(&local, "ok")[0];
    local.clock.advance(Duration::from_mins(10));
    assert_eq!(status(tested_at(&local, demo, site(demo), -10 * MINUTE).await), ConnectionStatus::ClockSkew);
    assert!(tested(&local, demo).await.is_ok());
}

#[tokio::test]
async fn requests_are_counted_and_the_last_one_is_kept() {
    let local = Exchanges::start().await;
    let (binance, htx) = (demos(&local, "ok").remove(0), demos(&local, "ok"));
    let htx = htx.iter().find(|demo| demo.exchange == "htx").unwrap();
    assert!(tested(&local, htx).await.is_ok());
    assert!(tested(&local, &binance).await.is_ok());
    assert_eq!(local.paper().calls().into_iter().collect::<Vec<_>>(), [("binance", 1), ("htx", 2)]);
    let last = local.paper().last_request().unwrap();
    assert_eq!((last.exchange, last.method.as_str(), last.host.as_str()), ("binance", "GET", "api.binance.com"));
    assert!(last.target.starts_with("/sapi/v1/account/apiRestrictions?timestamp="), "{}", last.target);
    assert_eq!(last.header("x-mbx-apikey"), Some(binance.credentials.api_key.as_str()));
    assert!(ask(&local, "GET /exchange-calls.json", "").await.ends_with(r#"{"binance":1,"htx":2}"#));
    assert!(ask(&local, "DELETE /exchange-calls", "").await.starts_with("HTTP/1.1 204"));
    assert!(ask(&local, "GET /exchange-calls.json", "").await.ends_with("{}"));
}

#[tokio::test]
async fn exchanges_can_be_made_to_misbehave() {
    let local = Exchanges::start().await;
    let demo = demos(&local, "ok").remove(0);
    let answer = async || exchanged(&local, &signed(&demo, site(&demo), &first(&demo), local.now_ms())).await;

    let redirect = r#"{"status":302,"headers":{"location":"https://elsewhere.example/"}}"#;
    assert!(ask(&local, "PUT /paper", redirect).await.starts_with("HTTP/1.1 204"));
    let redirected = answer().await;
    assert!(redirected.starts_with("HTTP/1.1 302") && redirected.contains("location: https://elsewhere.example/"));

    let slow = r#"{"body":"<html>late</html>","delay_ms":200}"#;
    assert!(ask(&local, "PUT /paper", slow).await.starts_with("HTTP/1.1 204"));
    let asked = Instant::now();
    assert!(answer().await.ends_with("<html>late</html>"));
    assert!(asked.elapsed() >= Duration::from_millis(200));

    let cut_short = [("content-length".to_owned(), "100".to_owned())].into();
    local.paper().set_canned(Some(Canned { headers: cut_short, ..Canned::new(200, "{\"code\":") }));
    let cut = answer().await;
    assert!(cut.contains("content-length: 100") && cut.ends_with("\r\n\r\n{\"code\":"), "{cut}");

    local.paper().set_canned(Some(Canned::new(200, vec![b' '; 1 << 20])));
    assert!(answer().await.len() > 1 << 20);

    assert!(ask(&local, "PUT /paper", r#"{"stauts":200}"#).await.starts_with("HTTP/1.1 400"));
    assert!(ask(&local, "DELETE /paper", "").await.starts_with("HTTP/1.1 204"));
    assert!(tested(&local, &demo).await.is_ok());
    assert_eq!(local.paper().calls()["binance"], 5, "whatever was answered");
}

#[tokio::test]
async fn the_page_lists_bodies_that_are_ready_to_be_sent() {
    let local = Exchanges::start().await;
    assert!(ask(&local, "GET /", "").await.contains("href=/exchanges"));
    let page = ask(&local, "GET /exchanges", "").await;
    assert!(page.contains("<td>wrong_ip<td>") && page.contains("&quot;exchange&quot;: &quot;okx&quot;"), "{page}");
    let json = ask(&local, "GET /exchanges.json", "").await;
    let json: serde_json::Value = serde_json::from_str(json.split_once("\r\n\r\n").unwrap().1).unwrap();
    let listed = json.as_array().unwrap();
    assert_eq!(listed.len(), local.paper().demos().len());
    let okx = listed.iter().find(|demo| demo["exchange"] == "okx" && demo["outcome"] == "ok").unwrap();
    assert_eq!(okx["expected_status"], "ok");
    let members: Vec<_> = okx["credentials"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["exchange", "label", "api_key", "secret", "passphrase", "key_type", "environment"]);
}
