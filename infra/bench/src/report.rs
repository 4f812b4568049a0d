//! The table, and the same as JSON: ratios first, for machines differ.

use std::{fmt, time::Duration};

use local::Calls;
use serde::Serialize;

use crate::{
    Result,
    goal::Goal,
    measure::{First, Start, Warm, Warmth, median},
    operation::{ALL, Most, Operation},
    prices::{self, Request},
    process::sizes,
    world::{HELLO, World},
};

const MEGABYTE: u64 = 1_000_000;
/// Times hello's, until the first request for work.
const MOST_INIT: f64 = 2.5;
/// Of the two that have a client for DynamoDB and one for KMS, and open secrets: four of `auth`, one of `api-keys`. It
/// takes as long at every level of optimisation and with other allocators.
const MOST_INIT_WITH_SECRETS: [(&str, f64); 2] = [("auth", 3.3), ("api-keys", 2.8)];
/// Times a later one, and connections opened for it.
const MOST_FIRST: f64 = 2.0;
const MOST_CONNECTIONS: f64 = 0.0;
const MOST_ZIP_MB: f64 = 6.0;
const MOST_MEMORY_MB: f64 = 40.0;
/// Memory of one Argon2 run.
const ARGON2_MB: f64 = 20.0;

/// All that was measured.
#[derive(Serialize)]
pub struct Report {
    prices_read_in: &'static str,
    /// One run, by the clock in the function's own build, and the CPU time of the C library's; `None` where that is not installed.
    argon2_ms: f64,
    c_library_ms: Option<f64>,
    functions: Vec<FunctionRow>,
    operations: Vec<OperationRow>,
}

#[derive(Serialize)]
struct FunctionRow {
    name: String,
    /// Times hello's, and in milliseconds.
    init_ratio: f64,
    init_ms: f64,
    init_cpu_ratio: f64,
    init_cpu_ms: f64,
    /// The first request of an instance, times a later one, and how many connections were opened for it.
    first_request: Option<FirstRow>,
    memory_bytes: u64,
    zip_bytes: u64,
    binary_bytes: u64,
    goals: Vec<Goal>,
}

#[derive(Serialize)]
struct FirstRow {
    operation: &'static str,
    ratio: f64,
    cpu_ms: f64,
    connections: usize,
}

#[derive(Serialize)]
struct OperationRow {
    name: &'static str,
    function: &'static str,
    /// All of it: times hello's, and in milliseconds.
    cpu_ratio: f64,
    cpu_ms: f64,
    /// That one processor can answer in a second.
    per_second: f64,
    calls: Calls,
    /// Without the counters of limits.
    calls_uncounted: Calls,
    memory_mb: u32,
    billed_ms: f64,
    dollars_per_million: f64,
    /// None for hello, which all others are measured against.
    goal: Option<Goal>,
}

/// What was measured of starts and first requests, by function.
pub struct Starts {
    /// Every start.
    pub starts: std::collections::BTreeMap<String, Vec<Start>>,
    /// The operation that was asked for first, and what that took.
    pub firsts: std::collections::BTreeMap<&'static str, (&'static str, Vec<First>)>,
}

impl Report {
    /// Makes sense of measurements.
    ///
    /// # Errors
    /// When a binary cannot be read, or something was not measured.
    pub fn new(world: &World, starts: &Starts, warmth: &Warmth) -> Result<Self> {
        let functions = world.all().iter().map(|name| function(name, world, starts, warmth)).collect::<Result<_>>()?;
        let operations = ALL.into_iter().map(|operation| row(operation, world, warmth)).collect::<Result<_>>()?;
        let argon2_ms = ms(median(warmth.argon2.iter().copied()));
        let c_library_ms = c_library(warmth).map(ms);
        Ok(Self { prices_read_in: prices::READ_IN, argon2_ms, c_library_ms, functions, operations })
    }

