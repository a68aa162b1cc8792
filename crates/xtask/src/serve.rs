//! `cargo xtask serve`: the lab on this machine, rebuilt on every change.

use std::process::ExitCode;
use std::time::Instant;

use crate::args::ServeOptions;
use crate::process::shown;
use crate::project::Project;
use crate::setup::{self, Need};
use crate::{Failure, report};

const PORT: u16 = 8080;

pub fn serve(project: &Project, options: &ServeOptions) -> Result<ExitCode, Failure> {
    let start = Instant::now();
    report::heading("set-up");
    setup::ensure_all(project, &[Need::WasmTarget, Need::WasmBindgen, Need::Trunk])?;
    report::note(&format!("ready after {}", report::seconds(start.elapsed())));

    let port = options.port.unwrap_or(PORT).to_string();
    let mut command = project.command("trunk", &["serve", "--port", &port]);
    if options.open {
        command.arg("--open");
    }
    if options.release {
        // The reload script is inline, and a release build's policy refuses it.
        command.args(["--release", "--no-autoreload=true"]);
    }
    report::heading(&shown(&command));
    report::note("the first build takes a minute or two; Ctrl-C stops");
    report::note(&format!("then open  http://127.0.0.1:{port}/"));
    println!();
    let status = command.status().map_err(|error| format!("cannot run trunk: {error}"))?;
    Ok(ExitCode::from(u8::from(!status.success())))
}
