//! Providers send whole people; what is kept and logged of them is ids, words of ours, and times.

use kyc::providers::ALL;
use local::{Mode, Service};
use serde_json::{Value, json};
use tests::{Request, World, webhook_secrets};

use super::{approval, genuine, kept, logs, newest_secret, signed};

const TABLES: [&str; 6] = ["Accounts", "Sessions", "Mail", "ExchangeKeys", "Limits", "Kyc"];

/// None of these texts is in any row of any table, nor in what has been logged. In whatever case.
pub async fn assert_nowhere(world: &World, log: &str, texts: &[&str]) {
    assert!(log.lines().count() > 10, "nothing has been logged: {log}");
    let mut places = vec![("the log".to_owned(), log.to_lowercase())];
    for table in TABLES {
        let rows = world.rows(table).await.into_iter();
        places.extend(rows.map(|row| (table.to_owned(), row.to_string().to_lowercase())));
    }
    assert!(places.iter().any(|(place, _)| place == "Kyc"), "nothing has been kept");
    for text in texts {
        assert!(text.len() > 3, "{text:?} is everywhere");
        for (place, content) in &places {
            let line = content.lines().find(|line| line.contains(&text.to_lowercase()));
            assert!(line.is_none(), "{text} is in {place}: {line:?}");
        }
    }
}

/// A person as providers describe one. Every text of it says that it is a canary, or is one of [`NUMBERS`].
fn person() -> Value {
    json!({
        "firstName": "Canary", "last_name": "Canary-Müller", "full_name": "Ada Canary", "email": "ada@canary.example",
        "phone": NUMBERS[0], "date_of_birth": NUMBERS[1], "number": NUMBERS[2], "ip": NUMBERS[3],
        "address": { "street": "1 Canary Wharf", "lines": ["Canary House", "Flat Canary"] },
        "image": "https://cdn.canary.example/face.jpg?token=canary", "note": "the canary was seen \u{1f424} twice",
    })
}

const NUMBERS: [&str; 4] = ["+4915112345678", "1990-02-31", "L01X00T47", "198.51.100.77"];

/// An approval of `user` in which every place for free text is taken, and many that nobody has told us of.
fn told_all(provider: &str, user: &str, world: &World) -> Value {
    let mut body = approval(provider, user, world.now());
    let places: &[&str] = match provider {
        "sumsub" => &["/reviewResult/moderationComment", "/reviewResult/clientComment", "/info", "/review/notes"],
        "onfido" => &["/payload/resource/output", "/payload/resource/error", "/payload/object/href", "/payload/raw"],
        "persona" => &[
            "/data/attributes/context",
            "/data/attributes/payload/included",
            "/data/attributes/payload/data/attributes/note",
            "/data/attributes/payload/data/attributes/name-first",
        ],
        "veriff" => &["/verification/person", "/verification/document", "/verification/reason", "/technicalData"],
        "stripe_identity" => &[
            "/data/object/verified_outputs",
            "/data/object/url",
            "/data/object/client_secret",
            "/data/object/last_verification_report",
        ],
        "didit" => &["/decision", "/location", "/aml", "/metadata"],
        _ => &["/note", "/person", "/reviewer"],
    };
    for place in places {
        let (parent, name) = place.rsplit_once('/').unwrap();
        let parent = body.pointer_mut(parent).filter(|parent| parent.is_object());
        if let Some(parent) = parent {
            parent[name] = person();
        }
    }
    body["person"] = person();
    body["comment"] = json!("Canary says: let me in");
    body
}