    /// The goals that were missed.
    pub fn missed(&self) -> impl Iterator<Item = &Goal> {
        let functions = self.functions.iter().flat_map(|row| &row.goals);
        functions.chain(self.operations.iter().flat_map(|row| &row.goal)).filter(|goal| goal.missed)
    }
}

fn function(name: &str, world: &World, all: &Starts, warmth: &Warmth) -> Result<FunctionRow> {
    let of = |name: &str| all.starts.get(name).map(Vec::as_slice).ok_or("a function was not started");
    let (own, hello) = (of(name)?, of(HELLO)?);
    // Both of one round: what disturbed one disturbed the other.
    let ratio = |of: fn(&Start) -> Duration| {
        median(own.iter().zip(hello).map(|(own, hello)| of(own).as_secs_f64() / of(hello).as_secs_f64()))
    };
    let init_ratio = ratio(|start| start.wall);
    let (binary_bytes, zip_bytes) = sizes(&world.binary(name))?;
    let memory_bytes = *warmth.peak_memory.get(name).ok_or("a function was not asked")?;
    let hashes = |operation: &Operation| matches!(operation.most, Some(Most::Argon2AndMs(_)));
    let has_argon2 = ALL.iter().any(|operation| operation.function == name && hashes(operation));
    let first_request = all.firsts.get(name).map(|(operation, firsts)| first(operation, firsts, warmth)).transpose()?;
    let mut goals = vec![
        Goal::new("zip, MB", MOST_ZIP_MB, megabytes(zip_bytes)),
        Goal::new("memory, MB", MOST_MEMORY_MB + if has_argon2 { ARGON2_MB } else { 0.0 }, megabytes(memory_bytes)),
    ];
    if name != HELLO {
        let most = MOST_INIT_WITH_SECRETS.iter().find(|(with_secrets, _)| *with_secrets == name);
        goals.push(Goal::new("init × hello", most.map_or(MOST_INIT, |(_, most)| *most), init_ratio));
    }
    if let Some(first) = &first_request {
        goals.push(Goal::new("first request × later", MOST_FIRST, first.ratio));
        let connections = u32::try_from(first.connections).map(f64::from).ok();
        goals.push(Goal::new("connections of a first request", MOST_CONNECTIONS, connections));
    }
    Ok(FunctionRow {
        name: name.to_owned(),
        init_ratio,
        init_ms: ms(median(own.iter().map(|start| start.wall))),
        init_cpu_ratio: ratio(|start| start.cpu),
        init_cpu_ms: ms(median(own.iter().map(|start| start.cpu))),
        first_request,
        memory_bytes,
        zip_bytes,
        binary_bytes,
        goals,
    })
}

fn first(operation: &'static str, firsts: &[First], warmth: &Warmth) -> Result<FirstRow> {
    let cpu = median(firsts.iter().map(|first| first.cpu));
    let ratio = cpu.as_secs_f64() / typical(warmth, operation)?.as_secs_f64();
    let connections = firsts.iter().map(|first| first.sockets).max().unwrap_or_default();
    Ok(FirstRow { operation, ratio, cpu_ms: ms(cpu), connections })
}

fn row(operation: Operation, world: &World, warmth: &Warmth) -> Result<OperationRow> {
    let Operation { name, function, most, .. } = operation;
    let Warm { calls, uncounted, .. } = warmth.operations.get(name).ok_or("an operation was not measured")?;
    let (cpu, hello) = (typical(warmth, name)?, typical(warmth, HELLO)?);
    let cpu_ratio = cpu.as_secs_f64() / hello.as_secs_f64();
    let goal = most.map(|most| match most {
        Most::Hellos(most) => Goal::new("CPU × hello", most, cpu_ratio),
        Most::Argon2AndMs(more) => {
            Goal::new("CPU − C library's Argon2, ms", more, c_library(warmth).map(|library| ms(cpu) - ms(library)))
        }
    });
    let memory_mb = world.memory(function);
    let request = Request { memory: memory_mb, cpu, calls, is_http: function != "mail" };
    Ok(OperationRow {
        name,
        function,
        cpu_ratio,
        cpu_ms: ms(cpu),
        per_second: 1.0 / cpu.as_secs_f64(),
        calls: calls.clone(),
        calls_uncounted: uncounted.clone(),
        memory_mb,
        billed_ms: ms(request.billed()),
        dollars_per_million: request.per_million(),
        goal,
    })
}

