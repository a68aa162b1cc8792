//! The diagram: that what is drawn is what the trace says, along both axes and whatever is left out.

use super::bridges::Bridges;
use super::rows::End;
use super::*;
use crate::draw::Standing;
use crate::draw::fixture::{glance, look, runs};
use netsplit_sim::trace::{Fate, MessageRow, What};
use netsplit_sim::{Condition, Intervention, MsgId, Target};

fn view(session: &dyn Session) -> SpaceTimeView {
    let mut view = SpaceTimeView::new();
    view.layout(840.0, 300.0, session);
    view.zoom_out(session);
    view.frame(&glance(session, &look(session), 1_000.0));
    view
}

#[test]
fn every_event_and_message_in_view_is_found_where_it_is_drawn() {
    for session in runs("[network]\nlatency = \"10ms\"\nloss = \"20%\"", 900) {
        let view = view(&*session);
        assert_eq!(view.rows.dots.len(), session.trace().len() as usize);
        assert_eq!(view.rows.flights.len(), session.trace().sent() as usize);
        for dot in &view.rows.dots {
            assert!(matches!(view.hit(dot.at.x, dot.at.y), Some(Thing::Event(_))));
        }
        for flight in &view.rows.flights {
            let row = session.trace().message(flight.id).expect("it is in the trace");
            let lost = matches!(row.fate, Fate::Lost | Fate::NobodyThere);
            assert_eq!(flight.end == End::Cross, lost, "lost messages are never left out");
            let middle = flight.from.toward(flight.to, 0.5);
            assert!(matches!(view.hit(middle.x, middle.y), Some(Thing::Message(..) | Thing::Event(_))));
        }
        assert_eq!(view.hit(10.0, view.lanes.y(1)), Some(Thing::Node(NodeId(1))));
    }
}

#[test]
fn messages_that_began_before_the_window_are_in_it() {
    for session in runs("[network]\nlatency = \"40ms\"", 900) {
        let mut view = view(&*session);
        let all = view.rows.flights.clone();
        view.window.show(300e6, 310e6);
        view.frame(&glance(&*session, &look(&*session), 1_000.0));
        let (first, last) = view.window.scale.visible();
        let crossing = all.iter().filter(|flight| {
            session.trace().message(flight.id).is_some_and(|row| row.sent <= last && row.ends >= first)
        });
        assert_eq!(view.rows.flights.len(), crossing.count());
    }
}

#[test]
fn too_many_events_become_a_density_that_counts_them_all() {
    let runs: Vec<_> = runs("[network]\nlatency = \"1ms\"", 40_000)
        .into_iter()
        .filter(|session| session.trace().len() > rows::DOTS)
        .collect();
    assert!(!runs.is_empty());
    for session in runs {
        let view = view(&*session);
        assert!(view.rows.dots.is_empty());
        let counted: u32 = view.rows.density.iter().flat_map(|(_, cells)| cells).sum();
        assert_eq!(counted, session.trace().len());
        assert_eq!(view.rows.events, counted);
    }
}

#[test]
fn lanes_show_when_a_node_was_down_and_what_was_seen_of_its_standing() {
    for mut session in runs("", 500) {
        let mut view = view(&*session);
        let node = NodeId(1);
        session.intervene(Intervention::Crash(Target::Node(node))).expect("there is such a node");
        let crashed = session.cursor().time;
        session.advance(Time(800_000_000), 10_000);
        session.intervene(Intervention::Restart(Target::Node(node))).expect("there is such a node");
        view.frame(&glance(&*session, &look(&*session), 2_000.0));
        let window = (Time::ZERO, Time::NEVER);
        let stretches: Vec<_> = view.history.stretches(session.trace(), node, Axis::Physical, window).collect();
        let down: Vec<_> = stretches.iter().filter(|s| s.condition == Condition::Down).collect();
        assert_eq!(down.len(), 1);
        assert_eq!((down[0].from, down[0].to), (crashed, Some(session.cursor().time)));
        assert!(stretches.iter().all(|s| s.standing != Some(Standing::Down)));
        // Undone, it never happened.
        session.undo();
        session.undo();
        view.frame(&glance(&*session, &look(&*session), 2_016.0));
        let mut stretches = view.history.stretches(session.trace(), node, Axis::Physical, window);
        assert!(stretches.all(|s| s.condition == Condition::Up));
    }
}

