//! The client against servers that a test makes up: right answers, wrong ones, and none.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

#[path = "../support/mod.rs"]
mod support;

mod decoders;
mod events;
mod letters;
mod names;
mod network;
mod person;
mod registry;
mod system_users;
mod tokens;
mod traps;
