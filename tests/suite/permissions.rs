//! Least privilege, both ways: what functions do, and operators with keys, is allowed; and what is allowed is done.

use std::collections::BTreeSet;

use admin::{
    kyc_secret, rewrap, rewrap_secrets, rotate_account_key, rotate_link_key, rotate_pepper, rotate_signing_key,
    seal_setting, users_import::formats::Source,
};
use local::{Mode, Permission, Service};
use serde_json::{Value, json};
use tests::{Key, Person, Session, World, authorized, invoke};

use crate::{
    admin::import::{export, imported},
    api_keys::keeps_a_key,
    auth::{
        challenge::{LOGIN, asks, solved, switched, turnstile},
        changes::{changes_password, disowns, moves},
    },
    kyc::{approval, genuine},
    oauth::{TOKENS, made, revokes, usual},
    template::{Template, attribute},
};

const KEYS: &str = "/api/v1/api-keys/";

/// A permission as the template itself explains it: function, action, resource, and the service that asks in the function's name.
type Explained = (String, String, String, Option<String>);

#[tokio::test]
async fn what_is_allowed_is_what_is_done() {
    let world = World::with_vault(|config| config.require_kyc = true).await;
    Box::pin(everything(&world)).await;

    let (allowed, used) = (world.aws.permissions(), world.aws.used_permissions());
    let template = Template::read();
    let needed = elsewhere(&template, &used);
    let unused: Vec<_> = allowed.difference(&used).collect();
    let superfluous: Vec<_> = unused.iter().filter(|one| !needed.contains(&explained(one))).collect();
    let superfluous: Vec<_> = superfluous.iter().map(ToString::to_string).collect();
    assert!(superfluous.is_empty(), "template.yaml allows what nobody does: {superfluous:#?}");
    let given: BTreeSet<_> = unused.iter().map(|one| explained(one)).collect();
    let missing: Vec<_> = needed.difference(&given).collect();
    assert!(missing.is_empty(), "template.yaml does not allow what its own settings need: {missing:#?}");
}

/// The life of a user with all that the functions do on it. What a role does not allow, fails the test when the world ends.
async fn everything(world: &World) {
    let (ada, session) = world.person().signed_in().await;
    ada.signs_up().await;
    world.post("/auth/resend-verification", json!({ "email": ada.email })).await;
    world.get_as(&session, "/auth/profile").await;
    world.patch_as(&session, "/auth/profile", json!({ "full_name": "Ada" })).await;
    world.send(genuine(world, "sumsub", &approval("sumsub", &session.user_id, world.now()))).await;
    world.get_as(&session, "/api/kyc/status").await;
    sessions(world, &ada, &session).await;
    exchange_key(world, &session).await;
    let key = keeps_a_key(world, &session, "a-key-that-stays").await;
    programs(world, &session, &key).await;
    changes_password(&ada, &session, "chosen a moment ago").await.assert_ok();
    let owner = ada.rival("chosen a moment ago");
    moves(&owner, &session, "elsewhere@example.org").await;
    disowns(&ada).await.assert_ok();
    let token = ada.mailed("reset-password").await;
    world.post("/auth/reset-password", json!({ "token": token, "password": ada.password })).await.assert_ok();

    let session = Session::of(&ada.logs_in().await);
    for path in ["/auth/export", "/api/v1/api-keys/export", "/api/kyc/export", "/oauth/export"] {
        world.get_as(&session, path).await.assert_ok();
    }

    let refreshed = Session::of(&world.refresh(&session.refresh).await);
    world.advance(60);
    world.refresh(&session.refresh).await.assert_status(401); // it was used before
    world.post("/auth/logout", json!({ "access_token": refreshed.access })).await;
    world.mails(&ada.email).await;
    mail_that_waits(world).await;
    cold_starts(world).await;
    challenges(world).await;
    users_who_are_brought_along(world).await;
    somebody_leaves(world).await;
    operators(world).await;
}