fn c_library(warmth: &Warmth) -> Option<Duration> {
    (!warmth.c_library.is_empty()).then(|| median(warmth.c_library.iter().copied()))
}

fn typical(warmth: &Warmth, operation: &str) -> Result<Duration> {
    let warm = warmth.operations.get(operation).ok_or("an operation was not measured")?;
    Ok(median(warm.cpu.iter().copied()))
}

fn total(calls: &Calls) -> u64 {
    [&calls.dynamodb, &calls.kms, &calls.ses].into_iter().flat_map(|calls| calls.values()).sum()
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[expect(clippy::cast_precision_loss, reason = "sizes in MB with one decimal")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / MEGABYTE as f64
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<16}{:>9}{:>9}{:>9}{:>9}{:>9}{:>7}{:>8}{:>8}{:>9}  goals",
            "function", "init ×", "ms", "CPU ×", "ms", "1st ×", "conn.", "RAM MB", "zip MB", "binary"
        )?;
        for row in &self.functions {
            let first = row.first_request.as_ref();
            let ratio = first.map_or("–".to_owned(), |first| format!("{:.1}", first.ratio));
            let connections = first.map_or("–".to_owned(), |first| first.connections.to_string());
            write!(f, "{:<16}{:>9.2}{:>9.1}", row.name, row.init_ratio, row.init_ms)?;
            write!(f, "{:>9.2}{:>9.1}{ratio:>9}{connections:>7}", row.init_cpu_ratio, row.init_cpu_ms)?;
            let sizes = [row.memory_bytes, row.zip_bytes, row.binary_bytes].map(megabytes);
            writeln!(f, "{:>8.1}{:>8.2}{:>9.2}  {}", sizes[0], sizes[1], sizes[2], verdict(&row.goals))?;
        }
        writeln!(
            f,
            "{:<16}{:>9}{:>9}{:>9}{:>9}{:>7}{:>8}{:>8}{:>9}  goal",
            "request", "CPU ×", "ms", "per s", "DynamoDB", "KMS", "limits", "bill ms", "$/M"
        )?;
        for row in &self.operations {
            let dynamodb: u64 = row.calls_uncounted.dynamodb.values().sum();
            let limits = total(&row.calls) - total(&row.calls_uncounted);
            let kms: u64 = row.calls.kms.values().sum();
            write!(f, "{:<16}{:>9.2}{:>9.2}", row.name, row.cpu_ratio, row.cpu_ms)?;
            write!(f, "{:>9.0}{dynamodb:>9}{kms:>7}{limits:>8}", row.per_second)?;
            write!(f, "{:>8.1}{:>9.2}  ", row.billed_ms, row.dollars_per_million)?;
            match &row.goal {
                Some(goal) => writeln!(f, "{goal}")?,
                None => writeln!(f, "what the others are measured against")?,
            }
        }
        let library = self.c_library_ms.map_or("not installed".to_owned(), |ms| format!("{ms:.1} ms of CPU"));
        writeln!(f, "one Argon2 run: {:.1} ms by the clock in auth; C library {library}", self.argon2_ms)
    }
}

/// All goals where all are met, else those that are missed.
fn verdict(goals: &[Goal]) -> String {
    let missed: Vec<_> = goals.iter().filter(|goal| goal.missed).map(Goal::to_string).collect();
    let shown = if missed.is_empty() { goals.iter().map(Goal::to_string).collect() } else { missed };
    shown.join(", ")
}
