//! HTTP operations whose request cannot be made.

use opwright::operation;

/// Orders a book.
#[operation(id = "order-book", name = "Order a book", put = "/books/{bok_id}/order", output = Order)]
pub struct OrderBook {
    /// Number of the book.
    pub book_id: u32,
    /// How many.
    #[input(query, body = "count")]
    pub pieces: u8,
    /// Has no place.
    pub gift: bool,
}

/// Finds a book.
#[operation(id = "find-book", name = "Find a book", get = "books/{title", output = Order)]
pub struct FindBook {
    /// Its title.
    #[input(body)]
    pub title: String,
}

/// Reads an order.
#[operation(id = "read-order", name = "Read an order", get = "/orders/{order}")]
pub struct ReadOrder {
    /// Number of the order.
    #[input(query)]
    pub order: i64,
}

/// Cancels an order.
#[operation(id = "cancel-order", name = "Cancel an order", delete = "/orders/{order}", post = "/orders/{order}/cancel", output = Order)]
pub struct CancelOrder {
    /// Number of the order.
    pub order: i64,
}

#[derive(serde::Serialize, schemars::JsonSchema)]
pub struct Order {}

fn main() {}
