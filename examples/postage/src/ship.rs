//! A parcel on its way.

use crate::Postage;
use opwright::{Execute, Failure, Group, JsonObjectText, input, operation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the parcel comes to the carrier.
const HANDOVER: Group =
    Group::explained("handover", "Handover", "How the parcel comes to the carrier, and until when.");

/// Ships a parcel that is ready.
#[operation(
    id = "ship",
    name = "Ship a parcel",
    keywords = ["label", "pick up"],
    result_variable = "shipment",
    error_expression = "= if error.code = \"NO_VAN\" then bpmnError(error.code, error.message) else null"
)]
pub struct Ship {
    /// By which the carrier knows the order again: it ships none twice.
    #[input(generated)]
    #[schemars(length(min = 1))]
    pub reference: String,

    /// How many labels are printed.
    #[input(control = "number", example = 2)]
    #[schemars(range(min = 1, max = 9))]
    pub labels: u8,

    /// Insured against loss.
    #[input(feel = "optional")]
    #[serde(default)]
    pub insured: bool,

    /// What it is worth, in euros.
    #[input(when(insured = true))]
    #[schemars(range(min = 1.0))]
    pub worth: Option<f64>,

    /// How it is handed over.
    #[input(group = HANDOVER)]
    pub handover: Handover,

    /// How the driver finds the door.
    #[input(group = HANDOVER, control = "text", when(handover = "pickup"))]
    #[schemars(length(max = 200))]
    pub directions: Option<String>,

    /// The language of the directions.
    #[input(group = HANDOVER, when(handover = "pickup", filled(directions)))]
    pub language: Option<Language>,

    /// Whom to call when there are no directions.
    #[input(group = HANDOVER, when(active(directions), empty(directions)))]
    pub contact: Option<String>,

    /// What only a shop needs: a text on the label.
    #[input(when(inactive(directions)))]
    #[schemars(length(max = 40))]
    pub label_text: Option<String>,

    /// What customs want to know, outside the union.
    #[input(control = "json")]
    pub customs: Option<JsonObjectText<2048>>,

    /// How the order came to the carrier.
    #[input(control = "hidden")]
    #[serde(default = "process")]
    pub channel: String,
}

fn process() -> String {
    "process".to_owned()
}

/// Ways to hand a parcel over.
#[input(tag = "kind")]
pub enum Handover {
    /// The sender brings it to a shop.
    Shop {
        /// Who is told when it has been taken.
        notice: Option<Notice>,
    },
    /// A van fetches it.
    Pickup {
        /// Where.
        address: Address,
        /// When.
        window: Window,
    },
}

/// How somebody is told.
#[input(tag = "by")]
pub enum Notice {
    /// By a letter.
    Letter {},
    /// By a message.
    Message {
        /// Where it goes.
        #[input(label = "Phone number", example = "+49301234567")]
        #[schemars(regex(pattern = "^[+][0-9]{6,15}$"))]
        number: String,
    },
}

/// When a van comes.
#[input(tag = "kind")]
pub enum Window {
    /// Within the day.
    Day {},
    /// Within an hour.
    Hour {
        /// The hour's beginning.
        #[input(control = "number", example = 9)]
        #[schemars(range(min = 7, max = 19))]
        from: u8,
        /// Surcharges are fine.
        #[serde(default)]
        at_any_price: bool,
        /// The most that it may cost, in euros.
        #[input(when(at_any_price = false))]
        #[schemars(range(min = 0, max = 99))]
        limit: Option<u8>,
    },
}

/// An address.
#[input]
pub struct Address {
    /// Street and number.
    #[input(example = "Main Street 1")]
    #[schemars(length(min = 1))]
    pub street: String,
    /// City.
    #[input(example = "Springfield")]
    #[schemars(length(min = 1))]
    pub city: String,
}

/// Languages.
#[input]
pub enum Language {
    /// English.
    English,
    /// German.
    German,
}

/// A parcel that is on its way.
#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(example = Shipment { number: "P-17".to_owned(), labels: 2 })]
pub struct Shipment {
    /// By which it can be followed.
    pub number: String,
    /// How many labels have been printed.
    pub labels: u8,
}

impl Execute<Postage> for Ship {
    type Output = Shipment;

    async fn execute(self, _: Postage) -> Result<Shipment, Failure> {
        if let Handover::Pickup { window: Window::Hour { from, at_any_price: false, .. }, .. } = &self.handover
            && *from < 8
        {
            return Err(Failure::terminal("No van drives that early").with_code("NO_VAN"));
        }
        Ok(Shipment { number: format!("P-{}", self.reference), labels: self.labels })
    }
}
