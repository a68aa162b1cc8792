//! What messages say, read in one go, against asking for one at a time: in generated runs of every protocol.

use netsplit_scenario::sweep::{base, generate};
use netsplit_scenario::{catalogue, open};

#[test]
fn all_messages_of_a_stretch_are_read_in_the_order_of_sending() {
    for (nth, about) in catalogue::protocols().iter().enumerate() {
        let mut session = open(generate(&base(about), nth as u64)).expect("it can be played");
        session.advance(session.scenario().until, 400);
        let end = session.trace().len();
        for first in [0, 1, end / 3, end] {
            let mut read = Vec::new();
            session.bodies(first..end, &mut |id, body| read.push((id, body)));
            let sent = session.trace().messages_in(session.trace().sent_before(first)..u32::MAX);
            let asked: Vec<_> = sent.map(|(id, _)| (id, session.message(id).expect("it was sent"))).collect();
            assert_eq!(read, asked, "{} from {first}", about.name);
        }
    }
}
