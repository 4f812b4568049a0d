//! The play as the functions and people see it, over the wire.
#![expect(clippy::unwrap_used, reason = "also in the helpers of tests, what cannot go on fails the test")]

mod breaches;
mod identity;
mod paper;
mod world;
