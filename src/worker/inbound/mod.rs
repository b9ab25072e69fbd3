//! The inbound side of the worker: what the world tells, and what processes are told of it.

mod exchange;

pub use exchange::{Answer, Received};
