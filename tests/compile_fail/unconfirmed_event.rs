//! An event that nothing confirms.

use opwright::{Execute, Failure, connector, event, operation};

/// Tracks parcels.
#[connector(
    id = "parcels",
    name = "Parcels",
    template_id = "io.example.parcels",
    version = 1,
    job_type = "io.example:parcels:1",
    operations = [Track],
    events = [ParcelDelivered]
)]
pub struct Parcels {}

/// A parcel is where it should be.
#[event(
    id = "parcel-delivered",
    name = "Parcel delivered",
    version = 1,
    event_type = "io.example:parcel-delivered:1",
    elements = [ReceiveTask],
    correlation_key = "= parcel"
)]
pub struct ParcelDelivered {
    /// By which it is followed.
    pub parcel: String,
}

/// Finds a parcel.
#[operation(id = "track", name = "Track a parcel")]
pub struct Track {}

impl Execute<Parcels> for Track {
    type Output = u64;

    async fn execute(self, _: Parcels) -> Result<u64, Failure> {
        Ok(0)
    }
}

fn main() {}
