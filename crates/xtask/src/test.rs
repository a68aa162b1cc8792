//! `cargo xtask test`: set up, run every step, sum up. A failure does not stop the steps after it.

use std::collections::BTreeMap;
use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::args::TestOptions;
use crate::counts::Counts;
use crate::project::Project;
use crate::report::{self, Row};
use crate::setup::{self, Need};
use crate::steps::{Action, Parser, STEPS, Step};
use crate::{Failure, process};

/// Needs that could not be met, and why.
type Unmet = BTreeMap<Need, Failure>;

pub fn test(project: &Project, options: &TestOptions) -> Result<ExitCode, Failure> {
    let start = Instant::now();
    let steps = chosen(options)?;
    let unmet = set_up(project, &steps);
    let mut rows = Vec::new();
    for step in steps {
        let started = Instant::now();
        report::heading(&format!("{}: {}", step.name, step.about));
        let counts = run(project, step, options.filter.as_deref(), &unmet);
        let Counts { passed, failed } = counts;
        let elapsed = started.elapsed();
        report::note(&format!("{}: {passed} passed, {failed} failed", report::seconds(elapsed)));
        rows.push(Row { step: step.name, counts, elapsed });
    }
    let all: Counts = rows.iter().map(|row| row.counts).sum();
    if all.total() == 0 {
        report::heading("no test was chosen: nothing has that name");
    }
    report::close(&rows, start.elapsed());
    // Choosing no test must not look like success.
    Ok(ExitCode::from(u8::from(all.failed > 0 || all.passed == 0)))
}

fn chosen(options: &TestOptions) -> Result<Vec<&'static Step>, Failure> {
    let unknown = |name: &&String| STEPS.iter().all(|step| step.name != name.as_str());
    if let Some(name) = options.only.iter().chain(&options.skip).find(unknown) {
        let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        return Err(format!("no step is called `{name}`; there are: {}", names.join(", ")));
    }
    let named = |names: &[String], step: &Step| names.iter().any(|name| name == step.name);
    let fits_filter = |step: &Step| options.filter.is_none() || matches!(step.action, Action::Tests(..));
    Ok(STEPS
        .iter()
        .filter(|step| options.only.is_empty() || named(&options.only, step))
        .filter(|step| !named(&options.skip, step) && fits_filter(step))
        .collect())
}

fn set_up(project: &Project, steps: &[&Step]) -> Unmet {
    let start = Instant::now();
    report::heading("set-up");
    let mut needs: Vec<Need> = steps.iter().flat_map(|step| step.needs).copied().collect();
    needs.sort_unstable();
    needs.dedup();
    let unmet: Unmet = needs
        .into_iter()
        .filter_map(|need| setup::ensure(project, need).err().map(|failure| (need, failure)))
        .inspect(|(_, failure)| report::note(&format!("FAILED: {failure}")))
        .collect();
    report::note(&report::seconds(start.elapsed()));
    unmet
}

fn run(project: &Project, step: &Step, filter: Option<&str>, unmet: &Unmet) -> Counts {
    if let Some(failure) = step.needs.iter().find_map(|need| unmet.get(need)) {
        report::note(&format!("cannot run: {failure}"));
        return Counts::FAIL;
    }
    let log = project.log(step.name);
    let _ = std::fs::remove_file(&log); // of an earlier run
    let outcome = match step.action {
        Action::Lint(commands) => run_in_turn(project, step, commands(project)).map(|_| Counts::PASS),
        Action::Tests(commands, parser) => {
            commands(project, filter).and_then(|commands| run_tests(project, step, commands, parser, filter))
        }
        Action::Look(look) => look(project).map(|table| {
            print!("{table}");
            Counts::PASS
        }),
    };
    outcome.unwrap_or_else(|failure| {
        println!("{failure}");
        Counts::FAIL
    })
}

/// Runs commands until one fails, and gives the output of the last one.
fn run_in_turn(project: &Project, step: &Step, commands: Vec<Command>) -> Result<String, Failure> {
    let mut output = String::new();
    for command in commands {
        report::note(&process::shown(&command));
        let finished = process::run(command, &project.log(step.name))?;
        if !finished.success {
            return Err(explained(project, step, &finished.output));
        }
        output = finished.output;
    }
    Ok(output)
}

fn run_tests(
    project: &Project,
    step: &Step,
    mut commands: Vec<Command>,
    parser: Parser,
    filter: Option<&str>,
) -> Result<Counts, Failure> {
    let tests = commands.pop().ok_or("the step runs nothing")?;
    run_in_turn(project, step, commands)?;
    report::note(&process::shown(&tests));
    let finished = process::run(tests, &project.log(step.name))?;
    let counts = parser(&finished.output).agreeing_with(finished.success);
    if counts.failed > 0 {
        println!("{}", explained(project, step, &finished.output));
    }
    if counts.total() == 0 && filter.is_none() {
        // Runners skip a file meant for another place without a word and with success: nothing run is nothing tested.
        return Err(format!("no test ran\n{}", explained(project, step, &finished.output)));
    }
    Ok(counts)
}

fn explained(project: &Project, step: &Step, output: &str) -> Failure {
    format!("{}\n    all of it: {}", report::excerpt(output), project.log(step.name).display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(filter: Option<&str>, only: &[&str], skip: &[&str]) -> Result<Vec<&'static str>, Failure> {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let options = TestOptions { filter: filter.map(ToOwned::to_owned), only: owned(only), skip: owned(skip) };
        Ok(chosen(&options)?.into_iter().map(|step| step.name).collect())
    }

    #[test]
    fn all_steps_run_unless_some_are_named() {
        assert_eq!(names(None, &[], &[]).map(|all| all.len()), Ok(STEPS.len()));
        assert_eq!(names(None, &["page", "fmt"], &[]), Ok(vec!["fmt", "page"]));
        assert_eq!(names(None, &["page", "fmt"], &["page"]), Ok(vec!["fmt"]));
        assert!(names(None, &["everything"], &[]).is_err());
    }

    #[test]
    fn a_filter_leaves_out_what_has_no_test_names() {
        let left = names(Some("raft"), &[], &[]).expect("no step is named");
        assert_eq!(left, ["native", "wasm-node", "wasm-browser", "page"]);
    }

    #[test]
    fn the_help_names_every_step() {
        let listed: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        assert!(crate::args::HELP.contains(&format!("Steps: {}", listed.join(", "))));
    }
}
