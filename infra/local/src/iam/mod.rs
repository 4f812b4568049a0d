//! Who may do what: the roles of the template, held against every request of a function or an operator.
//!
//! The access key id of a request says who asks. That of a function is the name of its binary, and may do what the function's
//! role allows and nothing else. That of a person is `operator`, `mover` or `importer`, for the roles of the template's parameters. Any
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
use crate::keys::KeyService;
use crate::lock::lock;
use crate::refusal::Refusal;
use crate::{Options, Service};
use access::Access;
use names::Names;
use policy::Role;

/// One thing that a function may do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// The function, by the name of its binary; or `operator`, `mover`, `importer`.
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
    /// ARNs of the template's keys by logical id.
    keys: BTreeMap<String, String>,
    /// Keys beside those of the template, each with the logical id of the one whose policy it has.
    beside: Mutex<BTreeMap<String, String>>,
    used: Mutex<BTreeSet<Permission>>,
    refused: Mutex<BTreeSet<String>>,
}

impl Guard {
    /// Reads the roles of all functions out of the template's resources, or says what is not understood.
    pub(crate) fn read(
        resources: &Map<String, Value>,
        options: &Options,
        keys: BTreeMap<String, String>,
    ) -> Result<Self, String> {
        let names = Names::new(resources, options, &keys);
        let roles = policy::read(resources, &names)?;
        let (beside, used, refused) = (Mutex::default(), Mutex::default(), Mutex::default());
        Ok(Self { roles, names, keys, beside, used, refused })
    }

    /// Lets a request through, or refuses it in the service's words.
    pub(crate) async fn check(
        &self,
        parts: &Parts,
        call: &Call,
        body: &[u8],
        service: KeyService<'_>,
    ) -> Result<(), Refusal> {
        let Some((function, role)) = signer(&parts.headers).and_then(|id| self.roles.get_key_value(id)) else {
            return Ok(());
        };
        for mut access in Access::of(call, body, &self.names, service).await {
            if let Some(original) = self.key_beside(&access.resource) {
                access.resource = original;
            }
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

    /// What functions asked for and may not do; it is forgotten by it.
    pub(crate) fn take_refused(&self) -> BTreeSet<String> {
        std::mem::take(&mut lock(&self.refused))
    }

    /// ARNs of the template's keys by logical id.
    pub(crate) const fn keys(&self) -> &BTreeMap<String, String> {
        &self.keys
    }

    /// ARN of the template's key `id`.
    pub(crate) fn key(&self, id: &str) -> Option<String> {
        self.keys.get(id).cloned()
    }

    /// What is said of the key `id` is said of the key `arn` as well.
    pub(crate) fn add_key_beside(&self, id: &str, arn: &str) {
        lock(&self.beside).insert(arn.to_owned(), id.to_owned());
    }

    /// ARN of the template's key beside which there is the key `arn`.
    fn key_beside(&self, arn: &str) -> Option<String> {
        lock(&self.beside).get(arn).and_then(|id| self.key(id))
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
