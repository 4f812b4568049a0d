//! What callers send of a new token: parsed and checked as a whole.

use std::collections::BTreeSet;

use compat::{json::Json, validation::Flaw};
use schemars::{Schema, json_schema};
use serde_json::json;
use shared::{
    caller::{network::Network, scope::Scope},
    http::{Field, Fields, Input, Name, Values, Whole},
    ids::KeyId,
};

use crate::limits::{MOST_DAYS, MOST_DAYS_OF_SENSITIVE, MOST_KEYS, MOST_NETWORKS, USUAL_DAYS};

/// What a token is to be like.
pub struct MakeTokenRequest {
    pub(crate) name: String,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) days: u16,
    pub(crate) networks: Vec<Network>,
    pub(crate) key_ids: Option<Vec<KeyId>>,
}

/// One scope or several, none of them twice.
struct Scopes(Vec<Scope>);

/// Networks, or single addresses.
#[derive(Default)]
struct Networks(Vec<Network>);

/// One exchange key or several, none of them twice.
struct KeyIds(Vec<KeyId>);

impl MakeTokenRequest {
    /// Whether it may do what thieves want.
    pub(crate) fn is_sensitive(&self) -> bool {
        self.scopes.iter().any(|scope| scope.is_sensitive())
    }

    /// The rules between its fields.
    fn checked(self, values: &mut Values<'_>) -> Option<Self> {
        let (is_sensitive, is_open, days) = (self.is_sensitive(), self.networks.is_empty(), self.days);
        let mut checked = Some(self);
        if is_sensitive && is_open {
            let flaw = Flaw::value("with keys:write or keys:decrypt a token needs networks that it is good from");
            checked = values.flaw("networks", flaw);
        }
        if is_sensitive && days > MOST_DAYS_OF_SENSITIVE {
            let flaw =
                format!("with keys:write or keys:decrypt a token is good for {MOST_DAYS_OF_SENSITIVE} days at most");
            checked = values.flaw("expires_in_days", Flaw::value(&flaw));
        }
        checked
    }
}

impl Input for MakeTokenRequest {
    const ECHOES: bool = false;

    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let name = fields.required("name", "What to call it");
        let scopes = fields.required("scopes", "What a program may do by it");
        let days = fields.optional(
            "expires_in_days",
            "For how many days it is good; 90 by default, and at most with `keys:write` or `keys:decrypt`",
        );
        let networks = fields.optional(
            "networks",
            "The only networks that it is good from, such as `203.0.113.0/24`, or single addresses; needed with `keys:write` or \
             `keys:decrypt`, otherwise it is good from everywhere by default",
        );
        let key_ids = fields.optional("key_ids", "The only exchange keys that it is good for; all by default");
        let mut values = fields.end()?;
        let (name, scopes, days) = (values.of(name), values.of(scopes), values.of(days));
        let (networks, key_ids) = (values.of(networks), values.of(key_ids));
        let (Name(name), Scopes(scopes), Networks(networks)) = (name?, scopes?, networks?.unwrap_or_default());
        let days = days?.map_or(USUAL_DAYS, |Whole::<1, MOST_DAYS>(days)| days);
        Self { name, scopes, days, networks, key_ids: key_ids?.map(|KeyIds(ids)| ids) }.checked(&mut values)
    }
}

impl Field for Scopes {
    fn parse(value: &Json) -> Result<Self, Flaw> {
        let named = |value: &Json| value.as_str().and_then(Scope::parse);
        let scopes = list(value, 1, Scope::ALL.len()).and_then(|scopes| different(scopes, named));
        let known = || Scope::ALL.map(Scope::as_str).join(", ");
        scopes.map(Self).ok_or_else(|| Flaw::value(&format!("scopes must have one or more of {}, none twice", known())))
    }

    fn schema() -> Schema {
        // What answers say it with: clients then have one enumeration for both.
        let scope = Schema::new_ref("#/components/schemas/Scope".to_owned());
        json_schema!({ "type": "array", "items": scope, "minItems": 1, "uniqueItems": true })
    }
}

impl Field for Networks {
    fn parse(value: &Json) -> Result<Self, Flaw> {
        let few = || Flaw::value(&format!("networks must be a list of up to {MOST_NETWORKS} networks"));
        let networks = list(value, 0, MOST_NETWORKS).ok_or_else(few)?.iter().enumerate();
        let networks = networks.map(|(at, value)| {
            let text = value.as_str().ok_or_else(Flaw::not_a_string)?;
            Network::parse(text).map_err(|reason| Flaw::value(&format!("networks[{at}] {reason}")))
        });
        networks.collect::<Result<_, _>>().map(Self)
    }

    fn schema() -> Schema {
        json_schema!({ "type": "array", "items": { "type": "string" }, "maxItems": MOST_NETWORKS })
    }
}

impl Field for KeyIds {
    fn parse(value: &Json) -> Result<Self, Flaw> {
        let flaw = || Flaw::value(&format!("key_ids must have 1 to {MOST_KEYS} ids of exchange keys, and none twice"));
        let ids = list(value, 1, MOST_KEYS).and_then(|ids| different(ids, Json::as_str)).ok_or_else(flaw)?;
        let ids: Option<Vec<_>> = ids.into_iter().map(KeyId::parse).collect();
        ids.map(Self).ok_or_else(flaw)
    }

    fn schema() -> Schema {
        let items = json!({ "type": "string", "format": "uuid" });
        json_schema!({ "type": "array", "items": items, "minItems": 1, "maxItems": MOST_KEYS, "uniqueItems": true })
    }
}

/// The members of a list that has so many.
fn list(value: &Json, least: usize, most: usize) -> Option<&[Json]> {
    let Json::Array(members) = value else { return None };
    (least..=most).contains(&members.len()).then_some(members.as_slice())
}

/// What all members name, in order; none where one names nothing, or two the same.
fn different<'a, T: Ord>(members: &'a [Json], named: impl Fn(&'a Json) -> Option<T>) -> Option<Vec<T>> {
    let set: BTreeSet<_> = members.iter().map(named).collect::<Option<_>>()?;
    (set.len() == members.len()).then(|| set.into_iter().collect())
}
