//! A call as expressions see it: `request.body`, `request.headers`, `request.params`.

use super::super::Received;
use super::formula::Formula;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

/// So many values at most may be in a body: each of them takes many times what it takes as text.
const VALUES: usize = 100_000;

/// A call as expressions see it.
#[derive(Debug)]
pub(super) struct Call {
    /// `request`, `connectorData` and `documents`.
    context: Value,
    /// Whether the body was read. Whoever calls without being let in should cost little.
    has_body: bool,
    /// Why the body, which is null then, cannot be read: a status and a reason.
    pub(super) unreadable: Option<(u16, String)>,
}

impl Call {
    /// A call whose body is not read yet.
    pub(super) fn of(received: &Received) -> Self {
        let request = json!({
            "body": null,
            "headers": firsts(&received.headers),
            "params": firsts(&received.query),
        });
        let context = json!({ "request": request, "connectorData": {}, "documents": [] });
        Self { context, has_body: false, unreadable: None }
    }

    /// With its body.
    pub(super) fn context(&mut self, received: &Received) -> &mut Value {
        if !self.has_body {
            self.has_body = true;
            match body(received) {
                Ok(body) => self.context["request"]["body"] = body,
                Err(fault) => self.unreadable = Some(fault),
            }
        }
        &mut self.context
    }

    /// With its body, if the expression may see that.
    pub(super) fn context_for(&mut self, received: &Received, formula: &Formula) -> &Value {
        if formula.sees_body() { self.context(received) } else { &self.context }
    }
}

/// Whether a body holds more values, of JSON or of a form, than are read.
pub(super) fn is_too_much(received: &Received) -> bool {
    let body = &received.body;
    if body.len() <= VALUES {
        return false;
    }
    if is_form(received) {
        return body.split(|byte| *byte == b'&').count() > VALUES;
    }
    // Each value but the outermost follows a comma or is the first in its brackets.
    let (mut values, mut quoted, mut escaped) = (1_usize, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' | b'[' | b'{' if !quoted => values += 1,
            _ => {}
        }
    }
    values > VALUES
}

/// The first value of each name.
fn firsts(pairs: &[(String, String)]) -> Map<String, Value> {
    let mut members = Map::new();
    for (name, value) in pairs {
        members.entry(name.clone()).or_insert_with(|| Value::String(value.clone()));
    }
    members
}

/// The type in a header in lower case, without its parameters.
pub(super) fn media_type(header: &str) -> String {
    header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn type_of(received: &Received) -> String {
    media_type(received.header("content-type").unwrap_or_default())
}

/// Whether the body is that of a form.
pub(super) fn is_form(received: &Received) -> bool {
    type_of(received) == "application/x-www-form-urlencoded"
}

/// Whether a media type is one of XML.
fn is_xml(kind: &str) -> bool {
    kind == "application/xml" || kind == "text/xml" || kind.ends_with("+xml")
}

fn body(received: &Received) -> Result<Value, (u16, String)> {
    let kind = type_of(received);
    if kind.starts_with("multipart/") {
        return Err((415, "Multipart bodies are not read: send JSON, XML or a form".to_owned()));
    }
    if received.body.is_empty() {
        return Ok(json!({}));
    }
    if is_too_much(received) && !is_xml(&kind) {
        return Err((413, format!("The body holds more than {VALUES} values")));
    }
    if is_form(received) {
        let fields: Vec<(String, String)> = form_urlencoded::parse(&received.body).into_owned().collect();
        return Ok(Value::Object(firsts(&fields)));
    }
    if is_xml(&kind) {
        let text = std::str::from_utf8(&received.body).map_err(|_| (400, "The body is no UTF-8".to_owned()))?;
        return Ok(Value::String(text.to_owned()));
    }
    serde_json::from_slice(&received.body).map_err(|error| (400, format!("The body is no JSON: {error}")))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A call with a body of this type.
    pub(in super::super) fn received(media_type: &str, body: &str) -> Received {
        Received {
            method: "POST".to_owned(),
            context: "c".to_owned(),
            target: "/inbound/c?b=2&a=1".to_owned(),
            headers: vec![
                ("content-type".to_owned(), media_type.to_owned()),
                ("host".to_owned(), "hooks.example".to_owned()),
            ],
            query: vec![("b".to_owned(), "2".to_owned()), ("a".to_owned(), "1".to_owned())],
            body: body.as_bytes().to_vec(),
        }
    }

    fn read(kind: &str, body: &str) -> (Received, Call) {
        let received = received(kind, body);
        let mut call = Call::of(&received);
        call.context(&received);
        (received, call)
    }

    #[test]
    fn what_holds_too_many_values_is_not_read() {
        let numbers = |count: usize| format!("[{}0]", "0,".repeat(count - 2));
        let quoted = format!("\"{}\"", ",[\\\"{".repeat(VALUES));
        let fields = |count: usize| format!("a{}", "&a".repeat(count - 1));
        let form = "application/x-www-form-urlencoded";
        for (kind, body, is_read) in [
            ("application/json", numbers(VALUES), true),
            ("application/json", numbers(VALUES + 1), false),
            ("application/json", format!("[{}]", vec!["[]"; VALUES].join(",")), false),
            ("application/json", quoted, true),
            (form, fields(VALUES), true),
            (form, fields(VALUES + 1), false),
            ("text/xml", numbers(VALUES + 1), true),
        ] {
            let (_, call) = read(kind, &body);
            let expected = (!is_read).then(|| (413, "The body holds more than 100000 values".to_owned()));
            assert_eq!(call.unreadable, expected, "{kind} {}", &body[..20]);
        }
    }

    #[test]
    fn bodies_are_read_by_their_type() {
        for (kind, body, expected) in [
            ("application/json", "", json!({})),
            ("application/json", "[1]", json!([1])),
            ("", r#"{"a":1}"#, json!({ "a": 1 })),
            ("application/x-www-form-urlencoded", "a=1&b=x+%26y&a=2", json!({ "a": "1", "b": "x &y" })),
            ("application/x-www-form-urlencoded; charset=UTF-8", "a=1", json!({ "a": "1" })),
            ("text/xml; charset=utf-8", "<a/>", json!("<a/>")),
            ("application/soap+xml", "<a/>", json!("<a/>")),
        ] {
            let (received, mut call) = read(kind, body);
            assert_eq!(call.unreadable, None, "{kind} {body}");
            assert_eq!(call.context(&received)["request"]["body"], expected, "{kind} {body}");
        }
        for (kind, body, status, reason) in [
            ("application/json", "{", 400, "no JSON: EOF"),
            ("multipart/form-data; boundary=x", "--x", 415, "Multipart"),
        ] {
            let (_, call) = read(kind, body);
            let (told, why) = call.unreadable.expect("it cannot be read");
            assert!(told == status && why.contains(reason), "{told} {why}");
            assert_eq!(call.context["request"]["body"], Value::Null);
        }
    }

    #[test]
    fn the_first_of_several_values_counts() {
        let mut one = received("", "");
        one.query.push(("a".to_owned(), "3".to_owned()));
        one.headers.push(("host".to_owned(), "other".to_owned()));
        let request = &Call::of(&one).context["request"];
        assert_eq!(request["params"], json!({ "b": "2", "a": "1" }));
        assert_eq!(request["headers"]["host"], "hooks.example");
    }
}
