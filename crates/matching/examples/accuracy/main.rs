//! How well made-up children are matched: `accuracy [SET]` matches the files of a set (`dev` or `train`) in the folder
//! that `ENCOMPASS_LINKAGE` names, `../shared/linkage` otherwise, and prints recall beside what it has to be. Where the
//! set is not there it takes the cut that the tests use, which is too small to show the goals. Asserts nothing.
#![expect(clippy::print_stdout, reason = "an example program")]

mod files;
mod score;

use encompass_matching::files::run;
use files::Files;
use score::Scored;

/// What is asked of each set: recall at 0.999 and at 0.9999, with a threshold from the other half, points between
/// traditions.
const GOALS: [(&str, [&str; 4]); 2] =
    [("dev", ["≥ 0.98", "≥ 0.93", "", "≤ 3"]), ("train", ["≥ 0.98", "≥ 0.955", "≥ 0.94", "≤ 3"])];

/// Traditions with fewer incidents than this say too little.
const INCIDENTS: usize = 200;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let set = std::env::args().nth(1).unwrap_or_else(|| "dev".to_owned());
    let (_, goals) = GOALS.iter().find(|(name, _)| *name == set).ok_or("accuracy [dev|train]")?;
    let (files, goals, name) = match Files::of_set(&set)? {
        Some(files) => (files, *goals, format!("set `{set}`")),
        None => {
            println!("The set `{set}` is not at hand: set ENCOMPASS_LINKAGE to the folder that has it.");
            println!("Instead, the cut that the tests use, for which no goals are set:\n");
            (Files::of_tests(), [""; 4], "tests' cut".to_owned())
        }
    };
    let mut out = Vec::new();
    let report = run(&*files.register, &*files.incidents, &mut out, None)?;
    let scored = Scored::new(&files.truth, &out)?;
    println!(
        "| {name}: {} incidents, {} children on the register | measured | goal |",
        report.incidents, report.children
    );
    println!("| --- | --- | --- |");
    println!("| recall at precision 0.999 | {:.4} | {} |", scored.recall(0.999), goals[0]);
    println!("| recall at precision 0.9999 | {:.4} | {} |", scored.recall(0.9999), goals[1]);
    let (recall, precision) = scored.transfer(0.9999);
    println!(
        "| recall with the other half's threshold for 0.9999 | {recall:.4} at {precision:.5} | {} |",
        goals[2]
    );
    if let Some(gap) = scored.gap(0.999, INCIDENTS) {
        println!(
            "| points between traditions of {INCIDENTS} incidents or more, at 0.999 | {:.1} | {} |",
            gap * 100.0,
            goals[3]
        );
    }
    Ok(())
}
