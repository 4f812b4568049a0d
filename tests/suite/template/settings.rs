//! The environment of the functions: the template sets what the code reads, and nothing else.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use api_keys::config::VaultConfig;
use auth::config::AuthConfig;
use kyc::config::KycConfig;
use mail::config::MailConfig;
use serde_json::Value;
use shared::{
    config::{Config, ConfigError, Env, LogConfig, Stage},
    edge::Edge,
    time::Clock,
};
use tests::Key;

use super::{Template, file, none};

/// What the code reads and the template does not set: what is allowed on the stage local only, and what Lambda sets.
const UNSET: [&str; 8] = [
    "CHALLENGE_URL",
    "EXCHANGE_PROXY",
    "HIBP_URL",
    "IP_LIMIT_FACTOR",
    "LOCAL_STATE",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
];

type Variables = BTreeMap<String, String>;

fn variables(template: &Template, function: &Value) -> Variables {
    let variables = function["Environment"]["Variables"].as_object().into_iter().flatten();
    variables.map(|(name, value)| (name.clone(), text(template, value))).collect()
}

/// A value as a deployment with the default parameters has it, or something that will do where there is none.
fn text(template: &Template, value: &Value) -> String {
    let value = value.get("Fn::If").map_or(value, |branches| &branches[1]);
    let parameter = &template.0["Parameters"][value["Ref"].as_str().unwrap_or_default()]["Default"];
    let number = parameter.as_u64().map(|number| number.to_string());
    number.unwrap_or_else(|| value.as_str().or(parameter.as_str()).unwrap_or("https://example.com").to_owned())
}

/// The names that a function reads when it starts with these variables.
fn read(function: &str, given: &Variables) -> Result<BTreeSet<String>, ConfigError> {
    let names = RefCell::new(BTreeSet::new());
    let lookup = |name: &str| {
        names.borrow_mut().insert(name.to_owned());
        given.get(name).cloned()
    };
    let env = Env::new(&lookup);
    let _log = LogConfig::read("any", &[], &env);
    if function != "docs" {
        Config::read(&env)?;
        Clock::read(&env)?;
    }
    match function {
        "auth" => AuthConfig::read(&env).map(|_| ())?,
        "api-keys" => VaultConfig::read(&env).map(|_| ())?,
        "kyc" => KycConfig::read(&env).map(|_| ())?,
        "oauth" => {}
        "mail" => MailConfig::read(&env).map(|_| ())?,
        "docs" => {
            Stage::read(&env)?;
            Edge::read(&env)?;
        }
        other => panic!("{other} is a new function: say what it reads"),
    }
    Ok(names.into_inner())
}

#[test]
fn the_template_sets_what_the_functions_read_and_nothing_else() {
    let template = Template::read();
    let of_all = variables(&template, &template.0["Globals"]["Function"]);
    let mut readers: BTreeMap<_, _> = of_all.keys().map(|name| (name.clone(), 0)).collect();
    let mut complaints = Vec::new();
    for function in template.functions() {
        let own = variables(&template, function.properties);
        let of_lambda = ("AWS_REGION".to_owned(), "eu-west-1".to_owned());
        let given: Variables = of_all.clone().into_iter().chain(own.clone()).chain([of_lambda]).collect();
        let read = match read(function.binary, &given) {
            Ok(read) => read,
            Err(error) => {
                complaints.push(format!("{} does not start: {error}", function.id));
                continue;
            }
        };
        let unset = read.iter().filter(|name| !given.contains_key(*name) && !UNSET.contains(&name.as_str()));
        complaints.extend(unset.map(|name| format!("{} reads {name}, which is not set", function.id)));
        let unread = own.keys().filter(|name| !read.contains(*name));
        complaints.extend(unread.map(|name| format!("{} does not read {name}", function.id)));
        for name in read {
            readers.entry(name).and_modify(|count| *count += 1);
        }
    }
    let few = readers.iter().filter(|(_, count)| **count < 2);
    complaints.extend(few.map(|(name, count)| format!("{name} is set for all and read by {count}")));
    none(&complaints);
}

/// SAM asks for such a parameter at every guided deployment until something is typed, and keeps none of them.
#[test]
fn no_parameter_is_hidden_and_so_has_to_be_typed_again() {
    let template = Template::read();
    let parameters = template.0["Parameters"].as_object().expect("parameters");
    let hidden = parameters.iter().filter(|(_, parameter)| parameter.get("NoEcho").is_some());
    none(&hidden.map(|(name, _)| name.clone()).collect::<Vec<_>>());
}

/// SAM publishes a version where a function's properties have changed, and compares them with references unresolved: another value
/// of a parameter is no change to it. So there is a word in them that each deployment replaces.
#[test]
fn every_function_has_a_word_that_a_deployment_replaces() {
    const WORD: &str = "unreleased";
    let template = Template::read();
    assert_eq!(template.0["Globals"]["Function"]["Environment"]["Variables"]["RELEASE"], WORD);
    let own = template.functions().into_iter().filter(|function| {
        let variables = &function.properties["Environment"]["Variables"];
        variables.get("RELEASE").is_some()
    });
    none(&own.map(|function| function.id.to_owned()).collect::<Vec<_>>());
    assert_eq!(file("template.yaml").matches(WORD).count(), 1, "it is replaced wherever it stands");
}

/// Scripts read the file as well, by its lines: each is NAME = 'value'.
#[test]
fn on_a_laptop_one_file_has_the_settings_of_all_functions() {
    let file = file("infra/local.toml");
    let (_, lines) = file.split_once("[env]\n").expect("the table of variables");
    let lines = lines.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let pairs = lines.map(|line| line.strip_suffix('\'')?.split_once(" = '"));
    let given: Option<Variables> =
        pairs.map(|pair| pair.map(|(name, value)| (name.to_owned(), value.to_owned()))).collect();
    let given = given.expect("lines of NAME = 'value'");
    let template = Template::read();
    let failed = template.functions().into_iter().filter_map(|function| read(function.binary, &given).err());
    none(&failed.map(|error| error.to_string()).collect::<Vec<_>>());
}

#[test]
fn under_cargo_lambda_too_every_function_has_its_role_and_its_key() {
    let manifest = file("Cargo.toml");
    let (_, settings) = manifest.split_once("[workspace.metadata.lambda.bin]\n").expect("settings of binaries");
    let lines = settings
        .lines()
        .take_while(|line| !line.is_empty() && !line.starts_with('['))
        .filter(|line| !line.starts_with('#'));
    let own: BTreeSet<_> = lines.map(str::to_owned).collect();
    let template = Template::read();
    let names: Vec<_> = template.functions().into_iter().map(|function| function.binary).collect();
    let roles = names.iter().map(|name| format!("{name}.env.AWS_ACCESS_KEY_ID = \"{name}\""));
    // The local AWS has the template's keys under these names. All functions have one in common, but for those that have their own.
    let alias = |key: Key| format!("alias/local-{}", key.logical_id());
    assert!(file("infra/local.toml").contains(&format!("\nKMS_KEY_ID = '{}'\n", alias(Key::Data))));
    let keys = names.iter().map(|name| (name, Key::of(name))).filter(|(_, key)| *key != Key::Data);
    let keys = keys.map(|(name, key)| format!("{name}.env.KMS_KEY_ID = \"{}\"", alias(key)));
    assert_eq!(own, roles.chain(keys).collect::<BTreeSet<_>>());
}
