//! How fast and how large: `speed [CHILDREN]` makes up a register of so many children (1,000,000) in a temporary CSV
//! file, builds a population from it on one core, looks children up and changes some. Prints figures beside what they
//! have to be, asserts nothing.
#![expect(clippy::print_stdout, reason = "an example program")]

mod goals;
mod machine;
mod made_up;

use std::fs::File;
use std::hint::black_box;
use std::io::{BufReader, BufWriter, Write};
use std::time::{Duration, Instant};

use encompass_matching::files::register;
use encompass_matching::person::Child;
use encompass_matching::population::{Builder, Population};
use encompass_matching::weigh::{Parameters, answer};
use goals::Goals;
use made_up::MadeUp;

/// Lookups in each of the rounds.
const LOOKUPS: u32 = 20_000;
const ROUNDS: u32 = 3;
const CHANGES: u32 = 2_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let children: u32 = std::env::args().nth(1).map_or(Ok(1_000_000), |children| children.parse())?;
    let goals = Goals::of(children);
    let made_up = MadeUp::new(children);
    let file = tempfile::NamedTempFile::new()?;
    write(&made_up, file.path())?;
    println!("| register of {children}, one core of {} | measured | goal |", machine::name());
    println!("| --- | --- | --- |");
    let before = Instant::now();
    let mut population = build(file.path())?;
    println!("| build from CSV | {:.1} s | {} |", before.elapsed().as_secs_f64(), goals.build);
    let memory = |name| machine::memory(name).unwrap_or_default();
    println!("| memory in use | {:.2} GiB | {} |", memory("VmRSS"), goals.memory);
    println!("| memory while it is built, at most | {:.2} GiB | {} |", memory("VmHWM"), goals.memory);
    let (times, right) = look_up(&made_up, &population);
    let total: Duration = times.iter().sum();
    println!("| lookups a second | {:.0} | {} |", f64::from(LOOKUPS) / total.as_secs_f64(), goals.rate);
    println!("| one lookup, median | {:.3} ms | |", at(&times, 0.5));
    println!("| one lookup, 99th percentile | {:.3} ms | {} |", at(&times, 0.99), goals.lookup);
    println!("| right child first, of {LOOKUPS} | {right} | |");
    println!(
        "| change of one child, 99th percentile | {:.3} ms | < 1 ms |",
        at(&change(&made_up, &mut population), 0.99)
    );
    Ok(())
}

fn build(path: &std::path::Path) -> Result<Population, Box<dyn std::error::Error>> {
    let mut builder = Builder::new();
    register(BufReader::with_capacity(1 << 20, File::open(path)?), |child| builder.add(&child))?;
    Ok(builder.finish())
}

fn write(made_up: &MadeUp, path: &std::path::Path) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    writeln!(
        out,
        "register_id,upn,forename,middle_names,surname,preferred_forename,dob,sex,address_line1,postcode"
    )?;
    for number in 0..made_up.children {
        let Child { id, forename, middle_names, surname, born, sex, address, postcode, upn, .. } =
            made_up.child(number);
        let sex = if sex == Some(encompass_matching::person::Sex::Female) { "F" } else { "M" };
        let born = born.map(|born| born.to_string()).unwrap_or_default();
        writeln!(out, "{id},{upn},{forename},{middle_names},{surname},,{born},{sex},{address},{postcode}")?;
    }
    out.flush()
}

/// The time of each lookup, rising, and how many found the right child first.
///
/// A lookup's time is its best of some rounds: what else runs on the machine is not measured.
fn look_up(made_up: &MadeUp, population: &Population) -> (Vec<Duration>, usize) {
    let parameters = Parameters::default();
    let mut times = vec![Duration::MAX; LOOKUPS as usize];
    let mut right = 0;
    for round in 0..ROUNDS {
        for (turn, time) in (0..).zip(&mut times) {
            let (number, sought) = made_up.sought(turn);
            let sought = [sought];
            let before = Instant::now();
            let answers = black_box(answer(&sought, population, &parameters));
            *time = before.elapsed().min(*time);
            let best = answers[0].candidates.first().filter(|_| round == 0);
            right += usize::from(best.is_some_and(|best| population.id(best.number) == made_up.id(number)));
        }
    }
    times.sort_unstable();
    (times, right)
}

/// The time of each change, rising.
fn change(made_up: &MadeUp, population: &mut Population) -> Vec<Duration> {
    let mut times = Vec::new();
    for turn in 0..CHANGES.min(made_up.children) {
        let mut child = made_up.child(turn * (made_up.children / CHANGES).max(1));
        child.forename.push_str("ette");
        let before = Instant::now();
        population.put(&child);
        times.push(before.elapsed());
    }
    times.sort_unstable();
    times
}

/// Milliseconds at a part of rising times.
fn at(times: &[Duration], part: f64) -> f64 {
    times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3
}
