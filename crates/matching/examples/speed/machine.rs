//! The machine that is measured, as far as Linux tells it.

use std::fs::read_to_string;
use std::thread::available_parallelism;

/// Cores and processor.
pub fn name() -> String {
    let processor = value("/proc/cpuinfo", "model name");
    let cores = available_parallelism().map_or(1, usize::from);
    format!("{cores} × {}", processor.unwrap_or_else(|| std::env::consts::ARCH.to_owned()))
}

/// Memory of this process in GiB: `VmRSS` now, `VmHWM` at most so far.
pub fn memory(name: &str) -> Option<f64> {
    let kib: f64 = value("/proc/self/status", name)?.strip_suffix(" kB")?.parse().ok()?;
    Some(kib / f64::from(1 << 20))
}

/// The value of the first line of `name : value`.
fn value(path: &str, name: &str) -> Option<String> {
    let text = read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':'))?;
    Some(line.trim().to_owned())
}
