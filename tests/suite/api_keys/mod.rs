//! The vault through its front door: events in; answers, rows and calls out.

mod answers;
mod audit;
mod canaries;
mod cap;
mod changes;
mod credentials;
mod forms;
mod frozen;
mod isolation;
mod letters;
mod limits;
mod misbehaving;
mod moment;
mod operations;
mod outages;
mod pages;
mod property;
mod races;
mod require_mfa;
mod sealing;
mod step_up;
mod tampering;
mod testing;
mod tokens;
mod verdicts;
mod verify;

use std::net::Ipv4Addr;

use paper::Canned;
use serde_json::{Value, json};
use tests::{Reply, Session, World, authorized};
use tokio::net::TcpSocket;

/// Where keys are listed and created.
const KEYS: &str = "/api/v1/api-keys/";

/// Somebody with keys.
struct Owner<'w> {
    world: &'w World,
    session: Session,
}

impl<'w> Owner<'w> {
    async fn of(world: &'w World) -> Self {
        let (_, session) = world.person().signed_in().await;
        Self { world, session }
    }

    /// A request below the list of keys.
    async fn sends(&self, method: &'static str, rest: &str, body: Option<Value>) -> Reply {
        let request = authorized(method, &format!("{KEYS}{rest}"), &self.session.access, body);
        // Boxed, because tests hold several of these at once.
        Box::pin(self.world.send(request)).await
    }

    async fn creates(&self, body: &Value) -> Reply {
        self.sends("POST", "", Some(body.clone())).await
    }

    /// Creates a key, which works; its id.
    async fn keeps(&self, body: &Value) -> String {
        let reply = self.creates(body).await;
        reply.assert_ok();
        text(&reply.body["data"]["id"])
    }

    async fn decrypts(&self, id: &str) -> Reply {
        self.sends("POST", &format!("{id}/decrypt"), None).await
    }

    async fn tests(&self, id: &str) -> Reply {
        self.sends("POST", &format!("{id}/test-connection"), None).await
    }

    async fn changes(&self, id: &str, change: Value) -> Reply {
        self.sends("PATCH", id, Some(change)).await
    }

    async fn deletes(&self, id: &str) -> Reply {
        self.sends("DELETE", id, None).await
    }

    /// The keys in the list.
    async fn lists(&self) -> Vec<Value> {
        let reply = self.sends("GET", "", None).await;
        reply.assert_ok();
        reply.body["data"]["api_keys"].as_array().unwrap().clone()
    }

    /// A key as the list shows it.
    async fn sees(&self, id: &str) -> Value {
        self.lists().await.into_iter().find(|key| key["id"] == id).unwrap()
    }

    /// The accesses to a key, newest first.
    async fn events(&self, id: &str) -> Vec<Value> {
        let reply = self.sends("GET", &format!("{id}/events"), None).await;
        reply.assert_ok();
        reply.body["data"]["events"].as_array().unwrap().clone()
    }

