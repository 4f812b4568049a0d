//! The peer of our password hashing: Argon2's own C library, as the Python service before this one called it.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

use crate::{Result, process::CpuClock};

/// Answers each line with one run, of the parameters that the tests of `functions/auth` demand of a hash.
const PROGRAM: &str = "
import sys
from argon2.low_level import Type, hash_secret_raw
for line in sys.stdin:
    hash_secret_raw(b'correct horse battery', b'sixteen bytes of', time_cost=2, memory_cost=19456, parallelism=1,
                    hash_len=32, type=Type.ID)
    print(flush=True)
";

/// A process that runs the C library when it is asked.
pub struct CLibrary {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl CLibrary {
    /// Where the package argon2-cffi is installed for the interpreter `python`; `None` where it is not.
    ///
    /// # Errors
    /// When the process cannot be started or talked to.
    pub fn start(python: &Path) -> Result<Option<Self>> {
        let has_it = Command::new(python).args(["-c", "import argon2.low_level"]).stderr(Stdio::null()).status();
        if !has_it.is_ok_and(|status| status.success()) {
            return Ok(None);
        }
        let mut command = Command::new(python);
        let mut child = command.args(["-c", PROGRAM]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(ask), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the C library's process has no pipes".into());
        };
        let mut library = Self { child, ask, answers: BufReader::new(answers) };
        // The first run finds its memory, and starting the interpreter is none of it.
        library.run()?;
        Ok(Some(library))
    }

    /// CPU time of one run.
    ///
    /// # Errors
    /// When the process does not answer.
    pub fn run(&mut self) -> Result<Duration> {
        let clock = CpuClock::of(self.child.id())?;
        let before = clock.now()?;
        self.ask.write_all(b"\n")?;
        if self.answers.read_line(&mut String::new())? == 0 {
            return Err("the C library's process has ended".into());
        }
        Ok(clock.now()?.saturating_sub(before))
    }
}

impl Drop for CLibrary {
    fn drop(&mut self) {
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}
