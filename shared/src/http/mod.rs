//! The HTTP layer of all functions: routes and their refusals, input and its errors, answers.

mod field;
mod fields;
mod input;
mod invalid;
pub mod json;
mod lambda;
mod operation;
mod reply;
mod routes;

pub use field::{Field, Flaw, SecretText, Switch, Text, Whole};
pub use fields::{Change, Declared, Fields, Input, Parsed, Values};
pub use input::{Body, Query};
pub use invalid::Invalid;
pub(crate) use lambda::{answer, read};
pub use operation::{Answer, Content, Model, Operation, Parameter, Proof};
pub use reply::Reply;
pub use routes::{DEADLINE, Route, Routes, redirect};
