//! Everything that is known about a person, for the person alone.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tests::{Authenticator, ORIGIN, Page, Reply, Session, World, json_request};

use crate::{
    endings::has_factors,
    kyc::{approval, genuine, said},
    logs,
};

const EXPORTS: [(&str, &str, &str); 4] = [
    ("auth", "export", "/auth/export"),
    ("api_keys", "export", "/api/v1/api-keys/export"),
    ("kyc", "export", "/api/kyc/export"),
    ("oauth", "export", "/oauth/export"),
];
const DAY: u64 = 86_400;
const MOST: usize = 4 * 1024 * 1024;

/// Somebody with something in every table, and the name of a key.
async fn with_everything(world: &World) -> Session {
    let (ada, _) = world.person().signed_in().await;
    let request = json_request("POST", "/auth/login", &ada.credentials());
    let session = Session::of(&world.send_from("192.0.2.7", request).await);
    world.patch_as(&session, "/auth/profile", json!({ "full_name": "Ada Lovelace" })).await.assert_ok();
    let name = format!("CanaryName-{}-name", session.user_id);
    let key = json!({ "exchange": "binance", "label": "main", "api_key": name, "secret": "CanarySecret" });
    let kept = world.post_as(&session, "/api/v1/api-keys/", key).await;
    let path = format!("/api/v1/api-keys/{}/decrypt", kept.body["data"]["id"].as_str().unwrap());
    world.post_as(&session, &path, json!(null)).await.assert_ok();
    world.send(genuine(world, "sumsub", &approval("sumsub", &session.user_id, world.now()))).await.assert_ok();
    world.token(&session, &["keys:read"]).await;
    session
}

/// All pages of an export, or of a list.
async fn all_pages(world: &World, session: &Session, path: &str) -> Vec<Reply> {
    let mut pages = vec![world.get_as(session, path).await];
    pages[0].assert_ok();
    let next = |page: &Reply| {
        let body = &page.body;
        body.get("next_cursor").or(body.pointer("/data/next_cursor")).and_then(Value::as_str).map(str::to_owned)
    };
    while let Some(cursor) = next(pages.last().unwrap()) {
        let and = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{and}cursor={cursor}");
        pages.push(world.get_as(session, &path).await);
        pages.last().unwrap().assert_ok();
    }
    pages
}

/// All of one member of `data`, over all pages.
fn members(pages: &[Reply], name: &str) -> Vec<Value> {
    let lists = pages.iter().filter_map(|page| page.body["data"][name].as_array());
    lists.flatten().cloned().collect()
}

#[tokio::test]
async fn answers() {
    for (folder, name, path) in EXPORTS {
        let world = World::start().await;
        let session = with_everything(&world).await;
        // Sessions are in the order of their ids, which are random.
        for row in world.rows_of("Sessions", "ACCOUNT#").await.into_iter().filter(|row| row.get("ip").is_some()) {
            world.tamper("Sessions", &row, "ip", json!("203.0.113.9")).await;
        }
        let mut page = Page::default();
        for reply in all_pages(&world, &session, path).await {
            let part = reply.body["part"].as_str().unwrap().to_owned();
            page.answer(&format!("The part {part}"), &reply);
        }
        page.answer("A cursor that is none", &world.get_as(&session, &format!("{path}?cursor=nowhere")).await);
        for _ in 0..2 {
            world.get_as(&session, path).await.assert_ok();
        }
        let mut refused = world.get_as(&session, path).await;
        // Until tomorrow, which is nearer at some hours than at others.
        let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=24 * 3_600).contains(&wait), "{wait}");
        refused.headers["retry-after"] = json!("[until tomorrow]");
        page.answer("A fourth time on one day", &refused);
        page.answer("Without a token", &world.get(path).await);
        let (_, eve) = world.person().signed_in().await;
        has_factors(&world, &eve).await;
        world.advance(301);
        page.answer("With second factors, and not fresh", &world.get_as(&eve, path).await);
        page.is_kept(folder, name);
    }
}

