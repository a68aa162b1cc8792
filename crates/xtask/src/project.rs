//! Where the project's files are, and which versions its lock file holds.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;

/// The checkout that this xtask was built from.
pub struct Project {
    pub root: PathBuf,
}

impl Project {
    pub fn find() -> Result<Self, Failure> {
        // Set by `cargo run`, and truer than the path at compile time when a checkout has been moved.
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest.ancestors().nth(2).map(Path::to_owned);
        let root = root.filter(|root| root.join("Trunk.toml").is_file());
        root.map(|root| Self { root }).ok_or_else(|| format!("{} is not inside the checkout", manifest.display()))
    }

    /// Where tools built for this checkout live; `cargo clean` removes them with everything else.
    pub fn tools(&self) -> PathBuf {
        self.root.join("target/tools")
    }

    /// The full output of the last run of each step.
    pub fn log(&self, name: &str) -> PathBuf {
        self.root.join("target/xtask").join(format!("{name}.log"))
    }

    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// A command run in the checkout, finding this checkout's own tools first.
    pub fn command(&self, program: &str, args: &[&str]) -> Command {
        let path = self.search_path();
        // Looked up here: `Command` would search the PATH of this process, not the one set for the child.
        let found = find_in(&path, program).unwrap_or_else(|| PathBuf::from(program));
        let mut command = Command::new(found);
        command
            .args(args)
            .current_dir(&self.root)
            .env("PATH", std::env::join_paths(&path).unwrap_or_default())
            .env("CARGO_TERM_COLOR", "never")
            .env("NO_COLOR", "true")
            // Trunk otherwise asks the network, at every build, whether there is a newer Trunk.
            .env("TRUNK_SKIP_VERSION_CHECK", "true");
        command
    }

    /// The path of a program, as children will find it.
    pub fn which(&self, program: &str) -> Option<PathBuf> {
        find_in(&self.search_path(), program)
    }

    fn search_path(&self) -> Vec<PathBuf> {
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        std::iter::once(self.tools().join("bin")).chain(std::env::split_paths(&inherited)).collect()
    }

    /// The one version of `package` in Cargo.lock.
    pub fn locked_version(&self, package: &str) -> Result<String, Failure> {
        let path = self.root.join("Cargo.lock");
        let lock = fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        match locked_versions(&lock, package).as_slice() {
            [version] => Ok((*version).to_owned()),
            [] => Err(format!("Cargo.lock holds no {package}")),
            several => Err(format!(
                "Cargo.lock holds {package} {}: one tool can match only one of them, so pin it in Cargo.toml",
                several.join(" and ")
            )),
        }
    }
}

fn find_in(path: &[PathBuf], program: &str) -> Option<PathBuf> {
    let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    path.iter().map(|dir| dir.join(&file)).find(|candidate| candidate.is_file())
}

fn locked_versions<'a>(lock: &'a str, package: &str) -> Vec<&'a str> {
    let name = format!("name = \"{package}\"");
    lock.split("[[package]]")
        .filter(|entry| entry.lines().any(|line| line == name))
        .filter_map(|entry| entry.lines().find_map(|line| line.strip_prefix("version = ")))
        .map(|version| version.trim_matches('"'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
[[package]]
name = "wasm-bindgen"
version = "0.2.130"
dependencies = ["wasm-bindgen-macro"]

[[package]]
name = "wasm-bindgen-macro"
version = "0.2.131"

[[package]]
name = "syn"
version = "1.0.9"

[[package]]
name = "syn"
version = "2.0.1"
"#;

    #[test]
    fn the_lock_file_gives_versions_by_exact_name() {
        assert_eq!(locked_versions(LOCK, "wasm-bindgen"), ["0.2.130"]);
        assert_eq!(locked_versions(LOCK, "syn"), ["1.0.9", "2.0.1"]);
        assert!(locked_versions(LOCK, "yew").is_empty());
    }
}
