//! The rules of the house (docs/architecture.md), each with its reason.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace")
}

fn manifest(package: &str) -> String {
    let path = if package == "netsplit" {
        root().join("Cargo.toml")
    } else {
        root().join("crates").join(package).join("Cargo.toml")
    };
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Rust file below a folder, with its path from the root.
fn sources(folder: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut todo = vec![root().join(folder)];
    while let Some(path) = todo.pop() {
        if path.is_dir() {
            todo.extend(fs::read_dir(&path).expect("a folder").flatten().map(|entry| entry.path()));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let name = path.strip_prefix(root()).expect("below the root").display().to_string();
            found.insert(name, fs::read_to_string(&path).expect("a text"));
        }
    }
    assert!(!found.is_empty(), "{folder} holds no Rust");
    found
}

/// The names of the catalogue's protocols: the folders of crates/protocols that say what they are about.
fn protocols() -> Vec<String> {
    let folder = root().join("crates/protocols/src");
    let entries = fs::read_dir(folder).expect("the protocols").flatten();
    let protocols = entries.filter(|entry| entry.path().join("about.rs").is_file());
    let names = protocols.map(|entry| entry.file_name().into_string().expect("a name"));
    names.collect()
}

/// The code of a file: without comments, and without its tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or(text);
    text.lines().map(|line| line.split("//").next().unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// Whether code speaks of a protocol: imports it, or spells its name as files and links do.
fn names_protocol(code: &str, folder: &str) -> bool {
    let name = folder.replace('_', "-");
    [format!("\"{name}\""), format!("\"{name}/"), format!("protocols::{folder}")]
        .iter()
        .any(|spelt| code.contains(spelt))
}

/// A rule that no test exercises may be broken, or never run, and nobody would know. Each protocol's test file holds a
/// table of which test exercises which line, checks it by running them, and writes it to docs/rules.
#[test]
fn every_protocol_has_its_table_of_rules_and_tests() {
    let tests = root().join("crates/protocols/tests");
    // An entry without rules of its own lists the processes of another, and they have their table there.
    let own_rules = |folder: &String| root().join("crates/protocols/src").join(folder).join("lines.rs").is_file();
    for folder in protocols().into_iter().filter(own_rules) {
        let read = |path: PathBuf| fs::read_to_string(path).unwrap_or_default();
        let file = read(tests.join(&folder).with_extension("rs")) + &read(tests.join(&folder).join("main.rs"));
        assert!(file.contains("rules::rules! {"), "crates/protocols/tests/{folder}.rs has no table of rules");
        let page = root().join("docs/rules").join(folder.replace('_', "-")).with_extension("md");
        assert!(
            page.is_file(),
            "NETSPLIT_BLESS=1 cargo test -p netsplit-protocols every_line writes {}",
            page.display()
        );
    }
}

/// Dependencies point one way, so that each crate can be read, tested and replaced without those above it.
#[test]
fn dependencies_point_one_way() {
    let allowed: [(&str, &[&str]); 7] = [
        ("sim", &[]),
        ("protocols", &["sim"]),
        ("plot", &[]),
        ("query", &["sim"]),
        ("scenario", &["sim", "protocols", "plot", "query"]),
        ("exchange", &["sim", "protocols", "scenario"]),
        ("cli", &["sim", "protocols", "plot", "scenario", "exchange"]),
    ];
    for (package, below) in allowed {
        let text = manifest(package);
        for other in ["sim", "protocols", "plot", "query", "scenario", "exchange", "cli"] {
            let depends =
                text.contains(&format!("netsplit-{other}.workspace")) || text.contains(&format!("netsplit-{other} ="));
            assert!(!depends || below.contains(&other), "{package} must not depend on {other}");
        }
    }
}

/// The engine serves all protocols alike; the page and the command line learn of them from the catalogue, so that a
/// new one appears everywhere without a line of theirs.
#[test]
fn engine_page_and_command_line_name_no_protocol() {
    let names = protocols();
    assert!(names.iter().any(|name| name == "raft") && names.iter().any(|name| name == "ping"));
    for folder in ["crates/sim/src", "crates/query/src", "crates/exchange/src", "crates/cli/src", "src"] {
        for (file, text) in sources(folder) {
            for name in &names {
                assert!(!names_protocol(&code(&text), name), "{file} names {name}");
            }
        }
    }
}

/// What runs in a page also runs natively, and is tested there.
#[test]
fn only_the_page_touches_the_browser() {
    for package in ["sim", "protocols", "plot", "query", "scenario", "exchange", "cli"] {
        let text = manifest(package);
        for browser in ["web-sys", "js-sys", "wasm-bindgen"] {
            assert!(!text.contains(browser), "{package} depends on {browser}");
        }
    }
}

/// Formats that outlive a release are defined in one place.
#[test]
fn only_scenario_defines_formats() {
    for package in ["sim", "protocols", "plot"] {
        for format in ["toml", "postcard", "serde_json", "base64"] {
            let text = manifest(package);
            let used = text.split("[dev-dependencies]").next().unwrap_or(&text); // tests may read what they like
            let depends = used.lines().any(|line| line.starts_with(format));
            assert!(!depends, "{package} depends on {format}");
        }
    }
}

/// A `usize` in a state hashes like any number, but a slice of them hashes as bytes, whose count differs in wasm; and
/// pointers differ from run to run.
#[test]
fn no_state_is_as_wide_as_a_pointer() {
    for (file, text) in sources("crates/protocols/src") {
        for narrow in ["Vec<usize>", "[usize", "Map<usize", "Set<usize>", "*const", "*mut"] {
            assert!(file.ends_with("src/lib.rs") || !code(&text).contains(narrow), "{file} has {narrow}");
        }
    }
}

/// Code that nobody can check is code that nobody should run on a link from a stranger.
#[test]
fn no_code_is_unsafe() {
    assert!(manifest("netsplit").contains("unsafe_code = \"forbid\""));
    for package in ["sim", "protocols", "plot", "query", "scenario", "exchange", "cli", "twin", "xtask", "netsplit"] {
        let inherits = manifest(package).contains("[lints]\nworkspace = true");
        assert!(inherits, "{package} does not inherit the workspace's lints");
    }
}
