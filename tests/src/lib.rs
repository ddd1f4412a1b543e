//! End-to-end scenarios against real servers, and the architecture's invariants: see `tests/it`.