#[tokio::test]
async fn everything_is_told_and_nothing_that_opens_anything() {
    let world = World::start().await;
    let session = with_everything(&world).await;
    let mut told = Vec::new();
    for (_, _, path) in EXPORTS {
        told.extend(all_pages(&world, &session, path).await);
    }
    let account = &told[0].body["data"]["account"];
    assert_eq!(account["profile"]["full_name"], "Ada Lovelace");
    assert_eq!(account["places"].as_array().unwrap().len(), 2 + 2, "two sign-ins by two devices in two networks");
    assert!(members(&told, "sessions").iter().any(|session| session["ip"] == "192.0.2.7"));
    assert!(members(&told, "events").iter().any(|event| event["action"] == "exported"));
    assert_eq!(members(&told, "api_keys")[0]["label"], "main");
    assert!(members(&told, "events").iter().any(|access| access["event"]["action"] == "decrypt"));
    assert_eq!(members(&told, "reports")[0]["status"], "approved");
    assert_eq!(members(&told, "tokens")[0]["name"], "a program");
    assert!(members(&told, "events").iter().any(|event| event["action"] == "token_made"));

    // What rows hold besides is nobody's: hashes, salts, links, what is sealed, names of keys in full.
    let text: String = told.iter().map(|reply| reply.text.clone()).collect();
    let mut canaries = vec![format!("CanaryName-{}-name", session.user_id), "CanarySecret".to_owned()];
    canaries.extend([session.access.clone(), session.refresh.clone()]);
    let secret =
        ["password", "current", "previous", "salt", "sealed", "envelope", "fingerprint", "verified_by", "tags", "hash"];
    for table in ["Accounts", "Sessions", "ExchangeKeys", "Mail", "Grants"] {
        for row in world.rows(table).await {
            if table == "Accounts" && row["pk"].as_str().unwrap().starts_with("SECRET") {
                continue;
            }
            collect(&row, &secret, &mut canaries);
            let places = row["places"].as_object().into_iter().flatten();
            canaries.extend(places.map(|(place, _)| place.clone()));
        }
    }
    assert!(canaries.len() > 12, "{canaries:?}");
    for canary in canaries {
        assert!(!text.contains(&canary), "{canary} is told");
    }
}

/// The texts of all members of these names.
fn collect(value: &Value, names: &[&str], found: &mut Vec<String>) {
    for (name, member) in value.as_object().into_iter().flatten() {
        match member.as_str() {
            Some(text) if names.contains(&name.as_str()) && text.len() > 10 => found.push(text.to_owned()),
            _ => collect(member, names, found),
        }
    }
    value.as_array().into_iter().flatten().for_each(|member| collect(member, names, found));
}

/// Which factors there are and since when; nothing that they are made of.
#[tokio::test]
async fn second_factors_are_told_by_name_and_dates() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let enrolled_at = world.now();
    let (app, _) = world.enrols_app(&session).await;
    world.advance(60);
    let mut phone = Authenticator::new(ORIGIN);
    world.adds_passkey(&session, &mut phone, "Phone").await;
    let (added_at, asked) = (world.now(), ada.is_asked_for_a_factor().await);
    world.advance(60);
    let session = Session::of(&world.verifies(&asked, json!({ "totp": app.shows(&world) })).await);
    let page = world.get_as(&session, "/auth/export").await;
    let expected = json!([
        {
            "kind": "totp", "name": null, "created_at": enrolled_at.to_string(), "last_used_at": world.now().to_string(),
        },
        { "kind": "passkey", "name": "Phone", "created_at": added_at.to_string(), "last_used_at": null },
    ]);
    assert_eq!(page.assert_ok()["data"]["account"]["factors"], expected);
    let mut canaries = phone.passkeys();
    for row in world.rows_of("Accounts", &format!("ACCOUNT#{}", session.user_id)).await {
        collect(&row, &["public_key", "sealed"], &mut canaries);
        let code = row["sk"].as_str().and_then(|sk| sk.strip_prefix("RECOVERY#"));
        canaries.extend(code.map(str::to_owned));
    }
    assert!(canaries.len() > 12, "{canaries:?}");
    for canary in canaries {
        assert!(!page.text.contains(&canary), "{canary} is told");
    }
}

