//! What operators decide about accounts.

use admin::{
    account_change::{Arguments, Told, change},
    endings_show::show,
};
use auth::operators::Command;
use serde_json::json;
use shared::ids::AccountId;
use tests::{Person, Session, World};

use crate::auth::changes::overtaken;

const WEEK: u64 = 7 * 86_400;

async fn changes(world: &World, session: &Session, command: &Command, yes: bool) -> Told {
    let arguments = Arguments { user: AccountId::parse(&session.user_id).unwrap(), yes };
    change(&world.operator(), &arguments, command, &world.clock).await.unwrap()
}

fn ban() -> Command {
    Command::Ban("stolen_funds".to_owned())
}

async fn is_shut(ada: &Person<'_>, session: &Session) {
    let world = ada.world;
    assert_eq!(world.get_as(session, "/auth/profile").await.status, 401);
    assert_eq!(world.refresh(&session.refresh).await.status, 401);
}

#[tokio::test]
async fn whoever_is_suspended_is_out_at_once_and_is_told_with_the_right_password_alone() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let told = changes(&world, &session, &ban(), false).await;
    assert_eq!(told.to_string(), "not suspended; --yes does it");
    world.get_as(&session, "/auth/profile").await.assert_ok();

    assert!(changes(&world, &session, &ban(), true).await.is_done);
    is_shut(&ada, &session).await;
    let login = ada.logs_in().await;
    assert_eq!((login.status, &login.body["error"]), (403, &json!("This account is suspended")));
    assert_eq!(ada.rival("a guess").logs_in().await.status, 401);
    let again = changes(&world, &session, &ban(), true).await;
    assert!(!again.is_done && again.to_string().starts_with("suspended since "), "{again}");
    assert!(again.to_string().ends_with(": stolen_funds; nothing to do"), "{again}");

    assert!(changes(&world, &session, &Command::Unban, true).await.is_done);
    let back = Session::of(&ada.logs_in().await);
    let events = world.rows_of("Accounts", "ACCOUNT#").await;
    let mut actions: Vec<_> = events.iter().filter_map(|row| row["action"].as_str()).collect();
    actions.sort_unstable();
    assert_eq!(actions, ["banned", "unbanned"]);
    assert!(events.iter().filter(|row| row["action"].is_string()).all(|row| row["by"] == "operator"));
    is_shut(&ada, &session).await;
    world.get_as(&back, "/auth/profile").await.assert_ok();
    assert!(!changes(&world, &back, &Command::Unban, true).await.is_done);
}

#[tokio::test]
async fn an_operator_has_an_account_deleted_and_its_owner_keeps_it() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    assert!(!changes(&world, &session, &Command::End, false).await.is_done);
    assert!(world.rows("Endings").await.is_empty());
    assert!(changes(&world, &session, &Command::End, true).await.is_done);
    is_shut(&ada, &session).await;
    assert!(!changes(&world, &session, &Command::End, true).await.is_done, "once is enough");
    let token = ada.mailed("keep-account").await;
    world.post("/auth/keep-account", json!({ "token": token })).await.assert_ok();
    let session = Session::of(&ada.logs_in().await);

    // One that is suspended ends as well, and its owner has no say in it.
    assert!(changes(&world, &session, &ban(), true).await.is_done);
    assert!(changes(&world, &session, &Command::End, true).await.is_done);
    let token = ada.mailed("keep-account").await;
    world.post("/auth/keep-account", json!({ "token": token })).await.assert_status(400);
    world.advance(WEEK);
    world.end_accounts_to_the_last().await;
    assert_eq!(ada.logs_in().await.status, 401);
    for command in [ban(), Command::Unban, Command::End] {
        let told = changes(&world, &session, &command, true).await;
        assert_eq!(told.to_string(), "it has been deleted; nothing to do");
    }
    let nobody = Session { user_id: "01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11".to_owned(), ..session };
    assert_eq!(changes(&world, &nobody, &ban(), true).await.to_string(), "there is no such account; nothing to do");
}

#[tokio::test]
async fn an_operator_sees_who_is_to_be_deleted_and_what_is_done_of_it() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let shown = async || show(&world.operator(), &world.clock).await.unwrap();
    assert!(shown().await.is_empty());
    changes(&world, &session, &Command::End, true).await;
    let due = world.now() + std::time::Duration::from_secs(WEEK);
    assert_eq!(shown().await, [format!("{} due {due}", session.user_id)]);
    world.advance(WEEK + 5);
    world.break_down(local::Service::DynamoDb, local::Mode::Unavailable, Some("BatchWriteItem"));
    world.end_accounts().await;
    world.end_accounts().await;
    world.mend();
    let now = world.now();
    let line = format!("{} due {due}, begun {now}, kyc_at {now}, grants_at {now}, overdue for 5 s", session.user_id);
    let [shown_now] = &shown().await[..] else { panic!("one row") };
    assert_eq!(shown_now.replace(&format!(", vault_at {now}"), ""), line);
    world.put_rows("Endings", vec![json!({ "pk": "ENDING", "sk": "000000000001#nobody" })]).await;
    assert_eq!(shown().await[0], "000000000001#nobody: nobody can read it");
}

#[tokio::test]
async fn nobody_who_signs_in_at_the_moment_of_a_ban_stays() {
    let ban = ban();
    for ban_is_slow in [false, true] {
        let world = World::start().await;
        let (ada, session) = world.person().signed_in().await;
        let (login, ban) = (Box::pin(ada.logs_in()), Box::pin(changes(&world, &session, &ban, true)));
        let (login, told) = if ban_is_slow {
            let (told, login) = overtaken(&world, "TransactWriteItems", ban, login).await;
            (login, told)
        } else {
            overtaken(&world, "TransactWriteItems", login, ban).await
        };
        assert!(told.is_done, "{told}");
        assert_eq!(login.status, 401, "{login:?}");
        assert_eq!(world.rows_of("Sessions", "ACCOUNT#").await.len(), 1, "only the guard");
        assert_eq!(ada.logs_in().await.status, 403);
    }
}
