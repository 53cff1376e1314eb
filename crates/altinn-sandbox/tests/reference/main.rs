//! The Correspondence service as a caller meets it: every rule of the reference that these endpoints can break, over HTTP.
//!
//! A module is named after what it covers and says which sections of the Correspondence reference those are. Time moves by
//! the sandbox's clock only: nothing here waits.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that meets something else than it expects fails"
)]

mod actions;
mod answers;
mod attachments;
mod callers;
mod common;
mod document;
mod downloads;
mod events;
mod fields;
mod forwarding;
mod front_door;
mod hostile;
mod initialise;
mod life_cycle;
mod models;
mod multipart;
mod notifications;
mod orders;
#[allow(
    dead_code,
    reason = "of the platform's stage only the signing is used here"
)]
#[path = "../platform/stage.rs"]
mod platform_stage;
mod reads;
mod rules;
mod search;
mod sending;
mod services;
mod stage;
mod visibility;
