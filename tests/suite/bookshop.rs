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
pub(crate) struct Bookshop {
    /// Who buys.
    pub(crate) login: Login,
    /// Address of the shop.
    #[input(example = "https://shop.example.org")]
    #[schemars(regex(pattern = "^https?://[^ ]+$"))]
    pub(crate) shop: String,
}

/// How the buyer is known.
#[input(tag = "type")]
pub(crate) enum Login {
    /// A token.
    #[input(scheme = "bearer")]
    Bearer {
        /// The token.
        token: Secret,
    },
}

/// Finds books.
#[operation(id = "find-books", name = "Find books", get = "/books?sort=title", output = Books)]
pub(crate) struct FindBooks {
    /// Words of the title.
    #[input(query = "q", placeholder = "Words", example = "Moby & Dick")]
    pub(crate) title: Option<String>,
    /// Books per page.
    #[input(query)]
    #[serde(default = "page_size")]
    #[schemars(range(min = 1, max = 100))]
    pub(crate) size: u8,
    /// Only books in stock.
    #[input(query = "in-stock")]
    #[serde(default)]
    pub(crate) in_stock: bool,
    /// The language of descriptions.
    #[input(header = "Accept-Language", example = "de")]
    pub(crate) language: Option<String>,
}

fn page_size() -> u8 {
    20
}

/// Orders a book.
#[operation(id = "order-book", name = "Order a book", put = "/books/{book}/order", output = Order, result_expression = "= {order: response.body.id}")]
pub(crate) struct OrderBook {
    /// Number of the book.
    #[input(example = 4711)]
    pub(crate) book: u32,
    /// How many.
    #[input(body = "count")]
    #[schemars(range(max = 99))]
    pub(crate) pieces: u8,
    /// Wrapped as a gift.
    #[input(body)]
    #[serde(default)]
    pub(crate) gift: bool,
    /// What the card says.
    #[input(body, control = "text", when(gift = true))]
    #[schemars(length(max = 200))]
    pub(crate) card: Option<String>,
    /// Where it goes.
    #[input(body)]
    pub(crate) address: Address,
    /// Words to find the order by.
    #[input(body, example = ["urgent"])]
    #[schemars(length(max = 3))]
    pub(crate) labels: Option<Vec<String>>,
    /// How it is sent.
    #[input(body)]
    pub(crate) speed: Option<Speed>,
    /// The most it may cost.
    #[input(body)]
    pub(crate) limit: Option<f64>,
    /// Anything else.
    #[input(body)]
    pub(crate) extra: Option<serde_json::Value>,
}

/// An address.
#[input]
pub(crate) struct Address {
    /// Whom it is for.
    #[schemars(length(min = 1))]
    pub(crate) name: String,
    /// Post code.
    #[input(example = "12345")]
    #[schemars(regex(pattern = "^[0-9]{5}$"))]
    pub(crate) code: Option<String>,
}

/// Speeds.
#[input]
pub(crate) enum Speed {
    /// In a week.
    Slow,
    /// On the next day.
    #[serde(rename = "next-day")]
    #[input(label = "Next day")]
    NextDay,
}

/// Cancels an order.
#[operation(id = "cancel-order", name = "Cancel an order", delete = "/orders/{order}", output = Order)]
pub(crate) struct CancelOrder {
    /// Number of the order.
    #[input(example = -7)]
    pub(crate) order: i64,
}

/// Books.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Books {
    /// Their titles.
    pub(crate) titles: Vec<String>,
}

/// An order.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Order {
    /// Its number.
    pub(crate) id: u64,
}

pub(crate) fn connector() -> Connector {
    Bookshop::bind().unwrap_or_else(|error| panic!("{error}"))
}
