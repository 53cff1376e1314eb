//! Letters on their way (architecture section 7): frozen by [`freeze`], taken forward by [`worker`], decided by
//! [`state`].

mod adopt;
mod bytes;
mod command;
pub(crate) mod freeze;
pub(crate) mod perform;
pub(crate) mod row;
mod send;
pub mod state;
pub(crate) mod worker;
