//! Fields whose attributes say what cannot be.

use opwright::{Secret, input};

/// A parcel.
#[input]
#[serde(rename_all = "snake_case")]
pub struct Parcel {
    /// What it is worth.
    #[input(secret = "parcel-value", feel = "optinal")]
    pub value: Secret,
    /// Delivered on the next day.
    pub express: bool,
    /// The latest hour.
    #[input(when(expres = true))]
    pub not_after: Option<u8>,
    /// The earliest hour.
    #[input(when(express))]
    pub not_before: Option<u8>,
    /// The hour.
    #[input(when(hour = 8), query)]
    pub hour: Option<u8>,
    /// More.
    #[serde(flatten)]
    pub more: More,
}

/// More of a parcel.
#[input]
#[serde(deny_unknown_fields)]
pub struct More {}

/// A number.
#[input]
pub struct Number(#[input(body, group = NUMBERS)] pub u32);

/// Two numbers.
#[input]
pub struct Pair(u32, u32);

/// A function.
#[input]
pub fn function() {}

fn main() {}
