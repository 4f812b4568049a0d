//! `make bench`: measures the binaries beside this one, or those in the directory that is named.

use std::{env, fs, path::Path};

use bench::{
    Result, measure,
    operation::Person,
    report::{Report, Starts},
    world::World,
};

const STARTS: usize = 30;
const FIRSTS: usize = 5;
const ROUNDS: usize = 100;

#[tokio::main]
async fn main() -> Result<()> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let own = env::current_exe()?;
    let binaries = env::args_os().nth(1).map_or_else(|| own.with_file_name(""), Into::into);
    let mut world = World::start(root, binaries).await?;
    let mut person = Person::new(&mut world).await?;
    let starts = measure::starts(&world, STARTS).await?;
    let firsts = measure::firsts(&mut world, &mut person, FIRSTS).await?;
    let warmth = measure::warmth(&mut world, &mut person, ROUNDS).await?;
    let report = Report::new(&world, &Starts { starts, firsts }, &warmth)?;
    println!("{report}");
    let file = root.join(".local/bench.json");
    fs::create_dir_all(root.join(".local"))?;
    fs::write(file, serde_json::to_string_pretty(&report)?)?;
    Ok(())
}
