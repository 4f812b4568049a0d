//! The dialect of the application before this one, a FastAPI service: what its clients must not notice the end of.
//!
//! Web pages, apps and scripts that were written for that service call this one without a change. They rely on more than paths
//! and fields, and that is what stands here:
//!
//! - [`json`]: a body is read as Python reads it and echoed as FastAPI writes it. A syntax error has Python's words and counts code
//!   points; what a 422 echoes is what came, be it a number of 4,000 digits.
//! - [`validation`]: the entries of a 422, `{type, loc, msg, input, ctx}`. A form marks the field that `loc` names; what it shows
//!   there is `msg`, or a text of its own for `type`.
//! - [`email`]: which e-mail addresses there are, and which normal form each has. Whoever could sign up with one can sign in.
//!
//! This crate knows no request. Which fields one has and which rule each keeps, the functions declare; where a rule of the dialect
//! applies (a body of another content type is a text, a query echoes nothing) the HTTP layer of `shared` says. Paths, redirects and
//! `Allow` are promises of this service and stay, whoever calls.
//!
//! # Once these clients are gone
//!
//! [`json`] can give way to `serde_json`, and what it reads more than that (UTF-16, `NaN`, deep nesting) to a 400; [`validation`]
//! may say it in other words. [`email`] may take more addresses or fewer, but the normal form and the key of those that have
//! signed up name rows and letters: they stay as they are.

pub mod email;
pub mod json;
pub mod validation;
