//! Histories of etcd that the tests have, judged over and over.

use netsplit_check::formats;
use netsplit_check::object::Object;
use netsplit_check::verdict::Budget;

macro_rules! etcd {
    ($($number:literal)*) => {
        [$(include_str!(concat!("../../check/tests/histories/etcd_0", $number, ".log"))),*]
    };
}

/// The histories, as Jepsen logged them.
pub const TEXTS: [&str; 12] = etcd!("00" "01" "02" "03" "04" "05" "06" "07" "08" "09" "10" "11");

/// Reads them once and judges them as often as that; how many events there were.
pub fn judge(times: u32) -> u32 {
    let read = |text: &&str| formats::read(None, text.as_bytes()).unwrap_or_default();
    let histories: Vec<_> = TEXTS.iter().map(read).collect();
    let budget = Budget { steps: 10_000_000, bytes: 64 << 20 };
    let mut events = 0;
    for calls in histories.iter().cycle().take(times as usize * histories.len()) {
        let verdict = Object::Register.judge(Object::Register.usual_standard(), calls, budget, false);
        events += if verdict.is_ok() { 2 * calls.len() as u32 } else { 0 };
    }
    events
}
