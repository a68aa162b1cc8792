//! Programs that come from the system's package manager: apt-get on Debian and its kin, Homebrew on a Mac. Elsewhere
//! the person is told what to install.

use std::path::Path;
use std::process::Command;

use crate::project::Project;
use crate::setup::{first_line_of, install_by};
use crate::{Failure, report};

pub struct Program {
    what: &'static str,
    /// Any of these on PATH will do.
    names: &'static [&'static str],
    /// Or any of these files.
    places: &'static [&'static str],
    apt: &'static [&'static str],
    brew: &'static [&'static str],
}

pub const CHROMIUM: Program = Program {
    what: "Chromium or Chrome",
    names: &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"],
    places: &[
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ],
    // A font as well: a bare machine has none, and text without glyphs has no size.
    apt: &["chromium", "fonts-liberation"],
    brew: &["--cask", "google-chrome"],
};
pub const CHROMEDRIVER: Program = Program {
    what: "chromedriver",
    names: &["chromedriver"],
    places: &[],
    apt: &["chromium-driver"],
    brew: &["--cask", "chromedriver"],
};
pub const NODE: Program = Program { what: "Node.js", names: &["node"], places: &[], apt: &["nodejs"], brew: &["node"] };
pub const NPM: Program = Program { what: "npm", names: &["npm"], places: &[], apt: &["npm"], brew: &["node"] };

pub fn ensure(project: &Project, program: &Program) -> Result<(), Failure> {
    if is_there(project, program) {
        report::note(&format!("have {}", program.what));
        return Ok(());
    }
    for (what, command) in installers(project, program)? {
        install_by(project, what, command)?;
    }
    if is_there(project, program) {
        Ok(())
    } else {
        Err(format!("{} was installed and is still not found", program.what))
    }
}

fn is_there(project: &Project, program: &Program) -> bool {
    program.names.iter().any(|name| project.which(name).is_some())
        || program.places.iter().any(|place| Path::new(place).is_file())
}

/// The commands that install `program`, each with what it brings.
fn installers(project: &Project, program: &Program) -> Result<Vec<(&'static str, Command)>, Failure> {
    if project.which("apt-get").is_some() {
        let install = ["install", "-y", "-q", "--no-install-recommends"];
        let install = [&install[..], program.apt].concat();
        return Ok(vec![
            ("the package lists", apt_get(project, &["update", "-q"])?),
            (program.what, apt_get(project, &install)?),
        ]);
    }
    if project.which("brew").is_some() {
        let mut install = project.command("brew", &["install"]);
        install.args(program.brew);
        return Ok(vec![(program.what, install)]);
    }
    Err(format!(
        "{} is missing, and there is neither apt-get nor brew to install it with: please install it, so that one of {} is on PATH",
        program.what,
        program.names.join(", ")
    ))
}

fn apt_get(project: &Project, args: &[&str]) -> Result<Command, Failure> {
    const QUIET: &str = "DEBIAN_FRONTEND=noninteractive";
    let is_root = first_line_of(project, "id", &["-u"]).as_deref() == Some("0");
    let mut command = if is_root {
        project.command("env", &[QUIET, "apt-get"])
    } else if first_line_of(project, "sudo", &["-n", "true"]).is_some() {
        // Only where sudo asks for no password: a question would be lost among the output.
        project.command("sudo", &["-n", "env", QUIET, "apt-get"])
    } else {
        return Err(format!("please run this, and then this command again: sudo apt-get {}", args.join(" ")));
    };
    command.args(args);
    Ok(command)
}
