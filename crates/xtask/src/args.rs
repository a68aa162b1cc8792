//! The command line of `cargo xtask`.

use lexopt::prelude::{Long, Short, Value, ValueExt};

use crate::Failure;

pub const HELP: &str = "\
Developer commands. Each installs what it needs and is missing, and says so.

cargo xtask serve [--port N] [--open] [--release]
    Builds the lab, serves it on this machine and rebuilds it on every change.
    --port N     the port to serve on (8080)
    --open       open it in the default browser
    --release    build it as it is released: slower to build, much faster to run

cargo xtask test [FILTER] [--only STEP]... [--skip STEP]...
    Runs every check and test, and ends with the line `N passed, N failed`.
    FILTER       run only tests whose name contains it, and no lints
    Steps: fmt, clippy, clippy-wasm, native, wasm-node, wasm-browser, page, size

cargo xtask bench [NAME]
    Runs the benchmarks, or the one of that name.

cargo xtask size
    Builds the release page and prints the size of its files, raw and brotli, and what a protocol adds.
";

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Request {
    Help,
    Serve(ServeOptions),
    Test(TestOptions),
    Bench {
        only: Option<String>,
    },
    Size,
    /// Called by Trunk, see the hook in Trunk.toml.
    RelaxPolicy,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct ServeOptions {
    pub port: Option<u16>,
    pub open: bool,
    pub release: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct TestOptions {
    pub filter: Option<String>,
    pub only: Vec<String>,
    pub skip: Vec<String>,
}

pub fn parse() -> Result<Request, Failure> {
    parse_from(lexopt::Parser::from_env()).map_err(|error| format!("{error}; `cargo xtask help` shows what there is"))
}

fn parse_from(mut parser: lexopt::Parser) -> Result<Request, lexopt::Error> {
    let Some(first) = parser.next()? else {
        return Ok(Request::Help);
    };
    match first {
        Short('h') | Long("help") => Ok(Request::Help),
        Value(name) => match name.string()?.as_str() {
            "help" => Ok(Request::Help),
            "serve" => serve_options(&mut parser),
            "test" => test_options(&mut parser),
            "bench" => bench_options(&mut parser),
            "size" => bare(&mut parser, Request::Size),
            "relax-policy" => bare(&mut parser, Request::RelaxPolicy),
            unknown => Err(format!("no command is called `{unknown}`").into()),
        },
        other => Err(other.unexpected()),
    }
}

fn serve_options(parser: &mut lexopt::Parser) -> Result<Request, lexopt::Error> {
    let mut options = ServeOptions::default();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("port") => options.port = Some(parser.value()?.parse()?),
            Long("open") => options.open = true,
            Long("release") => options.release = true,
            Short('h') | Long("help") => return Ok(Request::Help),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Request::Serve(options))
}

fn test_options(parser: &mut lexopt::Parser) -> Result<Request, lexopt::Error> {
    let mut options = TestOptions::default();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("only") => options.only.push(parser.value()?.string()?),
            Long("skip") => options.skip.push(parser.value()?.string()?),
            Short('h') | Long("help") => return Ok(Request::Help),
            Value(filter) if options.filter.is_none() => options.filter = Some(filter.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Request::Test(options))
}

fn bench_options(parser: &mut lexopt::Parser) -> Result<Request, lexopt::Error> {
    let mut only = None;
    while let Some(arg) = parser.next()? {
        match arg {
            Short('h') | Long("help") => return Ok(Request::Help),
            Value(name) if only.is_none() => only = Some(name.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Request::Bench { only })
}

fn bare(parser: &mut lexopt::Parser, request: Request) -> Result<Request, lexopt::Error> {
    match parser.next()? {
        None => Ok(request),
        Some(Short('h') | Long("help")) => Ok(Request::Help),
        Some(other) => Err(other.unexpected()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Request, String> {
        parse_from(lexopt::Parser::from_args(line.split_whitespace())).map_err(|e| e.to_string())
    }

    #[test]
    fn serve_takes_a_port_and_two_switches() {
        let options = ServeOptions { port: Some(9000), open: true, release: false };
        assert_eq!(parsed("serve --port 9000 --open"), Ok(Request::Serve(options)));
    }

    #[test]
    fn test_takes_a_filter_and_several_steps() {
        let options = TestOptions {
            filter: Some("raft".to_owned()),
            only: vec!["native".to_owned(), "page".to_owned()],
            skip: Vec::new(),
        };
        assert_eq!(parsed("test raft --only native --only=page"), Ok(Request::Test(options)));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert!(parsed("fly").unwrap_err().contains("`fly`"));
        assert!(parsed("serve --port many").unwrap_err().contains("many"));
        assert!(parsed("size now").unwrap_err().contains("now"));
    }
}
