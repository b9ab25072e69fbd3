//! The FEEL of a definition, against what it will see when it is evaluated.

use crate::definition::{EventDefinition, Faults, OperationDefinition};
use crate::schema::shape;
use opwright_feel::{Expression, Shape, connector};

/// Checks the expressions of an operation.
pub(super) fn check(operation: &OperationDefinition, path: &str, faults: &mut Faults) {
    let expressions = [
        ("result", &operation.result_expression, response(operation), no_result as Demand),
        ("error", &operation.error_expression, error_variables(), no_error),
    ];
    for (name, text, seen, demand) in expressions {
        for fault in text.iter().flat_map(|text| faults_of(text, &seen, demand)) {
            faults.add(path, format!("the {name} expression {fault}"));
        }
    }
    if operation.result_variable.as_deref().is_some_and(|name| !is_name(name)) {
        faults.add(path, NO_NAME);
    }
}

/// Checks the expressions of an event.
pub(super) fn check_event(event: &EventDefinition, path: &str, faults: &mut Faults) {
    // The variables of a process are anybody's.
    for fault in faults_of(&event.correlation_key, &Shape::Any, no_key) {
        faults.add(path, format!("the correlation key {fault}"));
    }
    let result = event.result_expression.iter().flat_map(|text| faults_of(text, &request(event), no_result));
    result.for_each(|fault| faults.add(path, format!("the result expression {fault}")));
    if event.result_variable.as_deref().is_some_and(|name| !is_name(name)) {
        faults.add(path, NO_NAME);
    }
}

const NO_NAME: &str = "the result variable is no name that FEEL could read";

/// Whether FEEL reads a variable by this name, and not `in`, `null` or the like.
pub(super) fn is_name(name: &str) -> bool {
    Expression::parse(name).is_ok_and(|expression| expression.reads().iter().any(|read| read.path == [name]))
}

/// What is wrong with what an expression gives.
type Demand = fn(&Shape) -> Option<String>;

fn no_result(shape: &Shape) -> Option<String> {
    no_context(shape).map(|what| format!("gives {what}, {ONLY_ENTRIES}"))
}

fn no_error(shape: &Shape) -> Option<String> {
    no_context(shape).map(|what| format!("gives {what}, {ONLY_ERRORS}"))
}

/// The engine correlates by texts and numbers.
fn no_key(shape: &Shape) -> Option<String> {
    let is_key = matches!(shape, Shape::Any | Shape::Text | Shape::Number);
    (!is_key).then(|| format!("gives {}, but only a string or a number correlates", shape.name()))
}

fn faults_of(text: &str, seen: &Shape, demand: Demand) -> Vec<String> {
    if !text.starts_with('=') {
        return vec!["is FEEL: start it with `=`".to_owned()];
    }
    let expression = match Expression::parse(text) {
        Ok(expression) => expression,
        Err(error) => return vec![format!("is no FEEL: {}", error.explain(text))],
    };
    let analysis = expression.analyze(seen, connector::engine());
    let mut faults: Vec<String> =
        analysis.diagnostics.iter().map(|diagnostic| format!("is wrong: {}", diagnostic.explain(text))).collect();
    faults.extend(demand(&analysis.shape));
    faults
}

/// Why a result expression must give a context.
pub(crate) const ONLY_ENTRIES: &str = "but only a context's entries become variables: write `= {name: …}`";

/// Why an error expression must give a context.
pub(crate) const ONLY_ERRORS: &str =
    "but only a context is an error: write `= bpmnError(…)`, `jobError(…)` or `ignoreError(…)`";

/// What a result or error expression of this shape gives, if that can be no context.
pub(crate) fn no_context(shape: &Shape) -> Option<&'static str> {
    // Null adds nothing, and is no error.
    (!matches!(shape, Shape::Any | Shape::Null | Shape::Context(_))).then(|| shape.name())
}

/// What a result expression sees: the response, and its entries by their own names.
pub(crate) fn response(operation: &OperationDefinition) -> Shape {
    let output = shape(&operation.output);
    with_entries(if operation.http.is_some() { http_response(output) } else { output })
}

/// What the result expression of an event sees: `request`, whose body is what happened, also in `response`.
pub(crate) fn request(event: &EventDefinition) -> Shape {
    let request = Shape::context([("body", shape(&event.payload))]);
    with_entries(Shape::context([("request", request)]))
}

