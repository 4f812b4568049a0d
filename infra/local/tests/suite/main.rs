//! The local AWS as SDK clients and people see it, over the wire.
#![expect(clippy::unwrap_used, reason = "also in the helpers of tests, what cannot go on fails the test")]

mod clock;
mod conflicts;
mod door;
mod feeder;
mod iam;
mod kms;
mod logs;
mod ses;
mod simulator;
mod tables;
mod tasks;
mod upstream;
mod world;
