//! What people keep: accounts, keys and tokens, by the program as it is run.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
#![cfg(target_os = "linux")]

mod accounts;
#[path = "../../../mailbox/tests/support/browser.rs"]
mod browser;
mod person;
mod session;
mod set_up;
mod token;
