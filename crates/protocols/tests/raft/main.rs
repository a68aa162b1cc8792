//! Raft, held against its paper: one test per rule of Figure 2 (rules.rs), the properties of Figure 3 (figure3.rs),
//! the logs of Figure 7 and the schedule of Figure 8 (figure7.rs, figure8.rs), crashes at every event (crash.rs),
//! clients (client.rs), and generated faults with every bug in turn (faults.rs).

mod client;
mod cluster;
mod crash;
mod face;
mod faults;
mod figure3;
mod figure7;
mod figure8;
mod lone;
mod rules;