fn with_entries(response: Shape) -> Shape {
    // It hides an entry of its own name.
    let whole = ("response".into(), response.clone());
    match response {
        Shape::Context(context) => {
            let entries = context.entries().iter().cloned().chain([whole]);
            if context.is_open() { Shape::open_context(entries) } else { Shape::context(entries) }
        }
        Shape::Any => Shape::open_context([whole]),
        _ => Shape::context([whole]),
    }
}

/// What an error expression can see. After a success that is whatever the result expression gives.
pub(crate) fn error_variables() -> Shape {
    let error = Shape::context([
        ("type", Shape::Text),
        ("message", Shape::Text),
        ("code", Shape::Text),
        ("variables", Shape::Any),
    ]);
    let job = Shape::context([("retries", Shape::Number)]);
    Shape::open_context([("error", error), ("response", Shape::Any), ("job", job)])
}

/// What the dispatcher makes of a response, and Camunda's HTTP connector as well.
fn http_response(body: Shape) -> Shape {
    let body = match body {
        // Of a body, only objects and lists are read as JSON.
        Shape::Boolean | Shape::Number => Shape::Text,
        body => body,
    };
    Shape::context([
        ("status", Shape::Number),
        // By the dispatcher in lower case, by Camunda's connector as the server spells them.
        ("headers", Shape::open_context::<&str>([])),
        ("body", body),
        ("reason", Shape::Text),
        ("document", Shape::Null),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::{HttpRequest, Method};
    use serde_json::{Value, json};

    fn operation(output: Value, http: bool, expression: &str) -> OperationDefinition {
        let request = HttpRequest { method: Method::Get, path: "/orders".to_owned(), idempotent: true };
        OperationDefinition {
            id: "read-order".to_owned(),
            name: "Read an order".to_owned(),
            description: "Reads an order.".to_owned(),
            keywords: Vec::new(),
            result_variable: None,
            result_expression: Some(expression.to_owned()),
            error_expression: None,
            input: json!({}),
            output,
            http: http.then_some(request),
        }
    }

    fn told(operation: &OperationDefinition) -> Vec<String> {
        let mut faults = Faults::default();
        check(operation, "shop/read-order", &mut faults);
        let error = faults.finish().err();
        error.iter().flat_map(|error| &error.faults).map(|fault| format!("{}: {}", fault.path, fault.message)).collect()
    }

    fn order() -> Value {
        json!({
            "type": "object",
            "properties": {
                "number": { "type": "integer" },
                "buyer": { "type": "object", "properties": { "name": { "type": "string" } } },
                "books": { "type": "array", "items": { "type": "object", "properties": { "title": { "type": "string" } } } },
            },
        })
    }

    #[test]
    fn what_a_response_has_may_be_read() {
        for text in [
            "= {number: response.body.number}",
            "= {name: body.buyer.name, status: status, why: reason}",
            "= {titles: response.body.books.title, first: response.body.books[1].title}",
            "= {seen: response.headers.`x-request-id`, also: get or else(headers.etag, headers.ETag)}",
            "= {whole: response, file: document}",
            "= response.body.buyer",
            "= if response.status = 204 then null else {number: body.number}",
            "= get or else(response.body.buyer, {name: \"nobody\"})",
            "= {id: get or else(body.id, body.number), known: is defined(response.body.id.part)}",
        ] {
            assert_eq!(told(&operation(order(), true, text)), [""; 0], "{text}");
        }
    }

    #[test]
    fn what_it_does_not_have_is_told_with_the_nearest_name() {
        let unknown = "; there is `status`, `headers`, `body`, `reason`, `document`, `response`";
        for (text, place, message) in [
            (
                "= {n: response.body.numbr}",
                "numbr",
                "`response.body` has no `numbr`: did you mean `number`?".to_owned(),
            ),
            ("= {n: bdy.number}", "bdy", "there is no `bdy` here: did you mean `body`?".to_owned()),
            ("= {n: number}", "number", format!("there is no `number` here{unknown}")),
            ("= {a: orderId}", "orderId", format!("there is no `orderId` here{unknown}")),
            ("= {t: body.books.titel}", "titel", "there is no `titel`: did you mean `title`?".to_owned()),
            (
                "= {t: uper case(reason)}",
                "uper case",
                "there is no function `uper case`: did you mean `upper case`?".to_owned(),
            ),
        ] {
            let before = text.find(place).expect("a part of the text");
            let (column, carets) = (before + 1, format!("{}{}", " ".repeat(before), "^".repeat(place.len())));
            let expected = format!(
                "shop/read-order: the result expression is wrong: line 1, column {column}: {message}\n{text}\n{carets}"
            );
            assert_eq!(told(&operation(order(), true, text)), [expected]);
        }
    }

    #[test]
    fn a_body_is_what_the_dispatcher_makes_of_it() {
        let told = |output: Value, text: &str| told(&operation(output, true, text)).join("\n");
        // A number alone is text, and an empty body null.
        assert!(told(json!({ "type": "integer" }), "= {a: body.a}").contains("`body` is a string, which has no `a`"));
        assert!(told(json!({ "type": "null" }), "= {a: body.a}").contains("`body` is null, which has no `a`"));
        assert_eq!(told(json!(true), "= {a: body.a.b}"), "");
        assert_eq!(told(json!({ "type": "object", "additionalProperties": true }), "= {a: body.a.b}"), "");
    }

    #[test]
    fn the_result_of_code_is_the_response() {
        let told = |output: Value, text: &str| told(&operation(output, false, text)).join("\n");
        for text in ["= {a: response.number}", "= {a: number}", "= {a: response.buyer.name, b: buyer.name}"] {
            assert_eq!(told(order(), text), "", "{text}");
        }
        assert!(told(order(), "= {a: response.body}").contains("`response` has no `body`; there is `number`"));
        assert!(told(order(), "= {a: nmber}").contains("did you mean `number`?"));
        assert_eq!(told(json!({ "type": "string" }), "= {greeting: response}"), "");
        assert!(told(json!({ "type": "string" }), "= {a: greeting}").contains("there is no `greeting` here"));
        assert_eq!(told(json!(true), "= {a: anything, b: response.anything}"), "");
    }

    /// What schemars writes of the types that an output is made of.
    #[test]
    fn an_output_type_promises_what_it_lists() {
        use schemars::JsonSchema;
        use std::collections::BTreeMap;

        #[derive(serde::Serialize, JsonSchema)]
        struct Order {
            number: u32,
            buyer: Option<Buyer>,
            payment: Payment,
            prices: BTreeMap<String, f64>,
            books: Vec<(String, u8)>,
        }
        #[derive(serde::Serialize, JsonSchema)]
        struct Buyer {
            name: String,
            #[serde(flatten)]
            others: serde_json::Map<String, Value>,
        }
        #[derive(serde::Serialize, JsonSchema)]
        #[serde(tag = "kind", rename_all = "camelCase")]
        #[expect(dead_code, reason = "only its schema is read")]
        enum Payment {
            Card { last_digits: String },
            Account(Account),
        }
        #[derive(serde::Serialize, JsonSchema)]
        #[schemars(extend("additionalProperties" = true))]
        struct Account {
            iban: String,
        }

        let output = crate::registry::schema_of::<Order>(schemars::generate::Contract::Serialize);
        let told = |text: &str| told(&operation(output.clone(), true, text)).join("\n");
        for text in [
            "= {a: body.number, b: body.buyer.name, c: body.buyer.anything}",
            "= {a: body.payment.kind, b: body.payment.last_digits, c: body.payment.iban, d: body.payment.bank}",
            "= {a: body.prices.anything, b: body.books[1][1]}",
        ] {
            assert_eq!(told(text), "", "{output:#} {text}");
        }
        assert!(told("= {a: body.numbr}").contains("did you mean `number`?"));
        assert!(told("= {a: body.number.of}").contains("`body.number` is a number, which has no `of`"));
    }

    #[test]
    fn a_result_is_a_context() {
        for (text, what) in [
            ("= response.status", "a number"),
            ("= response.body.buyer.name", "a string"),
            ("= response.body.books", "a list"),
            ("= response.status = 200", "a boolean"),
            ("= function(x) x", "a function"),
        ] {
            let expected = format!(
                "shop/read-order: the result expression gives {what}, but only a context's entries become variables: write `= {{name: …}}`"
            );
            assert_eq!(told(&operation(order(), true, text)), [expected], "{text}");
        }
    }

    #[test]
    fn words_of_feel_are_no_names() {
        for (name, sound) in
            [("book", true), ("date", true), ("from", true), ("in", false), ("null", false), ("and", false)]
        {
            assert_eq!(is_name(name), sound, "{name}");
        }
    }

    #[test]
    fn what_is_no_feel_is_told() {
        let told = |text: &str| told(&operation(order(), true, text)).join("\n");
        assert_eq!(told("response"), "shop/read-order: the result expression is FEEL: start it with `=`");
        let expected = "shop/read-order: the result expression is no FEEL: line 1, column 8: expected";
        assert!(told("= {a: 1").starts_with(expected), "{}", told("= {a: 1"));
    }
}
