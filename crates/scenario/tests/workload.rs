//! One workload runs unchanged on every store of keys and values.

use netsplit_protocols::About;
use netsplit_scenario::branches::Branches;
use netsplit_scenario::link::{Link, decode, encode};
use netsplit_scenario::{Cursor, catalogue, file, open};

const WORKLOAD: &str = r#"
[[workload]]
from = "1s"
until = "3s"
every = "80ms"
keys = 5
skew = 100
mix = { get = 5, put = 3, delete = 1, cas = 1 }
"#;

/// The protocols whose clients ask for keys and values.
fn stores() -> Vec<&'static About> {
    let asks = |about: &&&About, name: &str| about.ops.iter().any(|op| op.name == name);
    let all = catalogue::protocols().iter();
    all.filter(|about| ["get", "put", "delete", "cas"].iter().all(|name| asks(about, name))).copied().collect()
}

#[test]
fn one_workload_runs_unchanged_on_every_store() {
    let stores = stores();
    assert!(stores.len() >= 3, "{}", stores.len());
    for about in stores {
        let text = format!("protocol = \"{}\"\nuntil = \"5s\"\n{WORKLOAD}", about.name);
        let scenario = file::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", about.name));
        let clients = scenario.workload.len();
        assert!(clients > 0, "{}", about.name);
        let until = scenario.until;
        let mut session = open(scenario).unwrap_or_else(|unplayable| panic!("{}: {unplayable}", about.name));
        session.advance(until, u32::MAX);
        let history = session.history();
        let answered = history.iter().filter(|op| op.answer.is_some()).count();
        println!("{}: {answered} of {} operations of {clients} clients are answered", about.name, history.len());
        assert_eq!(history.len(), 25 * clients, "{}", about.name);
        assert!(answered * 10 >= history.len() * 9, "{}: {answered} of {}", about.name, history.len());
        assert_eq!(session.violations(), [], "{}", about.name);
    }
}

#[test]
fn a_workload_survives_file_and_link() {
    for about in stores() {
        let scenario = file::parse(&format!("protocol = \"{}\"\n{WORKLOAD}", about.name)).expect("a scenario");
        assert!(scenario.workload.iter().all(|workload| (workload.skew, workload.ops.len()) == (2, 10)));
        assert_eq!(file::parse(&file::print(&scenario)).as_ref(), Ok(&scenario), "{}", about.name);
        let (interventions, view) = (Vec::new(), Default::default());
        let link =
            Link { scenario, interventions, cursor: Cursor::default(), hash: 0, view, branches: Branches::default() };
        assert_eq!(decode(&encode(&link)).expect("a link"), link, "{}", about.name);
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let refused = |from: &str, to: &str| {
        let text = format!("protocol = \"raft\"\n{}", WORKLOAD.replace(from, to));
        let reading = file::parse(&text).map_err(|error| error.to_string());
        reading.and_then(|scenario| open(scenario).map(|_| ()).map_err(|error| error.to_string())).unwrap_err()
    };
    assert!(refused("skew = 100", "skew = 70").contains("0, 50, 100, 150 and 200"));
    assert!(refused("cas = 1", "casp = 1").contains("did you mean cas?"));
    assert!(refused("{ get = 5, put = 3, delete = 1, cas = 1 }", "{}").contains("there must be an operation"));
}
