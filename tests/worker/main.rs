//! The worker on a real Zeebe broker: what becomes of processes, read from the broker's own records.
//!
//! Needs a broker at `ZEEBE_REST_ADDRESS` that posts its records to `ZEEBE_RECORDS_URL`; `scripts/test` starts one, or:
//!
//! ```sh
//! export ZEEBE_RECORDS_URL=http://127.0.0.1:9299
//! export "$(scripts/zeebe start)"
//! ```

mod bpmn;
mod broker;
mod contract;
mod endings;
mod faults;
mod operations;
mod outcomes;
mod process;
mod program;
mod records;
mod time;
