//! A token that is being made while all are to end: whoever is quicker, none is left.

use serde_json::json;
use tests::{Reply, Session, World};

use super::{
    ends::{Ada, Deed},
    has_token, is_good, tokens_of,
};
use crate::auth::{changes::overtaken_at, concurrency::TRANSACTION};

/// Where a request is held until the other one is through: at a call of an operation, the first being 1.
type Place = (&'static str, u64);

/// Who makes a token, in a session of the account or in that which does the deed.
struct Race<'w> {
    world: &'w World,
    ada: Ada<'w>,
    maker: Session,
}

impl<'w> Race<'w> {
    async fn of(deed: Deed, world: &'w World) -> Self {
        let mut ada = Box::pin(Ada::about_to(deed, world)).await;
        has_token(world, &ada.session).await;
        let maker = if deed.ends_own_session() { ada.session.clone() } else { ada.signs_in_elsewhere().await };
        world.pause_mail().await;
        Self { world, ada, maker }
    }

    /// Both, one held until the other is through; what each is told.
    async fn run(&mut self, is_deed_slow: bool, place: Place) -> (Reply, Reply) {
        let Self { world, ada, maker } = self;
        let wanted = json!({ "name": "a late program", "scopes": ["profile"] });
        let makes = world.post_as(maker, "/oauth/tokens", wanted);
        if is_deed_slow {
            return Box::pin(overtaken_at(world, place, ada.does_it(), makes)).await;
        }
        let (made, done) = Box::pin(overtaken_at(world, place, makes, ada.does_it())).await;
        (done, made)
    }
}

/// Whether the token was made: whoever is first makes it and loses it, and who comes too late is signed out. None is left.
async fn leaves_none(deed: Deed, is_deed_slow: bool, place: Place) -> bool {
    let world = World::start().await;
    let mut race = Box::pin(Race::of(deed, &world)).await;
    let (done, made) = race.run(is_deed_slow, place).await;
    let what = format!("{deed:?}, slow: {is_deed_slow}, at {place:?}: {} {}", made.status, made.text);
    done.assert_ok();
    assert!([200, 401].contains(&made.status), "{what}");
    if let Some(token) = made.body["data"]["token"].as_str() {
        assert!(!is_good(&world, token).await, "{what}");
    }
    assert!(tokens_of(&world, &race.maker).await.is_empty(), "{what}");
    made.status == 200
}

#[tokio::test]
async fn a_token_that_is_made_before_a_change_is_written_ends_with_it() {
    for deed in Deed::ENDS {
        assert!(Box::pin(leaves_none(deed, true, (TRANSACTION, 1))).await, "{deed:?}");
    }
}

#[tokio::test]
async fn a_token_that_would_be_written_after_a_change_is_not_made() {
    for deed in Deed::ENDS {
        assert!(!Box::pin(leaves_none(deed, false, (TRANSACTION, 1))).await, "{deed:?}");
    }
}

/// Made while the count is read, which is the last read of a row, or while the tokens are looked for.
#[tokio::test]
async fn a_change_that_is_looking_for_tokens_overlooks_none() {
    for (deed, last_read) in
        [(Deed::Reset, 5), (Deed::Change, 6), (Deed::NotMe, 4), (Deed::Confirm, 5), (Deed::Ban, 4), (Deed::Delete, 5)]
    {
        for place in [("GetItem", last_read), ("Query", 1), ("Query", 2)] {
            Box::pin(leaves_none(deed, true, place)).await;
        }
    }
}

/// Whatever has been read by then: the session, the guard, the count, the tokens.
#[tokio::test]
async fn whoever_has_begun_to_make_a_token_before_a_change_makes_none() {
    for deed in [Deed::Reset, Deed::Change, Deed::Delete] {
        for place in [("GetItem", 1), ("GetItem", 2), ("GetItem", 3), ("Query", 1)] {
            Box::pin(leaves_none(deed, false, place)).await;
        }
    }
}

#[tokio::test]
async fn what_leaves_tokens_is_not_in_the_way_of_a_new_one() {
    for deed in [Deed::ChangeAndKeep, Deed::FirstFactor] {
        for is_deed_slow in [false, true] {
            let world = World::start().await;
            let mut race = Box::pin(Race::of(deed, &world)).await;
            race.maker = race.ada.session.clone();
            let (done, made) = race.run(is_deed_slow, (TRANSACTION, 1)).await;
            done.assert_ok();
            let token = made.assert_ok()["data"]["token"].as_str().unwrap().to_owned();
            assert!(is_good(&world, &token).await, "{deed:?}");
            assert_eq!(tokens_of(&world, &race.maker).await.len(), 2, "{deed:?}");
        }
    }
}
