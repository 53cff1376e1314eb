//! Search: what was typed, as a question to the store, and as marks in what was found (ui, section 8).

mod date;
mod holds;
mod latest;
mod mark;
mod near;
mod operator;
mod parse;
mod print;
mod query;

pub(crate) use date::{date_of, midnight, monday};
pub(crate) use holds::Local;
pub(crate) use latest::{Asked, Searches};
pub(crate) use mark::Marker;
pub use operator::Operator;
pub use parse::{Expr, Leaf, Parsed, parse};
pub(crate) use query::{SOON, lower, names_folder, scope};

#[cfg(test)]
mod tests;
