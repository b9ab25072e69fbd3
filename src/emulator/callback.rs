//! Reports the end of a run to its callback URL: one call and three repetitions. Knows runs and the
//! HTTP client, and nothing of the server.

use super::ledger::{Record, What};
use super::session::Session;
use super::state::Shared;
use crate::http::is_loopback;
use opwright::http::Request;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::sleep;
use url::Url;
use uuid::Uuid;

/// One call and three repetitions.
const ATTEMPTS: u8 = 4;

/// Waits for the end of a run and reports it, unless the emulator stops or forgets the run before.
pub(super) async fn report_end(shared: Arc<Shared>, session: Uuid, url: Url, changed: Arc<Notify>) {
    let mut stop = shared.stop.clone();
    tokio::select! {
        // An error means that the emulator is gone, which is a stop as well.
        _ = stop.wait_for(|stopped| *stopped) => {}
        () = wait_and_deliver(&shared, session, &url, &changed) => {}
    }
}

async fn wait_and_deliver(shared: &Shared, session: Uuid, url: &Url, changed: &Notify) {
    let session = loop {
        let now = shared.clock.now();
        let Some(session) = shared.world().sessions.get(session).cloned() else { return };
        if now >= session.ends_at() {
            break session;
        }
        tokio::select! {
            () = sleep(session.ends_at().saturating_sub(now)) => {}
            () = changed.notified() => {}
        }
    };
    let entry = |attempt, status, note| Record {
        workflow_id: Some(session.workflow),
        session_id: Some(session.id),
        attempt,
        status,
        note: Some(note),
        ..Record::default()
    };
    let address = without_query(url);
    if !is_loopback(url) {
        shared.record(
            What::Callback,
            entry(
                None,
                None,
                format!("not called: {address} is not on this machine, and the emulator calls nothing else"),
            ),
        );
        return;
    }
    // Only a closed semaphore fails, and this one is never closed.
    let Ok(_turn) = shared.callbacks.acquire().await else { return };
    let copies = {
        let mut world = shared.world();
        let faults = world.faults.clone();
        faults.copies(&mut world.callback_random)
    };
    if copies == 0 {
        shared.record(What::Callback, entry(None, None, format!("lost on purpose: {address} is not called")));
    }
    let request = request(shared, &session, url);
    for _ in 0..copies {
        deliver(shared, &request, &address, &entry).await;
    }
}

/// One call and its repetitions.
async fn deliver(
    shared: &Shared,
    request: &Request,
    address: &str,
    entry: impl Fn(Option<u8>, Option<u16>, String) -> Record,
) {
    for attempt in 1..=ATTEMPTS {
        let answer = shared.http.send(request).await;
        let status = answer.as_ref().ok().map(|response| response.status);
        let repeats = status.is_some_and(deserves_repetition) && attempt < ATTEMPTS;
        let note = match &answer {
            Ok(_) => address.to_owned(),
            Err(error) => format!("{address}: {error}"),
        };
        shared.record(What::Callback, entry(Some(attempt), status, note));
        if !repeats {
            return;
        }
        sleep(Duration::from_millis(shared.settings.callback_retry_ms.into())).await;
    }
}

fn request(shared: &Shared, session: &Session, url: &Url) -> Request {
    let now = shared.clock.now();
    let status = session.status(now);
    let time = |time: Option<Duration>| time.map(|time| shared.clock.seconds(time));
    let body = json!({
        "statuscode": status,
        "statecode": status.record_state(),
        "startedon": time(session.started_at(now)),
        "completedon": time(session.completed_at(now)),
        "flowsessionid": session.id.to_string(),
    });
    let headers = [
        ("User-Agent", "EnterpriseConnectors/1.0".to_owned()),
        ("Content-Type", "application/json; charset=utf-8".to_owned()),
        ("x-ms-workflow-id", session.workflow.to_string()),
        ("x-ms-run-id", session.id.to_string()),
    ];
    Request {
        method: "POST",
        url: url.as_str().to_owned(),
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        body: Some(body.to_string()),
    }
}

/// Whether a call with this answer is repeated. Everything else loses the callback.
fn deserves_repetition(status: u16) -> bool {
    status >= 500 || status == 408
}

/// The URL for the ledger: credentials and query may be secrets.
fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // Both fail only for URLs without a host, which have no credentials either.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    #[test]
    fn only_server_errors_and_request_timeout_are_repeated() {
        for (status, repeated) in [
            (200, false),
            (302, false),
            (404, false),
            (408, true),
            (429, false),
            (499, false),
            (500, true),
            (503, true),
        ] {
            assert_eq!(deserves_repetition(status), repeated, "{status}");
        }
    }

    #[test]
    fn only_this_machine_is_called() {
        for here in [
            "http://localhost:1/",
            "http://LOCALHOST/",
            "https://127.0.0.1/x",
            "http://127.8.8.8/",
            "http://[::1]:9/",
            "http://2130706433/",
        ] {
            assert!(is_loopback(&url(here)), "{here}");
        }
        for elsewhere in [
            "http://example.org/",
            "http://localhost.example.org/",
            "http://10.0.0.1/",
            "http://0.0.0.0/",
            "http://127.0.0.1@example.org/",
        ] {
            assert!(!is_loopback(&url(elsewhere)), "{elsewhere}");
        }
    }

    #[test]
    fn the_ledger_sees_neither_credentials_nor_query() {
        assert_eq!(without_query(&url("http://user:word@localhost:1/path?key=1#x")), "http://localhost:1/path");
    }
}
