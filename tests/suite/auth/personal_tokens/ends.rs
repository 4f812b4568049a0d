//! What ends personal tokens, and what leaves them.

use admin::{account_change, sessions_end};
use auth::operators::Command;
use serde_json::{Value, json};
use shared::ids::AccountId;
use tests::{Added, App, Authenticator, ORIGIN, Person, Reply, Session, World};

use super::{copies, has_token, is_good, tokens_of};
use crate::{
    admin::mfa::{Wanted, resets_factors},
    auth::changes::{asks_for, at, changes_password, moves, resets},
};

const NEW: &str = "chosen a moment ago";
const THERE: &str = "elsewhere@example.org";
const THREE_DAYS: u64 = 72 * 60 * 60;

/// What somebody does, or an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Reset,
    Confirm,
    /// By a letter to the present address.
    NotMe,
    /// By one to the former address.
    Restore,
    /// By one that tells of a factor, after the account was taken back.
    Disown,
    RemoveApp,
    ReplaceApp,
    RemovePasskey,
    Change,
    Delete,
    Ban,
    End,
    ResetFactors,
    ChangeAndKeep,
    FirstFactor,
    SecondFactor,
    RenewCodes,
    StepUp,
    ChangeLanguage,
    SignOut,
    SignOutEverywhere,
    Revoke,
    EndSessions,
    AskForAddress,
}

impl Deed {
    /// What ends all tokens.
    pub const ENDS: [Self; 13] = [
        Self::Reset,
        Self::Confirm,
        Self::NotMe,
        Self::Restore,
        Self::Disown,
        Self::RemoveApp,
        Self::ReplaceApp,
        Self::RemovePasskey,
        Self::Change,
        Self::Delete,
        Self::Ban,
        Self::End,
        Self::ResetFactors,
    ];
    /// What leaves them.
    const LEAVES: [Self; 11] = [
        Self::ChangeAndKeep,
        Self::FirstFactor,
        Self::SecondFactor,
        Self::RenewCodes,
        Self::StepUp,
        Self::ChangeLanguage,
        Self::SignOut,
        Self::SignOutEverywhere,
        Self::Revoke,
        Self::EndSessions,
        Self::AskForAddress,
    ];

    /// Whether the session ends, too, in which it is done.
    pub const fn ends_own_session(self) -> bool {
        !matches!(
            self,
            Self::RemoveApp
                | Self::ReplaceApp
                | Self::RemovePasskey
                | Self::Change
                | Self::ChangeAndKeep
                | Self::FirstFactor
        )
    }

    /// Whether an operator does it.
    pub const fn is_of_operators(self) -> bool {
        matches!(self, Self::Ban | Self::End | Self::ResetFactors | Self::EndSessions)
    }

    /// Whether it is about second factors, of which there are some.
    const fn needs_factors(self) -> bool {
        matches!(
            self,
            Self::Disown
                | Self::RemoveApp
                | Self::ReplaceApp
                | Self::RemovePasskey
                | Self::ResetFactors
                | Self::SecondFactor
                | Self::RenewCodes
        )
    }
}

/// Somebody who is about to do something.
pub struct Ada<'w> {
    pub person: Person<'w>,
    pub session: Session,
    deed: Deed,
    /// The token of the letter that it is done by, or the id of a factor.
    by: String,
    app: Value,
    phone: Authenticator,
}

