//! Histories drawn from seeds: clients that ask one thing after another, of objects that now and then forget for a moment
//! what they have been told.

use super::specs::{Asks, Keyed, Spec};
use netsplit_check::{KeyedOperation, Model, Operation};
use netsplit_sim::{Dice, Seed};
use stateright::semantics::SequentialSpec;

/// What kind of history is to be drawn.
pub struct Plan {
    dice: Dice,
    operations: usize,
    clients: usize,
    keys: u64,
    /// Once in so many times an object answers as it would have a while ago; never, if nothing is said.
    forgets: Option<u64>,
    /// Once in so many times a client gives up, and another takes its place; never, if nothing is said.
    gives_up: Option<u64>,
}

impl Plan {
    /// As large as can be gone through in every order.
    pub fn small(seed: u64) -> Plan {
        let mut dice = Dice::new(Seed(seed));
        let (operations, clients) = (4 + dice.below(6) as usize, 2 + dice.below(2) as usize);
        let forgets = (dice.below(3) > 0).then(|| 1 + dice.below(4));
        let gives_up = (dice.below(2) == 0).then_some(8);
        Plan { operations, clients, keys: 1 + dice.below(2), forgets, gives_up, dice }
    }

    /// Too large for that.
    pub fn large(seed: u64) -> Plan {
        let mut dice = Dice::new(Seed(seed));
        let (operations, clients) = (15 + dice.below(30) as usize, 2 + dice.below(5) as usize);
        let forgets = (dice.below(2) == 0).then(|| 4 + dice.below(30));
        let gives_up = (dice.below(2) == 0).then_some(20);
        Plan { operations, clients, keys: 1 + dice.below(3), forgets, gives_up, dice }
    }
}

/// A client: what it waits for, if it does, and whether that has been done.
struct Client<O> {
    name: u32,
    open: Option<(usize, Option<O>)>,
}

/// Draws a history: step by step somebody asks, or what somebody asked is done, or somebody is answered.
pub fn draw<M: Model, S: Spec<M>>(plan: &Plan, asks: &Asks<M>) -> Vec<KeyedOperation<M>> {
    let mut dice = plan.dice.clone();
    let mut history: Vec<KeyedOperation<M>> = Vec::new();
    let mut clients: Vec<Client<M::Output>> =
        (0..plan.clients as u32).map(|name| Client { name, open: None }).collect();
    let mut next_name = plan.clients as u32;
    let mut objects: Vec<Keyed<S>> = vec![Keyed::default()];
    for now in 0.. {
        let done = history.len() == plan.operations;
        if done && clients.iter().all(|client| client.open.is_none()) {
            break;
        }
        let at = dice.below(clients.len() as u64) as usize;
        let client = &mut clients[at];
        match client.open.take() {
            None if done => {}
            None => {
                let key = dice.below(plan.keys).to_string();
                let input = (key, dice.pick(asks).expect("there is something to ask").clone());
                client.open = Some((history.len(), None));
                history.push(Operation { client: client.name, input, invoked: now, answer: None });
            }
            Some((operation, answer)) if plan.gives_up.is_some_and(|often| dice.below(often) == 0) => {
                // It may have been done, and if not, it may still be when nobody waits any more.
                if answer.is_none() && dice.below(2) == 0 {
                    answer_of(plan, &mut dice, &mut objects, &history[operation].input);
                }
                (client.name, next_name) = (next_name, next_name + 1);
            }
            Some((operation, None)) => {
                let answer = answer_of(plan, &mut dice, &mut objects, &history[operation].input);
                client.open = Some((operation, Some(answer)));
            }
            Some((operation, Some(answer))) => history[operation].answer = Some((now, answer)),
        }
    }
    history
}

/// What the objects answer. `objects` are they as they were, the latest last.
fn answer_of<S: SequentialSpec + Default + Clone>(
    plan: &Plan,
    dice: &mut Dice,
    objects: &mut Vec<Keyed<S>>,
    asked: &(String, S::Op),
) -> S::Ret {
    if plan.forgets.is_some_and(|often| dice.below(often) == 0) {
        let then = dice.below(objects.len() as u64) as usize;
        return objects[then].clone().invoke(asked);
    }
    let mut now = objects[objects.len() - 1].clone();
    let answer = now.invoke(asked);
    objects.push(now);
    answer
}
