//! The HTTP layer of all functions: routes and their refusals, input and its errors, answers.

mod blind;
mod field;
mod fields;
mod input;
mod lambda;
mod operation;
mod page;
mod reply;
mod routes;

pub use field::{Field, Name, SecretText, Switch, Text, Whole};
pub use fields::{Declared, Fields, Input, Parsed, Patch, Values};
pub use input::{Body, Query};
pub(crate) use lambda::{answer, read};
pub use operation::{Answer, Content, Model, Operation, Parameter, RequestBody, Security};
pub use page::Page;
pub use reply::Reply;
pub use routes::{DEADLINE, Route, Routes, redirect};