#[tokio::test]
async fn the_owner_hears_of_an_export_and_of_nothing_that_was_refused() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let exported = async || {
        let rows = world.rows_of("Mail", "MAIL#").await;
        rows.iter().filter(|row| row["to"] == ada.email && row["news"]["what"] == "exported").count()
    };
    for path in ["/auth/export?cursor=x", "/auth/export?cursor="] {
        assert_eq!(world.get_as(&session, path).await.status, 422);
    }
    assert_eq!(exported().await, 0);
    world.break_down(local::Service::DynamoDb, local::Mode::Unavailable, Some("TransactWriteItems"));
    world.get_as(&session, "/auth/export").await.assert_unavailable();
    world.mend();
    assert_eq!(exported().await, 0);
    all_pages(&world, &session, "/auth/export").await;
    assert_eq!(exported().await, 1);
    assert_eq!(ada.all_mailed("not-me").await.len(), 1);
}

#[tokio::test]
async fn three_exports_a_day_each_and_the_rest_of_one_besides() {
    let world = World::start().await;
    for (_, _, path) in EXPORTS {
        let (ada, session) = world.person().signed_in().await;
        let first = world.get_as(&session, path).await;
        for _ in 0..2 {
            world.get_as(&session, path).await.assert_ok();
        }
        let refused = world.get_as(&session, path).await;
        assert_eq!(refused.status, 429);
        assert!(refused.headers["retry-after"].as_str().unwrap().parse::<u64>().unwrap() <= DAY);
        if let Some(cursor) = first.body["next_cursor"].as_str() {
            world.get_as(&session, &format!("{path}?cursor={cursor}")).await.assert_ok();
        }
        let (_, other) = world.person().signed_in().await;
        world.get_as(&other, path).await.assert_ok();
        world.advance(DAY);
        let session = Session::of(&ada.logs_in().await);
        world.get_as(&session, path).await.assert_ok();
    }
}

/// A cursor of ours, but of another export: `mine` as it was given out, with another id in it.
fn made_up(given: &str) -> String {
    let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(given).unwrap();
    bytes[0] ^= 1;
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[tokio::test]
async fn a_cursor_is_good_for_whom_it_was_given_to_and_nobody_makes_one_up() {
    let world = World::start().await;
    let (ada, bob) = (with_everything(&world).await, with_everything(&world).await);
    many_reports(&world, &ada, 1_001).await;
    for (_, _, path) in EXPORTS {
        let follows = async |session: &Session, cursor: &str| {
            world.get_as(session, &format!("{path}?cursor={cursor}")).await.status
        };
        let mut given = 0;
        for page in all_pages(&world, &ada, path).await {
            let Some(cursor) = page.body["next_cursor"].as_str() else { continue };
            given += 1;
            // Neither before somebody has begun nor after.
            assert_eq!(follows(&bob, cursor).await, 422, "{path}");
            world.get_as(&bob, path).await.assert_ok();
            assert_eq!(follows(&bob, cursor).await, 422, "{path}");
            assert_eq!(follows(&ada, &made_up(cursor)).await, 422, "{path}");
            for (_, _, other) in EXPORTS.into_iter().filter(|(_, _, other)| *other != path) {
                assert_eq!(world.get_as(&ada, &format!("{other}?cursor={cursor}")).await.status, 422, "{other}");
            }
            assert_eq!(follows(&ada, cursor).await, 200, "as often as it is wanted");
        }
        assert!(given > 0, "{path} gives out no cursor");
        for cursor in ["eA", "c3Nzc3M", "a2tra2tr", "_____-"] {
            assert_eq!(follows(&ada, cursor).await, 422, "{path} {cursor}");
        }
    }
}

#[tokio::test]
async fn an_export_goes_on_for_a_day_and_for_so_many_pages() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let begins = async |session: &Session| {
        let first = world.get_as(session, "/auth/export").await;
        format!("/auth/export?cursor={}", first.body["next_cursor"].as_str().unwrap())
    };
    let path = begins(&session).await;
    let rows = world.rows_of("Limits", "COUNTER#EXPORT#ACCOUNT#").await;
    let row = rows.iter().find(|row| row["times"] == 0).expect("an export that goes on");
    world.tamper("Limits", row, "times", json!(299)).await;
    world.get_as(&session, &path).await.assert_ok();
    let refused = world.get_as(&session, &path).await;
    assert_eq!((refused.status, refused.headers["retry-after"].as_str()), (429, Some("86400")));
    let path = begins(&session).await;
    world.advance(DAY - 1);
    let session = Session::of(&ada.logs_in().await);
    world.get_as(&session, &path).await.assert_ok();
    world.advance(1);
    world.get_as(&session, &path).await.assert_status(422);
}