/// Sessions are listed, and ended one by one and all at once.
async fn sessions(world: &World, person: &Person<'_>, session: &Session) {
    for _ in 0..2 {
        person.logs_in().await.assert_ok();
    }
    let list = world.get_as(session, "/auth/sessions").await;
    let mut others = list.assert_ok()["sessions"].as_array().unwrap().iter().filter(|one| one["current"] == false);
    let id = others.next().and_then(|one| one["id"].as_str()).unwrap();
    world.delete_as(session, &format!("/auth/sessions/{id}")).await.assert_ok();
    let others = json!({ "access_token": session.access, "scope": "others" });
    world.post("/auth/logout", others).await.assert_ok();
    world.get_as(session, "/auth/events").await.assert_ok();
}

/// The first run seals the key of a project, the second opens it, and so does who signs in.
async fn users_who_are_brought_along(world: &World) {
    for _ in 0..2 {
        imported(world, Source::Firebase, export("firebase.json")).await;
    }
    world.advance(31);
    Person::new(world, "ada@example.com".to_owned()).logs_in().await.assert_ok();
}

/// An account is kept when it was to be deleted, and then deleted.
async fn somebody_leaves(world: &World) {
    let (bob, session) = world.person().signed_in().await;
    world.send(genuine(world, "sumsub", &approval("sumsub", &session.user_id, world.now()))).await;
    keeps_a_key(world, &session, "a-key-that-goes").await;
    world.token(&session, &["keys:read"]).await;
    let leave = async |session| {
        let body = json!({ "current_password": bob.password });
        world.post_as(session, "/auth/delete-account", body).await.assert_ok();
    };
    leave(&session).await;
    let token = bob.mailed("keep-account").await;
    world.post("/auth/keep-account", json!({ "token": token })).await.assert_ok();
    leave(&Session::of(&bob.logs_in().await)).await;
    world.advance(7 * 86_400);
    world.end_accounts_to_the_last().await;
}

/// Whoever signs in is asked for work, and by an instance whose provider has a sealed secret for what that says.
async fn challenges(world: &World) {
    switched(world, true).await;
    let asked = world.person().logs_in().await;
    world.send(asks(LOGIN, &world.person().credentials(), Some(&solved(&asked)))).await.assert_status(401);
    let sealed = seal_setting::seal(&world.operator(), "CHALLENGE_SECRET", &"a secret".repeat(16)).await.unwrap();
    let auth = world.auth_with(|config| config.challenge = turnstile(world, &sealed));
    invoke(&auth::router(auth), asks(LOGIN, &world.person().credentials(), Some("a token"))).await.assert_status(429);
    switched(world, false).await;
}

async fn exchange_key(world: &World, session: &Session) {
    let demos = world.aws.paper().demos();
    let demo = demos.iter().find(|demo| demo.exchange == "okx" && demo.outcome == "ok").unwrap();
    let mut key = json!(demo.credentials);
    key["verify"] = json!(true);
    let created = world.post_as(session, KEYS, key.clone()).await;
    let id = created.body["data"]["id"].as_str().unwrap_or_else(|| panic!("no key in {created:?}"));
    let path = format!("{KEYS}{id}");
    world.get_as(session, KEYS).await;
    world.post_as(session, &format!("{path}/decrypt"), Value::Null).await;
    world.post_as(session, &format!("{path}/test-connection"), Value::Null).await;
    world.patch_as(session, &path, json!({ "label": "x" })).await;
    world.patch_as(session, &path, json!({ "secret": key["secret"], "passphrase": key["passphrase"] })).await;
    world.get_as(session, &format!("{path}/events")).await;
    world.delete_as(session, &path).await.assert_ok();
}

