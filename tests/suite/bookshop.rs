//! A connector that uses what the Power Automate connector does not: a number in the path, query
//! parameters, headers, a check box, nested bodies, lists and a condition.

use opwright::{Connector, ConnectorInputs, Secret, connector, input, operation};
use schemars::JsonSchema;
use serde::Serialize;

/// Order books from an imaginary shop.
#[connector(
    id = "bookshop",
    name = "Bookshop",
    template_id = "io.example.bookshop",
    version = 2,
    job_type = "io.example:bookshop:2",
    documentation = "https://example.org/bookshop",
    base_url = "{shop}/api",
    headers = [("Accept", "application/json")],
    operations = [FindBooks, OrderBook, CancelOrder]
)]
pub struct Bookshop {
    /// Who buys.
    pub login: Login,
    /// Address of the shop.
    #[input(example = "https://shop.example.org")]
    #[schemars(regex(pattern = "^https?://[^ ]+$"))]
    pub shop: String,
}

/// How the buyer is known.
#[input(tag = "type")]
pub enum Login {
    /// A token.
    #[input(scheme = "bearer")]
    Bearer {
        /// The token.
        token: Secret,
    },
}

/// Finds books.
#[operation(id = "find-books", name = "Find books", get = "/books?sort=title", output = Books)]
pub struct FindBooks {
    /// Words of the title.
    #[input(query = "q", placeholder = "Words", example = "Moby & Dick")]
    pub title: Option<String>,
    /// Books per page.
    #[input(query)]
    #[serde(default = "page_size")]
    #[schemars(range(min = 1, max = 100))]
    pub size: u8,
    /// Only books in stock.
    #[input(query = "in-stock")]
    #[serde(default)]
    pub in_stock: bool,
    /// The language of descriptions.
    #[input(header = "Accept-Language", example = "de")]
    pub language: Option<String>,
}

fn page_size() -> u8 {
    20
}

/// Orders a book.
#[operation(id = "order-book", name = "Order a book", put = "/books/{book}/order", output = Order, result_expression = "= {order: response.body.id}")]
pub struct OrderBook {
    /// Number of the book.
    #[input(example = 4711)]
    pub book: u32,
    /// How many.
    #[input(body = "count")]
    #[schemars(range(max = 99))]
    pub pieces: u8,
    /// Wrapped as a gift.
    #[input(body)]
    #[serde(default)]
    pub gift: bool,
    /// What the card says.
    #[input(body, text, when(gift = true))]
    #[schemars(length(max = 200))]
    pub card: Option<String>,
    /// Where it goes.
    #[input(body)]
    pub address: Address,
    /// Words to find the order by.
    #[input(body, example = ["urgent"])]
    #[schemars(length(max = 3))]
    pub labels: Option<Vec<String>>,
    /// How it is sent.
    #[input(body)]
    pub speed: Option<Speed>,
    /// The most it may cost.
    #[input(body)]
    pub limit: Option<f64>,
    /// Anything else.
    #[input(body)]
    pub extra: Option<serde_json::Value>,
}

/// An address.
#[input]
pub struct Address {
    /// Whom it is for.
    #[schemars(length(min = 1))]
    pub name: String,
    /// Post code.
    #[input(example = "12345")]
    #[schemars(regex(pattern = "^[0-9]{5}$"))]
    pub code: Option<String>,
}

/// Speeds.
#[input]
pub enum Speed {
    /// In a week.
    Slow,
    /// On the next day.
    #[serde(rename = "next-day")]
    #[input(label = "Next day")]
    NextDay,
}

/// Cancels an order.
#[operation(id = "cancel-order", name = "Cancel an order", delete = "/orders/{order}", output = Order)]
pub struct CancelOrder {
    /// Number of the order.
    #[input(example = -7)]
    pub order: i64,
}

/// Books.
#[derive(Serialize, JsonSchema)]
pub struct Books {
    /// Their titles.
    pub titles: Vec<String>,
}

/// An order.
#[derive(Serialize, JsonSchema)]
pub struct Order {
    /// Its number.
    pub id: u64,
}

pub fn connector() -> Connector {
    Bookshop::bind().unwrap_or_else(|error| panic!("{error}"))
}
