//! The report as Markdown.

use std::fmt::Write as _;

use encompass_county::EVENT_BYTES;
use jiff::Timestamp;

use crate::figure::{Paced, Saturated, median};
use crate::plan::Plan;
use crate::subject::Measured;

/// All that was measured.
#[derive(Default)]
pub struct Report {
    /// When.
    pub date: Timestamp,
    /// On what.
    pub machine: Vec<String>,
    /// How much.
    pub plan: Plan,
    /// The service, on each store.
    pub service: Vec<Measured>,
    /// How soon it was ready, on each store.
    pub starts: Vec<Start>,
    /// The plain consumer, in each mode.
    pub plain: Vec<Measured>,
}

/// How soon the service was ready on an existing store.
pub struct Start {
    /// What the table calls it.
    pub name: &'static str,
    /// One figure for each start.
    pub seconds: Vec<f64>,
}

/// What each does and leaves out, for who compares.
const WHAT_EACH_DOES: &str = "\
The service seals personal data under a key per incident, keeps every version, decides with evidence, works out the \
due time, plans deliveries and retries, writes the hashed audit log and numbered lifecycle events and publishes them to \
Kafka, each step durable before the next; `acks=all`, PostgreSQL with `synchronous_commit=on` or SQLite with \
`synchronous=FULL`.

The plain consumer (Python: confluent-kafka, psycopg, aiosmtplib) matches by one look-up in a dict, writes two rows and \
mails inside its transaction. It leaves out refusals, versions, sealing, audit, lifecycle events, due times, plans, \
leases, retries, portal and desk; a crash between mail and commit mails again. Batches wait 0.1 s at most.

Broker, database, mail sink and police system run beside whatever is measured, on the same processors.
";

/// The whole report.
pub fn markdown(report: &Report, with_processor: bool) -> String {
    let mut text = format!("# Benchmark, {}\n\n", report.date.strftime("%Y-%m-%d %H:%M UTC"));
    for line in &report.machine {
        let _ = writeln!(text, "- {line}");
    }
    let Plan { rounds, paced, settling, .. } = report.plan;
    let _ = writeln!(
        text,
        "\nIncidents of {EVENT_BYTES} bytes with one child each, exactly matched on a register of {}, one school, one \
         mail. From publishing to the mail sink's acceptance. Median of {rounds}; latency over {} s after {} s.\n",
        Plan::CHILDREN,
        (paced - settling).as_secs(),
        settling.as_secs(),
    );
    figures(&mut text, report);
    ratios(&mut text, report);
    starts(&mut text, report);
    if with_processor {
        processor(&mut text, report);
    }
    text.push('\n');
    text.push_str(WHAT_EACH_DOES);
    text
}

fn figures(text: &mut String, report: &Report) {
    text.push_str("| | incidents/s | until all work is done |");
    for rate in Plan::RATES {
        let _ = write!(text, " at {rate}/s: p50 · p95 · p99 ms |");
    }
    text.push_str(" memory at the end · peak MiB |\n|---|--:|--:|");
    text.push_str(&"--:|".repeat(Plan::RATES.len() + 1));
    text.push('\n');
    for one in report.service.iter().chain(&report.plain) {
        let done = median(one.saturated.iter().map(|round| round.done_per_second));
        let _ = write!(text, "| {} | {:.0} | {done:.0} |", one.name, per_second(one));
        for rate in Plan::RATES {
            let rounds = one.paced.iter().find(|(known, _)| *known == rate);
            let _ = write!(text, " {} |", rounds.map_or("–".to_owned(), |(_, rounds)| latency(rounds)));
        }
        let _ = writeln!(text, " {:.0} · {:.0} |", one.memory.resident, one.memory.peak);
    }
}

fn latency(rounds: &[Paced]) -> String {
    let Paced { p50_ms, p95_ms, p99_ms, .. } = Paced::median(rounds);
    let overrun = if Paced::median(rounds).is_overrun() { " (overrun)" } else { "" };
    format!("{p50_ms:.1} · {p95_ms:.1} · {p99_ms:.1}{overrun}")
}

/// How many times as many incidents a second the service takes, from this one run.
fn ratios(text: &mut String, report: &Report) {
    if report.service.is_empty() || report.plain.is_empty() {
        return;
    }
    text.push_str("\n| incidents/s, ratio |");
    for plain in &report.plain {
        let _ = write!(text, " {} |", plain.name);
    }
    let _ = write!(text, "\n|---|{}", "--:|".repeat(report.plain.len()));
    for ours in &report.service {
        let _ = write!(text, "\n| {} |", ours.name);
        for plain in &report.plain {
            let _ = write!(text, " {:.2} × |", per_second(ours) / per_second(plain));
        }
    }
    text.push('\n');
}

fn starts(text: &mut String, report: &Report) {
    for start in &report.starts {
        let seconds = median(start.seconds.iter().copied());
        let _ = writeln!(
            text,
            "\n{}: ready {seconds:.2} s after its start on the store of these rounds.",
            start.name
        );
    }
}

/// Processor seconds per thousand incidents, of each program.
fn processor(text: &mut String, report: &Report) {
    text.push_str("\nProcessor seconds per 1,000 incidents in the saturated rounds:\n");
    for one in report.service.iter().chain(&report.plain) {
        let _ = write!(text, "\n- {}:", one.name);
        let mut programs: Vec<&String> =
            one.saturated.iter().flat_map(|round| round.processor.keys()).collect();
        programs.sort_unstable();
        programs.dedup();
        for program in programs {
            let of = |round: &Saturated| round.processor.get(program).copied().unwrap_or_default();
            #[expect(clippy::cast_precision_loss, reason = "counts of incidents are small")]
            let thousands = one.incidents as f64 / 1e3;
            let seconds = median(one.saturated.iter().map(of)) / thousands;
            if seconds >= 0.005 {
                let _ = write!(text, " {program} {seconds:.2}");
            }
        }
    }
    text.push('\n');
}

fn per_second(one: &Measured) -> f64 {
    median(one.saturated.iter().map(|round| round.per_second))
}
