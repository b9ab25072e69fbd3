//! Where a parcel is, and an event that processes wait for: that it has been delivered.
//!
//! A connector of its own, for a program may have several.

use crate::Account;
use opwright::{Confirm, Execute, Failure, Standing, connector, event, operation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Follow parcels of an imaginary carrier.
#[connector(
    id = "tracking",
    name = "Tracking",
    template_id = "io.example.tracking",
    version = 1,
    job_type = "io.example:tracking:1",
    keywords = ["parcel", "carrier"],
    icon = include_str!("icon.svg"),
    category(id = "logistics", name = "Logistics"),
    operations = [Track],
    events = [ParcelDelivered]
)]
pub struct Tracking {
    /// Whose parcels they are.
    pub account: Account,
}

/// Says whether a parcel is where it should be.
#[operation(id = "track", name = "Track a parcel", result_expression = "= {delivered: response.delivered}")]
pub struct Track {
    /// By which the parcel is followed.
    #[input(label = "Parcel number", example = "P-17")]
    #[schemars(regex(pattern = "^P-[0-9]+$"))]
    pub parcel: String,
}

/// What the carrier knows of a parcel.
#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(example = Whereabouts { delivered: true, signed_by: Some("Ada".to_owned()) })]
pub struct Whereabouts {
    /// Whether it is where it should be.
    pub delivered: bool,
    /// Who took it, if anybody did.
    pub signed_by: Option<String>,
}

impl Execute<Tracking> for Track {
    type Output = Whereabouts;

    async fn execute(self, _: Tracking) -> Result<Whereabouts, Failure> {
        match self.parcel.as_str() {
            // What is called for although there is no such parcel is dropped.
            "P-0" => Err(Failure::terminal("There is no such parcel").with_code("404")),
            // The carrier is imaginary, and fond of odd numbers.
            odd if odd.ends_with(['1', '3', '5', '7', '9']) => {
                Ok(Whereabouts { delivered: true, signed_by: Some("Ada".to_owned()) })
            }
            _ => Ok(Whereabouts { delivered: false, signed_by: None }),
        }
    }
}

/// A parcel is where it should be.
#[event(
    id = "parcel-delivered",
    name = "Parcel delivered",
    version = 1,
    event_type = "io.example:parcel-delivered:1",
    elements = [IntermediateCatchEvent, BoundaryEvent],
    correlation_key = "= shipment.number",
    correlation_description = "The parcel's number, which \"Ship a parcel\" puts into the variable `shipment`.",
    result_expression = "= {signedBy: request.body.signedBy}"
)]
#[schemars(example = json!({ "parcelNumber": "P-17", "signedBy": "Ada" }))]
pub struct ParcelDelivered {
    /// By which the parcel is followed.
    pub parcel_number: String,
    /// Who took it, if anybody did.
    pub signed_by: Option<String>,
}

impl Confirm for ParcelDelivered {
    const OPERATION: &'static str = "track";

    fn subject(call: &Value) -> Option<String> {
        call["parcelNumber"].as_str().map(str::to_owned)
    }

    fn inputs(subject: &str) -> Value {
        json!({ "parcel": subject })
    }

    fn confirm(subject: &str, result: &Value) -> Standing<Self> {
        match Whereabouts::deserialize(result) {
            Ok(Whereabouts { delivered: true, signed_by }) => {
                let event = Self { parcel_number: subject.to_owned(), signed_by };
                Standing::Happened { event, end: "delivered".to_owned() }
            }
            Ok(_) => Standing::Pending,
            Err(_) => Standing::Unreadable,
        }
    }
}
