//! Executes operations.

pub mod http;
