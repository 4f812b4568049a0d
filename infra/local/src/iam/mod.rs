//! Who may do what: the roles of the template, held against every request of a function or an operator.
//!
//! The access key id of a request says who asks. That of a function is the name of its binary, and may do what the function's
//! role allows and nothing else. That of a person is `operator` or `mover`, for the two roles of the template's parameters. Any
//! other one is a test's or a developer's, and may do everything. For KMS the key's policy must allow it, too. Only what the
//! template needs of IAM is understood. Everything else is refused at the start, so that nothing is let through for want of
//! understanding.

mod access;
mod names;
mod policy;
mod statement;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Mutex;

use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};

use crate::call::Call;
use crate::lock::lock;
use crate::refusal::Refusal;
use crate::{Options, Service};
use access::Access;
use names::Names;
use policy::Role;

/// One thing that a function may do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// The function, by the name of its binary; or `operator`, `mover`.
    pub function: String,
    /// Logical id of the `AWS::IAM::RolePolicy`, or of the key whose policy it is.
    pub policy: String,
    /// The statement's `Sid`.
    pub sid: String,
    /// Such as `dynamodb:GetItem`.
    pub action: String,
    /// As the template names it: `Accounts.Arn` is `!GetAtt Accounts.Arn`.
    pub resource: String,
    /// What the request must say of itself: condition keys, and of the values that the statement allows the one that is meant.
    pub when: BTreeMap<String, String>,
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { policy, sid, action, resource, .. } = self;
        write!(f, "{}: {policy}, {sid}: {action} on {resource}", self.function)?;
        self.when.iter().try_for_each(|(key, value)| write!(f, ", {key} = {value}"))
    }
}

/// The roles, and what became of them.
pub(crate) struct Guard {
    roles: BTreeMap<String, Role>,
    names: Names,
    used: Mutex<BTreeSet<Permission>>,
    refused: Mutex<BTreeSet<String>>,
}

impl Guard {
    /// Reads the roles of all functions out of the template's resources, or says what is not understood.
    pub(crate) fn read(resources: &Map<String, Value>, options: &Options) -> Result<Self, String> {
        let names = Names::new(resources, options);
        let roles = policy::read(resources, &names)?;
        Ok(Self { roles, names, used: Mutex::default(), refused: Mutex::default() })
    }

    /// Lets a request through, or refuses it in the service's words.
    pub(crate) fn check(&self, parts: &Parts, call: &Call, body: &[u8]) -> Result<(), Refusal> {
        let Some((function, role)) = signer(&parts.headers).and_then(|id| self.roles.get_key_value(id)) else {
            return Ok(());
        };
        for access in Access::of(call, body, &self.names) {
            match role.allow(&access) {
                Ok(grants) => lock(&self.used).extend(grants.into_iter().map(|grant| grant.permission.clone())),
                Err(missing) => return Err(self.refuse(function, call.service, &access, missing)),
            }
        }
        Ok(())
    }

    /// Everything that the roles allow.
    pub(crate) fn permissions(&self) -> BTreeSet<Permission> {
        self.roles.values().flat_map(Role::grants).map(|grant| grant.permission.clone()).collect()
    }

    /// What was used of it.
    pub(crate) fn used(&self) -> BTreeSet<Permission> {
        lock(&self.used).clone()
    }

    /// What functions asked for and may not do.
    pub(crate) fn refused(&self) -> BTreeSet<String> {
        lock(&self.refused).clone()
    }

    fn refuse(&self, function: &str, service: Service, access: &Access, missing: &str) -> Refusal {
        let Access { action, resource, context } = access;
        let message = format!(
            "User: {function} is not authorized to perform: {action} on resource: {resource} because no {missing} \
             policy allows the {action} action"
        );
        tracing::warn!(?context, "{message}");
        lock(&self.refused).insert(format!("{message}, given {context:?}"));
        let status = if service == Service::Ses { StatusCode::FORBIDDEN } else { StatusCode::BAD_REQUEST };
        Refusal { status, ..Refusal::new("AccessDeniedException", message) }
    }
}

/// The access key id that a request is signed with.
fn signer(headers: &HeaderMap) -> Option<&str> {
    let (_, credential) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once("Credential=")?;
    credential.split_once('/').map(|(id, _)| id)
}