/// So many reports of a user, each as long as it can be.
async fn many_reports(world: &World, session: &Session, many: usize) {
    let rows = world.rows_of("Kyc", &format!("USER#{}", session.user_id)).await;
    let copies = (0..many).map(|number| {
        let mut row = rows[0].clone();
        let event = format!("e-{number}");
        row["sk"] = json!(format!("REPORT#sumsub#{event}"));
        row["event"] = json!(event);
        row
    });
    world.put_rows("Kyc", copies.collect()).await;
}

/// One row that nobody can read is left out, and told of; everything else is answered, also where a page has no other row.
#[tokio::test]
async fn a_row_that_cannot_be_read_is_left_out_and_told_of() {
    let world = World::start().await;
    let session = with_everything(&world).await;
    let key = world.get_as(&session, "/api/v1/api-keys/").await.body["data"]["api_keys"][0]["id"].clone();
    let accesses = format!("/api/v1/api-keys/{}/events", key.as_str().unwrap());
    let id = |number: usize| format!("ffffffff-ffff-7fff-bfff-{number:012x}");
    for (table, beginning, spoilt, left_out, path, list) in [
        ("Sessions", "SESSION#", "created_at", 3, "/auth/sessions", "/sessions"),
        ("Sessions", "SESSION#", "created_at", 3, "/auth/export", "/data/sessions"),
        ("Accounts", "EVENT#", "action", 3, "/auth/export", "/data/events"),
        ("Accounts", "EVENT#", "action", 3, "/auth/events?limit=1", "/events"),
        ("ExchangeKeys", "KEY#", "exchange", 3, "/api/v1/api-keys/export", "/data/api_keys"),
        ("ExchangeKeys", "KEY#", "exchange", 3, "/api/v1/api-keys/?limit=1", "/data/api_keys"),
        ("ExchangeKeys", "EVENT#", "action", 3, "/api/v1/api-keys/export", "/data/events"),
        ("ExchangeKeys", "EVENT#", "action", 3, &format!("{accesses}?limit=1"), "/data/events"),
        ("Kyc", "REPORT#", "received_at", 3, "/api/kyc/export", "/data/reports"),
        ("Grants", "PAT#", "scopes", 3, "/oauth/export", "/data/tokens"),
        ("Grants", "PAT#", "scopes", 3, "/oauth/tokens", "/data/tokens"),
        ("Grants", "EVENT#", "action", 3, "/oauth/export", "/data/events"),
    ] {
        // What is told of differs from export to export, by the event of the export itself.
        world.empty("Limits").await;
        if list == "/data/events" || list == "/events" {
            world.get_as(&session, "/auth/export").await.assert_ok();
        }
        let owner = if table == "Kyc" { "USER#" } else { "ACCOUNT#" };
        let rows = world.rows_of(table, &format!("{owner}{}", session.user_id)).await;
        let row = rows.iter().find(|row| row["sk"].as_str().unwrap().starts_with(beginning)).expect("a row to spoil");
        // They come first, where the newest do.
        let copies = (0..left_out).map(|number| {
            let mut copy = row.clone();
            let sk = row["sk"].as_str().unwrap();
            let kept = sk.rsplit_once('#').unwrap().0;
            copy["sk"] = json!(format!("{kept}#{}", id(number)));
            copy[spoilt] = json!({ "no": "such" });
            copy
        });
        let copies: Vec<_> = copies.collect();
        world.put_rows(table, copies.clone()).await;
        logs::capture();
        let pages = all_pages(&world, &session, path).await;
        let told: usize =
            pages.iter().filter_map(|page| page.body.pointer(list)).map(|list| list.as_array().unwrap().len()).sum();
        let lines = logs::lines().into_iter().filter(|line| line["event"] == "row_left_out");
        assert_eq!((told >= 1, lines.count()), (true, left_out), "{path} {pages:?}");
        if table == "Kyc" {
            assert_eq!(pages[0].body["data"]["status"], Value::Null, "nothing is concluded from the others");
        }
        for copy in copies {
            world.remove(table, &copy).await;
        }
    }
}

