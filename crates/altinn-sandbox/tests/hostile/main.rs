//! Whatever is sent, the documented answer comes, at once: no call panics, hangs, or is left without an answer.
//!
//! `limits` sends what somebody would think of; `fuzz` what nobody would, some thousand cases of each kind. To look for longer:
//! `BREVDUE_FUZZ_SECONDS=60 cargo test -p altinn-sandbox --test hostile fuzz -- --nocapture --test-threads 1`, with
//! `BREVDUE_FUZZ_SEED` for other cases than the usual.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that meets something else than it expects fails"
)]

mod fuzz;
mod limits;
mod mutate;
mod policy;
mod wire;
