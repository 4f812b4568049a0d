//! Users are brought along from other services.

mod formats;
mod hidden;
mod meanwhile;
mod runs;

use std::{collections::BTreeMap, fs, path::PathBuf, sync::OnceLock};

use admin::{
    Failure, Operator,
    users_import::{Arguments, Report, formats::Source, import},
};
use serde_json::Value;
use shared::ids::MailId;
use tests::{Person, World};

/// The key in the sample that Firebase publishes.
pub const SIGNER_KEY: &str = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==";

/// The export of a service, by the name of its file.
pub fn export(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("exports").join(name)
}

/// A file that is gone when the test is over.
struct Written(PathBuf);

impl Written {
    fn new(content: &str) -> Self {
        let path = std::env::temp_dir().join(format!("export-{}", MailId::random().unwrap()));
        fs::write(&path, content).unwrap();
        Self(path)
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        fs::remove_file(&self.0).unwrap();
    }
}

/// As it is asked for, with what is usual for Firebase.
pub fn arguments(from: Source, file: PathBuf, yes: bool) -> Arguments {
    Arguments { from, file, mem_cost: 14, rounds: 8, salt_separator: "Bw==".to_owned(), yes }
}

async fn run_as(operator: Operator, world: &World, arguments: &Arguments) -> Result<Report, Failure> {
    let signer_key = (arguments.from == Source::Firebase).then_some(SIGNER_KEY);
    Box::pin(import(&operator, arguments, signer_key, &world.clock, &OnceLock::new(), |_, _| {})).await
}

/// Does it.
pub async fn imported(world: &World, from: Source, file: PathBuf) -> Report {
    run_as(world.importer(), world, &arguments(from, file, true)).await.unwrap()
}

/// All of it, and nothing else: `made` and what the tests name besides.
fn report(made: u64, other: Report) -> Report {
    Report { made, ..other }
}

fn at<'w>(world: &'w World, email: &str) -> Person<'w> {
    Person::new(world, email.to_owned())
}

/// What is kept of somebody's password; nothing where there is none.
async fn hash_of(person: &Person<'_>) -> Option<String> {
    person.account().await["password"].as_str().map(str::to_owned)
}

/// All rows that an import could have to do with, and others that it must leave alone.
async fn everything(world: &World) -> BTreeMap<String, Value> {
    let mut rows = BTreeMap::new();
    for table in ["Accounts", "Sessions", "Mail", "Limits"] {
        for row in world.rows(table).await {
            rows.insert(format!("{table} {} {}", row["pk"], row["sk"]), row);
        }
    }
    rows
}
