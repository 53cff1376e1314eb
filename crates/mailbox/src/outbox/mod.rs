//! Letters on their way (architecture section 7): frozen by [`freeze`], taken forward by [`worker`], decided by
//! [`state`].

mod adopt;
mod command;
pub(crate) mod freeze;
mod perform;
mod row;
mod send;
pub mod state;
pub(crate) mod worker;