/// Programs of an owner do what they may, and their tokens end in every way: by the owner, by whoever has one, and with whatever secures
/// the account, which comes next.
async fn programs(world: &World, session: &Session, key: &str) {
    let token = world.token(session, &["profile", "keys:read", "keys:decrypt", "kyc:read"]).await;
    for path in ["/auth/profile", KEYS, "/api/kyc/status"] {
        world.ask_by(&token, "GET", path, None).await.assert_ok();
    }
    world.ask_by(&token, "POST", &format!("{key}/decrypt"), None).await.assert_ok();
    let found = world.token(session, &["profile"]).await;
    revokes(world, &found).await.assert_ok();
    let (_, id) = made(world, session, &usual()).await;
    world.get_as(session, TOKENS).await.assert_ok();
    world.delete_as(session, &format!("{TOKENS}/{id}")).await.assert_ok();
}

/// A letter that is put off twice and then sent.
async fn mail_that_waits(world: &World) {
    world.break_down(Service::Ses, Mode::Unavailable, None);
    world.person().signs_up().await;
    world.aws.settled().await.unwrap();
    for _ in 0..2 {
        world.advance(120);
        world.send_waiting_mail().await;
        world.mend();
    }
}

/// Secrets are made by the first instance, and opened by the next.
async fn cold_starts(world: &World) {
    world.another_auth().warm_up().await;
    world.another_vault(world.key(Key::Vault)).warm_up().await;
    let sealed = world.sealed_webhook_secret("sumsub", "secret").await;
    world.deployed_kyc([("sumsub".to_owned(), vec![sealed])].into(), None).warm_up().await;
    world.postman().warm_up().await;
}

/// What people may do with the keys: seal new secrets, and move sealed ones to another key.
async fn operators(world: &World) {
    let (operator, clock) = (world.operator(), &world.clock);
    let signing_key = rotate_signing_key::Arguments { compromised: false };
    rotate_signing_key::rotate(&operator, &signing_key, clock).await.unwrap();
    rotate_pepper::rotate(&operator, clock).await.unwrap();
    let link_key = rotate_link_key::Arguments { compromised: false };
    rotate_link_key::rotate(&operator, &link_key, clock).await.unwrap();
    let account_key = rotate_account_key::Arguments { compromised: false };
    rotate_account_key::rotate(&operator, &account_key, clock).await.unwrap();
    kyc_secret::seal(&operator, "sumsub", "a secret").await.unwrap();

    let mover = world.mover();
    let users_keys = rewrap::Arguments { to: world.another_key(Key::Vault).await, dry_run: false };
    let report = rewrap::rewrap(&mover, &users_keys, |_, _| {}).await.unwrap();
    assert!(report.is_complete() && report.moved > 0, "{report:?}");
    let secrets = rewrap_secrets::Arguments { to: world.another_key(Key::Data).await, dry_run: false };
    let report = rewrap_secrets::rewrap_secrets(&mover, &secrets).await.unwrap();
    assert!(report.is_complete() && report.moved > 0, "{report:?}");
}

/// Each function has the wrong one of the two keys, be it by a setting or by what was sealed for it.
#[tokio::test]
async fn a_function_that_asks_another_key_than_its_role_names_is_refused() {
    let world = World::start().await;
    let session = world.person().signed_in().await.1;
    let (data, vault) = (world.key(Key::Data), world.key(Key::Vault));
    assert_ne!(data, vault);

    let wrong = world.another_vault(data);
    let key = json!({ "exchange": "binance", "label": "x", "api_key": "a-key", "secret": "a-secret" });
    let create = authorized("POST", KEYS, &session.access, Some(key));
    world.send_to_vault(&wrong, create).await.assert_status(500);
    assert_eq!(refused(&world), [("api-keys".to_owned(), "kms:GenerateDataKey".to_owned(), data.to_owned())].into());

    world.empty("Accounts").await;
    let auth = world.another_auth_under(vault);
    world.post_to(&auth, "/auth/login", world.person().credentials()).await.assert_status(500);
    assert_eq!(refused(&world), [("auth".to_owned(), "kms:Encrypt".to_owned(), vault.to_owned())].into());

    let sealed = world.webhook_secret_under(Key::Vault, "sumsub", "secret").await;
    let kyc = world.deployed_kyc([("sumsub".to_owned(), vec![sealed])].into(), None);
    let report = genuine(&world, "sumsub", &approval("sumsub", &session.user_id, world.now()));
    world.send_to_kyc(&kyc, report).await.assert_status(503);
    assert_eq!(refused(&world), [("kyc".to_owned(), "kms:Decrypt".to_owned(), vault.to_owned())].into());
}