impl<'w> Ada<'w> {
    pub async fn about_to(deed: Deed, world: &'w World) -> Self {
        let (mut person, mut session) = world.person().signed_in().await;
        let (mut phone, mut by) = (Authenticator::new(ORIGIN), String::new());
        if deed.needs_factors() {
            session = world.enrols_app(&session).await.1.session;
            Added { session, id: by, .. } = world.adds_passkey(&session, &mut phone, "Phone").await;
        }
        match deed {
            Deed::Reset => by = person.is_offered_a_password().await,
            Deed::Confirm => {
                asks_for(&person, &session, THERE).await.assert_ok();
                by = at(&person, THERE).mailed("confirm-email").await;
            }
            Deed::NotMe => {
                asks_for(&person, &session, THERE).await.assert_ok();
                by = person.mailed("not-me").await;
            }
            Deed::Restore => {
                let there = moves(&person, &session, THERE).await;
                (session, by) = (Session::of(&there.logs_in().await), person.mailed("not-me").await);
                person = there;
            }
            Deed::Disown => {
                by = person.mailed("not-me").await;
                world.advance(1);
                resets(world, &person.is_offered_a_password().await, NEW).await.assert_ok();
                session = Session::of(&world.signs_in_by_passkey(&mut phone).await);
            }
            Deed::ResetFactors => {
                let user = AccountId::parse(&session.user_id).unwrap();
                assert!(resets_factors(world, user, Wanted::Request, true).await.unwrap().is_done);
                world.advance(THREE_DAYS);
                session = Session::of(&world.refresh(&session.refresh).await);
                proves_again(world, &session).await;
            }
            _ => {}
        }
        let app = match deed {
            Deed::FirstFactor | Deed::ReplaceApp => {
                world.post_as(&session, "/auth/mfa/totp", json!({})).await.assert_ok()["data"].clone()
            }
            _ => json!(null),
        };
        world.aws.settled().await.unwrap();
        Self { person, session, deed, by, app, phone }
    }

    /// One session more.
    pub async fn signs_in_elsewhere(&mut self) -> Session {
        Session::of(&if self.deed.needs_factors() {
            self.person.world.signs_in_by_passkey(&mut self.phone).await
        } else {
            self.person.logs_in().await
        })
    }

    pub async fn does_it(&mut self) -> Reply {
        let (world, session) = (self.person.world, &self.session);
        let user = AccountId::parse(&session.user_id).unwrap();
        let redeems = async |page: &str| world.post(&format!("/auth/{page}"), json!({ "token": self.by })).await;
        match self.deed {
            Deed::Reset => resets(world, &self.by, NEW).await,
            Deed::Confirm => redeems("confirm-email").await,
            Deed::NotMe | Deed::Restore | Deed::Disown => redeems("not-me").await,
            Deed::RemoveApp => world.delete_as(session, "/auth/mfa/totp").await,
            Deed::RemovePasskey => world.delete_as(session, &format!("/auth/mfa/passkeys/{}", self.by)).await,
            Deed::FirstFactor | Deed::ReplaceApp => {
                let shown = App::new(self.app["secret"].as_str().unwrap()).shows(world);
                world.activates(session, &self.app["enrolment"], &shown).await
            }
            Deed::SecondFactor => {
                let passkey = self.phone.make(&world.asks_for_new_passkey(session).await);
                world.registers(session, passkey, "Key").await
            }
            Deed::RenewCodes => world.post_as(session, "/auth/mfa/recovery-codes", json!({})).await,
            Deed::StepUp => world.steps_up(session, json!({ "password": self.person.password })).await,
            Deed::Change => changes_password(&self.person, session, NEW).await,
            Deed::ChangeAndKeep => {
                let current = &self.person.password;
                let body = json!({ "current_password": current, "new_password": NEW, "keep_apps": true });
                world.post_as(session, "/auth/change-password", body).await
            }
            Deed::AskForAddress => asks_for(&self.person, session, THERE).await,
            Deed::ChangeLanguage => world.patch_as(session, "/auth/preferences", json!({ "language": "de" })).await,
            Deed::Delete => {
                let body = json!({ "current_password": self.person.password });
                world.post_as(session, "/auth/delete-account", body).await
            }
            Deed::SignOut | Deed::SignOutEverywhere => {
                let scope = if self.deed == Deed::SignOut { "local" } else { "global" };
                world.post("/auth/logout", json!({ "access_token": session.access, "scope": scope })).await
            }
            Deed::Revoke => {
                let id = crate::auth::session_list::id(session);
                world.delete_as(session, &format!("/auth/sessions/{id}")).await
            }
            Deed::Ban => orders(world, user, Command::Ban("stolen_funds".to_owned())).await,
            Deed::End => orders(world, user, Command::End).await,
            Deed::ResetFactors => {
                assert!(resets_factors(world, user, Wanted::Finish, true).await.unwrap().is_done);
                world.get("/api/kyc/health").await
            }
            Deed::EndSessions => {
                let of = sessions_end::Of { user: Some(user), everybody: false };
                let arguments = sessions_end::Arguments { of, yes: true };
                sessions_end::end(&world.operator(), &arguments, &world.clock, |_, _| {}).await.unwrap();
                world.get("/api/kyc/health").await
            }
        }
    }
}

