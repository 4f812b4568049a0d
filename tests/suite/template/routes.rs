//! Which function a path leads to: by API Gateway, by cargo-lambda, and by what the functions know.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::http::Route;

use super::{Template, file, none};

/// What takes a request that no path takes.
const DEFAULT: &str = "$default";
const GREEDY: &str = "{proxy+}";

/// As a stage names it.
fn route(event: &Value) -> String {
    let text = |name: &str| event["Properties"][name].as_str().unwrap_or_default();
    format!("{} {}", text("Method"), text("Path"))
}

/// The routes with a throttle of their own, and it.
fn throttled() -> BTreeMap<String, Value> {
    let template = Template::read();
    let routes = template.resource("Api")["Properties"]["RouteSettings"].as_object().into_iter().flatten();
    routes.map(|(route, settings)| (route.clone(), settings.clone())).collect()
}

/// A route with settings that no event makes would fail the deployment; and where one leads to must be where it led before.
#[test]
fn what_strangers_may_flood_has_a_throttle_of_its_own() {
    let (template, throttled, any) = (Template::read(), throttled(), events());
    let expected =
        ["forgot-password", "login", "resend-verification", "signup"].map(|name| format!("POST /auth/{name}"));
    assert!(throttled.keys().eq(&expected), "{throttled:?}");
    let limits = json!({ "ThrottlingRateLimit": 50, "ThrottlingBurstLimit": 100, "DetailedMetricsEnabled": false });
    assert!(throttled.values().all(|settings| *settings == limits), "{throttled:?}");
    let known = auth::routes().into_iter().map(|Route { method, path, .. }| format!("{method} {path}"));
    let known: Vec<_> = known.collect();
    for name in &expected {
        let functions = template.functions();
        let mut leads = functions.iter().filter(|function| function.events().any(|(_, event)| route(event) == *name));
        let binary = leads.next().map(|function| function.binary);
        assert_eq!((binary, leads.count()), (Some("auth"), 0), "{name}");
        assert!(known.contains(name), "{name} is nothing that auth knows");
        // Other methods are its 405.
        assert_eq!(reached(&any, name.split_once(' ').unwrap().1), "auth");
    }
}

/// The functions by the paths of their events, whatever the method.
fn events() -> BTreeMap<String, String> {
    let template = Template::read();
    let mut events = BTreeMap::new();
    for function in template.functions() {
        for (name, event) in function.events().filter(|(_, event)| event["Type"] == "HttpApi") {
            let path = event["Properties"]["Path"].as_str().unwrap_or(DEFAULT);
            if throttled().contains_key(&route(event)) {
                continue;
            }
            let any = path == DEFAULT || event["Properties"]["Method"] == "ANY";
            assert!(any, "{name}: which methods there are, the function says; others are its own 405");
            let earlier = events.insert(path.to_owned(), function.binary.to_owned());
            assert_eq!(earlier, None, "{path}");
        }
    }
    events
}

/// The function that API Gateway hands a path to: an exact route wins, then the longest greedy one. Its variable may be empty:
/// `/x/{proxy+}` takes `/x/`, which can have no route of its own (storacha/w3infra#166).
fn reached<'e>(events: &'e BTreeMap<String, String>, path: &str) -> &'e str {
    let greedy = events.iter().filter_map(|(pattern, function)| Some((pattern.strip_suffix(GREEDY)?, function)));
    let greedy = greedy.filter(|(prefix, _)| path.starts_with(prefix));
    let greedy = greedy.max_by_key(|(prefix, _)| prefix.len()).map(|(_, function)| function);
    events.get(path).or(greedy).unwrap_or(&events[DEFAULT])
}