#[test]
fn an_event_is_brought_into_view() {
    for session in runs("[nodes]\n", 3_000) {
        let mut view = SpaceTimeView::new();
        view.layout(840.0, 60.0, &*session);
        view.window.show(0.0, 10e6);
        let event = session.cursor().latest().expect("something has happened");
        view.center_on(event, &*session);
        let mut calm = look(&*session);
        calm.look(&*session);
        let mut glance = glance(&*session, &calm, 1_000.0);
        glance.calm = true;
        view.frame(&glance);
        let row = session.trace().event(event).expect("it is in the trace");
        assert!((view.x_of(row.at) - (view.gutter + 840.0) / 2.0).abs() < 2.0);
        let y = view.lanes.y(row.node.index());
        assert!(y > AXIS && y < 60.0);
    }
}

/// The same run, shown in another way.
fn shown(session: &dyn Session, showing: Showing) -> SpaceTimeView {
    let mut view = view(session);
    view.show(&showing, session);
    view.zoom_out(session);
    view.frame(&glance(session, &look(session), 1_000.0));
    view
}

#[test]
fn along_lamport_time_every_message_goes_forward() {
    for session in runs("[network]\nlatency = \"10ms\"\nloss = \"20%\"", 400) {
        let view = shown(&*session, Showing { axis: Axis::Logical, ..Showing::default() });
        assert_eq!(view.rows.dots.len(), session.trace().len() as usize);
        assert_eq!(view.rows.flights.len(), session.trace().sent() as usize);
        for flight in &view.rows.flights {
            assert!(flight.to.x > flight.from.x, "{}: {flight:?}", session.about().name);
        }
        for dot in &view.rows.dots {
            let row = session.trace().event(dot.id).expect("it is in the trace");
            let x = view.window.scale.x(Time(u64::from(row.lamport) * TICK.0));
            assert_eq!(dot.at.x, x);
            assert!(matches!(view.hit(dot.at.x, dot.at.y), Some(Thing::Event(_))));
        }
    }
}

#[test]
fn the_cursor_along_lamport_time_is_a_consistent_cut_between_what_is_over_and_what_is_not() {
    for mut session in runs("[network]\nlatency = \"10ms\"", 400) {
        session.seek(session.trace().len() / 2);
        let view = shown(&*session, Showing { axis: Axis::Logical, ..Showing::default() });
        for dot in &view.rows.dots {
            let node = session.trace().event(dot.id).and_then(|row| row.somewhere()).expect("it is at a node");
            assert_eq!(dot.at.x < view.step_of(&[node], view.done), dot.id.0 < view.done);
        }
        // Whoever points at an event's place in its lane means its moment, or that of a later one there.
        let dot = view.rows.dots.iter().rfind(|dot| dot.id.0 < view.done).expect("something has happened");
        let row = session.trace().event(dot.id).expect("it is in the trace");
        let moment = view.moment_at(dot.at);
        assert!(moment >= row.at && moment <= session.recorded_until());
        assert!(view.x_of(row.at) >= dot.at.x && view.time_at(dot.at.x) >= row.at);
    }
}

#[test]
fn another_axis_shows_the_same_part_of_the_run() {
    for session in runs("[network]\nlatency = \"10ms\"", 3_000).into_iter().take(4) {
        let mut view = view(&*session);
        view.window.show(1_000e6, 1_500e6);
        let (first, last) = view.visible();
        view.show(&Showing { axis: Axis::Logical, ..Showing::default() }, &*session);
        let events = |time: Time| session.trace().first_after(time);
        let (from, to) = view.visible();
        let inside = events(last).saturating_sub(events(first));
        if inside > 20 {
            assert!(events(from) <= events(first) + inside / 4, "{}", session.about().name);
            assert!(events(to) + inside / 4 >= events(last), "{}", session.about().name);
        }
    }
}

#[test]
fn nobody_sees_hidden_nodes_but_for_what_goes_through_them() {
    for session in runs("[network]\nlatency = \"10ms\"", 300) {
        let nodes = session.names().len();
        for axis in [Axis::Physical, Axis::Logical] {
            let mut showing = Showing { axis, ..Showing::default() };
            showing.turn_node(NodeId(1), nodes);
            let view = shown(&*session, showing);
            let at = |id: EventId| session.trace().event(id).and_then(|row| row.somewhere());
            assert!(view.rows.dots.iter().all(|dot| at(dot.id) != Some(NodeId(1))));
            assert!(view.rows.flights.iter().all(|it| it.name.from != NodeId(1) && it.name.to != NodeId(1)));
            let elsewhere = session.trace().events().filter(|(_, row)| row.node != NodeId(1));
            assert_eq!(view.rows.dots.len(), elsewhere.count());
            let mut bridges = Bridges::default();
            session.trace().events().for_each(|(id, row)| bridges.read(session.trace(), id, row, &view.tracks));
            let mut drawn: Vec<_> = view.rows.bridges.iter().map(|bridge| bridge.events).collect();
            drawn.sort_unstable();
            bridges.edges.sort_unstable();
            assert_eq!(drawn, bridges.edges);
        }
    }
}

