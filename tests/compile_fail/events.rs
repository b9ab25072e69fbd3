//! Events with faults in their attributes.

use opwright::event;

#[event(
    id = "Parcel_delivered",
    name = "Parcel delivered",
    version = 1,
    eventtype = "io.example:parcel-delivered:1",
    elements = [IntermediateCatchEvent, RecieveTask],
    correlation_key = "parcel"
)]
pub struct ParcelDelivered {
    pub parcel: String,
}

#[event(
    id = "Parcel_lost",
    name = "Parcel lost",
    version = 1,
    event_type = "io.example:parcel-lost:1",
    elements = [ReceiveTask],
    correlation_key = "parcel",
    result_expression = "= {parcel: request.body.parcel, when: nwo()}"
)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct ParcelLost {
    pub parcel: String,
}

/// A parcel came back.
#[event(
    id = "parcel-returned",
    name = "Parcel returned",
    version = 1,
    event_type = "io.example:parcel-returned:1",
    elements = [],
    correlation_key = "= parcel"
)]
pub struct ParcelReturned {}

/// A parcel was found.
#[event(
    id = "parcel-found",
    name = "Parcel found",
    version = 1,
    event_type = "io.example:parcel-found:1",
    elements = [ReceiveTask],
    correlation_key = "= parcel +"
)]
pub struct ParcelFound(String);

/// No struct.
#[event(id = "any")]
pub enum AnyEvent {}

fn main() {}
