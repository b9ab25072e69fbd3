//! The worker on real engines: what becomes of processes, read from the engines' own records.
//!
//! Needs a broker at `ZEEBE_REST_ADDRESS` and `ZEEBE_GRPC_ADDRESS`, and a newer engine at `ZEEBE_TEST_ENGINE_ADDRESS`, which
//! post their records to `ZEEBE_RECORDS_URL`; `scripts/test` starts them, or:
//!
//! ```sh
//! export ZEEBE_RECORDS_URL=http://127.0.0.1:9299
//! export $(scripts/zeebe start) $(scripts/zeebe-test-engine start)
//! ```

mod bpmn;
mod broker;
mod contract;
mod demo;
mod discovery;
mod endings;
mod faults;
mod grpc_gateway;
mod inbound;
mod listener;
mod operations;
mod outcomes;
mod process;
mod program;
mod protocols;
mod records;
mod resources;
mod rest_gateway;
mod streams;
mod time;
mod webhook;
mod webhook_engine;
