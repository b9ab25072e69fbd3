//! Code operations that declare what only HTTP operations have, and connectors that are none.

use opwright::{Execute, Failure, connector, operation};

/// Quotes the postage.
#[operation(id = "quote", name = "Quote", output = Price, idempotent, result_expression = "{price: response.price}")]
pub struct Quote {
    /// Kilograms.
    #[input(body)]
    pub weight: f64,
}

impl Execute<Postage> for Quote {
    type Output = u64;

    async fn execute(self, _: Postage) -> Result<u64, Failure> {
        Ok(0)
    }
}

#[connector(
    id = "Postage 1",
    name = "Postage",
    template_id = "io.example.postage",
    version = 1,
    job_type = "io.example:postage:1",
    base_url = "{accont}",
    operations = [Quote]
)]
pub struct Postage {
    /// Whose tariff applies.
    #[input(header = "Account")]
    pub account: String,
}

/// Nothing to do.
#[connector(
    id = "idle",
    name = "Idle",
    template_id = "io.example.idle",
    version = 1,
    job_type = "io.example:idle:1",
    operations = []
)]
pub struct Idle {}

/// Nothing that is right.
#[connector(
    id = "wrong",
    name = "Wrong",
    template_id = "io.example.wrong",
    version = "one",
    job_type = "io.example:wrong:1",
    operations = [Quote, "track"]
)]
pub struct Wrong {}

/// No struct.
#[operation(id = "enumerate", name = "Enumerate")]
pub enum Enumerate {}

fn main() {}
