//! Names the machine and the programs, so that a figure can be compared.

use std::fs;
use std::process::Command;

/// One line each, for the head of the report.
pub fn lines() -> Vec<String> {
    let load = read("/proc/loadavg").split_whitespace().next().unwrap_or_default().to_owned();
    let mut lines = vec![
        format!("{} × {}, {} GiB, Linux {}", cores(), processor(), memory_gib(), kernel()),
        format!("load average before the first round: {load}"),
    ];
    lines.extend(
        [("rustc", "-V"), ("java", "--version"), ("python3", "-V")].iter().filter_map(|it| version(*it)),
    );
    lines
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn processor() -> String {
    value_of(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

fn memory_gib() -> u64 {
    let kib = value_of(&read("/proc/meminfo"), "MemTotal");
    let kib = kib.and_then(|text| text.trim_end_matches("kB").trim().parse::<u64>().ok());
    kib.map_or(0, |kib| (kib + 512 * 1024) / (1024 * 1024))
}

fn kernel() -> String {
    read("/proc/sys/kernel/osrelease").trim().to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

/// The value in `name : value` lines.
fn value_of(text: &str, name: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':'));
    line.map(|value| value.trim().to_owned())
}

/// The first line of what a program says of its version; nothing where there is no such program.
fn version((program, argument): (&str, &str)) -> Option<String> {
    let output = Command::new(program).arg(argument).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).lines().next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_whole_name() {
        let text = "model\t\t: 85\nmodel name\t: Made-up CPU @ 2 GHz\n";
        assert_eq!(value_of(text, "model name").as_deref(), Some("Made-up CPU @ 2 GHz"));
        assert_eq!(value_of(text, "flags"), None);
    }
}
