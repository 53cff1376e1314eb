//! Everything around the Correspondence service, over HTTP: issuers of tokens, registers, control, memory, and the
//! practice world itself. Time moves by the sandbox's clock only.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that meets something else than it expects fails"
)]

mod access_lists;
mod assertions;
mod exchange;
mod faults;
mod files;
mod generator;
mod grants;
mod idporten;
mod ledger;
mod memory;
mod names;
mod parties;
mod policies;
mod practice;
mod quota;
mod registry;
mod stage;
mod system_users;
mod worlds;
