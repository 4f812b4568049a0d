//! Behind a CDN: who does not come through it is turned away by every function, and who does is whom it says. Elsewhere no header says.

use axum::Router;
use serde_json::json;
use shared::{
    caller::{ClientAddress, Origin},
    config::{Env, Stage},
    edge::Edge,
    http::{DEADLINE, Operation, Routes},
};
use tests::{Reply, Request, World, invoke_event, invoke_undocumented, json_request};

use super::tls::KINDS;

const SECRET: &str = "x-edge-secret";
const VIEWER: &str = "cloudfront-viewer-address";
/// Of `new secret` and `old secret`.
const HASHES: &str = "859601deb772672b933ef30d66609610c928bcf116951a52f4b8698f34c1fc80,\
                      f8ee85f59a75fdb3a3fbf0941423f26a65a8ed0a5f6d7ff832acd8edf5635499";
/// Where the gateway sees every request of these tests come from.
const GATEWAY_SEES: &str = "203.0.113.9";

fn edge(settings: &[(&str, &str)]) -> Edge {
    let lookup = |name: &str| settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    Edge::read(&Env::new(&lookup)).unwrap()
}

fn behind_cloudfront() -> Edge {
    edge(&[("STAGE", "prod"), ("EDGE_SECRET_HASH", HASHES), ("CLIENT_IP_HEADER", "CloudFront-Viewer-Address")])
}

fn with(mut request: Request, headers: &[(&str, &str)]) -> Request {
    request.headers.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    request
}

/// Says who the client is, for records and for limits.
fn mirror(edge: Edge) -> Router {
    async fn says(origin: Origin, client: ClientAddress) -> String {
        let country = origin.country.map(|country| format!(" in {country}")).unwrap_or_default();
        format!("{} {client}{country}", origin.ip.as_deref().unwrap_or("nobody"))
    }
    let routes = Routes::<(), false>::new().get("/", says, || Operation::new("says", "It does."));
    routes.serve((), DEADLINE, Stage::Local, edge)
}

async fn seen(router: &Router, headers: &[(&str, &str)]) -> String {
    let request = Request { method: "GET", path: "/".to_owned(), ..Request::default() };
    invoke_undocumented(router, with(request, headers)).await.text
}

