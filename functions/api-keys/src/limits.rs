//! How many and how often: every number that keeps one user from using up what all share, and a thief from collecting.

use std::time::Duration;

use shared::limits::Limit;

/// So many keys an account may have.
pub const MOST_KEYS: u32 = 1_000;

/// So many credentials a key leaves behind at most: it goes with all of them in one transaction.
pub const MOST_LEFT: usize = 20;

/// Showing keys to one account. A program asks once when it starts; whoever asks for more collects.
pub const DECRYPTS_BY_ACCOUNT: Limit = Limit { name: "DECRYPT#ACCOUNT", times: 20, span: Duration::from_mins(1) };

/// Showing one key, which is counted by its credential: that may be stored anew.
pub const DECRYPTS_BY_KEY: Limit = Limit { name: "DECRYPT#KEY", times: 20, span: Duration::from_mins(10) };

/// Testing keys of one account. All users share the addresses that we ask from: one of them must not get those banned.
pub const TESTS_BY_ACCOUNT: Limit = Limit { name: "TEST#ACCOUNT", times: 20, span: Duration::from_mins(1) };

/// Testing one key, which is counted by its credential: that may not have an id yet, or have another one soon.
pub const TESTS_BY_KEY: Limit = Limit { name: "TEST#KEY", times: 5, span: Duration::from_mins(1) };
