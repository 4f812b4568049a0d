//! `make bench`: measures the binaries beside this one, or those in the directory that is named, and fails where a goal is missed.

use std::{env, fs, path::Path, process::ExitCode};

use bench::{
    Result,
    c_library::CLibrary,
    measure,
    operation::Person,
    report::{Report, Starts},
    world::World,
};

const STARTS: usize = 30;
const FIRSTS: usize = 5;
const ROUNDS: usize = 100;

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let own = env::current_exe()?;
    let binaries = env::args_os().nth(1).map_or_else(|| own.with_file_name(""), Into::into);
    let c_library = CLibrary::start(&root.join(".tools/argon2/bin/python"))?;
    let mut world = World::start(root, binaries).await?;
    let mut person = Person::new(&mut world).await?;
    let starts = measure::starts(&world, STARTS).await?;
    let firsts = measure::firsts(&mut world, &mut person, FIRSTS).await?;
    let warmth = measure::warmth(&mut world, &mut person, c_library, ROUNDS).await?;
    let report = Report::new(&world, &Starts { starts, firsts }, &warmth)?;
    print!("{report}");
    let file = root.join(".local/bench.json");
    fs::create_dir_all(root.join(".local"))?;
    fs::write(file, serde_json::to_string_pretty(&report)?)?;
    let missed = report.missed().count();
    println!("{missed} goals missed");
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
