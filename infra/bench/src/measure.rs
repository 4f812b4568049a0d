//! Measures functions side by side: every round starts or asks each of them once, so that what disturbs the machine disturbs all,
//! and of all rounds the median counts.

use std::{collections::BTreeMap, time::Duration};

use local::Calls;
use serde_json::Value;

use crate::{
    Result,
    c_library::CLibrary,
    operation::{self, Operation, Person},
    process::{CpuClock, peak_memory, sockets},
    runtime::Function,
    world::World,
};

/// The first rounds fill caches; they are not counted.
const UNCOUNTED: usize = 5;
/// How long a line of a function's log may take to be read.
const PATIENCE: Duration = Duration::from_secs(5);
/// A key may be tested five times a minute.
const ROUNDS_BETWEEN_LIMITS: usize = 4;

/// What the start of a function took.
#[derive(Clone, Copy, Default)]
pub struct Start {
    /// From the start of the process to its first request for work.
    pub wall: Duration,
    /// CPU time of the process by then.
    pub cpu: Duration,
}

/// What the first request to a new instance took.
#[derive(Clone, Copy, Default)]
pub struct First {
    /// CPU time.
    pub cpu: Duration,
    /// Connections opened for it.
    pub sockets: usize,
}

/// What a kind of request takes of a warm instance.
#[derive(Clone, Default)]
pub struct Warm {
    /// CPU time, for each round.
    pub cpu: Vec<Duration>,
    /// Calls to AWS.
    pub calls: Calls,
    /// Calls to AWS, without those that count for limits.
    pub uncounted: Calls,
}

/// All that was measured of warm instances.
pub struct Warmth {
    /// By the names of the operations.
    pub operations: BTreeMap<&'static str, Warm>,
    /// By the names of the functions. Bytes.
    pub peak_memory: BTreeMap<String, u64>,
    /// Of one Argon2 run, for each round: how long it took in the function `auth`, which writes that into its log.
    pub argon2: Vec<Duration>,
    /// CPU time of the C library's run, for each round; empty where it is not installed.
    pub c_library: Vec<Duration>,
}

/// Starts every function once in each round.
///
/// # Errors
/// When one does not start.
pub async fn starts(world: &World, rounds: usize) -> Result<BTreeMap<String, Vec<Start>>> {
    let mut starts: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for round in 0..=rounds {
        for name in world.all() {
            let function = world.function(&name).await?;
            let start = Start { wall: function.init(), cpu: clock(&function)?.now()? };
            function.stop().await?;
            if round > 0 {
                starts.entry(name).or_default().push(start);
            }
        }
    }
    Ok(starts)
}

/// Asks a new instance of each function once in each round: the operation that is named here.
///
/// # Errors
/// When there is no answer.
pub async fn firsts(
    world: &mut World,
    person: &mut Person,
    rounds: usize,
) -> Result<BTreeMap<&'static str, (&'static str, Vec<First>)>> {
    let asked = ["document", "profile", "list", "kyc status", "tokens"];
    let mut firsts: BTreeMap<_, (_, Vec<_>)> = BTreeMap::new();
    for _ in 0..rounds {
        for operation in operation::ALL.into_iter().filter(|operation| asked.contains(&operation.name)) {
            let mut function = world.function(operation.function).await?;
            let before = sockets(pid(&function)?)?;
            let (cpu, _) = ask(&mut function, operation, world, person).await?;
            let first = First { cpu, sockets: sockets(pid(&function)?)?.difference(&before).count() };
            firsts.entry(operation.function).or_insert((operation.name, Vec::new())).1.push(first);
        }
    }
    Ok(firsts)
}

/// Asks one instance of each function for every kind of request once in each round.
///
/// # Errors
/// When an answer is not the one that was meant to be measured.
pub async fn warmth(
    world: &mut World,
    person: &mut Person,
    mut c_library: Option<CLibrary>,
    rounds: usize,
) -> Result<Warmth> {
    let mut functions = BTreeMap::new();
    for name in world.all() {
        let function = world.function(&name).await?;
        functions.insert(name, function);
    }
    let mut talkative = Function::start(&world.launch("auth").with("LOG_LEVEL", "debug")).await?;
    let mut operations: BTreeMap<_, Warm> = BTreeMap::new();
    let (mut argon2, mut peer) = (Vec::new(), Vec::new());
    for round in 0..UNCOUNTED + rounds {
        if round % ROUNDS_BETWEEN_LIMITS == 0 {
            world.forget_counters().await?;
        }
        for operation in operation::ALL {
            let function = functions.get_mut(operation.function).ok_or("no such function")?;
            let (cpu, calls) = ask(function, operation, world, person).await?;
            if round >= UNCOUNTED {
                let warm = operations.entry(operation.name).or_default();
                warm.cpu.push(cpu);
                (warm.calls, warm.uncounted) = calls;
            }
        }
        argon2.push(one_argon2(&mut talkative, world, person).await?);
        peer.extend(c_library.as_mut().map(CLibrary::run).transpose()?);
    }
    let memory = functions.iter().map(|(name, function)| Ok((name.clone(), peak_memory(pid(function)?)?)));
    let peak_memory = memory.collect::<Result<_>>()?;
    Ok(Warmth { operations, peak_memory, argon2, c_library: peer })
}

/// One request: its CPU time, and its calls with and without the counters of limits.
async fn ask(
    function: &mut Function,
    operation: Operation,
    world: &mut World,
    person: &mut Person,
) -> Result<(Duration, (Calls, Calls))> {
    let event: Value = person.event(operation, world).await?;
    world.aws.reset_calls();
    let clock = clock(function)?;
    let before = clock.now()?;
    let answer = function.invoke(&event).await?;
    let cpu = clock.now()?.saturating_sub(before);
    person.learn(operation, &answer)?;
    Ok((cpu, (world.aws.calls(), world.aws.calls_without(&world.counters()))))
}

/// What an instance of auth that logs at the level `debug` says of the run in one login.
async fn one_argon2(auth: &mut Function, world: &mut World, person: &mut Person) -> Result<Duration> {
    let mut log = auth.log();
    log.clear();
    ask(auth, operation::LOGIN, world, person).await?;
    let said = tokio::time::timeout(PATIENCE, async {
        loop {
            log.push_str(&auth.log());
            let mut lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            if let Some(microseconds) = lines.find_map(|line| line["argon2_us"].as_u64()) {
                return microseconds;
            }
            // The line was written before the answer; its pipe may not have been read yet.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    let microseconds = said.await.map_err(|_| "auth says nothing of Argon2")?;
    Ok(Duration::from_micros(microseconds))
}

fn pid(function: &Function) -> Result<u32> {
    function.pid().ok_or_else(|| "a function has ended".into())
}

fn clock(function: &Function) -> Result<CpuClock> {
    Ok(CpuClock::of(pid(function)?)?)
}

/// The middle one.
#[must_use]
pub fn median<T: PartialOrd + Copy + Default>(values: impl IntoIterator<Item = T>) -> T {
    let mut values: Vec<T> = values.into_iter().collect();
    values.sort_by(|one, other| one.partial_cmp(other).unwrap_or(std::cmp::Ordering::Equal));
    values.get(values.len() / 2).copied().unwrap_or_default()
}
