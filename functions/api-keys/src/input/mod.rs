//! What callers send: parsed and checked as a whole, so that handlers see only credentials that could work.

mod credentials;
mod fields;
mod file;
mod secret;

use compat::validation::Flaw;
use shared::{
    error::Error,
    http::{Fields, Input, Switch, Text, Values},
};

use crate::{
    exchanges::{Credentials, Environment, Exchange, Site},
    record::KeyRecord,
};
use credentials::GivenFields;
pub use credentials::{Given, KeptCredentials};
use fields::{EnvironmentName, ExchangeName, Label};

/// A new key.
pub struct CreateApiKeyRequest {
    pub(crate) exchange: &'static Exchange,
    pub(crate) site: &'static Site,
    pub(crate) label: String,
    pub(crate) credentials: Credentials,
    pub(crate) verify: bool,
}

impl Input for CreateApiKeyRequest {
    const ECHOES: bool = false;

    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let exchange = fields.required("exchange", "Where the key is from");
        let label = fields.optional_as(["label", "name"], "What the owner calls it; the exchange's name by default");
        let given = GivenFields::declared(&mut fields);
        let environment = fields.optional("environment", "live (default), testnet or demo");
        let region =
            fields.optional("region", "The part of the world that the key is for, where the exchange has several");
        let verify = fields.optional("verify", "Test the key first and store only what the policy allows");
        let mut values = fields.end()?;
        let given = given.read(&values);
        let Some(ExchangeName(exchange)) = values.of(exchange) else {
            let missing = given.map(|given| given.missing()).unwrap_or_default();
            return missing.into_iter().fold(None, |_, (field, flaw)| values.flaw(field, flaw));
        };
        let (environment, region) = (values.of(environment)?, values.of(region)?);
        let site = site(&mut values, exchange, environment, region);
        let credentials = match given?.complete(exchange, None) {
            Ok(credentials) => Some(credentials),
            Err(broken) => broken.into_iter().fold(None, |_, (field, flaw)| values.flaw(field, flaw)),
        };
        Some(Self {
            exchange,
            site: site?,
            label: values.of(label)?.map_or_else(|| exchange.name.to_owned(), |Label(label)| label),
            credentials: credentials?,
            verify: values.of(verify)?.is_some_and(|Switch(verify)| verify),
        })
    }
}

/// An empty region is none.
fn named_region(Text(region): Text) -> Option<String> {
    Some(region.trim().to_lowercase()).filter(|region| !region.is_empty())
}

/// Where keys of this environment and region are known.
fn site(
    values: &mut Values<'_>,
    exchange: &'static Exchange,
    environment: Option<EnvironmentName>,
    region: Option<Text>,
) -> Option<&'static Site> {
    let environment = environment.unwrap_or_default().0;
    let region = region.and_then(named_region);
    let found = exchange.site(environment, region.as_deref());
    if found.is_some() {
        return found;
    }
    if exchange.site(environment, None).is_none() {
        let mut known: Vec<_> = exchange.sites.iter().map(|site| site.environment.as_str()).collect();
        known.dedup();
        let reason = format!("environment must be one of {} for {}", known.join(", "), exchange.name);
        return values.flaw("environment", Flaw::value(&reason));
    }
    let here = exchange.sites.iter().filter(|site| site.environment == environment);
    let known: Vec<_> = here.filter_map(|site| site.region).collect();
    let reason = if known.is_empty() {
        format!("{} has no regions in this environment", exchange.name)
    } else {
        format!("region must be null or one of {} for {}", known.join(", "), exchange.name)
    };
    values.flaw("region", Flaw::value(&reason))
}

/// A change of a key. Which credentials are complete depends on the exchange, so that is seen when the key is known.
pub struct UpdateApiKeyRequest {
    pub(crate) label: Option<String>,
    pub(crate) is_active: Option<bool>,
    given: Given,
    exchange: Option<&'static Exchange>,
    environment: Option<Environment>,
    region: Option<String>,
}

impl Input for UpdateApiKeyRequest {
    const ECHOES: bool = false;

    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let label = fields.optional_as(["label", "name"], "What the owner calls it");
        let is_active = fields.optional("is_active", "Whether it may be used");
        let given = GivenFields::declared(&mut fields);
        let exchange = fields.optional("exchange", "Cannot change: absent, or as it is");
        let environment = fields.optional("environment", "Cannot change: absent, or as it is");
        let region = fields.optional("region", "Cannot change: absent, or as it is");
        let mut values = fields.end()?;
        let given = given.read(&values);
        if let Some(field) = given.as_ref().and_then(Given::empty) {
            return values.flaw(field, Flaw::value(&format!("{field} is empty")));
        }
        Some(Self {
            label: values.of(label)?.map(|Label(label)| label),
            is_active: values.of(is_active)?.map(|Switch(is_active)| is_active),
            given: given?,
            exchange: values.of(exchange)?.map(|ExchangeName(exchange)| exchange),
            environment: values.of(environment)?.map(|EnvironmentName(environment)| environment),
            region: values.of(region)?.and_then(named_region),
        })
    }
}

impl UpdateApiKeyRequest {
    /// The credentials that it brings, if any.
    #[must_use]
    pub fn given(&self) -> Option<&Given> {
        Some(&self.given).filter(|given| !given.is_empty())
    }

    /// Whether it changes nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.label.is_none() && self.is_active.is_none() && self.given.is_empty()
    }

    /// Whether it leaves alone what cannot change.
    ///
    /// # Errors
    /// `Invalid`.
    pub fn fits(&self, record: &KeyRecord) -> Result<(), Error> {
        let other =
            |field: &'static str| Flaw::value(&format!("{field} cannot change: delete the key and store another"));
        if self.exchange.is_some_and(|exchange| exchange.id != record.exchange) {
            return Err(Error::invalid("body", "exchange", other("exchange")));
        }
        if self.environment.is_some_and(|environment| environment != record.environment) {
            return Err(Error::invalid("body", "environment", other("environment")));
        }
        if self.region.is_some() && self.region != record.region {
            return Err(Error::invalid("body", "region", other("region")));
        }
        Ok(())
    }
}
