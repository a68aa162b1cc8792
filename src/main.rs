//! The page: what Trunk builds and index.html loads.

fn main() {
    netsplit::app::start();
}