/// As if somebody who is signed in had shown a factor just now; whoever really does stops a reset of factors.
async fn proves_again(world: &World, session: &Session) {
    let rows = world.rows_of("Sessions", &format!("ACCOUNT#{}", session.user_id)).await;
    let row = rows.iter().find(|row| row["sk"] != "GUARD").unwrap();
    world.tamper("Sessions", row, "auth_time", json!(world.now().as_second())).await;
}

/// An operator's command, answered as if by a request.
async fn orders(world: &World, user: AccountId, command: Command) -> Reply {
    let arguments = account_change::Arguments { user, yes: true };
    assert!(account_change::change(&world.operator(), &arguments, &command, &world.clock).await.unwrap().is_done);
    world.get("/api/kyc/health").await
}

/// Ada with two tokens, and Bob with one; and a row of Ada's that nobody can read.
async fn before(world: &World, ada: &Ada<'_>) -> ([String; 2], String) {
    let own = [has_token(world, &ada.session).await, has_token(world, &ada.session).await];
    let mut unreadable = copies(world, &ada.session, 1).await;
    unreadable[0]["hash"] = json!(7);
    world.put_rows("Grants", unreadable).await;
    let (_, bob) = world.person().signed_in().await;
    let other = has_token(world, &bob).await;
    for token in [&own[0], &own[1], &other] {
        assert!(is_good(world, token).await, "{:?}", ada.deed);
    }
    (own, other)
}

#[tokio::test]
async fn all_tokens_of_an_account_end_at_once_and_those_of_others_go_on() {
    for deed in Deed::ENDS {
        let world = World::start().await;
        let mut ada = Box::pin(Ada::about_to(deed, &world)).await;
        let (own, other) = before(&world, &ada).await;
        Box::pin(ada.does_it()).await.assert_ok();
        assert_eq!(tokens_of(&world, &ada.session).await, [json!(null); 0], "{deed:?}");
        for token in &own {
            assert!(!is_good(&world, token).await, "{deed:?}");
        }
        assert!(is_good(&world, &other).await, "{deed:?}");
    }
}

#[tokio::test]
async fn what_proves_nothing_new_leaves_them() {
    for deed in Deed::LEAVES {
        let world = World::start().await;
        let mut ada = Box::pin(Ada::about_to(deed, &world)).await;
        let (own, other) = before(&world, &ada).await;
        let rows = tokens_of(&world, &ada.session).await;
        Box::pin(ada.does_it()).await.assert_ok();
        assert_eq!(tokens_of(&world, &ada.session).await, rows, "{deed:?}");
        for token in own.iter().chain([&other]) {
            assert!(is_good(&world, token).await, "{deed:?}");
        }
    }
}

/// Without a word about apps they end, as where it is said that they should.
#[tokio::test]
async fn apps_are_kept_by_whoever_says_so_alone() {
    for (said, are_kept) in [
        (json!({}), false),
        (json!({ "keep_apps": false }), false),
        (json!({ "keep_apps": null }), false),
        (json!({ "keep_apps": true }), true),
    ] {
        let world = World::start().await;
        let (ada, session) = world.person().signed_in().await;
        let token = has_token(&world, &session).await;
        let mut body = said.clone();
        (body["current_password"], body["new_password"]) = (json!(ada.password), json!(NEW));
        world.post_as(&session, "/auth/change-password", body).await.assert_ok();
        assert_eq!(is_good(&world, &token).await, are_kept, "{said}");
        assert_eq!(tokens_of(&world, &session).await.len(), usize::from(are_kept), "{said}");
    }
}
