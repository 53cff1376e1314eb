//! Letters to many in as few calls as there can be: batches of up to 500, decided by [`state`].
//!
//! The safe way to many is one outbox item a recipient, each with a key of its own. This one is for the user who chooses
//! speed: twenty calls where there would be ten thousand, and minutes of asking where an answer is lost.

mod command;
pub mod import;
mod perform;
mod report;
mod row;
pub mod state;
mod worker;

pub use command::{BulkOutcome, Line};
pub use report::{BulkLine, BulkReport, BulkState};
