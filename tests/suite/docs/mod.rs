//! The OpenAPI document, its page, and answers that are as it says.

mod answers;
mod document;
mod page;
