//! Journeys of a person in the real WebKitGTK window, against the sandbox in this process.

mod audit;
mod keyboard;
mod log;
mod offline;
mod read;
mod restart;
mod send;
mod set_up;
mod start;
