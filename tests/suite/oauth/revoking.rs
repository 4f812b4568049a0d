//! Whoever has a token ends it: by the shapes of RFC 7009, and nobody learns whether a token was one.

use serde_json::{Value, json};
use tests::{Request, World};

use super::{DAY, REVOKE, form, happened, listed, made, revokes, rows, told, usual};
use crate::auth::switches::everybody_leaves;

#[tokio::test]
async fn whoever_has_a_token_ends_it_and_its_owner_is_told() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let (token, _) = made(&world, &session, &usual()).await;
    let (_, stays) = made(&world, &session, &usual()).await;
    let reply = world.send_from("198.51.100.20", form(&format!("token={token}&token_type_hint=access_token"))).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, ""));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let left = listed(&world, &session).await;
    assert_eq!(left.iter().map(|token| &token["id"]).collect::<Vec<_>>(), [&json!(stays)]);
    let event = rows(&world, &session, "EVENT#").await.pop().unwrap();
    let said = ["action", "by", "ip", "session"].map(|member| event[member].clone());
    assert_eq!(said, [json!("token_ended"), json!("token"), json!("198.51.100.20"), Value::Null]);
    assert_eq!(told(&world, &ada.email).await[0], "A token of your account with Tested & Tried was ended");
    let mail = &world.mails(&ada.email).await[0];
    let text = mail.text.as_deref().unwrap().replace('\n', " ");
    assert!(
        text.contains("a program") && text.contains("198.51.100.20") && text.contains("whoever had the token"),
        "{text}"
    );
    let token_of_link = mail.links[0].split_once("token=").unwrap().1;
    world.post("/auth/not-me", json!({ "token": token_of_link })).await.assert_ok();
}

#[tokio::test]
async fn what_is_no_living_token_is_answered_alike_and_changes_nothing() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let (token, _) = made(&world, &session, &usual()).await;
    let last = if token.ends_with('A') { "Q" } else { "A" };
    let forged = format!("{}{last}", &token[..91]);
    // The names of a row are right, the secret is not.
    let other = format!("{}{}{}", &token[..60], if token[60..].starts_with('A') { "B" } else { "A" }, &token[61..]);
    let before = (rows(&world, &session, "").await, world.mails(&ada.email).await.len());
    for shown in
        [&forged, &other, "bcpat_", "x", &session.access, &session.refresh, &format!("bcpat_{}", "A".repeat(86))]
    {
        let reply = revokes(&world, shown).await;
        assert_eq!((reply.status, reply.text.as_str()), (200, ""), "{shown}");
    }
    assert_eq!((rows(&world, &session, "").await, world.mails(&ada.email).await.len()), before);
    world.advance(90 * DAY);
    revokes(&world, &token).await.assert_ok();
    assert_eq!(rows(&world, &session, "EVENT#").await.len(), 1, "its time is over");
}

/// Operators may take that back, and a token that somebody has ended must not come to life again then.
#[tokio::test]
async fn one_that_operators_have_ended_with_all_sessions_ends_for_good() {
    let world = World::start().await;
    let (_ada, session) = world.person().signed_in().await;
    let (token, _) = made(&world, &session, &usual()).await;
    everybody_leaves(&world, true).await;
    world.advance(31);
    revokes(&world, &token).await.assert_ok();
    assert!(rows(&world, &session, "PAT#").await.is_empty());
    assert_eq!(happened(&world, &session).await[1], (json!("token_ended"), json!("token")));
}

#[tokio::test]
async fn what_is_no_form_with_one_token_is_refused_in_the_words_of_the_protocol() {
    let world = World::start().await;
    let (_ada, session) = world.person().signed_in().await;
    let (token, _) = made(&world, &session, &usual()).await;
    let json_body = json!({ "token": token }).to_string();
    let of_type = |kind: Option<&str>, body: &str| {
        let headers = kind.map(|kind| ("content-type".to_owned(), kind.to_owned()));
        Request { headers: headers.into_iter().collect(), ..form(body) }
    };
    let fits = format!("{:x<1$}", format!("token={token}&filling="), 16 * 1024);
    for (request, status) in [
        (form(""), 400),
        (form("token="), 400),
        (form("token_type_hint=access_token"), 400),
        (form(&format!("token={token}&token={token}")), 400),
        (form(&format!("token={token}&token=")), 400),
        (form(&format!("token={token}&token_type_hint=a&token_type_hint=a")), 400),
        (of_type(Some("application/json"), &json_body), 400),
        (of_type(Some("text/plain"), &format!("token={token}")), 400),
        (of_type(None, &format!("token={token}")), 400),
        (form(&format!("{fits}x")), 413),
    ] {
        let body = request.body.clone().unwrap();
        let reply = world.send(request).await;
        assert_eq!(reply.assert_status(status)["error"], "invalid_request", "{body}");
        assert!(reply.body["error_description"].is_string() && !reply.text.contains(&token), "{reply:?}");
        assert_eq!(reply.header("cache-control"), Some("no-store"));
    }
    assert_eq!(listed(&world, &session).await.len(), 1);
    world.get(&format!("{REVOKE}?token={token}")).await.assert_status(405);
    // A browser writes it like this.
    let kind = Some("Application/X-WWW-Form-Urlencoded; charset=UTF-8");
    let fits = format!("{:x<1$}", format!("token={token}&a=1&a=2&filling="), 16 * 1024);
    world.send(of_type(kind, &fits)).await.assert_ok();
    assert!(listed(&world, &session).await.is_empty());
}
