//! A whole story of second factors. What opens something is in no log, metric, event or row, but sealed or as a hash.

use serde_json::{Value, json};
use tests::{App, Authenticator, ORIGIN, Session, World};

use super::{STEP, wrong_code};
use crate::logs;

const TABLES: [&str; 7] = ["Accounts", "Sessions", "Mail", "ExchangeKeys", "Limits", "Endings", "Kyc"];

/// All texts of a value that are long enough to be recognised.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.len() > 15 => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => members.values().for_each(|member| texts(member, found)),
        _ => {}
    }
}

#[tokio::test]
async fn what_opens_something_is_nowhere_in_the_clear() {
    logs::capture();
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let mut canaries = Vec::new();
    // What must not be in a log, and may well be in a row: a name of a key, a key that anybody may know.
    let mut only_logs = Vec::new();

    let enrolment = world.post_as(&session, "/auth/mfa/totp", json!({})).await;
    let data = enrolment.assert_ok()["data"].clone();
    for name in ["enrolment", "secret", "uri"] {
        canaries.push(data[name].as_str().unwrap().to_owned());
    }
    let app = App::new(data["secret"].as_str().unwrap());
    let mut codes = vec![app.shows(&world), wrong_code(&app, &world)];
    world.activates(&session, &data["enrolment"], &codes[1]).await.assert_status(400);
    let activated = world.activates(&session, &data["enrolment"], &codes[0]).await;
    texts(&activated.assert_ok()["data"]["recovery_codes"], &mut canaries);
    let recovery = activated.body["data"]["recovery_codes"].clone();
    canaries.extend(canaries.clone().iter().filter(|text| text.len() == 19).map(|code| code.replace('-', "")));
    canaries.push(activated.body["data"]["access_token"].as_str().unwrap().to_owned());

    let mut phone = Authenticator::new(ORIGIN);
    phone.counter = 4;
    phone.step = 1;
    let options = world.asks_for_new_passkey(&session).await;
    let made = phone.make(&options);
    canaries.push(options["challenge"].as_str().unwrap().to_owned());
    texts(&made["response"]["clientDataJSON"], &mut canaries);
    texts(&made["response"]["attestationObject"], &mut canaries);
    only_logs.push(made["id"].as_str().unwrap().to_owned());
    world.registers(&session, made, "CanaryName of a phone").await.assert_ok();
    only_logs.push("CanaryName of a phone".to_owned());

    world.advance(STEP);
    for wrong in [true, false] {
        for factor in ["totp", "recovery_code", "passkey"] {
            world.advance(STEP);
            phone.spoils_signatures = wrong;
            let asked = ada.is_asked_for_a_factor().await;
            canaries.push(asked["token"].as_str().unwrap().to_owned());
            canaries.push(asked["passkey"]["challenge"].as_str().unwrap().to_owned());
            let shown = match factor {
                "totp" if wrong => json!(wrong_code(&app, &world)),
                "totp" => json!(app.shows(&world)),
                "recovery_code" if wrong => json!("CANA-RYCA-NARY-CANA"),
                "recovery_code" => recovery[0].clone(),
                _ => phone.sign(&asked["passkey"]),
            };
            texts(&shown["response"]["signature"], &mut canaries);
            texts(&shown["response"]["clientDataJSON"], &mut canaries);
            codes.extend(shown.as_str().filter(|shown| shown.len() == 6).map(str::to_owned));
            let body = json!({ factor: shown, "remember_device": true });
            let reply = world.verifies(&asked, body).await;
            assert_eq!(reply.status == 200, !wrong, "{factor} {reply:?}");
            canaries.extend(reply.header("x-device-token").map(str::to_owned));
            if !wrong {
                let session = Session::of(&reply);
                canaries.extend([session.access, session.refresh]);
            }
        }
    }
    canaries.push("CANA-RYCA-NARY-CANA".to_owned());
    world.advance(STEP);
    codes.push(app.shows(&world));
    world.steps_up(&session, json!({ "totp": app.shows(&world) })).await.assert_ok();
    let renewed = world.post_as(&session, "/auth/mfa/recovery-codes", json!({})).await;
    texts(&renewed.assert_ok()["data"]["recovery_codes"], &mut canaries);
    world.signs_in_by_passkey(&mut phone).await.assert_ok();
    world.delete_as(&session, "/auth/mfa/totp").await.assert_ok();

    let log = logs::text();
    for event in ["mfa_asked", "mfa_passed", "mfa_refused"] {
        assert!(log.contains(event), "{event}");
    }
    let mut rows = String::new();
    for table in TABLES {
        rows += &json!(world.rows(table).await).to_string();
    }
    // Its public key and what it is called stand in the row of a passkey.
    let keys: Vec<_> = world
        .rows_of("Accounts", "ACCOUNT#")
        .await
        .into_iter()
        .filter_map(|row| row["public_key"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(keys.len(), 1);
    assert!(canaries.len() > 50, "{}", canaries.len());
    for canary in &canaries {
        assert!(!log.contains(canary), "{canary} in the log");
        assert!(!rows.contains(canary), "{canary} in a table");
    }
    for canary in only_logs.iter().chain(&keys) {
        assert!(!log.contains(canary), "{canary} in the log");
    }
    // Six digits are in many a number; nothing of the log is a text of these alone, nor is a row's attribute.
    for code in codes {
        for all in [&log, &rows] {
            assert!(!all.contains(&format!("\"{code}\"")) && !all.contains(&format!(" {code}")), "{code}");
        }
    }
}
