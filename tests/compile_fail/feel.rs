//! FEEL that the runtime would refuse.

use opwright::operation;

/// Finds books.
#[operation(
    id = "find-books",
    name = "Find books",
    get = "/books",
    output = Books,
    result_expression = "= {titles: response.body.titles[1, found: response.status = 200}"
)]
pub struct FindBooks {}

/// Orders a book.
#[operation(
    id = "order-book",
    name = "Order a book",
    post = "/orders",
    output = Books,
    result_expression = "= if response.status = 201 then {ordered: true}"
)]
pub struct OrderBook {}

/// Cancels an order.
#[operation(
    id = "cancel-order",
    name = "Cancel an order",
    delete = "/order",
    output = Books,
    result_expression = r#"= {
    cancelled: response.status == 204,
    reason: response.reason
}"#
)]
pub struct CancelOrder {}

/// Reads an order.
#[operation(
    id = "read-order",
    name = "Read an order",
    get = "/order",
    output = Books,
    result_expression = "= {title: uper case(response.body.title), code: bpmnEror(\"a\"), words: substring()}"
)]
pub struct ReadOrder {}

/// Lists orders.
#[operation(id = "list-orders", name = "List orders", get = "/orders", output = Books, result_expression = "response")]
pub struct ListOrders {}

#[derive(serde::Serialize, schemars::JsonSchema)]
pub struct Books {}

fn main() {}