/// Free text where a word of a vocabulary belongs.
fn misplaced(provider: &str, world: &World) -> Value {
    let text = "Ada Canary, born 1990-02-31; see https://canary.example/";
    let mut body = told_all(provider, "misplaced", world);
    let places: &[&str] = match provider {
        "sumsub" => &["/type", "/reviewStatus", "/reviewResult/reviewAnswer"],
        "onfido" => &["/payload/action", "/payload/object/status"],
        "persona" => &["/data/attributes/name", "/data/attributes/payload/data/attributes/status"],
        "veriff" => &["/verification/status"],
        "stripe_identity" => &["/type", "/data/object/status"],
        "didit" => &["/webhook_type", "/status"],
        _ => &["/status"],
    };
    for place in places {
        *body.pointer_mut(place).unwrap() = json!(text);
    }
    // An event id that is made of these words would carry them.
    if provider == "didit" {
        body.as_object_mut().unwrap().remove("event_id");
    }
    body
}

/// Every way in which a report can go. Gives all proofs that were shown.
async fn story(world: &World) -> Vec<String> {
    let mut proofs = Vec::new();
    for provider in ALL {
        let id = provider.id;
        let body = told_all(id, id, world);
        let right = genuine(world, id, &body);
        let wrong = signed(id, &format!("{id}-guess"), &body.to_string(), world.now());
        let malformed = format!("{body} and Canary");
        let mut requests = vec![right.clone(), right.clone(), wrong.clone()];
        requests.push(Request { body: Some(body.to_string().replace("Canary", "The Canary")), ..right.clone() });
        requests.push(signed(id, &newest_secret(id), &malformed, world.now()));
        requests.push(signed(id, &newest_secret(id), &body.to_string().repeat(200), world.now()));
        requests.push(genuine(world, id, &misplaced(id, world)));
        requests.push(Request { path: "/api/kyc/webhook/canary".to_owned(), ..right.clone() });
        requests.push(Request { path: format!("{}?canary=canary", right.path), ..right.clone() });
        for request in &requests {
            world.send(request.clone()).await;
            let shown =
                request.headers.iter().filter(|(name, _)| !["content-type", "x-timestamp"].contains(&name.as_str()));
            proofs.extend(shown.map(|(_, value)| value.clone()).filter(|value| !value.starts_with("HMAC_")));
        }
        world.break_down(Service::DynamoDb, Mode::Unavailable, None);
        world.send(genuine(world, id, &told_all(id, "during an outage", world))).await;
        world.mend();
    }
    proofs
}

#[tokio::test]
async fn no_row_and_no_line_holds_a_person_or_a_proof() {
    logs::capture();
    let world = World::with_kyc(|config| config.token = Some("the-lock-of-all".to_owned())).await;
    // Some have to show the lock as well; their refusal for the lack of it is one of the ways.
    let proofs = story(&world).await;
    let unlocked = World::start().await;
    let more = story(&unlocked).await;
    let log = logs::text();

    let secrets: Vec<_> = ALL.iter().flat_map(|provider| webhook_secrets(provider.id).1).collect();
    let mut hidden: Vec<&str> = vec!["canary", "the-lock-of-all", "-guess"];
    hidden.extend(NUMBERS);
    hidden.extend(secrets.iter().chain(&proofs).chain(&more).map(String::as_str));
    // Parts of a signature are as secret as the whole.
    hidden.extend(more.iter().filter_map(|proof| proof.get(proof.len().checked_sub(32)?..)));
    assert_nowhere(&world, &log, &hidden).await;
    assert_nowhere(&unlocked, &log, &hidden).await;
}

#[tokio::test]
async fn what_is_kept_of_a_report_is_this_and_no_more() {
    let world = World::start().await;
    for provider in ALL {
        let id = provider.id;
        super::report(&world, id, &told_all(id, id, &world)).await;
        let rows = world.rows_of("Kyc", &format!("USER#{id}")).await;
        let mut names: Vec<_> = rows[0].as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        names.retain(|name| *name != "level"); // Not every provider says one.
        #[rustfmt::skip]
        assert_eq!(names, [
            "body_sha256", "ends_approval", "event", "kind", "occurred_ms", "pk", "provider", "received_at", "session",
            "sk", "status",
        ]);
        assert_eq!(kept(&world, id).await[0].body_sha256.len(), 64);
    }
}
