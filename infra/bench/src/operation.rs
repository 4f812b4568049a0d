//! The requests that are measured, each made anew for each time: some change what the next one must say.

use serde_json::{Value, json};
use shared::time::Clock;

use crate::{
    Result, event,
    runtime::Function,
    world::{HELLO, WEBHOOK_SECRET, World},
};

/// A kind of request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Operation {
    /// What it is called in the table.
    pub name: &'static str,
    /// Which function answers.
    pub function: &'static str,
    /// How much CPU time it may take; none for hello, which the others are compared with.
    pub most: Option<Most>,
    make: Make,
}

/// A limit of a request's whole CPU time, in what was measured beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Most {
    /// So many times what hello takes.
    Hellos(f64),
    /// What one run of the C library's Argon2 takes and so many milliseconds: a password is hashed.
    Argon2AndMs(f64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Make {
    Hello,
    Health,
    Document,
    Invalid,
    Large,
    SignUp,
    Mail,
    Login,
    Refresh,
    Profile,
    List,
    Decrypt,
    TestConnection,
    TestAgent,
    KycStatus,
    Webhook,
    Tokens,
}

const fn operation(name: &'static str, function: &'static str, make: Make, most: Most) -> Operation {
    Operation { name, function, most: Some(most), make }
}

/// A login with the right password.
pub const LOGIN: Operation = operation("login", "auth", Make::Login, Most::Argon2AndMs(1.5));

/// All of them. Whichever is the first of its function in a round, such as `list` and `document`, finds its code displaced from the
/// processor's caches, as a request on Lambda does; asked twice in a row, `list` takes half as long. `mail` sends what `sign-up` has
/// posted.
pub const ALL: [Operation; 17] = [
    Operation { name: HELLO, function: HELLO, most: None, make: Make::Hello },
    operation("document", "docs", Make::Document, Most::Hellos(2.4)),
    operation("health", "kyc", Make::Health, Most::Hellos(1.1)),
    operation("login 422", "auth", Make::Invalid, Most::Hellos(1.2)),
    operation("64 KB of JSON", "auth", Make::Large, Most::Hellos(1.6)),
    operation("sign-up", "auth", Make::SignUp, Most::Argon2AndMs(1.5)),
    operation("mail", "mail", Make::Mail, Most::Hellos(3.4)),
    LOGIN,
    operation("refresh", "auth", Make::Refresh, Most::Hellos(1.4)),
    operation("profile", "auth", Make::Profile, Most::Hellos(1.7)),
    operation("list", "api-keys", Make::List, Most::Hellos(3.5)),
    operation("decrypt", "api-keys", Make::Decrypt, Most::Hellos(3.6)),
    operation("test-connection", "api-keys", Make::TestConnection, Most::Hellos(4.7)),
    operation("test of an agent", "api-keys", Make::TestAgent, Most::Hellos(4.7)),
    operation("kyc status", "kyc", Make::KycStatus, Most::Hellos(3.2)),
    operation("webhook", "kyc", Make::Webhook, Most::Hellos(2.0)),
    operation("tokens", "oauth", Make::Tokens, Most::Hellos(3.2)),
];

/// Somebody with an account and an exchange key, in the middle of using them.
pub struct Person {
    access: String,
    refresh: String,
    /// Ids of an exchange key, and of the key of a Hyperliquid agent, whose address is derived from it in every test.
    key: String,
    agent: String,
    /// Counts what must be new each time.
    turn: u64,
}

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "correct horse battery";

impl Person {
    /// Signs up, proves the address, signs in and stores a key.
    ///
    /// # Errors
    /// When any of it fails.
    pub async fn new(world: &mut World) -> Result<Self> {
        let (mut auth, mut mail) = (world.function("auth").await?, world.function("mail").await?);
        let credentials = json!({ "email": EMAIL, "password": PASSWORD });
        post(&mut auth, "/auth/signup", None, &credentials).await?;
        mail.invoke(&world.letter().await?).await?;
        let link = world.link(EMAIL)?;
        let token = link.split_once("token=").map(|(_, token)| token);
        post(&mut auth, "/auth/verify-email", None, &json!({ "token": token })).await?;
        let signed_in = post(&mut auth, "/auth/login", None, &credentials).await?;
        let access = text(&signed_in["session"]["access_token"])?;
        let (key, agent) = (store(world, &access, "okx").await?, store(world, &access, "hyperliquid").await?);
        Ok(Self { access, refresh: text(&signed_in["session"]["refresh_token"])?, key, agent, turn: 0 })
    }

    /// The event of the next request of a kind.
    ///
    /// # Errors
    /// When there is no mail to send.
    pub async fn event(&mut self, operation: Operation, world: &mut World) -> Result<Value> {
        self.turn += 1;
        let access = Some(self.access.as_str());
        let get = |path: &str| event::json("GET", path, access, None);
        let post = |path: &str| event::json("POST", path, access, None);
        let send = |path: &str, body: &Value| event::json("POST", path, None, Some(body));
        Ok(match operation.make {
            Make::Hello => event::http("GET", "/", &[], None),
            Make::Health => event::http("GET", "/api/kyc/health", &[], None),
            Make::Document => event::http("GET", "/openapi.json", &[], None),
            Make::Invalid => send("/auth/login", &json!({ "email": "nobody" })),
            Make::Large => send("/auth/login", &json!({ "email": "nobody", "more": "ein kurzes Wört ".repeat(3_800) })),
            Make::SignUp => {
                let email = format!("person-{}@example.com", self.turn);
                send("/auth/signup", &json!({ "email": email, "password": PASSWORD }))
            }
            Make::Mail => world.letter().await?,
            Make::Login => send("/auth/login", &json!({ "email": EMAIL, "password": PASSWORD })),
            Make::Refresh => send("/auth/refresh", &json!({ "refresh_token": self.refresh })),
            Make::Profile => get("/auth/profile"),
            Make::List => get("/api/v1/api-keys/"),
            Make::Decrypt => post(&format!("/api/v1/api-keys/{}/decrypt", self.key)),
            Make::TestConnection => post(&format!("/api/v1/api-keys/{}/test-connection", self.key)),
            Make::TestAgent => post(&format!("/api/v1/api-keys/{}/test-connection", self.agent)),
            Make::KycStatus => get("/api/kyc/status"),
            Make::Webhook => self.report()?,
            Make::Tokens => get("/oauth/tokens"),
        })
    }

    /// Whether the answer is the one that was meant to be measured. The next request may need what it says.
    ///
    /// # Errors
    /// When it is not.
    pub fn learn(&mut self, operation: Operation, answer: &Value) -> Result<()> {
        if operation.make == Make::Mail {
            let failed = &answer["batchItemFailures"];
            return if *failed == json!([]) { Ok(()) } else { Err(format!("mail: {answer}").into()) };
        }
        let expected = if [Make::Invalid, Make::Large].contains(&operation.make) { 422 } else { 200 };
        let body = body(answer, expected).map_err(|error| format!("{}: {error}", operation.name))?;
        // A token is replaced once in half a minute, so each refresh is that of a new session. All else goes on with that one, too: of so
        // many sessions those that nobody has used of late end.
        if operation.make == Make::Login {
            self.access = text(&body["session"]["access_token"])?;
            self.refresh = text(&body["session"]["refresh_token"])?;
        }
        Ok(())
    }

    /// That the identity of somebody is proven; somebody else each time.
    fn report(&self) -> Result<Value> {
        let now = Clock::default().now();
        let at = now.to_string().replace('T', " ").replace('Z', ".000");
        let body = json!({ "type": "applicantReviewed", "correlationId": format!("req-{}", self.turn),
            "applicantId": "s-1", "externalUserId": format!("user-{}", self.turn), "levelName": "basic",
            "createdAtMs": at, "reviewStatus": "completed", "reviewResult": { "reviewAnswer": "GREEN" } })
        .to_string();
        let proof = paper::sign("sumsub", WEBHOOK_SECRET, body.as_bytes(), now).ok_or("no such provider")?;
        let proof: Vec<_> = proof.iter().map(|(name, value)| (name.to_lowercase(), value.as_str())).collect();
        let mut headers: Vec<_> = proof.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        headers.push(("content-type", "application/json"));
        Ok(event::http("POST", "/api/kyc/webhook", &headers, Some(&body)))
    }
}

/// Stores the key at an exchange that the paper exchange takes; the id.
async fn store(world: &World, access: &str, exchange: &str) -> Result<String> {
    let demos = world.aws.paper().demos();
    let demo = demos.iter().find(|demo| demo.exchange == exchange && demo.outcome == "ok");
    let credentials = json!(demo.map(|demo| &demo.credentials));
    let mut vault = world.function("api-keys").await?;
    let stored = post(&mut vault, "/api/v1/api-keys/", Some(access), &credentials).await?;
    text(&stored["data"]["id"])
}

async fn post(function: &mut Function, path: &str, token: Option<&str>, content: &Value) -> Result<Value> {
    let answer = function.invoke(&event::json("POST", path, token, Some(content))).await?;
    body(&answer, 200).map_err(|error| format!("{path}: {error}").into())
}

/// The body of an answer with this status.
fn body(answer: &Value, status: u64) -> Result<Value> {
    if answer["statusCode"] != status {
        return Err(format!("{status} was expected, not {answer}").into());
    }
    let body = answer["body"].as_str().unwrap_or_default();
    Ok(serde_json::from_str(body).unwrap_or_else(|_| Value::from(body)))
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| "the answer lacks a text".into())
}
