//! Example connectors: quotes, ships and follows parcels, by code rather than by HTTP requests.
//!
//! It shows what a definition can hold beyond the Power Automate connector: nested inputs, lists, unions in unions, every
//! control, conditions on other fields, credentials of its own, templates for several elements, and an event of its own.

mod quote;
mod ship;
mod tracking;

pub use quote::{Item, Parcel, Price, Quote};
pub use ship::{Address, Handover, Language, Notice, Ship, Shipment, Window};
pub use tracking::{ParcelDelivered, Track, Tracking, Whereabouts};

use opwright::{Secret, connector, input};

/// Quote and ship parcels with an imaginary carrier.
#[connector(
    id = "postage",
    name = "Postage",
    template_id = "io.example.postage",
    version = 1,
    job_type = "io.example:postage:1",
    keywords = ["parcel", "carrier"],
    icon = include_str!("icon.svg"),
    category(id = "logistics", name = "Logistics"),
    elements = [ServiceTask, MessageThrowEvent],
    hybrid,
    extension_properties = [("io.example:tariff", "public")],
    operations = [Quote, Ship]
)]
pub struct Postage {
    /// Whose tariff it is.
    pub account: Account,
}

/// Whose tariff applies.
#[input(tag = "kind")]
pub enum Account {
    /// The public tariff.
    Guest {},
    /// A tariff of your own.
    Contract {
        /// The contract's number.
        #[input(label = "Contract number")]
        #[schemars(range(min = 1))]
        number: u32,
        /// The contract's PIN.
        #[input(label = "PIN", secret = "POSTAGE_PIN")]
        pin: Secret,
    },
}
