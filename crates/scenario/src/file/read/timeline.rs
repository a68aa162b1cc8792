//! The timeline of a scenario file: what happens when.

use super::Reader;
use super::network::behaviour;
use crate::check::Size;
use crate::file::value::{Fields, Read, Value};
use crate::tree::Tree;
use netsplit_sim::{DEEDS, Intervention, Manner, Moment, MsgName, Planned, Span, Target};
impl Reader<'_> {
    pub(super) fn timeline(&self, value: Value<'_, '_>) -> Read<(Vec<Planned<Tree>>, Vec<u32>)> {
        let (mut timeline, mut origins, mut size) = (Vec::new(), Vec::new(), Size::default());
        for (index, mut fields) in value.tables()?.into_iter().enumerate() {
            let repeats = repeats(&mut fields)?;
            let what = self.interventions(&mut fields)?;
            for what in &what {
                size.add(what, repeats.times).or_else(|flaw| fields.bad(flaw.message))?;
            }
            fields.done()?;
            for what in what {
                let planned = |when| Planned { when, what: what.clone() };
                timeline.extend(repeats.moments().map(planned));
            }
            origins.resize(timeline.len(), index as u32);
        }
        Ok((timeline, origins))
    }

    /// What one entry of the timeline does: one thing, or the same in both directions.
    fn interventions(&self, fields: &mut Fields<'_, '_>) -> Read<Vec<Intervention<Tree>>> {
        let (key, value) = fields.one_of(&[&DEEDS[..], &BOTH_WAYS].concat())?;
        if let Some(manner) = Manner::turned(key) {
            return Ok(vec![Intervention::Turn(self.target(value)?, manner)]);
        }
        let one = match key {
            "crash" => Intervention::Crash(self.target(value)?),
            "restart" => Intervention::Restart(self.target(value)?),
            "pause" => Intervention::Pause(self.target(value)?),
            "resume" => Intervention::Resume(self.target(value)?),
            "fire" => Intervention::Fire(self.target(value)?, fields.read("timer", Value::string)?),
            "clock" => {
                let offset = fields.read("offset", Value::offset)?.unwrap_or(0);
                let drift = fields.read("drift", Value::drift)?.unwrap_or(0);
                Intervention::Clock(self.target(value)?, offset, drift)
            }
            "disk" => {
                let write = fields.read("write", Value::span)?.unwrap_or(Span::ZERO);
                let lies = fields.read("lies", Value::bool)?.unwrap_or(false);
                Intervention::Disk(self.target(value)?, write, lies)
            }
            "invoke" => Intervention::Invoke(self.target(value)?, fields.need("op")?.tree()?),
            "cut" | "mend" => {
                let [from, to] = self.target_pair(value)?;
                along(key, from, to)
            }
            "cut-both" | "mend-both" => return self.both_ways(key, value),
            "partition" => {
                let group = |value: Value<'_, '_>| value.list()?.into_iter().map(|node| self.target(node)).collect();
                Intervention::Partition(value.list()?.into_iter().map(group).collect::<Read<_>>()?)
            }
            "heal" => {
                if !value.clone().bool()? {
                    return value.bad("write heal = true, or leave the entry out");
                }
                Intervention::Heal
            }
            "link" => self.relink(value)?,
            "network" => {
                let mut fields = value.table()?;
                let link = behaviour(&mut fields, self.scenario.link)?;
                fields.done()?;
                Intervention::Network(link)
            }
            _ => self.on_message(key, value)?,
        };
        Ok(vec![one])
    }

    fn both_ways(&self, key: &str, value: Value<'_, '_>) -> Read<Vec<Intervention<Tree>>> {
        let [a, b] = self.target_pair(value.clone())?;
        if a == b {
            return value.bad("name two different ends");
        }
        let key = key.trim_end_matches("-both");
        Ok(vec![along(key, a.clone(), b.clone()), along(key, b, a)])
    }

    fn relink(&self, value: Value<'_, '_>) -> Read<Intervention<Tree>> {
        let mut fields = value.table()?;
        let (from, to) = (self.target(fields.need("from")?)?, self.target(fields.need("to")?)?);
        let link = behaviour(&mut fields, self.scenario.link)?;
        fields.done()?;
        Ok(Intervention::Relink(from, to, link))
    }

    fn on_message(&self, key: &str, value: Value<'_, '_>) -> Read<Intervention<Tree>> {
        let mut fields = value.table()?;
        let [from, to] = self.ends(&mut fields)?;
        let nth = fields.need("nth")?.whole(0..=u32::MAX)?;
        let copy = fields.read("copy", |value| value.whole(0..=u8::MAX))?.unwrap_or(0);
        let name = MsgName { from, to, nth, copy };
        let what = match key {
            "drop" => Intervention::Drop(name),
            "duplicate" => Intervention::Duplicate(name),
            "deliver" => Intervention::Deliver(name),
            _ => Intervention::Delay(name, fields.need("by")?.span()?),
        };
        fields.done()?;
        Ok(what)
    }
}

/// What an entry of the timeline can do besides: two interventions at once.
const BOTH_WAYS: [&str; 2] = ["cut-both", "mend-both"];

fn along(key: &str, from: Target, to: Target) -> Intervention<Tree> {
    if key == "cut" { Intervention::Cut(from, to) } else { Intervention::Mend(from, to) }
}

/// When an entry of the timeline happens.
struct Repeats {
    first: Moment,
    every: Span,
    times: u32,
}

impl Repeats {
    fn moments(&self) -> impl Iterator<Item = Moment> {
        let Repeats { first, every, times } = *self;
        (0..times).map(move |nth| Moment { at: first.at + every.scale(u64::from(nth), 1), after: first.after })
    }
}

fn repeats(fields: &mut Fields<'_, '_>) -> Read<Repeats> {
    let at = fields.need("at")?.time()?;
    let after = fields.read("after", |value| value.whole(0..=u32::MAX))?.unwrap_or(0);
    let times = fields.get("times");
    let every = fields.get("every");
    let first = Moment { at, after };
    let (Some(times), Some(every)) = (&times, &every) else {
        let (Some(lonely), missing) =
            (times.as_ref().or(every.as_ref()), if times.is_some() { "every" } else { "times" })
        else {
            return Ok(Repeats { first, every: Span::ZERO, times: 1 });
        };
        return lonely.bad(format!("`every` and `times` belong together: `{missing}` is missing"));
    };
    let span = every.clone().span()?;
    if span == Span::ZERO {
        return every.bad("`every` is 0s: there must be some time between repetitions");
    }
    Ok(Repeats { first, every: span, times: times.clone().whole(1..=u32::MAX)? })
}
