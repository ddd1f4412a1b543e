//! What the pages of staff read: lists by page, one case with everything that happened to it, and figures.
//!
//! Every read takes the reader's [`crate::Scope`] and finds nothing outside it. What opens personal data says so
//! in its name (`open_…`); the caller writes the view to the audit log.

mod asked;
mod case;
mod figures;
mod held;
mod history;
mod joined;
mod looked;
mod next;
mod select;
mod service;
mod task;

pub use asked::{Hold, Question};
pub use case::{Case, CaseChild, Decided, DueValue, Told, Version};
pub use figures::{FigureRow, RefusedCount};
pub use held::HeldChild;
pub use history::{Send, SendAttempt};
pub use joined::Joined;
pub use looked::Looker;
pub use select::Paged;
pub(crate) use select::{Select, is_own_child, paged};
pub use service::{Duty, LoadedSource, Reading, Waiting};
pub use task::{SettledTask, Task};