/// As many rows as make several pages, each as long as it can be.
#[tokio::test]
async fn large_accounts_are_told_in_pages_that_lambda_can_answer_with() {
    let world = World::start().await;
    let session = with_everything(&world).await;
    let id = |number: usize| format!("01981e5a-6f1c-7c3a-8b47-{number:012x}");
    let copies = async |table: &str, beginning: &str, change: &dyn Fn(usize) -> Value| {
        let rows = world.rows_of(table, &format!("ACCOUNT#{}", session.user_id)).await;
        let row = rows.iter().find(|row| row["sk"].as_str().unwrap().starts_with(beginning)).unwrap().clone();
        let changed = (0..2_500).map(|number| {
            let mut row = row.clone();
            row.as_object_mut().unwrap().extend(change(number).as_object().unwrap().clone());
            row
        });
        world.put_rows(table, changed.collect()).await;
    };
    world.get_as(&session, "/auth/export").await.assert_ok();
    let agent = "\"".repeat(256);
    copies(
        "Sessions",
        "SESSION#",
        &|n| json!({ "id": id(n), "sk": format!("SESSION#{}", id(n)), "agent": &agent[..128] }),
    )
    .await;
    copies("Accounts", "EVENT#", &|n| json!({ "id": id(n), "sk": format!("EVENT#{}", id(n)), "device": &agent[..40] }))
        .await;
    let event =
        |n| json!({ "id": id(n), "sk": format!("EVENT#{}#{}", id(n), id(n)), "key": id(n), "user_agent": &agent });
    copies("ExchangeKeys", "EVENT#", &event).await;
    copies("Grants", "EVENT#", &|n| json!({ "id": id(n), "sk": format!("EVENT#{}", id(n)), "device": &agent[..40] }))
        .await;
    copies("ExchangeKeys", "KEY#", &|n| json!({ "id": id(n), "sk": format!("KEY#{}", id(n)), "label": &agent[..60] }))
        .await;
    for number in 0..30 {
        let report =
            said(&session.user_id, &format!("e-{number}"), &format!("s-{number}"), "approved", Some(world.now()));
        world.send(genuine(&world, "generic", &report)).await.assert_ok();
    }
    for (path, name, many) in [
        ("/auth/export", "sessions", 2_500),
        ("/auth/export", "events", 2_500),
        ("/api/v1/api-keys/export", "api_keys", 2_500),
        ("/api/v1/api-keys/export", "events", 2_500),
        ("/api/kyc/export", "reports", 30),
        ("/oauth/export", "events", 2_500),
    ] {
        let pages = all_pages(&world, &session, path).await;
        let told = members(&pages, name);
        assert!(told.len() > many, "{path} {name}: {}", told.len());
        let mut ids: Vec<_> = told.iter().map(ToString::to_string).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), told.len(), "nothing is told twice");
        assert!(pages.iter().all(|page| page.text.len() <= MOST), "{path}");
    }
}

#[tokio::test]
async fn each_page_costs_the_same() {
    let world = World::start().await;
    let session = with_everything(&world).await;
    let mut costs = Vec::new();
    for (_, _, path) in EXPORTS {
        let mut next = Some(path.to_owned());
        while let Some(path_of_page) = next {
            let (reply, calls) = world.calls(world.get_as(&session, &path_of_page)).await;
            reply.assert_ok();
            let calls: Vec<_> = calls.dynamodb.into_iter().map(|(name, times)| format!("{times} {name}")).collect();
            costs.push(format!("{} {}", reply.body["part"].as_str().unwrap(), calls.join(", ")));
            next = reply.body["next_cursor"].as_str().map(|cursor| format!("{path}?cursor={cursor}"));
        }
    }
    let expected = [
        // From here on its cursors are good: one update more.
        "account 4 GetItem, 1 TransactWriteItems, 2 UpdateItem",
        "sessions 1 GetItem, 1 Query, 1 UpdateItem",
        "events 1 GetItem, 1 Query, 1 UpdateItem",
        "api_keys 1 GetItem, 1 Query, 2 UpdateItem",
        "events 1 GetItem, 1 Query, 1 UpdateItem",
        "reports 1 GetItem, 1 Query, 1 UpdateItem",
        "tokens 1 GetItem, 1 Query, 2 UpdateItem",
        "events 1 GetItem, 1 Query, 1 UpdateItem",
    ];
    assert_eq!(costs, expected);
}
