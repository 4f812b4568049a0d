//! The functions of the template.

use std::{fs, path::PathBuf, sync::LazyLock};

use serde_json::Value;

/// What takes a request that no path takes.
const DEFAULT: &str = "$default";
const GREEDY: &str = "{proxy+}";

static TEMPLATE: LazyLock<Value> = LazyLock::new(|| {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
    local::yaml::parse(&fs::read_to_string(path).expect("a file")).expect("a template")
});

/// A function of the template. A test holds the list against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    /// Accounts and sessions.
    Auth,
    /// The vault.
    ApiKeys,
    /// Reports of identity providers.
    Kyc,
    /// What accounts allow programs.
    OAuth,
    /// The OpenAPI document and its page.
    Docs,
    /// The outbox. It answers no requests.
    Mail,
}

impl Function {
    /// All that there are.
    pub const ALL: [Self; 6] = [Self::Auth, Self::ApiKeys, Self::Kyc, Self::OAuth, Self::Docs, Self::Mail];

    /// The name of its binary, which the local AWS also knows its role by.
    #[must_use]
    pub const fn binary(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::ApiKeys => "api-keys",
            Self::Kyc => "kyc",
            Self::OAuth => "oauth",
            Self::Docs => "docs",
            Self::Mail => "mail",
        }
    }

    /// The one that API Gateway hands a path to, query aside: an exact route wins, then the longest greedy one, then the default.
    ///
    /// # Panics
    /// When the template has no default, or a function that is not listed here.
    #[must_use]
    pub fn reached_by(path: &str) -> Self {
        let path = path.split('?').next().unwrap_or_default();
        let rank = |pattern: &str| match pattern.strip_suffix(GREEDY) {
            Some(prefix) => path.starts_with(prefix).then_some(prefix.len()),
            None if pattern == path => Some(usize::MAX),
            None => (pattern == DEFAULT).then_some(0),
        };
        let ranked = routes().filter_map(|(pattern, function)| Some((rank(pattern)?, function)));
        ranked.max_by_key(|(rank, _)| *rank).map(|(_, function)| function).expect("a route")
    }

    /// Its properties in the template, without what is global.
    fn properties(self) -> &'static Value {
        let (_, resource) = in_template().find(|(binary, _)| *binary == self.binary()).expect("a function");
        &resource["Properties"]
    }

    /// A variable of its environment as the template has it, be it its own or everybody's.
    pub(crate) fn variable(self, name: &str) -> Option<&'static Value> {
        let variables = |properties: &'static Value| properties["Environment"]["Variables"].get(name);
        variables(self.properties()).or_else(|| variables(&TEMPLATE["Globals"]["Function"]))
    }

    /// The one whose binary has this name, if it is listed here.
    #[must_use]
    pub fn of_binary(binary: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.binary() == binary)
    }

    /// The names of the binaries that the template deploys.
    pub fn deployed() -> impl Iterator<Item = &'static str> {
        in_template().map(|(binary, _)| binary)
    }
}

/// The functions as the template has them, each with the name of its binary.
fn in_template() -> impl Iterator<Item = (&'static str, &'static Value)> {
    let resources = TEMPLATE["Resources"].as_object().into_iter().flatten().map(|(_, resource)| resource);
    let functions = resources.filter(|resource| resource["Type"] == "AWS::Serverless::Function");
    functions.map(|resource| (resource["Metadata"]["BuildProperties"]["Binary"].as_str().expect("a binary"), resource))
}

/// The paths of API Gateway, and what each leads to.
fn routes() -> impl Iterator<Item = (&'static str, Function)> {
    in_template().flat_map(|(binary, resource)| {
        let events = resource["Properties"]["Events"].as_object().into_iter().flatten().map(|(_, event)| event);
        let paths = events.filter(|event| event["Type"] == "HttpApi");
        paths.map(move |event| {
            let function = Function::of_binary(binary).expect("a function that the tests know");
            (event["Properties"]["Path"].as_str().unwrap_or(DEFAULT), function)
        })
    })
}
