//! The client against the sandbox: a second, independent reading of the same references.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

#[path = "../support/mod.rs"]
mod support;

mod events;
mod letters;
mod person;
mod platform;
mod stage;
