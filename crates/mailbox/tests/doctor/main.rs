//! The doctor against the sandbox: every fault gets its own diagnosis and no other.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may fail at once"
)]

mod choice;
mod commands;
mod faults;
mod network;
mod policies;
mod stage;
