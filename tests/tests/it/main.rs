//! End-to-end scenarios against real servers, one file each, and the architecture's invariants.

mod architecture;
