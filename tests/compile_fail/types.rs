//! What the attributes leave to the compiler.

use opwright::{Secret, connector, operation};

const SOMETHING_ELSE: &str = "parcel";

/// Quotes postage.
#[connector(
    id = "postage",
    name = "Postage",
    template_id = "io.example.postage",
    version = 1,
    job_type = "io.example:postage:1",
    operations = [Quote, Parcel]
)]
pub struct Postage {
    /// Whose tariff applies.
    pub account: Secret,
}

/// Quotes the postage of one parcel.
#[operation(id = "quote", name = "Quote a parcel")]
pub struct Quote {
    /// Kilograms.
    #[input(group = SOMETHING_ELSE)]
    pub weight: f64,
}

/// No operation.
pub struct Parcel {}

fn main() {}
