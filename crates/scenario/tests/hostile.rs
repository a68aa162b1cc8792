//! Hostile files and links: each is refused, or read, in under 50 ms and under 16 MiB. (One test, so that nothing else
//! allocates while it measures.)

mod wire;

use netsplit_scenario::branches::Branches;
use netsplit_scenario::link::{decode, encode};
use netsplit_scenario::{Cursor, Link, Scenario, Tree, View, file};
use netsplit_sim::{Intervention, Moment, NodeId, Planned, Span, Target, Time};
use peak_alloc::PeakAlloc;
use std::time::{Duration, Instant};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const MOST_TIME: Duration = Duration::from_millis(50);
const MOST_MEMORY: usize = 16 << 20;

fn measured(what: &str, read: impl Fn() -> Result<(), String>) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let started = Instant::now();
    let result = read();
    let (time, memory) = (started.elapsed(), MEMORY.peak_usage().saturating_sub(before));
    println!("{what}: {time:?}, {} KiB, {result:?}", memory >> 10);
    assert!(memory < MOST_MEMORY, "{what}: {memory} bytes");
    let slack = if cfg!(debug_assertions) { 8 } else { 1 };
    assert!(time < MOST_TIME * slack, "{what}: {time:?}");
}

fn refused(what: &str, read: impl Fn() -> Result<(), String>) {
    measured(what, || {
        let result = read();
        assert!(result.is_err(), "{what} was accepted");
        result
    });
}

fn file(text: &str) -> Result<(), String> {
    file::parse(text).map(drop).map_err(|error| error.to_string().chars().take(100).collect())
}

fn link(text: &str) -> Result<(), String> {
    decode(text).map(drop).map_err(|error| error.to_string().chars().take(100).collect())
}

/// As much of a text as a file may hold.
fn filled(start: &str, with: &str, end: &str) -> String {
    let times = (file::LONGEST_FILE - start.len() - end.len()) / with.len();
    format!("{start}{}{end}", with.repeat(times))
}

fn doing(interventions: Vec<Intervention<Tree>>) -> String {
    let planned = |(nth, what)| {
        let at = Time::ZERO + Span::micros(nth as u64 * nth as u64);
        Planned { when: Moment { at, after: 0 }, what }
    };
    let interventions = interventions.into_iter().enumerate().map(planned).collect();
    let scenario = Scenario::new("raft");
    encode(&Link {
        scenario,
        interventions,
        cursor: Cursor::default(),
        hash: 0,
        view: View::default(),
        branches: Branches::default(),
    })
}

#[test]
fn hostile_input_costs_little() {
    let head = "protocol = 'raft'\n";
    let text = filled(&format!("{head}bugs = ["), "1,", "]");
    refused("an endless list", || file(&text));
    let text = filled(&format!("{head}bugs = ["), "[],", "]");
    refused("a list of lists", || file(&text));
    let text = filled(&format!("{head}bugs = ["), "{},", "]");
    refused("a list of tables", || file(&text));
    let text = filled(&format!("{head}bugs = "), "[", "");
    refused("deep lists", || file(&text));
    let text = filled(&format!("{head}[config]\nx = "), "{a=", "");
    refused("deep tables", || file(&text));
    let text = filled(head, "a.", "a = 1");
    refused("a deep key", || file(&text));
    let text = filled(head, "a", " = 1");
    refused("one long key", || file(&text));
    let text = filled(&format!("{head}title = '"), "a", "'");
    refused("one long text", || file(&text));
    let text = filled("", "'", "");
    refused("nothing but quotes", || file(&text));
    let text = filled("", "[", "");
    refused("nothing but brackets", || file(&text));
    let text = filled("", "\0", "");
    refused("nothing but zero bytes", || file(&text));
    let text = filled(head, "[[timeline]]\n", "");
    refused("many entries", || file(&text));
    let timeline = format!("{head}[[timeline]]\nat='0s'\nevery='1ns'\ntimes=20000\n");
    let partition = filled(&format!("{timeline}partition=[["), "'leader',", "]]");
    refused("a large partition, often", || file(&partition));
    let op = filled(&format!("{timeline}invoke='c1'\nop={{put={{key=['"), "x", "']}}");
    refused("a large operation, often", || file(&op));
    let mistake_at_the_end = format!("{timeline}heal=true\n[[expect]]\nviolated='x'");
    refused("a mistake after much that is right", || file(&mistake_at_the_end));

    let zeros = vec![0u8; 64 << 20];
    let bomb = wire::packed(&miniz_oxide::deflate::compress_to_vec(&zeros, 6));
    drop(zeros);
    refused("a bomb", || link(&bomb));
    let long = format!("1{}", "A".repeat(10 << 20));
    refused("a long link", || link(&long));
    for byte in [0x01, 0x7f, 0x80, 0xff] {
        let repeated = wire::link(&vec![byte; 250 << 10]);
        refused("one byte repeated", || link(&repeated));
    }
    let nobody = doing(vec![Intervention::Crash(Target::Node(NodeId(60_000))); 20_000]);
    refused("many crashes of nobody", || link(&nobody));
    let heals = doing(vec![Intervention::Heal; 20_000]);
    measured("as many interventions as there may be", || link(&heals));
    let too_many = doing(vec![Intervention::Heal; 20_001]);
    refused("one more", || link(&too_many));
    let groups = doing(vec![Intervention::Partition(vec![Vec::new(); 1_999]); 120]);
    refused("partitions into nothing", || link(&groups));
    let deep = (0..4_000).fold(Tree::Int(1), |tree, _| Tree::List(vec![tree]));
    let deep = doing(vec![Intervention::Invoke(Target::Node(NodeId(5)), deep)]);
    refused("a deep operation", || link(&deep));
    let wide = Tree::List(vec![Tree::Int(1); 4_000]);
    let wide = doing(vec![Intervention::Invoke(Target::Node(NodeId(5)), wide); 30]);
    refused("wide operations", || link(&wide));
}