#[test]
fn types_that_are_left_out_are_not_drawn_and_all_are_counted() {
    for session in runs("[network]\nlatency = \"10ms\"", 300) {
        let all = view(&*session);
        let counted: u32 = all.kinds().iter().map(|kind| kind.count).sum();
        assert_eq!(counted, session.trace().sent());
        let Some(kind) = all.kinds().first() else { continue };
        let mut showing = Showing::default();
        showing.turn_type(kind.name);
        let view = shown(&*session, showing);
        assert_eq!(view.rows.flights.len(), (session.trace().sent() - kind.count) as usize);
        assert_eq!(view.rows.dots.len(), all.rows.dots.len());
    }
}

#[test]
fn runs_of_local_events_are_one_dot_that_counts_them() {
    let mut collapsed = 0;
    for session in runs("[network]\nlatency = \"10ms\"", 900) {
        let all = view(&*session);
        let view = shown(&*session, Showing { collapsed: true, ..Showing::default() });
        let counted: u32 = view.rows.dots.iter().map(|dot| dot.count).sum();
        assert_eq!(counted as usize, all.rows.dots.len());
        collapsed += all.rows.dots.len() - view.rows.dots.len();
        for dot in view.rows.dots.iter().filter(|dot| dot.count > 1) {
            assert!(session.trace().sent_by(dot.id).next().is_none(), "nothing was said there");
            assert!(!matches!(session.trace().event(dot.id).map(|row| row.what), Some(What::Deliver(_))));
        }
    }
    assert!(collapsed > 0, "some protocol has local events");
}

#[test]
fn a_group_shares_a_lane_and_its_talk_is_its_own() {
    for session in runs("[network]\nlatency = \"10ms\"", 300) {
        let nodes: Vec<NodeId> = (0..session.names().len() as u16).map(NodeId).collect();
        let (inner, outer) = nodes.split_at(nodes.len() / 2 + 1);
        let groups = vec![Group { name: "some".to_owned(), nodes: inner.to_vec() }];
        let view = shown(&*session, Showing { groups, ..Showing::default() });
        assert_eq!(view.lanes.count, 1 + outer.len());
        assert_eq!(view.rows.dots.len(), session.trace().len() as usize);
        let within = |row: &MessageRow| {
            row.name.from != row.name.to && inner.contains(&row.name.from) && inner.contains(&row.name.to)
        };
        let drawn = session.trace().messages_in(0..u32::MAX).filter(|(_, row)| !within(row)).count();
        assert_eq!(view.rows.flights.len(), drawn);
        assert_eq!(view.hit(5.0, view.lanes.y(0)), None, "a group is no node");
    }
}

#[test]
fn turned_everything_is_found_where_it_is_drawn() {
    for session in runs("[network]\nlatency = \"10ms\"", 300) {
        let view = shown(&*session, Showing { vertical: true, ..Showing::default() });
        assert_eq!(view.rows.dots.len(), session.trace().len() as usize);
        for dot in &view.rows.dots {
            assert!(matches!(view.hit(dot.at.y, dot.at.x), Some(Thing::Event(_))));
        }
        assert_eq!(view.hit(view.lanes.y(1), 5.0), Some(Thing::Node(NodeId(1))));
        let before = view.window.scale.from;
        let mut view = view;
        view.pan(0.0, -50.0);
        assert!(view.window.scale.from > before, "time goes down");
    }
}

#[test]
fn however_a_run_was_come_to_the_same_is_seen() {
    let seen = |view: &SpaceTimeView| {
        let mut flights: Vec<_> = view.rows.flights.iter().map(|flight| (flight.id, flight.end)).collect();
        flights.sort_by_key(|(id, _)| *id);
        (view.rows.dots.iter().map(|dot| dot.id).collect::<Vec<_>>(), flights, view.rows.events)
    };
    for axis in [Axis::Physical, Axis::Logical] {
        for mut session in runs("[network]\nlatency = \"30ms\"\nloss = \"10%\"", 0) {
            let showing = Showing { axis, collapsed: true, ..Showing::default() };
            let mut view = shown(&*session, showing.clone());
            let frame = |view: &mut SpaceTimeView, session: &dyn Session| {
                view.zoom_out(session);
                view.frame(&glance(session, &look(session), 1_000.0));
            };
            for step in 1..12 {
                session.advance(Time(step * 37_000_000), 10_000);
                frame(&mut view, &*session);
            }
            session.seek(session.trace().len() / 3);
            session.intervene(Intervention::Crash(Target::Node(NodeId(0)))).expect("there is such a node");
            frame(&mut view, &*session);
            session.advance(Time(500_000_000), 10_000);
            frame(&mut view, &*session);
            assert_eq!(seen(&view), seen(&shown(&*session, showing.clone())), "{}", session.about().name);
            session.undo();
            frame(&mut view, &*session);
            assert_eq!(seen(&view), seen(&shown(&*session, showing)), "{}", session.about().name);
        }
    }
}

