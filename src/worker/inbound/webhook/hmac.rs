//! Signatures by a shared secret: over the body, or over the address with parameters or fields, as Twilio signs.

use super::super::Received;
use super::answer::Denial;
use super::request::{is_form, is_too_much};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use url::form_urlencoded;

/// How the signature of a call is checked.
#[derive(Clone)]
pub(super) struct Signature {
    pub(super) key: hmac::Key,
    /// In lower case.
    pub(super) header: String,
    pub(super) scope: Scope,
}

impl fmt::Debug for Signature {
    /// Without the key.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Signature({}, {:?})", self.header, self.scope)
    }
}

/// What is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// The body as it came.
    Body,
    /// The address without its query, and the body.
    AddressAndBody,
    /// The address with its parameters.
    AddressAndParameters,
    /// That of GET with parameters, all others with the body.
    ByMethod,
}

impl Scope {
    /// The scope that a list of `body`, `url` and `parameters` means.
    pub(super) fn of(names: &[String]) -> Option<Self> {
        let mut names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
        names.sort();
        names.dedup();
        Some(match names.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] | ["body"] => Self::Body,
            ["body", "url"] => Self::AddressAndBody,
            ["parameters", "url"] => Self::AddressAndParameters,
            ["body", "parameters", "url"] => Self::ByMethod,
            _ => return None,
        })
    }
}

/// The algorithm of a name such as `sha_256`.
pub(super) fn algorithm(name: &str) -> Option<hmac::Algorithm> {
    Some(match name.to_lowercase().as_str() {
        "sha_1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        "sha_256" => hmac::HMAC_SHA256,
        "sha_512" => hmac::HMAC_SHA512,
        _ => return None,
    })
}

impl Signature {
    /// Whether the call has the right signature. `base_url` is the address by which the world reaches the worker.
    pub(super) fn check(&self, received: &Received, base_url: Option<&str>) -> Result<(), Denial> {
        let given = received.header(&self.header).ok_or(Denial::InvalidSignature("HMAC header is missing"))?;
        let tags = tags(given.trim());
        let matches = |signed: &[u8]| tags.iter().any(|tag| hmac::verify(&self.key, signed, tag).is_ok());
        let has_parameters = match self.scope {
            Scope::ByMethod => received.method == "GET",
            scope => scope == Scope::AddressAndParameters,
        };
        let is_right = match self.scope {
            Scope::Body => matches(&received.body),
            _ if has_parameters => {
                let parameters = parameters(received);
                addresses(received, base_url).any(|address| matches(format!("{address}?{parameters}").as_bytes()))
            }
            _ if is_too_much(received) => return Err(Denial::InvalidSignature("the body holds too many values")),
            _ => {
                let body = fields(received);
                addresses(received, base_url).any(|address| matches(&[address.as_bytes(), &body].concat()))
            }
        };
        if is_right { Ok(()) } else { Err(Denial::InvalidSignature("HMAC signature check didn't pass")) }
    }
}

/// What a header may mean: hexadecimal or Base64, behind a tag such as `sha256=` or without one.
fn tags(given: &str) -> Vec<Vec<u8>> {
    let untagged = given.split_once('=').map(|(_, rest)| rest).filter(|rest| !rest.is_empty());
    let texts = [Some(given), untagged].into_iter().flatten();
    texts.flat_map(|text| [hexadecimal(text), STANDARD.decode(text).ok()]).flatten().collect()
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect())?
}

/// The addresses by which the call may have come, without their query. Who signed one of them knows the secret, so it does
/// no harm that the call itself names its host.
fn addresses<'a>(received: &'a Received, base_url: Option<&'a str>) -> impl Iterator<Item = String> + 'a {
    let path = received.target.split('?').next().unwrap_or_default();
    let first = |name| received.header(name).map(|value| value.split(',').next().unwrap_or_default().trim());
    let host = first("x-forwarded-host").or_else(|| first("host")).unwrap_or_default();
    let told = base_url.map(|base| format!("{}{path}", base.trim_end_matches('/')));
    let guessed = move || ["https", "http"].map(|scheme| format!("{scheme}://{host}{path}"));
    let guessed = if told.is_some() { None } else { Some(guessed()) };
    told.into_iter().chain(guessed.into_iter().flatten())
}

/// The parameters as a form, the first of each name.
fn parameters(received: &Received) -> String {
    let mut seen = Vec::new();
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in &received.query {
        if !seen.contains(&name) {
            seen.push(name);
            form.append_pair(name, value);
        }
    }
    form.finish()
}

/// What is signed of a body: the fields of a form, or of an object of texts, by their names and without anything between;
/// anything else as it came.
fn fields(received: &Received) -> Vec<u8> {
    let joined = |fields: BTreeMap<String, String>| {
        fields.into_iter().flat_map(|(name, value)| [name, value]).collect::<String>().into_bytes()
    };
    if is_form(received) {
        // Of several with one name the process sees the first.
        let mut fields = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(&received.body).into_owned() {
            fields.entry(name).or_insert(value);
        }
        return joined(fields);
    }
    let text = |(name, value): (String, Value)| match value {
        Value::String(text) => Some((name, text)),
        _ => None,
    };
    match serde_json::from_slice::<Value>(&received.body) {
        Ok(Value::Object(members)) => members.into_iter().map(text).collect::<Option<_>>().map(joined),
        _ => None,
    }
    .unwrap_or_else(|| received.body.clone())
}

