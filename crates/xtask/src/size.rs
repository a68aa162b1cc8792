//! The size of the released page: every file raw and as brotli, and a budget for the WebAssembly.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::project::Project;
use crate::setup::{self, Need};
use crate::{Failure, process, report};

/// What a visitor may be asked to download, compressed, before anything runs, with the whole catalogue in it. The page
/// with its first two protocols took 391 KiB of 400; `cargo xtask size` says what a further one takes.
const WASM_BUDGET: usize = 1536 * 1024;

/// What building the page takes.
pub const NEEDS: &[Need] = &[Need::WasmTarget, Need::WasmBindgen, Need::Trunk];

struct Weighed {
    name: String,
    raw: usize,
    brotli: usize,
}

/// `cargo xtask size`.
pub fn size(project: &Project) -> Result<ExitCode, Failure> {
    report::heading("set-up");
    setup::ensure_all(project, NEEDS)?;
    report::heading("size in bytes, of trunk build --release");
    let (table, code) = match of_release(project) {
        Ok(table) => (table, ExitCode::SUCCESS),
        Err(failure) => (failure + "\n", ExitCode::FAILURE),
    };
    print!("{table}");
    print!("{}", of_protocols(project)?);
    Ok(code)
}

/// What protocols weigh: the page as released beside a page that is the same but for its catalogue, which ends after the
/// first. So everything counts that a protocol brings: its own code, what is compiled anew for its types, its texts.
fn of_protocols(project: &Project) -> Result<String, Failure> {
    let known = fs::read_to_string(project.root.join(CATALOGUE)).map_err(|error| format!("{CATALOGUE}: {error}"))?;
    let others = protocols(&known).checked_sub(1).filter(|others| *others > 0);
    let others = others.ok_or_else(|| format!("{CATALOGUE} does not name protocols as it used to"))?;
    let lone = project.root.join("target/xtask/lone");
    let dist = lone.to_str().ok_or_else(|| format!("{} is no text", lone.display()))?;
    build(project, "size-lone", &["build", "--release", "--features", "lone", "--dist", dist])?;
    let (whole, first) = (wasm(&weigh_all(&project.dist())?), wasm(&weigh_all(&lone)?));
    let added = whole.saturating_sub(first);
    Ok(format!(
        "    wasm {first} with the first protocol alone; the other {others} add {added}, {} each\n",
        added / others
    ))
}

/// Where protocols are named, each on a line of its own.
const CATALOGUE: &str = "crates/scenario/src/catalogue.rs";

/// How many protocols the catalogue names.
fn protocols(catalogue: &str) -> usize {
    let all = catalogue.rsplit("catalogue! {").next().unwrap_or_default();
    all.lines().map(str::trim).take_while(|line| *line != "}").filter(|line| line.ends_with(',')).count()
}

/// Builds the released page and gives the table of its sizes, or the reason why it will not do. It builds anew, for
/// dist/ may just as well hold the debug build of a `serve`; after a release build that takes a second.
pub fn of_release(project: &Project) -> Result<String, Failure> {
    build(project, "size", &["build", "--release"])?;
    check(&project.dist())
}

fn build(project: &Project, log: &str, args: &[&str]) -> Result<(), Failure> {
    let finished = process::run(project.command("trunk", args), &project.log(log))?;
    if finished.success { Ok(()) } else { Err(report::excerpt(&finished.output)) }
}

/// The table of `dist`, as an error if the WebAssembly is over its budget.
fn check(dist: &Path) -> Result<String, Failure> {
    let weighed = weigh_all(dist)?;
    let table = table(&weighed);
    match wasm(&weighed) {
        0 => Err(format!("{table}there is no WebAssembly in {}", dist.display())),
        wasm @ 1..=WASM_BUDGET => Ok(format!("{table}    wasm {wasm} of {WASM_BUDGET} bytes\n")),
        wasm => Err(format!("{table}    wasm {wasm}, over the budget of {WASM_BUDGET} bytes")),
    }
}

fn weigh_all(dist: &Path) -> Result<Vec<Weighed>, Failure> {
    let mut files = files_under(dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    files.sort();
    files.iter().map(|path| weigh(dist, path)).collect()
}

/// All WebAssembly among the files, as brotli.
fn wasm(files: &[Weighed]) -> usize {
    files.iter().filter(|file| file.name.ends_with(".wasm")).map(|file| file.brotli).sum()
}

fn files_under(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_under(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

fn weigh(dist: &Path, path: &Path) -> Result<Weighed, Failure> {
    let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let name = path.strip_prefix(dist).unwrap_or(path);
    Ok(Weighed { name: name.to_string_lossy().into_owned(), raw: bytes.len(), brotli: brotli_size(&bytes) })
}

/// At the settings that a host uses for files it compresses once.
fn brotli_size(bytes: &[u8]) -> usize {
    let params =
        brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 24, size_hint: bytes.len(), ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &params)
        .expect("reading from and writing to memory does not fail");
    compressed.len()
}

fn table(files: &[Weighed]) -> String {
    let total = Weighed {
        name: "all".to_owned(),
        raw: files.iter().map(|file| file.raw).sum(),
        brotli: files.iter().map(|file| file.brotli).sum(),
    };
    let rows = files.iter().chain([&total]);
    let rows = rows.map(|Weighed { name, raw, brotli }| format!("    {raw:>9} {brotli:>9}  {name}\n"));
    std::iter::once(format!("    {:>9} {:>9}\n", "raw", "brotli")).chain(rows).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_gets_small_and_noise_does_not() {
        assert!(brotli_size(&[7; 100_000]) < 100);
        let mut state = 1_u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .take(10_000)
        .collect();
        assert!(brotli_size(&noise) > 9_000);
    }

    #[test]
    fn the_catalogue_is_counted_to_its_end() {
        let catalogue =
            "catalogue! {\n    a::A,\n}\n#[cfg]\ncatalogue! {\n    a::A,\n    b::B,\n}\nfn f() {\n    g(),\n}\n";
        assert_eq!(protocols(catalogue), 2);
        assert!(protocols(include_str!("../../scenario/src/catalogue.rs")) >= 15);
    }

    #[test]
    fn a_folder_without_wasm_is_refused() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        assert!(check(&source).unwrap_err().contains("no WebAssembly"));
    }
}
