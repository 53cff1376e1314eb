//! The limits that rows are held against: the least that the same work could cost.

pub mod fetch;
pub mod insert;
