//! Faults in what says how Modeler shows a connector.

use opwright::{Secret, connector, operation};

/// Quotes postage.
#[connector(
    id = "postage",
    name = "Postage",
    template_id = "io.example.postage",
    version = 1,
    job_type = "io.example:postage:1",
    elements = [ServiceTask, SendTsk],
    operations = [Quote]
)]
pub struct Postage {
    /// Whose tariff applies.
    pub account: Secret,
}

/// Quotes postage, twice.
#[connector(
    id = "twice",
    name = "Twice",
    template_id = "io.example.twice",
    version = 1,
    job_type = "io.example:twice:1",
    elements = [SendTask, SendTask],
    deprecated(mesage = "Use postage."),
    operations = [Quote]
)]
pub struct Twice {}

/// Quotes postage, nowhere.
#[connector(
    id = "nowhere",
    name = "Nowhere",
    template_id = "io.example.nowhere",
    version = 1,
    job_type = "io.example:nowhere:1",
    elements = [],
    category(name = "Logistics"),
    operations = [Quote]
)]
pub struct Nowhere {}

/// Quotes the postage of one parcel.
#[operation(id = "quote", name = "Quote a parcel", error_expression = "= bpmnError(")]
pub struct Quote {
    /// Kilograms.
    #[input(control = "slider")]
    pub weight: f64,
    /// What is in it.
    #[input(when(blank(weight)))]
    pub content: Option<String>,
    /// How it is packed.
    #[input(when(filled(content::)))]
    pub wrapping: Option<String>,
    /// Why.
    #[input(when(active(wraping)))]
    pub reason: Option<String>,
    /// What else.
    #[input(when())]
    pub rest: Option<String>,
}

fn main() {}
