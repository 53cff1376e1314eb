//! The commands of the window, one function each, thin: what they do is in the engine.

mod accounts;
mod compose;
mod onboarding;
mod outbox;
mod program;
mod reading;

pub use accounts::*;
pub use compose::*;
pub use onboarding::*;
pub use outbox::*;
pub use program::*;
pub use reading::*;

use crate::start::now;
use mailbox::view::UiError;

/// The engine's error as the window shows it.
fn ui(error: mailbox::Error) -> UiError {
    error.to_ui(now())
}
