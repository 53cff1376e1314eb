//! The Correspondence endpoints (Correspondence reference, sections 4 to 14).

pub mod actions;
pub mod download;
pub mod files;
pub mod initialise;
mod multipart;
mod notification;
pub mod purge;
pub mod read;
pub mod recipient;
pub mod request;
pub mod search;
pub mod validate;
pub mod view;
mod zip;
