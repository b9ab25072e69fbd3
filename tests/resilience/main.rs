//! That the worker loses nothing: the program `opwright worker`, many instances, and brokers, networks and targets that
//! fail.
//!
//! Starts brokers of its own by `scripts/zeebe`, one after the other, on ports that nothing else of the project uses. Takes
//! about three minutes on two cores.

mod broker;
mod callbacks;
mod causes;
mod connection;
mod faults;
mod gate;
mod hostile;
mod network;
mod proxy;
mod restart;
mod scale;
mod site;
mod tls;

#[path = "../worker/bpmn.rs"]
#[allow(dead_code, reason = "the other program uses the rest")]
mod bpmn;
#[path = "../worker/grpc_gateway.rs"]
#[allow(dead_code, reason = "the other program uses the rest")]
mod grpc_gateway;
#[path = "../worker/program.rs"]
#[allow(dead_code, reason = "the other program uses the rest")]
mod program;
#[path = "../worker/records.rs"]
#[allow(dead_code, reason = "the other program uses the rest")]
mod records;