    /// The stored record of a key.
    async fn row(&self, id: &str) -> Value {
        let rows = self.world.rows_of("ExchangeKeys", &format!("ACCOUNT#{}", self.session.user_id)).await;
        rows.into_iter().find(|row| row["sk"] == format!("KEY#{id}")).unwrap()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// A key of Binance with this name.
pub fn binance(name: &str) -> Value {
    json!({ "exchange": "binance", "label": "main", "api_key": name, "secret": format!("secret-of-{name}") })
}

/// A body for one of the keys that the paper exchange knows.
pub fn demo(world: &World, exchange: &str, outcome: &str) -> Value {
    let demos = world.aws.paper().demos();
    let demo = demos.iter().find(|demo| demo.exchange == exchange && demo.outcome == outcome);
    demo_body(&demo.unwrap().credentials)
}

fn demo_body(credentials: &paper::DemoCredentials) -> Value {
    let mut body = json!({
        "exchange": credentials.exchange, "label": credentials.label, "api_key": credentials.api_key,
        "secret": credentials.secret, "key_type": credentials.key_type, "environment": credentials.environment,
    });
    for (name, value) in [("passphrase", &credentials.passphrase), ("wallet_address", &credentials.wallet_address)] {
        if let Some(value) = value {
            body[name] = json!(value);
        }
    }
    body
}

/// A body with some of its members changed.
fn with(body: &Value, changes: Value) -> Value {
    let mut body = body.clone();
    let Value::Object(changes) = changes else { panic!("no object: {changes}") };
    body.as_object_mut().unwrap().extend(changes);
    body
}

/// A body without one of its members.
fn without(body: &Value, name: &str) -> Value {
    let mut body = body.clone();
    body.as_object_mut().unwrap().remove(name).unwrap();
    body
}

/// A key of Binance with this name, of which its owner has been told; its path.
pub async fn keeps_a_key(world: &World, session: &Session, name: &str) -> String {
    let key = json!({ "exchange": "binance", "label": name, "api_key": name, "secret": "a-secret-of-binance" });
    let reply = world.post_as(session, "/api/v1/api-keys/", key).await;
    world.aws.settled().await.expect("mail arrives");
    format!("/api/v1/api-keys/{}", reply.body["data"]["id"].as_str().unwrap_or_else(|| panic!("{reply:?}")))
}

/// Binance likes every key from now on, or none.
pub fn binance_likes(world: &World, likes: bool) {
    let works = r#"{"ipRestrict": true, "enableReading": true, "enableWithdrawals": false}"#;
    let answer = if likes { Canned::new(200, works) } else { Canned::new(401, r#"{"code": -2008}"#) };
    world.aws.paper().set_canned(Some(answer));
}

/// Changes an attribute of the only key that there is.
pub async fn tampers(world: &World, with: &str, attribute: &str, value: Value) {
    let row = world.rows("ExchangeKeys").await.into_iter().find(|row| row["sk"].as_str().unwrap().starts_with(with));
    world.tamper("ExchangeKeys", &row.unwrap(), attribute, value).await;
}

/// Every row of the vault in a fixed order.
async fn rows(world: &World) -> Vec<Value> {
    let mut rows = world.rows("ExchangeKeys").await;
    rows.sort_by_key(|row| format!("{} {}", row["pk"], row["sk"]));
    rows
}

/// The rows of the vault that are no accesses.
async fn rows_but_events(world: &World) -> Vec<Value> {
    let mut rows = rows(world).await;
    rows.retain(|row| !text(&row["sk"]).starts_with("EVENT#"));
    rows
}

/// Every key has one fingerprint, which names it in its version, and one for each blocked credential that it has left behind; there
/// are no others.
async fn fingerprints_agree(world: &World) {
    let rows = rows(world).await;
    let keys: Vec<_> = rows.iter().filter(|row| text(&row["sk"]).starts_with("KEY#")).collect();
    let fingerprints: Vec<_> = rows.iter().filter(|row| row["sk"] == "FINGERPRINT").collect();
    let left = |key: &Value| key["left"].as_array().cloned().unwrap_or_default();
    assert_eq!(keys.iter().map(|key| 1 + left(key).len()).sum::<usize>(), fingerprints.len(), "{rows:#?}");
    for key in keys {
        for former in left(key) {
            let pk = format!("FINGERPRINT#{}", text(&former["fingerprint"]));
            let row = fingerprints.iter().find(|row| row["pk"] == pk).unwrap();
            assert_eq!(format!("ACCOUNT#{}", text(&row["account"])), key["pk"]);
            assert_eq!(
                (&row["key"], &row["secret_version"], &row["sends_funds"]),
                (&key["id"], &Value::Null, &json!("found"))
            );
        }
        let pk = format!("FINGERPRINT#{}", text(&key["fingerprint"]));
        let own = fingerprints.iter().find(|row| row["pk"] == pk).unwrap();
        assert_eq!(format!("ACCOUNT#{}", text(&own["account"])), key["pk"]);
        assert_eq!((&own["key"], &own["secret_version"]), (&key["id"], &key["secret_version"]));
    }
}

/// The vault's own key is there, and nothing else but events and counts of no keys.
async fn nothing_is_left(world: &World) {
    let mut rows = rows_but_events(world).await;
    rows.retain(|row| row["sk"] != "COUNT" || row["keys"] != 0);
    assert_eq!(rows.len(), 1, "{rows:#?}");
}

/// As if nobody had used anything of late.
async fn forget_uses(world: &World) {
    world.empty("Limits").await;
}

/// A port of this machine that nobody listens on, and that nobody else is given meanwhile.
struct ClosedPort(TcpSocket);

impl ClosedPort {
    fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        Self(socket)
    }

    fn address(&self) -> String {
        self.0.local_addr().unwrap().to_string()
    }
}

fn assert_no_key(reply: &Reply) {
    let data = json!({ "code": "KEY_NOT_FOUND" });
    let body = json!({ "success": false, "message": "API key not found", "data": data });
    assert_eq!((reply.status, &reply.body), (404, &body));
}

fn assert_conflict(reply: &Reply, code: &str) {
    assert_eq!((reply.status, &reply.body["success"]), (409, &json!(false)), "{reply:?}");
    assert_eq!(reply.body["data"], json!({ "code": code }));
}
