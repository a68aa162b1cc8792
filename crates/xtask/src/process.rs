//! Runs a command to its end: its output goes to a log file, its last line to the terminal now and then.

use std::fs;
use std::io::{BufRead, BufReader, PipeReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::{Failure, report};

/// How often a long command shows a sign of life.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a line may keep us from looking whether the command has ended: a browser left behind holds the pipe open.
const POLL: Duration = Duration::from_secs(1);
/// Longer than any step takes from cold on two slow cores: a command still running then hangs.
const LIMIT: Duration = Duration::from_secs(25 * 60);

/// A command that has ended, with everything it wrote.
pub struct Finished {
    pub success: bool,
    pub output: String,
}

/// Runs `command`, appending what it writes to `log`.
pub fn run(command: Command, log: &Path) -> Result<Finished, Failure> {
    let shown = shown(&command);
    let (child, lines) = spawn(command).map_err(|error| format!("cannot run `{shown}`: {error}"))?;
    let mut file = open(log)?;
    let _ = writeln!(file, "$ {shown}");
    let (success, output) = follow(child, &lines, &mut file);
    Ok(Finished { success, output })
}

/// The command as a person would type it.
pub fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(command.get_program());
    std::iter::once(program).chain(command.get_args()).map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn open(log: &Path) -> Result<fs::File, Failure> {
    log.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::File::options().create(true).append(true).open(log))
        .map_err(|error| format!("cannot write {}: {error}", log.display()))
}

fn spawn(mut command: Command) -> std::io::Result<(Child, Receiver<String>)> {
    // One pipe for both streams keeps their lines in order.
    let (reader, writer) = std::io::pipe()?;
    let child = command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer).spawn()?;
    // `command` ends here and with it our ends of the pipe, so that the reader sees the end of the output.
    Ok((child, read_lines(reader)))
}

fn read_lines(reader: PipeReader) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(reader);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
            line.clear();
        }
    });
    receiver
}

fn follow(mut child: Child, lines: &Receiver<String>, file: &mut fs::File) -> (bool, String) {
    let start = Instant::now();
    let mut last_sign = start;
    let mut output = String::new();
    loop {
        match lines.recv_timeout(POLL) {
            Ok(line) => {
                // The log is a convenience: losing it must not fail a test.
                let _ = file.write_all(line.as_bytes());
                output.push_str(&line);
            }
            Err(RecvTimeoutError::Timeout) if matches!(child.try_wait(), Ok(None)) => {}
            Err(_) => break,
        }
        if last_sign.elapsed() >= HEARTBEAT {
            last_sign = Instant::now();
            report::still_running(start.elapsed(), output.lines().last().unwrap_or_default());
        }
        if start.elapsed() >= LIMIT {
            output.push_str("\nxtask: stopped, it took longer than anything here should\n");
            let _ = child.kill();
            break;
        }
    }
    let success = child.wait().is_ok_and(|status| status.success());
    (success, output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_of_both_streams_and_the_exit_code_are_kept() {
        let log = std::env::temp_dir().join(format!("xtask-{}.log", std::process::id()));
        let mut command = Command::new("rustc");
        command.args(["--version", "--no-such-option"]);
        let finished = run(command, &log).expect("rustc is there");
        let written = fs::read_to_string(&log).expect("the log was written");
        let _ = fs::remove_file(&log);
        assert!(!finished.success);
        assert!(finished.output.contains("no-such-option"));
        assert!(written.starts_with("$ rustc --version --no-such-option\n"));
        assert!(written.ends_with(&finished.output));
    }

    #[test]
    fn a_missing_program_is_named() {
        let failure = run(Command::new("netsplit-no-such-program"), Path::new("unused")).err();
        assert!(failure.expect("it cannot run").contains("netsplit-no-such-program"));
    }
}
