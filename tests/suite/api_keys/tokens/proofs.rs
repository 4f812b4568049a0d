//! What a token stands for: its owner has proven to be that when it was made, with the second factors that there were then.

use admin::{
    switching::{self, switch},
    vault_freeze,
};
use serde_json::json;
use tests::{Reply, World};

use super::with_a_program;
use crate::{
    api_keys::{Owner, assert_conflict, binance, rows, step_up::changes_session},
    kyc::{approval, genuine},
    scopes::row_of,
};

fn is_refused(reply: &Reply, code: &str) {
    reply.assert_status(403);
    assert_eq!(reply.body["data"]["code"], code, "{reply:?}");
}

/// It was made by somebody who had proven a second factor; five minutes later the session is asked for one again, and its program is not.
#[tokio::test]
async fn a_token_needs_no_proof_of_late() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    for (attribute, value) in [("mfa", json!(true)), ("aal", json!("aal2"))] {
        changes_session(&ada, attribute, value).await;
    }
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let token = ada.token().await;
    assert_eq!(row_of(&world, &token).await["mfa"], true);
    world.advance(301);
    is_refused(&ada.decrypts(&id).await, "STEP_UP_REQUIRED");
    is_refused(&ada.changes(&id, json!({ "secret": "another" })).await, "STEP_UP_REQUIRED");
    is_refused(&ada.creates(&binance("the-second-name2")).await, "STEP_UP_REQUIRED");
    let program = ada.with(&token);
    program.decrypts(&id).await.assert_ok();
    program.changes(&id, json!({ "secret": "another" })).await.assert_ok();
    program.creates(&binance("the-second-name2")).await.assert_ok();
}

/// Whatever sessions say: what counts is what was so when the token was made.
#[tokio::test]
async fn where_factors_are_required_the_tokens_row_says_whether_there_were_any() {
    let world = World::with_vault(|config| config.require_mfa = true).await;
    let ada = Owner::of(&world).await;
    for (attribute, value) in [("mfa", json!(true)), ("aal", json!("aal2"))] {
        changes_session(&ada, attribute, value).await;
    }
    let id = ada.keeps(&binance("the-first-name-1")).await;
    for (mfa, session) in [(false, true), (true, false)] {
        let token = ada.token().await;
        let row = row_of(&world, &token).await;
        world.tamper("Grants", &row, "mfa", json!(mfa)).await;
        changes_session(&ada, "mfa", json!(session)).await;
        let (program, before) = (ada.with(&token), rows(&world).await.len());
        let (shown, kept) = (program.decrypts(&id).await, program.creates(&binance("the-second-name2")).await);
        if mfa {
            shown.assert_ok();
            kept.assert_ok();
            continue;
        }
        is_refused(&shown, "MFA_REQUIRED");
        is_refused(&kept, "MFA_REQUIRED");
        // The try is an access, and all that is left of both.
        assert_eq!(rows(&world).await.len(), before + 1);
        assert_eq!(ada.events(&id).await[0]["outcome"], "MFA_REQUIRED");
    }
}

#[tokio::test]
async fn a_program_stores_keys_where_its_owner_may() {
    let world = World::with_vault(|config| config.require_kyc = true).await;
    let (ada, program) = with_a_program(&world).await;
    is_refused(&program.creates(&binance("the-first-name-1")).await, "KYC_REQUIRED");
    world.send(genuine(&world, "sumsub", &approval("sumsub", &ada.session.user_id, world.now()))).await.assert_ok();
    program.creates(&binance("the-first-name-1")).await.assert_ok();
}

#[tokio::test]
async fn while_operators_have_shut_the_vault_it_shows_programs_nothing() {
    let world = World::start().await;
    let (ada, program) = with_a_program(&world).await;
    let id = ada.keeps(&binance("the-first-name-1")).await;
    let shut = async |on: bool| {
        let wanted = vault_freeze::Wanted { on, off: !on };
        switch(&world.operator(), &switching::Arguments { wanted, yes: true }, &world.clock).await.unwrap();
        world.advance(30);
    };
    program.decrypts(&id).await.assert_ok();
    shut(true).await;
    let refused = program.decrypts(&id).await;
    assert_conflict(&refused, "VAULT_FROZEN");
    assert_eq!(refused.header("retry-after"), Some("3600"));
    program.changes(&id, json!({ "label": "x" })).await.assert_ok();
    shut(false).await;
    program.decrypts(&id).await.assert_ok();
}