fn is_turned_away(reply: &Reply, what: &str) {
    assert_eq!((reply.status, &reply.body), (403, &json!({ "detail": "Forbidden" })), "{what}: {reply:?}");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn every_function_turns_away_who_does_not_come_through_the_edge() {
    let world = World::start().await;
    let routers = world.routers_behind(behind_cloudfront());
    for (function, method, path, body, status) in KINDS {
        let request = Request { method, path: path.to_owned(), body: body.map(str::to_owned), ..Request::default() };
        let wrong: [&[(&str, &str)]; 6] = [
            &[],
            &[(SECRET, "")],
            &[(SECRET, "another secret")],
            &[(SECRET, "new secret,new secret")],
            &[(SECRET, HASHES)],
            &[(VIEWER, "198.51.100.10:1")],
        ];
        let router = &routers[&function];
        for headers in wrong {
            let reply = invoke_undocumented(router, with(request.clone(), headers)).await;
            is_turned_away(&reply, path);
        }
        for secret in ["new secret", "old secret"] {
            let reply = invoke_undocumented(router, with(request.clone(), &[(SECRET, secret)])).await;
            assert_eq!(reply.status, status, "{path}: {reply:?}");
        }
    }
    for router in routers.values() {
        is_turned_away(&invoke_event(router, json!("no event")).await, "no event");
    }
}

#[tokio::test]
async fn who_comes_through_the_edge_is_whom_it_says() {
    let router = mirror(behind_cloudfront());
    for (header, expected) in [
        ("198.51.100.10:46532", "198.51.100.10 198.51.100.10"),
        ("2001:db8:1:2::3:443", "2001:db8:1:2::3 2001:db8:1:2::/64"),
        ("[2001:db8:1:2::3]:443", "2001:db8:1:2::3 2001:db8:1:2::/64"),
        // Whom it does not say is nobody, and one with all others that are.
        ("198.51.100.10", "nobody NONE"),
        ("198.51.100.10:1,192.0.2.1:1", "nobody NONE"),
        ("", "nobody NONE"),
    ] {
        let headers = [(SECRET, "new secret"), (VIEWER, header), ("x-forwarded-for", "192.0.2.1")];
        assert_eq!(seen(&router, &headers).await, expected, "{header}");
    }
    assert_eq!(seen(&router, &[(SECRET, "new secret")]).await, "nobody NONE");
}

#[tokio::test]
async fn in_which_country_somebody_is_the_edge_says_and_nobody_else() {
    const COUNTRY: &str = "cloudfront-viewer-country";
    let of_country = ("CLIENT_COUNTRY_HEADER", "CloudFront-Viewer-Country");
    let settings = [("EDGE_SECRET_HASH", HASHES), ("CLIENT_IP_HEADER", "CloudFront-Viewer-Address"), of_country];
    let router = mirror(edge(&[&[("STAGE", "prod")][..], &settings].concat()));
    let from = |country| [(SECRET, "new secret"), (VIEWER, "198.51.100.10:46532"), (COUNTRY, country)];
    assert_eq!(seen(&router, &from("DE")).await, "198.51.100.10 198.51.100.10 in DE");
    for odd in ["", "de", "DEU", "<b>", "XX"] {
        assert_eq!(seen(&router, &from(odd)).await, "198.51.100.10 198.51.100.10", "{odd}");
    }
    // Where nobody is believed it, the header says nothing.
    assert_eq!(seen(&mirror(behind_cloudfront()), &from("DE")).await, "198.51.100.10 198.51.100.10");
    let said = format!("{GATEWAY_SEES} {GATEWAY_SEES}");
    assert_eq!(seen(&mirror(Edge::default()), &from("DE")).await, said);
}

#[tokio::test]
async fn a_session_and_what_happens_say_the_country() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let of_country = ("CLIENT_COUNTRY_HEADER", "CloudFront-Viewer-Country");
    let edge = edge(&[("STAGE", "local"), ("CLIENT_IP_HEADER", "CloudFront-Viewer-Address"), of_country]);
    let router = &world.routers_behind(edge)[&tests::Function::Auth];
    let login = json_request("POST", "/auth/login", &ada.credentials());
    let headers = [(VIEWER, "198.51.100.10:46532"), ("cloudfront-viewer-country", "NZ")];
    invoke_undocumented(router, with(login, &headers)).await.assert_ok();
    let sessions = world.get_as(&session, "/auth/sessions").await.body["sessions"].clone();
    assert!(sessions.as_array().unwrap().iter().any(|one| one["country"] == "NZ" && one["ip"] == "198.51.100.10"));
    let events = world.get_as(&session, "/auth/events").await.body["events"].clone();
    assert_eq!([&events[0]["action"], &events[0]["country"]], ["new_device", "NZ"]);
}

#[tokio::test]
async fn without_an_edge_no_header_says_who_somebody_is() {
    let forged = [
        (VIEWER, "198.51.100.10:1"),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-real-ip", "192.0.2.1"),
        ("forwarded", "for=192.0.2.1"),
        (SECRET, "new secret"),
    ];
    let said = format!("{GATEWAY_SEES} {GATEWAY_SEES}");
    assert_eq!(seen(&mirror(Edge::default()), &forged).await, said);
    // On a laptop the header alone will do.
    let laptop = mirror(edge(&[("STAGE", "local"), ("CLIENT_IP_HEADER", "CloudFront-Viewer-Address")]));
    assert_eq!(seen(&laptop, &forged).await, "198.51.100.10 198.51.100.10");
}

#[tokio::test]
async fn a_client_is_counted_under_the_address_that_the_edge_says() {
    let world = World::start().await;
    let routers = world.routers_behind(behind_cloudfront());
    let person = world.person();
    let request = json_request("POST", "/auth/login", &person.credentials());
    let headers = [(SECRET, "new secret"), (VIEWER, "198.51.100.10:46532"), ("x-forwarded-for", "192.0.2.1")];
    let router = &routers[&tests::Function::Auth];
    invoke_undocumented(router, with(request.clone(), &headers)).await.assert_status(401);
    // Who is turned away is counted nowhere.
    is_turned_away(&invoke_undocumented(router, with(request, &headers[1..])).await, "without the secret");
    let rows = world.rows_of("Limits", "COUNTER#IP#").await;
    let counted: Vec<_> = rows.iter().map(|row| row["pk"].as_str().unwrap().split('#').nth(2).unwrap()).collect();
    assert_eq!(counted, ["198.51.100.10"]);
}