fn known() -> [(&'static str, Vec<Route>); 5] {
    [
        ("auth", auth::routes()),
        ("api-keys", api_keys::routes()),
        ("kyc", kyc::routes()),
        ("oauth", oauth::routes()),
        ("docs", docs::routes()),
    ]
}

#[test]
fn every_route_is_reached() {
    let events = events();
    let mut complaints = Vec::new();
    for (function, routes) in known() {
        for Route { path, .. } in routes {
            let reached = reached(&events, &path.replace(['{', '}'], ""));
            if reached != function {
                complaints.push(format!("{path} leads to {reached} instead of {function}"));
            }
        }
    }
    none(&complaints);
}

#[test]
fn every_event_leads_to_a_route_or_to_its_redirect() {
    let mut complaints = Vec::new();
    for (path, function) in events().iter().filter(|(path, _)| *path != DEFAULT) {
        let known = known();
        let routes = known.iter().find(|(name, _)| name == function);
        let (_, routes) = routes.unwrap_or_else(|| panic!("{function} is a new function: list its routes"));
        let leads = |route: &Route| match path.strip_suffix(GREEDY) {
            Some(prefix) => route.path.starts_with(prefix),
            // With a slash at the end or without, one redirects to the other.
            None => route.path.trim_end_matches('/') == path.trim_end_matches('/'),
        };
        if !routes.iter().any(leads) {
            complaints.push(format!("{path} leads to {function}, which knows nothing of it"));
        }
    }
    none(&complaints);
}

/// On import an HTTP API leaves such routes out (aws/serverless-application-model#1949); made one by one they are refused
/// (storacha/w3infra#166).
#[test]
fn no_route_of_the_gateway_ends_in_a_slash() {
    let events = events();
    let slashed = events.keys().filter(|path| path.ends_with('/') && *path != "/");
    none(&slashed.cloned().collect::<Vec<_>>());
}

/// Whatever its value, for `DisableExecuteApiEndpoint` SAM writes `servers` without `url`, of which API Gateway warns
/// (aws/serverless-application-model#2424).
#[test]
fn no_deployment_fails_for_what_the_gateway_warns_of() {
    let template = Template::read();
    for (id, api) in template.of_type("AWS::Serverless::HttpApi") {
        let properties = &api["Properties"];
        assert!(properties["DisableExecuteApiEndpoint"].is_object(), "{id}: then warnings may be failures");
        assert!([&json!(null), &json!(false)].contains(&&properties["FailOnWarnings"]), "{id}");
    }
}

/// Six metrics for each route and each method that somebody tries, at $0.30 a month, and nothing looks at them.
#[test]
fn no_metrics_are_paid_for_by_route() {
    let template = Template::read();
    for (id, api) in template.of_type("AWS::Serverless::HttpApi") {
        let own = api["Properties"]["RouteSettings"].as_object().into_iter().flat_map(|routes| routes.values());
        for settings in own.chain([&api["Properties"]["DefaultRouteSettings"]]) {
            assert_eq!(settings["DetailedMetricsEnabled"], false, "{id}");
        }
    }
}

#[test]
fn cargo_lambda_routes_like_api_gateway() {
    let manifest = file("Cargo.toml");
    let (_, router) = manifest.split_once("[workspace.metadata.lambda.watch.router]\n").expect("a router");
    let lines = router.lines().take_while(|line| line.starts_with('"'));
    let router: BTreeMap<_, _> = lines
        .map(|line| line.split_once(" = ").expect("a path and a function"))
        .map(|(path, function)| (path.trim_matches('"').to_owned(), function.trim_matches('"').to_owned()))
        .collect();
    let events = events();
    // The variable of cargo-lambda's router is never empty, so what ends in a slash needs a line there where the last resort is
    // another function.
    let greedy =
        events.iter().filter_map(|(path, function)| Some((path.strip_suffix(GREEDY)?.to_owned(), function.clone())));
    let with_nothing_more: Vec<_> = greedy.filter(|(_, function)| *function != events[DEFAULT]).collect();
    let events = events.into_iter().map(|(path, function)| {
        let path = if path == DEFAULT { format!("/{GREEDY}") } else { path };
        (path.replace(GREEDY, "{*rest}"), function)
    });
    assert_eq!(router, events.chain(with_nothing_more).collect::<BTreeMap<_, _>>());
}
