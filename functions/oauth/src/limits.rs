//! How many and how long: every number that a personal token is held to.

/// So many living tokens an account may have.
pub const MOST_TOKENS: usize = 50;

/// For how many days a token is good where nothing else is said.
pub const USUAL_DAYS: u16 = 90;
/// For how many days it may be good.
pub const MOST_DAYS: u16 = 365;
/// For how many days it may be good where it has a scope that thieves want.
pub const MOST_DAYS_OF_SENSITIVE: u16 = 90;

/// So many networks a token may be good from.
pub const MOST_NETWORKS: usize = 20;
/// So many exchange keys it may be limited to.
pub const MOST_KEYS: usize = 100;

/// The largest form that is read. Bytes.
pub const MOST_OF_A_FORM: usize = 16 * 1024;
