//! What steers the emulator and is no part of Dataverse: ledger, faults, revocation of tokens, the end of all runs.

use super::odata::Answer;
use super::route::Target;
use super::state::Shared;
use axum::http::request::Parts;
use serde_json::{Map, Value, json};
use url::{Host, Url};

/// Answers a request that steers the emulator.
pub(super) fn answer(shared: &Shared, target: &Target, parts: &Parts, body: &[u8]) -> Answer {
    // A web page whose own name was made to lead here must not read or steer.
    if !names_this_machine(parts) {
        return Answer::error(403, "", "The header Host must be 127.0.0.1 or localhost.");
    }
    // Browsers name the page that sends a request; programs do not.
    if parts.headers.contains_key("origin") {
        return Answer::error(403, "", "A web page must not steer the emulator.");
    }
    let mut world = shared.world();
    match (target, parts.method.as_str()) {
        (Target::Ledger, "GET") => {
            let entries = world.ledger.entries();
            // Writing them out takes time, and everybody else would wait.
            drop(world);
            Answer::plain_json(200, &json!(entries))
        }
        (Target::Ledger, _) => {
            world.ledger.clear();
            Answer::no_content()
        }
        (Target::Faults, "GET") => Answer::plain_json(200, &json!(world.faults)),
        (Target::Faults, _) => match serde_json::from_slice::<Map<String, Value>>(body) {
            Err(error) => Answer::error(400, "", format!("The body is not a JSON object: {error}.")),
            Ok(changes) => match world.faults.changed(changes) {
                Err(reason) => Answer::error(400, "", reason),
                Ok(faults) => {
                    world.faults = faults;
                    Answer::plain_json(200, &json!(world.faults))
                }
            },
        },
        (Target::EndRuns, _) => {
            let now = shared.clock.now();
            Answer::plain_json(200, &json!({ "ended": world.sessions.end(now) }))
        }
        _ => Answer::plain_json(200, &json!({ "revoked": world.tokens.revoke() })),
    }
}

fn names_this_machine(parts: &Parts) -> bool {
    let host = parts.headers.get("host").and_then(|host| host.to_str().ok());
    let url = host.and_then(|host| Url::parse(&format!("http://{host}/")).ok());
    match url.as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