#[test]
fn arrows_that_leave_the_picture_are_marked_at_its_edge() {
    let mut marked = 0;
    for session in runs("[network]\nlatency = \"40ms\"\nloss = \"10%\"", 900) {
        let mut view = view(&*session);
        // Some of the time, and of the lanes.
        view.window.show(300e6, 360e6);
        view.layout(840.0, 70.0, &*session);
        view.frame(&glance(&*session, &look(&*session), 1_000.0));
        let (left, right) = (view.window.scale.left, view.window.scale.left + view.window.scale.width);
        let inside = |at: Point| (left..=right).contains(&at.x) && (AXIS..=70.0).contains(&at.y);
        for flight in &view.rows.flights {
            let there = flight.end == End::Arrow || !inside(flight.from);
            let leaves = inside(flight.from) != inside(flight.to) && there;
            let mark = view.rows.leaving.iter().find(|mark| mark.id == flight.id);
            assert_eq!(mark.is_some(), leaves && view.rows.flights.len() <= 300, "{flight:?}");
            let Some(mark) = mark else { continue };
            assert_eq!(mark.who, if inside(flight.from) { flight.name.to } else { flight.name.from });
            assert!(inside(mark.at));
            let edges = [mark.at.x - left, right - mark.at.x, mark.at.y - AXIS, 70.0 - mark.at.y];
            assert!(edges.into_iter().any(|away| away < 5.5), "{mark:?}");
            marked += 1;
        }
    }
    assert!(marked > 20);
}

#[test]
fn every_fate_of_a_message_has_an_end_of_its_own() {
    let mut seen = [0; 4];
    for session in runs("[network]\nlatency = \"40ms\"\nloss = \"10%\"\nduplicate = \"20%\"", 900) {
        let view = view(&*session);
        assert_eq!(view.rows.flights.len(), session.trace().sent() as usize, "{}", session.about().name);
        for flight in &view.rows.flights {
            let row = session.trace().message(flight.id).expect("it is in the trace");
            let whole = view.lanes.y(row.name.to.index());
            let (end, arrives) = match row.fate {
                Fate::Delivered(_) => (End::Arrow, true),
                Fate::NobodyThere => (End::Cross, true),
                Fate::Lost => (End::Cross, false),
                Fate::InFlight | Fate::Doomed => (End::Open, false),
            };
            assert_eq!(flight.end, end);
            assert_eq!(flight.to.y == whole, arrives || flight.from.y == whole, "{flight:?}");
            seen[end as usize] += 1;
            seen[3] += usize::from(flight.name.copy > 0);
        }
    }
    assert!(seen.into_iter().all(|count| count > 0), "{seen:?}");
}

#[test]
fn only_messages_that_say_the_words_are_drawn() {
    let mut left_out = 0;
    for session in runs("", 900) {
        let mut view = view(&*session);
        let Some((_, MessageRow { tag, .. })) = session.trace().messages_in(0..1).next() else { continue };
        let name = tag.name;
        let saying = saying::Saying::of(name).expect("it has words");
        let says =
            |(id, row): &(MsgId, &MessageRow)| saying.is_in(row.tag.name, &session.message(*id).expect("it was sent"));
        let wanted = session.trace().messages_in(0..u32::MAX).filter(says).count();
        view.show(&Showing { saying: name.to_owned(), ..Showing::default() }, &*session);
        view.frame(&glance(&*session, &look(&*session), 1_000.0));
        assert_eq!(view.rows.flights.len(), wanted);
        assert!(wanted > 0, "{name}");
        left_out += session.trace().sent() as usize - wanted;
        // What is left out is back when nothing is asked for.
        view.show(&Showing::default(), &*session);
        view.frame(&glance(&*session, &look(&*session), 1_000.0));
        assert_eq!(view.rows.flights.len(), session.trace().sent() as usize);
    }
    assert!(left_out > 100, "{left_out}");
}
