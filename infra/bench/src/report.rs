//! The table, and the same as JSON: ratios first, for machines differ.

use std::{fmt, time::Duration};

use local::Calls;
use serde::Serialize;

use crate::{
    Result,
    measure::{First, Start, Warm, Warmth, all, median},
    operation::{ALL, Operation},
    prices::{self, Request},
    process::sizes,
    world::{HELLO, World},
};

const MEGABYTE: u64 = 1_000_000;
/// Times hello's.
const MOST_INIT: f64 = 3.0;
const MOST_ZIP: u64 = 5 * MEGABYTE;
const MOST_MEMORY: u64 = 40 * MEGABYTE;
/// Memory of one Argon2 run.
const ARGON2: u64 = 19 * 1024 * 1024;
/// Milliseconds for a request without a password, and with so many calls to AWS at most.
const MOST_CPU: f64 = 1.5;
const FEW_CALLS: u64 = 3;

/// All that was measured.
#[derive(Serialize)]
pub struct Report {
    prices_read_in: &'static str,
    argon2_ms: f64,
    functions: Vec<FunctionRow>,
    operations: Vec<OperationRow>,
}

#[derive(Serialize)]
struct FunctionRow {
    name: &'static str,
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
    missed: Vec<&'static str>,
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
    /// Times hello's, and in milliseconds; without Argon2.
    cpu_ratio: f64,
    cpu_ms: f64,
    /// What Argon2 takes besides.
    argon2_ms: Option<f64>,
    /// That one processor can answer in a second, Argon2 included.
    per_second: f64,
    calls: Calls,
    /// Without the counters of limits.
    calls_uncounted: Calls,
    memory_mb: u32,
    billed_ms: f64,
    dollars_per_million: f64,
    missed: Vec<&'static str>,
}

/// What was measured of starts and first requests, by function.
pub struct Starts {
    /// Every start.
    pub starts: std::collections::BTreeMap<&'static str, Vec<Start>>,
    /// The operation that was asked for first, and what that took.
    pub firsts: std::collections::BTreeMap<&'static str, (&'static str, Vec<First>)>,
}

impl Report {
    /// Makes sense of measurements.
    ///
    /// # Errors
    /// When a binary cannot be read, or something was not measured.
    pub fn new(world: &World, starts: &Starts, warmth: &Warmth) -> Result<Self> {
        let functions = all().map(|name| function(name, world, starts, warmth)).collect::<Result<_>>()?;
        let operations = ALL.into_iter().map(|operation| row(operation, world, warmth)).collect::<Result<_>>()?;
        let argon2_ms = ms(median(warmth.argon2.iter().copied()));
        Ok(Self { prices_read_in: prices::READ_IN, argon2_ms, functions, operations })
    }
}

fn function(name: &'static str, world: &World, all: &Starts, warmth: &Warmth) -> Result<FunctionRow> {
    let of = |name: &str| all.starts.get(name).map(Vec::as_slice).ok_or("a function was not started");
    let (own, hello) = (of(name)?, of(HELLO)?);
    // Both of one round: what disturbed one disturbed the other.
    let ratio = |of: fn(&Start) -> Duration| {
        median(own.iter().zip(hello).map(|(own, hello)| of(own).as_secs_f64() / of(hello).as_secs_f64()))
    };
    let init_ratio = ratio(|start| start.wall);
    let (binary_bytes, zip_bytes) = sizes(&world.binary(name))?;
    let memory_bytes = *warmth.peak_memory.get(name).ok_or("a function was not asked")?;
    let hashes = ALL.iter().any(|operation| operation.function == name && operation.hashes);
    let most_memory = MOST_MEMORY + if hashes { ARGON2 } else { 0 };
    let first_request = all.firsts.get(name).map(|(operation, firsts)| first(operation, firsts, warmth)).transpose()?;
    let missed = [
        (init_ratio > MOST_INIT, "init ≤ 3 × hello"),
        (zip_bytes > MOST_ZIP, "zip ≤ 5 MB"),
        (memory_bytes > most_memory, "memory ≤ 40 MB, with Argon2 60"),
        (first_request.as_ref().is_some_and(|first| first.connections > 0), "no connection in a first request"),
    ];
    Ok(FunctionRow {
        name,
        init_ratio,
        init_ms: ms(median(own.iter().map(|start| start.wall))),
        init_cpu_ratio: ratio(|start| start.cpu),
        init_cpu_ms: ms(median(own.iter().map(|start| start.cpu))),
        first_request,
        memory_bytes,
        zip_bytes,
        binary_bytes,
        missed: missed.into_iter().filter_map(|(missed, goal)| missed.then_some(goal)).collect(),
    })
}

