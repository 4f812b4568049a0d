//! Whom the functions deal with and AWS is not, played: the exchanges, the identity providers, who knows stolen passwords, and who tells
//! people from programs.
//!
//! The paper exchange answers as every exchange does that `api-keys` knows. What each of them answers stands in a JSON file beside the
//! code that takes its requests apart. The identity providers are played the other way round: a click on a page sends a signed report
//! to the `kyc` function.
//!
//! The local AWS has one address for everything. [`Play::around`] puts the play there: its pages beside those of AWS, and requests
//! whose `Host` is one of theirs before anything else looks at them.

mod answers;
mod breaches;
mod canned;
mod credentials;
mod exchanges;
mod identity;
mod jwt;
mod keys;
mod lock;
pub mod pages;
mod paper;
mod play;
mod player;
mod request;
pub mod turnstile;
mod verify;

pub use answers::Unreadable;
pub use breaches::Breaches;
pub use canned::Canned;
pub use credentials::{Demo, DemoCredentials};
pub use identity::{Identity, Reporter, Tables, sign};
pub use paper::Paper;
pub use play::Play;
pub use request::ExchangeRequest;
pub use turnstile::Turnstile;
