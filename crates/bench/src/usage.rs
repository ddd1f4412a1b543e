//! Processor time and memory as the kernel counts them.

use std::collections::BTreeMap;
use std::fs;

use anyhow::Context;

/// One process as its `stat` file tells (proc(5)).
struct Stat {
    pid: u32,
    parent: u32,
    program: String,
    /// Clock ticks of its own.
    own: u64,
    /// Clock ticks of children that have ended.
    ended: u64,
}

/// Memory of a process, in MiB.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Resident now.
    pub resident: f64,
    /// The most that was ever resident.
    pub peak: f64,
}

/// Processor seconds of this process and of all that it started, by program.
pub fn processor_seconds() -> anyhow::Result<BTreeMap<String, f64>> {
    let all = processes()?;
    let ours = std::process::id();
    let mut family = vec![ours];
    let mut at = 0;
    while let Some(parent) = family.get(at).copied() {
        family.extend(all.iter().filter(|it| it.parent == parent && it.pid != ours).map(|it| it.pid));
        at += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "ticks of one run are few")]
    let seconds = |ticks: u64| ticks as f64 / rustix::param::clock_ticks_per_second() as f64;
    let mut sums = BTreeMap::new();
    for process in all.into_iter().filter(|it| family.contains(&it.pid)) {
        // What we ran and waited for, such as pip, is no part of any round.
        let ended = if process.pid == ours { 0 } else { process.ended };
        *sums.entry(process.program).or_default() += seconds(process.own + ended);
    }
    Ok(sums)
}

/// Memory of one process.
pub fn memory(pid: u32) -> anyhow::Result<Memory> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).context("memory of a process")?;
    let of = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kib = line.and_then(|value| value.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
        kib.map(|kib| kib / 1024.0).with_context(|| format!("{name} of process {pid}"))
    };
    Ok(Memory { resident: of("VmRSS")?, peak: of("VmHWM")? })
}

/// Processor seconds of one process.
pub fn own_seconds(pid: u32) -> anyhow::Result<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).context("a process")?;
    let stat = read(&text).context("stat file")?;
    #[expect(clippy::cast_precision_loss, reason = "ticks of one run are few")]
    Ok(stat.own as f64 / rustix::param::clock_ticks_per_second() as f64)
}

fn processes() -> anyhow::Result<Vec<Stat>> {
    let entries = fs::read_dir("/proc").context("the kernel's process table")?;
    // One that ends meanwhile has no file any more.
    let stats =
        entries.flatten().filter_map(|entry| read(&fs::read_to_string(entry.path().join("stat")).ok()?));
    Ok(stats.collect())
}

fn read(text: &str) -> Option<Stat> {
    let (head, rest) = text.rsplit_once(')')?;
    let (pid, program) = head.split_once(" (")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Stat {
        pid: pid.parse().ok()?,
        parent: fields.get(1)?.parse().ok()?,
        program: program.to_owned(),
        own: ticks(11)? + ticks(12)?,
        ended: ticks(13)? + ticks(14)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stat_line_is_read_although_the_program_has_brackets_and_blanks() {
        let line = "42 (tmux: (a) b) S 7 42 42 0 -1 4194560 1 2 3 4 100 20 3 4 20 0 1 0 5 6 7";
        let stat = read(line).expect("a stat line");
        assert_eq!((stat.pid, stat.parent, stat.own, stat.ended), (42, 7, 120, 7));
        assert_eq!(stat.program, "tmux: (a) b");
    }

    #[test]
    fn our_own_process_is_found_with_its_memory() {
        assert!(processor_seconds().is_ok_and(|all| !all.is_empty()));
        assert!(memory(std::process::id()).is_ok_and(|memory| memory.peak >= memory.resident));
    }
}