fn first(operation: &'static str, firsts: &[First], warmth: &Warmth) -> Result<FirstRow> {
    let cpu = median(firsts.iter().map(|first| first.cpu));
    let ratio = cpu.as_secs_f64() / typical(warmth, operation)?.as_secs_f64();
    let connections = firsts.iter().map(|first| first.sockets).max().unwrap_or_default();
    Ok(FirstRow { operation, ratio, cpu_ms: ms(cpu), connections })
}

fn row(operation: Operation, world: &World, warmth: &Warmth) -> Result<OperationRow> {
    let Operation { name, function, hashes, .. } = operation;
    let Warm { calls, uncounted, .. } = warmth.operations.get(name).ok_or("an operation was not measured")?;
    let (cpu, hello) = (typical(warmth, name)?, typical(warmth, HELLO)?);
    let argon2 = hashes.then(|| median(warmth.argon2.iter().copied()));
    let own = cpu.saturating_sub(argon2.unwrap_or_default());
    let memory_mb = world.memory(function);
    let request = Request { memory: memory_mb, cpu, calls, is_http: function != "mail" };
    let dear = !hashes && total(calls) <= FEW_CALLS && ms(own) > MOST_CPU;
    Ok(OperationRow {
        name,
        function,
        cpu_ratio: own.as_secs_f64() / hello.as_secs_f64(),
        cpu_ms: ms(own),
        argon2_ms: argon2.map(ms),
        per_second: 1.0 / cpu.as_secs_f64(),
        calls: calls.clone(),
        calls_uncounted: uncounted.clone(),
        memory_mb,
        billed_ms: ms(request.billed()),
        dollars_per_million: request.per_million(),
        missed: if dear { vec!["CPU ≤ 1.5 ms"] } else { Vec::new() },
    })
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
            "{:<16}{:>9}{:>9}{:>9}{:>9}{:>9}{:>7}{:>8}{:>8}{:>9}  goal",
            "function", "init ×", "ms", "CPU ×", "ms", "1st ×", "conn.", "RAM MB", "zip MB", "binary"
        )?;
        for row in &self.functions {
            let first = row.first_request.as_ref();
            let ratio = first.map_or("–".to_owned(), |first| format!("{:.1}", first.ratio));
            let connections = first.map_or("–".to_owned(), |first| first.connections.to_string());
            write!(f, "{:<16}{:>9.1}{:>9.1}", row.name, row.init_ratio, row.init_ms)?;
            write!(f, "{:>9.1}{:>9.1}{ratio:>9}{connections:>7}", row.init_cpu_ratio, row.init_cpu_ms)?;
            let sizes = [row.memory_bytes, row.zip_bytes, row.binary_bytes].map(megabytes);
            writeln!(f, "{:>8.1}{:>8.2}{:>9.2}  {}", sizes[0], sizes[1], sizes[2], goal(&row.missed))?;
        }
        writeln!(
            f,
            "{:<16}{:>9}{:>9}{:>9}{:>9}{:>9}{:>7}{:>8}{:>8}{:>9}  goal",
            "request", "CPU ×", "ms", "Argon2", "per s", "DynamoDB", "KMS", "limits", "bill ms", "$/M"
        )?;
        for row in &self.operations {
            let argon2 = row.argon2_ms.map_or("–".to_owned(), |ms| format!("{ms:.1}"));
            let dynamodb: u64 = row.calls_uncounted.dynamodb.values().sum();
            let limits = total(&row.calls) - total(&row.calls_uncounted);
            let kms: u64 = row.calls.kms.values().sum();
            write!(f, "{:<16}{:>9.1}{:>9.2}{argon2:>9}", row.name, row.cpu_ratio, row.cpu_ms)?;
            write!(f, "{:>9.0}{dynamodb:>9}{kms:>7}{limits:>8}", row.per_second)?;
            writeln!(f, "{:>8.1}{:>9.2}  {}", row.billed_ms, row.dollars_per_million, goal(&row.missed))?;
        }
        Ok(())
    }
}

fn goal(missed: &[&str]) -> String {
    if missed.is_empty() { "ok".to_owned() } else { format!("MISSED {}", missed.join(", ")) }
}
