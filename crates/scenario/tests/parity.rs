//! Native = wasm, the native side: tests/parity of the workspace says what is compared.

#[path = "../../../tests/parity/mod.rs"]
mod parity;

#[test]
fn every_run_has_the_hash_it_has_everywhere() {
    let found = parity::hashes();
    if std::env::var_os("NETSPLIT_BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/parity/expected.txt");
        std::fs::write(path, found.join("\n") + "\n").expect("the checkout can be written");
        return;
    }
    parity::compare(&found);
}
