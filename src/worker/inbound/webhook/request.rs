//! A call as expressions see it: `request.body`, `request.headers`, `request.params`.

use super::super::Received;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

/// A call as expressions see it.
#[derive(Debug)]
pub(super) struct Call {
    /// `request`, `connectorData` and `documents`.
    pub(super) context: Value,
    /// Why the body, which is null then, cannot be read: a status and a reason.
    pub(super) unreadable: Option<(u16, String)>,
}

impl Call {
    pub(super) fn read(received: &Received) -> Self {
        let (body, unreadable) = match body(received) {
            Ok(body) => (body, None),
            Err(fault) => (Value::Null, Some(fault)),
        };
        let request = json!({
            "body": body,
            "headers": firsts(&received.headers),
            "params": firsts(&received.query),
        });
        Self { context: json!({ "request": request, "connectorData": {}, "documents": [] }), unreadable }
    }
}

/// The first value of each name.
fn firsts(pairs: &[(String, String)]) -> Map<String, Value> {
    let mut members = Map::new();
    for (name, value) in pairs {
        members.entry(name.clone()).or_insert_with(|| Value::String(value.clone()));
    }
    members
}

/// The type of the body in lower case, without its parameters.
fn media_type(received: &Received) -> String {
    let header = received.header("content-type").unwrap_or_default();
    header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether the body is that of a form.
pub(super) fn is_form(received: &Received) -> bool {
    media_type(received) == "application/x-www-form-urlencoded"
}

/// Whether a media type is one of XML.
pub(super) fn is_xml(media_type: &str) -> bool {
    let kind = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/xml" || kind == "text/xml" || kind.ends_with("+xml")
}

fn body(received: &Received) -> Result<Value, (u16, String)> {
    let kind = media_type(received);
    if kind.starts_with("multipart/") {
        return Err((415, "Multipart bodies are not read: send JSON, XML or a form".to_owned()));
    }
    if received.body.is_empty() {
        return Ok(json!({}));
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
            let call = Call::read(&received(kind, body));
            assert_eq!((&call.context["request"]["body"], &call.unreadable), (&expected, &None), "{kind} {body}");
        }
        for (kind, body, status, reason) in [
            ("application/json", "{", 400, "no JSON: EOF"),
            ("multipart/form-data; boundary=x", "--x", 415, "Multipart"),
        ] {
            let call = Call::read(&received(kind, body));
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
        let request = &Call::read(&one).context["request"];
        assert_eq!(request["params"], json!({ "b": "2", "a": "1" }));
        assert_eq!(request["headers"]["host"], "hooks.example");
    }
}
