//! What the portal keeps and reads: codes, sessions, and the notices of one mailbox or one setting's system.
//!
//! Codes and sessions run on the machine's clock, links and notices on domain time; both are arguments.
//! A contact reaches a notification only when it is verified, its force may tell it, and a notice of it was
//! addressed to that contact or to a system of its setting: a setting may have contacts who must not know.

mod link;
mod notice;
mod passcode;
mod pull;
mod session;
mod verification;
mod view;

pub use link::{Link, Reach};
pub use notice::{Case, Notice, Since};
pub use passcode::{Asked, GOOD_FOR, Passed, Purpose, Sent, TRIES};
pub use session::{IDLE, LONGEST, Reader, Session};
pub use verification::VERIFICATION_FOR;
pub use view::{View, shown_to_place};
