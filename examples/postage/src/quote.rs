//! What a parcel costs.

use crate::{Account, Postage};
use opwright::{Execute, Failure, Group, input, operation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Where the parcel and what is in it stand in Modeler's panel.
const PARCEL: Group = Group::open("parcel", "Parcel");

/// Quotes the postage of one parcel.
#[operation(id = "quote", name = "Quote a parcel", result_expression = "= {price: response.price}")]
pub struct Quote {
    /// The parcel.
    #[input(group = PARCEL)]
    pub parcel: Parcel,

    /// What is in it.
    #[input(group = PARCEL)]
    #[schemars(length(min = 1, max = 20))]
    pub items: Vec<Item>,

    /// Delivered on the next day.
    #[serde(default)]
    pub express: bool,

    /// The latest hour of delivery on that day.
    #[input(label = "Not after", when(express = true), example = 10)]
    #[schemars(range(min = 8, max = 18))]
    pub not_after: Option<u8>,
}

/// A parcel's measures.
#[input]
pub struct Parcel {
    /// Kilograms.
    #[schemars(range(min = 0.01, max = 30.0))]
    pub weight: f64,
    /// The longest side, in centimetres.
    #[input(label = "Longest side", example = 60)]
    #[schemars(range(min = 1, max = 120))]
    pub longest_side: Option<u32>,
}

/// One kind of thing in a parcel.
#[input]
pub struct Item {
    /// What it is.
    #[input(example = "book")]
    #[schemars(length(min = 1))]
    pub content: String,
    /// How many.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    pub pieces: u32,
}

fn one() -> u32 {
    1
}

/// What a parcel costs.
#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(example = Price { price: 549, pieces: 2 })]
pub struct Price {
    /// The price, in cents.
    pub price: u64,
    /// How many things are in the parcel.
    pub pieces: u64,
}

impl Execute<Postage> for Quote {
    type Output = Price;

    async fn execute(self, postage: Postage) -> Result<Price, Failure> {
        let discount = match &postage.account {
            Account::Guest {} => 0,
            Account::Contract { pin, .. } if pin.expose() == "0000" => {
                return Err(Failure::terminal("The contract's PIN has never been set").with_code("PIN_NOT_SET"));
            }
            Account::Contract { .. } => 100,
        };
        if self.items.iter().any(|item| item.content == "fireworks") {
            return Err(Failure::bpmn("FORBIDDEN_CONTENT", "The carrier takes no fireworks"));
        }
        if self.express && self.not_after == Some(8) {
            return Err(Failure::retry_after("All early vans are booked", Duration::from_secs(3600)));
        }
        // Any error can be passed on: it is retryable.
        let grams: u64 = format!("{:.0}", self.parcel.weight * 1000.0).parse()?;
        let surcharge = if self.express { 500 } else { 0 };
        Ok(Price {
            price: (449 + grams / 10 + surcharge) - discount,
            pieces: self.items.iter().map(|item| u64::from(item.pieces)).sum(),
        })
    }
}
