//! The Correspondence endpoints (Correspondence reference, sections 4 to 14).

pub mod actions;
mod address;
pub mod download;
pub mod files;
pub mod forward;
pub mod initialise;
mod multipart;
mod notification;
pub mod orders;
mod publish;
pub mod purge;
pub mod read;
pub mod recipient;
pub mod reminders;
pub mod request;
pub mod search;
pub mod validate;
pub mod view;
mod zip;
