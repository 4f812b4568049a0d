//! What the kernel knows of a process, and what a file weighs.

use std::{collections::BTreeSet, fs, io, io::Write, path::Path, time::Duration};

use flate2::{Compression, write::DeflateEncoder};
use nix::{
    time::{ClockId, clock_getcpuclockid},
    unistd::Pid,
};

/// The headers of an archive that holds nothing but a file called `bootstrap`. Bytes.
const ZIP_HEADERS: u64 = 30 + 46 + 22 + 2 * "bootstrap".len() as u64;

/// The clock that counts the CPU time of one process, all its threads together. Nanoseconds.
pub struct CpuClock(ClockId);

impl CpuClock {
    /// Of a running process.
    ///
    /// # Errors
    /// When there is no such process.
    pub fn of(pid: u32) -> io::Result<Self> {
        let pid = Pid::from_raw(pid.try_into().map_err(io::Error::other)?);
        Ok(Self(clock_getcpuclockid(pid)?))
    }

    /// CPU time since the start.
    ///
    /// # Errors
    /// When the process has ended.
    pub fn now(&self) -> io::Result<Duration> {
        Ok(Duration::from(self.0.now()?))
    }
}

/// The most memory that a process has had resident at once. Bytes.
///
/// # Errors
/// When it has ended.
pub fn peak_memory(pid: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kilobytes =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
    kilobytes.map(|kilobytes: u64| kilobytes * 1024).ok_or_else(|| io::Error::other("no VmHWM"))
}

/// The sockets that a process holds, by the kernel's names for them.
///
/// # Errors
/// When it has ended.
pub fn sockets(pid: u32) -> io::Result<BTreeSet<String>> {
    let files = fs::read_dir(format!("/proc/{pid}/fd"))?.filter_map(Result::ok);
    let targets = files.filter_map(|file| Some(fs::read_link(file.path()).ok()?.to_string_lossy().into_owned()));
    Ok(targets.filter(|target| target.starts_with("socket:")).collect())
}

/// The size of an executable, and of the archive that is uploaded. Bytes.
///
/// # Errors
/// When it cannot be read.
pub fn sizes(binary: &Path) -> io::Result<(u64, u64)> {
    let content = fs::read(binary)?;
    let mut deflated = DeflateEncoder::new(Counter(0), Compression::default());
    deflated.write_all(&content)?;
    Ok((content.len() as u64, deflated.finish()?.0 + ZIP_HEADERS))
}

/// Counts what is written.
struct Counter(u64);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
