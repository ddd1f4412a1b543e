//! How fast and how large: `speed CHILDREN [LOOKUPS]` makes up a register of so many children in a temporary CSV
//! file, builds a population from it on one core and looks children up. Prints, asserts nothing.
#![expect(clippy::print_stdout, reason = "an example program")]

mod made_up;

use std::fs::File;
use std::hint::black_box;
use std::io::{BufReader, BufWriter, Write};
use std::time::{Duration, Instant};

use encompass_matching::files::register;
use encompass_matching::person::Child;
use encompass_matching::population::{Builder, Population};
use encompass_matching::weigh::{Parameters, answer};
use made_up::MadeUp;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let children: u32 = arguments.next().ok_or("speed CHILDREN [LOOKUPS]")?.parse()?;
    let lookups: u32 = arguments.next().map_or(Ok(20_000), |count| count.parse())?;
    let made_up = MadeUp::new(children);
    let file = tempfile::NamedTempFile::new()?;
    write(&made_up, file.path())?;
    let before = Instant::now();
    let mut builder = Builder::new();
    register(BufReader::with_capacity(1 << 20, File::open(file.path())?), |child| builder.add(&child))?;
    let read = before.elapsed();
    let mut population = builder.finish();
    println!("children            {}", population.len());
    println!(
        "build from CSV      {:.1} s (of it reading {:.1} s)",
        before.elapsed().as_secs_f64(),
        read.as_secs_f64()
    );
    println!("memory held         {:.2} GiB", population.bytes() as f64 / f64::from(1 << 30));
    println!("memory of process   {}", status("VmRSS").unwrap_or_default());
    println!("at most             {}", status("VmHWM").unwrap_or_default());
    measure(&made_up, &population, lookups);
    change(&made_up, &mut population);
    Ok(())
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

fn measure(made_up: &MadeUp, population: &Population, lookups: u32) {
    let parameters = Parameters::default();
    let mut times = vec![Duration::MAX; lookups as usize];
    let mut right = 0;
    // The best of three rounds: what else runs on the machine is not measured.
    for round in 0..3 {
        for turn in 0..lookups {
            let (number, sought) = made_up.sought(turn);
            let sought = [sought];
            let before = Instant::now();
            let answers = black_box(answer(&sought, population, &parameters));
            let time = &mut times[turn as usize];
            *time = before.elapsed().min(*time);
            let best = answers[0].candidates.first().filter(|_| round == 0);
            right += u32::from(best.is_some_and(|best| population.id(best.number) == made_up.id(number)));
        }
    }
    let total: Duration = times.iter().sum();
    times.sort_unstable();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e6;
    println!("lookups             {lookups}, the right child first in {right}");
    println!("lookups a second    {:.0}", f64::from(lookups) / total.as_secs_f64());
    println!("median, p99, most   {:.0} µs, {:.0} µs, {:.0} µs", at(0.5), at(0.99), at(1.0));
}

fn change(made_up: &MadeUp, population: &mut Population) {
    let mut times = Vec::new();
    for turn in 0..2_000 {
        let mut child = made_up.child(turn * 7);
        child.forename.push_str("ette");
        let before = Instant::now();
        population.put(&child);
        times.push(before.elapsed());
        assert!(population.find(&child.id).is_some(), "a change is visible");
    }
    times.sort_unstable();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e6;
    println!(
        "changes             median, p99, most {:.0} µs, {:.0} µs, {:.0} µs",
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

fn status(name: &str) -> Option<String> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