/// Who was refused what on which resource since the last look.
fn refused(world: &World) -> BTreeSet<(String, String, String)> {
    let refused = world.aws.take_refused();
    let parts = refused.iter().map(|said| {
        let (who, rest) = said.strip_prefix("User: ")?.split_once(" is not authorized to perform: ")?;
        let (action, rest) = rest.split_once(" on resource: ")?;
        Some((who.to_owned(), action.to_owned(), rest.split_once(" because ")?.0.to_owned()))
    });
    parts.map(|parts| parts.expect("a refusal in these words")).collect()
}

fn explained(permission: &Permission) -> Explained {
    let Permission { function, action, resource, when, .. } = permission;
    let via = when.get("kms:ViaService").map(|service| service.split('.').next().unwrap_or_default().to_owned());
    (function.clone(), action.clone(), resource.clone(), via)
}

/// What AWS does in the functions' names and no request shows here, because their settings in the template ask for it.
fn elsewhere(template: &Template, used: &BTreeSet<Permission>) -> BTreeSet<Explained> {
    let mut needed = BTreeSet::new();
    for function in template.functions() {
        let name = function.binary;
        let mut need = |actions: &[&str], resource: String, via: Option<&str>| {
            let actions = actions.iter().map(|action| (*action).to_owned());
            needed.extend(actions.map(|action| (name.to_owned(), action, resource.clone(), via.map(str::to_owned))));
        };
        let log = function.properties["LoggingConfig"]["LogGroup"]["Ref"].as_str().expect("a log group");
        need(&["logs:CreateLogStream", "logs:PutLogEvents"], format!("{log}.Arn"), None);
        if template.setting(&function, "Tracing") == "Active" {
            need(&["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*".to_owned(), None);
        }
        let events = function.events().map(|(_, event)| event);
        for (table, _) in events.filter_map(|event| attribute(&event["Properties"]["Stream"])) {
            let follow = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"];
            let follow = follow.map(|action| format!("dynamodb:{action}"));
            need(&follow.each_ref().map(String::as_str), format!("{table}.StreamArn"), None);
        }
        if name == "mail" {
            // Which of the sender's identities SES asks for, depends on which are verified: here, it is not the address.
            let address = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${MailFrom}".to_owned();
            need(&["ses:SendEmail"], address, None);
        }
        for queue in given_up_into(function.properties) {
            need(&["sqs:SendMessage"], format!("{queue}.Arn"), None);
            if let Some((key, _)) = attribute(&template.resource(queue)["Properties"]["KmsMasterKeyId"]) {
                need(&["kms:Decrypt", "kms:GenerateDataKey"], format!("{key}.Arn"), Some("sqs"));
            }
        }
        let tables = used.iter().filter(|one| one.function == name).filter_map(|one| one.resource.strip_suffix(".Arn"));
        for table in
            tables.map(|id| template.resource(id)).filter(|resource| resource["Type"] == "AWS::DynamoDB::Table")
        {
            if let Some((key, _)) = attribute(&table["Properties"]["SSESpecification"]["KMSMasterKeyId"]) {
                need(&["kms:Decrypt"], format!("{key}.Arn"), Some("dynamodb"));
            }
        }
    }
    needed
}

/// The queues of all failure destinations below `value`.
fn given_up_into(value: &Value) -> Vec<&str> {
    let destination = attribute(&value["OnFailure"]["Destination"]).map(|(queue, _)| queue);
    let members = value.as_object().into_iter().flatten().map(|(_, member)| member);
    destination.into_iter().chain(members.flat_map(given_up_into)).collect()
}
