//! Personal tokens through the outside: made, shown once, listed, ended, exported, and forgotten with their account.

mod making;
