//! How many and how often: every number that keeps one user from using up what all share, and a thief from collecting.

use std::time::Duration;

use shared::{caller::Actor, limits::Limit};

/// How often something may be done, and whose times are counted together.
pub struct UseLimit {
    pub(crate) limit: Limit,
    counted: Counted,
}

/// Whose times are counted together. Whatever it is, they are of one account: nobody uses up what somebody else may do.
enum Counted {
    /// Those of all sessions, and those of each token by itself: a program that asks too often keeps its owner from nothing.
    ByToken,
    /// Those of all sessions, and those of all tokens: programs keep their owner from nothing, and having more of them allows no more.
    ByKind,
    /// Those of whoever asks.
    Together,
}

impl UseLimit {
    /// Under which name is counted what an actor does, which begins with the account's.
    pub(crate) fn whom(&self, actor: &Actor) -> String {
        match self.counted {
            Counted::ByToken => actor.counted_as(),
            Counted::ByKind if actor.token_id().is_some() => format!("{}#TOKENS", actor.account_id()),
            Counted::ByKind | Counted::Together => actor.account_id().to_string(),
        }
    }
}

/// So many keys an account may have.
pub const MOST_KEYS: u32 = 1_000;

/// So many credentials a key leaves behind at most: it goes with all of them in one transaction.
pub const MOST_LEFT: usize = 20;

/// Showing keys to one account. A program asks once when it starts; whoever asks for more collects.
pub const DECRYPTS_BY_ACCOUNT: UseLimit = UseLimit {
    limit: Limit { name: "DECRYPT#ACCOUNT", times: 20, span: Duration::from_mins(1) },
    counted: Counted::ByToken,
};

/// Showing one key, which is counted by its credential: that may be stored anew.
pub const DECRYPTS_BY_KEY: UseLimit = UseLimit {
    limit: Limit { name: "DECRYPT#KEY", times: 20, span: Duration::from_mins(10) },
    counted: Counted::ByToken,
};

/// Testing keys of one account. All users share the addresses that we ask from: one of them must not get those banned, by however many
/// tokens.
pub const TESTS_BY_ACCOUNT: UseLimit = UseLimit {
    limit: Limit { name: "TEST#ACCOUNT", times: 20, span: Duration::from_mins(1) },
    counted: Counted::ByKind,
};

/// Testing one key, which is counted by its credential: that may not have an id yet, or have another one soon. Its exchange counts like
/// that, too, and does not know who of its owner's asks: what it has enough of, it bans for all of them.
pub const TESTS_BY_KEY: UseLimit =
    UseLimit { limit: Limit { name: "TEST#KEY", times: 5, span: Duration::from_mins(1) }, counted: Counted::Together };
