//! A token that is good for chosen keys only knows of no others.

use serde_json::{Value, json};
use tests::{World, authorized};

use crate::api_keys::{
    KEYS, Owner, assert_no_key, binance, demo,
    pages::{many_keys, page},
    rows,
};

#[tokio::test]
async fn a_key_that_is_not_chosen_is_none() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let (chosen, other) = (ada.keeps(&demo(&world, "okx", "ok")).await, ada.keeps(&demo(&world, "gate", "ok")).await);
    let token = ada.token_of(&[&chosen]).await;
    let program = ada.with(&token);
    let mut routes = api_keys::routes();
    routes.retain(|route| route.path.contains("{key_id}"));
    routes.sort_by_key(|route| route.method == "DELETE");
    assert_eq!(routes.len(), 5);
    let (before, used) = (rows(&world).await, world.rows("Limits").await);
    world.aws.paper().reset_calls();
    let worst = json!({ "label": "mine", "api_key": "mine", "secret": "mine", "passphrase": "mine" });
    for route in &routes {
        let path = route.path.replace("{key_id}", &other);
        let request = authorized(route.method, &path, &token.secret, Some(worst.clone()));
        let (reply, calls) = world.calls(world.send(request)).await;
        assert_no_key(&reply);
        // A key that nobody has is answered the same.
        let path = route.path.replace("{key_id}", "01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11");
        let unknown = world.send(authorized(route.method, &path, &token.secret, Some(worst.clone()))).await;
        assert_eq!(reply.told(), unknown.told());
        assert!(calls.kms.is_empty(), "{} {path}: {calls:?}", route.method);
    }
    assert_eq!((rows(&world).await, world.rows("Limits").await), (before, used));
    assert!(world.aws.paper().calls().is_empty());
    assert_eq!(program.lists().await, [program.sees(&chosen).await]);

    // The same requests are good ones.
    for route in &routes {
        let path = route.path.replace("{key_id}", &chosen);
        world.send(authorized(route.method, &path, &token.secret, Some(json!({})))).await.assert_ok();
    }
    assert_eq!(program.lists().await, [json!(null); 0]);
    // Its accesses are still told, and those of others are not, whether there are such keys or not.
    assert!(program.events(&chosen).await.iter().any(|event| event["action"] == "delete"));
    assert_no_key(&program.sends("GET", &format!("{other}/events"), None).await);
    ada.deletes(&other).await.assert_ok();
    assert!(!ada.events(&other).await.is_empty());
    assert_no_key(&program.sends("GET", &format!("{other}/events"), None).await);
}

#[tokio::test]
async fn it_adds_no_key() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let chosen = ada.keeps(&binance("the-first-name-1")).await;
    let program = ada.with(&ada.token_of(&[&chosen]).await);
    let before = rows(&world).await;
    let (refused, calls) = world.calls(program.creates(&binance("the-second-name2"))).await;
    let body = json!({
        "success": false, "message": "This token is good for chosen API keys only and cannot add any",
        "data": { "code": "ONLY_CHOSEN_KEYS" },
    });
    assert_eq!((refused.status, &refused.body), (403, &body));
    assert_eq!((rows(&world).await, calls.kms.len()), (before, 0));
    ada.with(&ada.token().await).keeps(&binance("the-second-name2")).await;
}

/// All pages, each of which costs the token and one query.
async fn walk(program: &Owner<'_>, limit: usize) -> Vec<String> {
    let (mut found, mut query) = (Vec::new(), format!("?limit={limit}"));
    loop {
        let (reply, calls) = program.world.calls(program.sends("GET", &query, None)).await;
        let cost: Vec<_> = calls.dynamodb.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        assert_eq!(cost, [("GetItem", 1), ("Query", 1)]);
        let (ids, next) = page(&reply, "api_keys");
        assert!(next.is_none() || ids.len() == limit, "{} of {limit}", ids.len());
        found.extend(ids);
        match next {
            Some(cursor) => query = format!("?limit={limit}&cursor={cursor}"),
            None => return found,
        }
    }
}

#[tokio::test]
async fn pages_hold_the_chosen_keys_each_once_and_none_is_empty() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let all = many_keys(&ada, 200).await;
    let nobodys = "01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11".to_owned();
    for chosen in [vec![0], vec![199], vec![0, 199], vec![3, 4, 5, 60, 61, 198], (0..200).step_by(9).collect()] {
        let chosen: Vec<_> = chosen.into_iter().map(|at: usize| all[at].clone()).collect();
        let wanted: Vec<_> = chosen.iter().chain([&nobodys]).collect();
        let program = ada.with(&ada.token_of(&wanted).await);
        program.sends("GET", "", None).await.assert_ok();
        for limit in [1, 2, 3, 6, 100] {
            let found = walk(&program, limit).await;
            assert_eq!((found.len(), found == chosen), (chosen.len(), true), "{limit}");
        }
    }
}

/// What an account has more of than a query gives at once.
#[tokio::test]
async fn the_oldest_key_is_found_behind_all_others() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let all = many_keys(&ada, 1_000).await;
    let (newest, oldest) = (&all[0], &all[999]);
    let program = ada.with(&ada.token_of(&[newest, oldest]).await);
    let (first, cursor) = page(&program.sends("GET", "?limit=1", None).await, "api_keys");
    assert_eq!(first, [newest.as_str()]);
    let query = format!("?limit=1&cursor={}", cursor.unwrap());
    let (second, end) = page(&program.sends("GET", &query, None).await, "api_keys");
    assert_eq!((&second[..], end), (&all[999..], None));
    // A cursor says where in the account's list to go on, to whoever may see it.
    let (rest, _) = page(&ada.sends("GET", &query, None).await, "api_keys");
    assert_eq!(rest, all[1..2]);
}

/// A token of another account that names somebody's key: what is chosen is chosen among one's own.
#[tokio::test]
async fn a_choice_opens_nothing_of_somebody_elses() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let victim = ada.keeps(&demo(&world, "okx", "ok")).await;
    let own = bob.keeps(&demo(&world, "gate", "ok")).await;
    let token = bob.token_of(&[&own]).await;
    let row = crate::scopes::row_of(&world, &token).await;
    world.tamper("Grants", &row, "key_ids", json!([victim, own])).await;
    let program = bob.with(&token);
    assert_no_key(&program.decrypts(&victim).await);
    assert_no_key(&program.sends("GET", &format!("{victim}/events"), None).await);
    let listed: Vec<Value> = program.lists().await.into_iter().map(|key| key["id"].clone()).collect();
    assert_eq!(listed, [own]);
    let path = format!("{KEYS}{victim}");
    assert_no_key(&world.send(authorized("DELETE", &path, &token.secret, None)).await);
}