#[cfg(test)]
mod tests {
    use super::super::request::tests::received;
    use super::*;

    fn signature(algorithm: &str, scopes: &[&str]) -> Signature {
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        Signature {
            key: hmac::Key::new(super::algorithm(algorithm).expect("known"), b"key"),
            header: "x-signature".to_owned(),
            scope: Scope::of(&scopes).expect("a scope"),
        }
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn checked(signature: &Signature, call: &Received, header: String) -> Result<(), Denial> {
        let mut call = call.clone();
        call.headers.push(("x-signature".to_owned(), header));
        signature.check(&call, None)
    }

    #[test]
    fn known_signatures_are_accepted() {
        // The example of RFC 2104's Wikipedia article: key "key".
        let text = "The quick brown fox jumps over the lazy dog";
        let call = received("text/plain", text);
        for (algorithm, expected) in [
            ("sha_1", "de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9"),
            ("sha_256", "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"),
            (
                "sha_512",
                "b42af09057bac1e2d41708e48a902e09b5ff7f12ab428a4fe86653c73dd248fb82f948a549f7b791a5b41915ee4d1ec3935357e4e2317250d0372afa2ebeeb3a",
            ),
        ] {
            let signature = signature(algorithm, &["body"]);
            let base64 = STANDARD.encode(hexadecimal(expected).expect("hexadecimal"));
            for header in [expected.to_owned(), expected.to_uppercase(), format!("sha256={expected}"), base64] {
                assert_eq!(checked(&signature, &call, header.clone()), Ok(()), "{header}");
            }
            let wrong = format!("{}0", &expected[..expected.len() - 1]);
            let denied = Err(Denial::InvalidSignature("HMAC signature check didn't pass"));
            for header in [wrong, String::new(), "sha256=".to_owned(), "ä".to_owned()] {
                assert_eq!(checked(&signature, &call, header.clone()), denied, "{header}");
            }
        }
        let missing = signature("sha_256", &["body"]).check(&call, None);
        assert_eq!(missing, Err(Denial::InvalidSignature("HMAC header is missing")));
    }

    #[test]
    fn addresses_are_signed_as_twilio_signs_them() {
        let form = received("application/x-www-form-urlencoded", "To=%2B1&From=a%26b");
        let both = signature("sha_1", &["url", "BODY"]);
        for address in ["https://hooks.example/inbound/c", "http://hooks.example/inbound/c"] {
            let tag = hmac::sign(&both.key, format!("{address}Froma&bTo+1").as_bytes());
            assert_eq!(checked(&both, &form, STANDARD.encode(tag.as_ref())), Ok(()), "{address}");
        }
        // Of a doubled field that is signed which the process sees.
        let doubled = received("application/x-www-form-urlencoded", "To=%2B1&From=a%26b&To=evil");
        for (signed, is_right) in [("Froma&bTo+1", true), ("Froma&bToevil", false)] {
            let tag = hmac::sign(&both.key, format!("https://hooks.example/inbound/c{signed}").as_bytes());
            assert_eq!(checked(&both, &doubled, STANDARD.encode(tag.as_ref())).is_ok(), is_right, "{signed}");
        }
        let elsewhere = hmac::sign(&both.key, b"https://other.example/inbound/cFroma&bTo+1");
        assert!(checked(&both, &form, hex(elsewhere.as_ref())).is_err());
        let mut told = form.clone();
        told.headers.push(("x-signature".to_owned(), hex(elsewhere.as_ref())));
        assert_eq!(both.check(&told, Some("https://other.example/")), Ok(()));

        let json = received("application/json", r#"{"b":"2","a":"1"}"#);
        let tag = hmac::sign(&both.key, b"https://hooks.example/inbound/ca1b2");
        assert_eq!(checked(&both, &json, hex(tag.as_ref())), Ok(()));
        let list = received("application/json", "[1]");
        let tag = hmac::sign(&both.key, b"https://hooks.example/inbound/c[1]");
        assert_eq!(checked(&both, &list, hex(tag.as_ref())), Ok(()));

        let parameters = signature("sha_256", &["url", "parameters"]);
        let tag = hmac::sign(&parameters.key, b"https://hooks.example/inbound/c?b=2&a=1");
        assert_eq!(checked(&parameters, &json, hex(tag.as_ref())), Ok(()));

        let all = signature("sha_256", &["url", "parameters", "body"]);
        let mut get = received("", "");
        get.method = "GET".to_owned();
        assert_eq!(checked(&all, &get, hex(tag.as_ref())), Ok(()));
        assert!(checked(&all, &json, hex(tag.as_ref())).is_err());
    }

    #[test]
    fn scopes_that_mean_nothing_are_none() {
        for scopes in [["url"].as_slice(), &["parameters"], &["body", "parameters"], &["head"]] {
            let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
            assert_eq!(Scope::of(&scopes), None, "{scopes:?}");
        }
    }
}
