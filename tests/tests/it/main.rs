//! End-to-end scenarios against real servers, one file each, and the architecture's invariants.

mod architecture;
mod deed;
mod demo;
mod events;
mod faults;
mod feed;
mod flow;
mod installation;
mod judgement;
mod lead;
mod letters;
mod readme;
mod restore;
mod roles;
mod seed;
mod start;
mod visit;
mod walk;
