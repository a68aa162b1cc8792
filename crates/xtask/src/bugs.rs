//! `cargo xtask bench bugs`: how many seeds each known bug takes to be found, printed and kept in docs/bugs.md.

use std::fs;

use crate::Failure;
use crate::project::Project;

/// What `cargo xtask bench` calls it.
pub const NAME: &str = "bugs";
/// What is measured.
pub const ABOUT: &str = "seeds until a sweep finds each known bug; kept in docs/bugs.md";

const PAGE: &str = "docs/bugs.md";

/// What stands above the table.
const PREFACE: &str = "\
# How soon each bug is found

Every protocol has rules that can be broken on purpose. Each bug is looked for with generated faults: up to 5,000 seeds
from 0 on, or until 100 of them have found it. A seed finds a bug if the first invariant that breaks is the one the bug is
known for. *Median seeds to find it* is the median of how many seeds it took from each find to the next.

`netsplit sweep` with the protocol's first scenario, the bug and a seed of the table prints the link to the run. Seeds are
deterministic: this table comes out the same on every machine. `cargo xtask bench bugs` writes it; it is not edited by
hand.

";

/// Measures, prints, keeps. Says whether every bug was found.
pub fn bench(project: &Project) -> Result<bool, Failure> {
    let command = ["run", "--release", "--quiet", "--package", "netsplit-cli", "--", NAME];
    let output = project.command("cargo", &command).output().map_err(|error| format!("cannot run cargo: {error}"))?;
    let table = String::from_utf8_lossy(&output.stdout);
    print!("{table}");
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        return Ok(false);
    }
    let path = project.root.join(PAGE);
    fs::write(&path, format!("{PREFACE}{table}"))
        .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(true)
}
