//! Misspelt names, in several places at once.

use opwright::{Secret, connector, input, operation};

/// A connector.
#[connector(
    id = "Shop_1",
    name = "Shop",
    templateid = "io.example.shop",
    version = 1,
    job_typ = "io.example:shop:1",
    operations = [FindBooks]
)]
pub struct Shop {
    /// Who buys.
    #[input(lable = "Buyer", sekret = "BUYER")]
    pub buyer: Secret,
}

/// Finds books.
#[operation(id = "find-books", nam = "Find books", gett = "/books", output = Books, retries = 3)]
pub struct FindBooks {
    /// Words of the title.
    #[input(qery, place_holder = "Words")]
    pub title: String,
}

/// Orders a book.
#[operation(id = "order-book", name = "Order a book", put = "/orders", output = Books)]
pub struct OrderBook {
    /// Number of the book.
    #[input(boddy, secret = "book-number", feel = "optinal")]
    pub book: u32,
}

/// How the buyer is known.
#[input(tga = "type")]
pub enum Login {
    /// A token.
    #[input(scheme = "baerer", lable = "Token")]
    Bearer {
        /// The token.
        #[input(tool_tip = "Ask the shop.")]
        token: Secret,
    },
}

#[derive(serde::Serialize, schemars::JsonSchema)]
pub struct Books {}

fn main() {}
