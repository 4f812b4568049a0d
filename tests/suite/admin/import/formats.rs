//! The export of each service, and signing in with the passwords that come along.

use std::collections::BTreeSet;

use admin::users_import::{Report, formats::Source};
use serde_json::json;
use tests::{Person, Session, World};

use super::{Written, at, export, hash_of, imported, report};

fn functions(names: &[&str]) -> BTreeSet<auth::import::Function> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

/// Somebody has the old password, wrapped, and a plain hash of it after having signed in.
async fn signs_in_with_the_old_password(person: &Person<'_>, beginning: &str) -> Session {
    let wrapped = hash_of(person).await.unwrap();
    assert!(wrapped.starts_with(beginning) && wrapped.contains("$argon2id$"), "{wrapped}");
    for wrong in ["correct horse batterx", "", &wrapped] {
        person.rival(wrong).logs_in().await.assert_status(401);
    }
    assert_eq!(hash_of(person).await.unwrap(), wrapped, "wrong passwords change nothing");
    let session = Session::of(&person.logs_in().await);
    let plain = hash_of(person).await.unwrap();
    assert!(plain.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid="), "{plain}");
    person.rival("correct horse batterx").logs_in().await.assert_status(401);
    person.logs_in().await.assert_ok();
    assert_eq!(hash_of(person).await.unwrap(), plain, "it is hashed anew once");
    session
}

/// Somebody has no password, and gets one by mail.
async fn needs_a_new_password(person: &Person<'_>) {
    assert_eq!(hash_of(person).await, None);
    person.logs_in().await.assert_status(401);
    let token = person.is_offered_a_password().await;
    let body = json!({ "token": token, "password": "chosen with more care" });
    person.world.post("/auth/reset-password", body).await.assert_ok();
    person.rival("chosen with more care").logs_in().await.assert_ok();
    person.logs_in().await.assert_status(401);
}

/// Nobody has an account at this address.
async fn is_unknown(person: &Person<'_>) {
    person.logs_in().await.assert_status(401);
    assert!(!person.world.accounts().await.iter().any(|row| row["address"] == person.email));
}

async fn is_ada(world: &World, session: &Session) {
    let profile = world.get_as(session, "/auth/profile").await;
    let profile = profile.assert_ok();
    let user = profile.get("user").unwrap_or(profile);
    assert_eq!(user["full_name"], "Ada Lovelace", "{profile}");
    assert_eq!(user["avatar_url"], "https://img.example.com/ada.png", "{profile}");
}

#[tokio::test]
async fn users_of_supabase_keep_ids_and_passwords() {
    for file in ["supabase.csv", "supabase.json"] {
        let world = World::start().await;
        let report = imported(&world, Source::Supabase, export(file)).await;
        let rest = Report {
            without_hash: 1,
            unusable_hash: 1,
            unproven: 2,
            shut_out: 1,
            functions: functions(&["bcrypt:10"]),
            ..Report::default()
        };
        assert_eq!(report, super::report(3, rest), "{file}");
        let ada = at(&world, "ada@example.com");
        let session = signs_in_with_the_old_password(&ada, "bcrypt:10,").await;
        assert_eq!(session.user_id, "b1a5c8a4-3f0e-4c55-9d0e-2f6f0c1f7a01");
        is_ada(&world, &session).await;
        for (email, id) in [("no-hash@example.com", 3), ("too-dear@example.com", 4)] {
            let person = at(&world, email);
            assert_eq!(person.account().await["id"], format!("b1a5c8a4-3f0e-4c55-9d0e-2f6f0c1f7a0{id}"));
            needs_a_new_password(&person).await;
        }
        for email in ["unproven@example.com", "shut-out@example.com"] {
            is_unknown(&at(&world, email)).await;
        }
    }
}

#[tokio::test]
async fn users_of_auth0_keep_passwords() {
    let world = World::start().await;
    let rest = Report {
        without_hash: 1,
        unusable_hash: 1,
        unproven: 1,
        shut_out: 1,
        functions: functions(&["bcrypt:10"]),
        ..Report::default()
    };
    assert_eq!(imported(&world, Source::Auth0, export("auth0.ndjson")).await, report(4, rest));
    let session = signs_in_with_the_old_password(&at(&world, "ada@example.com"), "bcrypt:10,").await;
    is_ada(&world, &session).await;
    // Address and proof stand among the identifiers alone.
    signs_in_with_the_old_password(&at(&world, "cem@example.com"), "bcrypt:10,").await;
    for email in ["no-hash@example.com", "too-dear@example.com"] {
        needs_a_new_password(&at(&world, email)).await;
    }
    for email in ["unproven@example.com", "shut-out@example.com"] {
        is_unknown(&at(&world, email)).await;
    }
}

#[tokio::test]
async fn users_of_firebase_keep_passwords_under_the_sealed_key_of_their_project() {
    let world = World::start().await;
    let rest = Report {
        without_hash: 1,
        unproven: 2,
        shut_out: 1,
        functions: functions(&["firebase-scrypt:14"]),
        ..Report::default()
    };
    assert_eq!(imported(&world, Source::Firebase, export("firebase.json")).await, report(3, rest));
    let (ada, published) = (at(&world, "ada@example.com"), at(&world, "user1@test.com").rival("user1password"));
    // An instance that has read the secrets a moment ago does not know the key.
    ada.logs_in().await.assert_status(503);
    world.advance(31);
    let session = signs_in_with_the_old_password(&ada, "firebase-scrypt:14,").await;
    is_ada(&world, &session).await;
    assert_eq!(world.get_as(&session, "/auth/profile").await.body["phone"], "+14155550100");
    published.logs_in().await.assert_ok();
    needs_a_new_password(&at(&world, "no-hash@example.com")).await;
    for email in ["unproven@example.com", "shut-out@example.com"] {
        is_unknown(&at(&world, email)).await;
    }
}

#[tokio::test]
async fn users_of_anything_else_need_new_passwords() {
    for (from, file) in [(Source::Cognito, "cognito.csv"), (Source::Csv, "anything.csv")] {
        let world = World::start().await;
        let rest = Report { without_hash: 2, unproven: 1, ..Report::default() };
        assert_eq!(imported(&world, from, export(file)).await, report(2, rest), "{file}");
        for email in ["ada@example.com", "cem@example.com"] {
            needs_a_new_password(&at(&world, email)).await;
        }
        is_unknown(&at(&world, "unproven@example.com")).await;
        let ada = at(&world, "ada@example.com").account().await;
        if from == Source::Cognito {
            assert_eq!(ada["id"], "0c7d1a52-6b5e-4f0c-9a3b-6e1d2c3b4a50");
        }
    }
}

/// Bounds are looked at before anything runs: none of these would ever end.
#[tokio::test]
async fn a_project_whose_hashes_are_too_dear_comes_along_without_passwords() {
    let world = World::start().await;
    let mut arguments = super::arguments(Source::Firebase, export("firebase.json"), true);
    arguments.mem_cost = 30;
    let report = super::run_as(world.importer(), &world, &arguments).await.unwrap();
    assert_eq!((report.made, report.without_hash, report.unusable_hash), (3, 1, 2));
    needs_a_new_password(&at(&world, "ada@example.com")).await;
}

#[tokio::test]
async fn what_does_not_fit_into_a_profile_is_left_out() {
    let world = World::start().await;
    let long = "x".repeat(201);
    let rows = format!(
        "email,email_verified,name,picture,phone,id\na@example.com,true,{long},http://x.example,12,own-id\n\
         b@example.com,true,\" \",nonsense,+0,\nB@example.com,true,Bee,,,\n"
    );
    let file = Written::new(&rows);
    let report = imported(&world, Source::Csv, file.0.clone()).await;
    // Two spellings of one address are one account; which of them is quicker does not matter.
    assert_eq!((report.made, report.there, report.id_taken + report.failed.len() as u64), (2, 1, 0));
    let profiles = world.rows_of("Accounts", "ACCOUNT#").await;
    let of_a: Vec<_> = profiles.iter().filter(|row| row["sk"] == "PROFILE" && row["phone"] == "+12").collect();
    assert!(matches!(of_a[..], [row] if row.get("full_name").is_none() && row.get("avatar_url").is_none()));
}
