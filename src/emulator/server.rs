//! The way of a request: token, limits, latency, fate, handler, ledger. Knows HTTP, and leaves what
//! Dataverse and the token endpoint say to their modules.

use super::connection::Cut;
use super::faults::Fate;
use super::ledger::{Fault, Record, What, shortened};
use super::limits::{Refusal, Remaining};
use super::odata::{Answer, bad_query, no_path, throttled, wrong_method};
use super::route::Target;
use super::state::Shared;
use super::token::TokenFault;
use super::{control, dataverse, token};
use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::Response;
use axum::http::request::Parts;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use uuid::Uuid;

/// The largest body that is served, in bytes.
const LARGEST_BODY: usize = 4 * 1024 * 1024;
/// The largest body that is read to its end, so that its sender sees the answer.
const LARGEST_DISCARDED_BODY: usize = 64 * 1024 * 1024;

/// Answers every request.
pub(super) async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let target = Target::of(parts.uri.path());
    if target.is_control() {
        let answer = match read(body).await {
            _ if !target.takes(parts.method.as_str()) => wrong_method(parts.method.as_str(), target.methods()),
            Ok(body) => control::answer(&shared, &target, &parts, &body),
            Err(answer) => answer,
        };
        return answer.into_response();
    }
    let is_token = matches!(target, Target::Token(_));
    // The token endpoint gives tokens and takes none; what is not there needs none.
    let needs_token = !is_token && !matches!(target, Target::Unknown(_));
    let client = shared.client(&parts.headers);
    // Holds a place among the requests at once until the answer is ready.
    let admission = client.as_ref().ok().filter(|_| needs_token).map(|client| shared.admit(client)).transpose();
    let body = read(body).await;
    let (latency, fate) = {
        let mut world = shared.world();
        let faults = world.faults.clone();
        let fate = faults.fate(&mut world.random);
        (faults.latency(fate), fate)
    };
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let mut record = Record { client: client.as_ref().ok().cloned(), fault: fault(fate), ..Record::default() };
    let mut serve = || {
        if let (true, Err(fault)) = (needs_token, &client) {
            return Err(unauthorized(&shared, *fault));
        }
        if let Err(refusal) = &admission {
            return Err(protected(&shared, *refusal));
        }
        respond(&shared, &target, &parts, body.as_deref().map_err(Clone::clone)?, &mut record)
    };
    let answer = match fate {
        Fate::Reset => None,
        Fate::Throttle(seconds) => Some(injected_throttle(&shared, is_token, seconds)),
        Fate::Error(status) => Some(injected_error(&shared, is_token, status)),
        Fate::Serve | Fate::Delay | Fate::LoseAnswer => Some(serve().unwrap_or_else(|answer| answer)),
    };
    let (what, workflow_id, session_id) = subject(&target);
    record.workflow_id = workflow_id;
    record.session_id = record.session_id.or(session_id);
    record.note = answer.as_ref().and_then(|answer| answer.message.clone());
    if what == What::Unknown {
        record.note = Some(format!("{} {}", parts.method, shortened(parts.uri.path())));
    }
    let answer = match (fate, answer) {
        (Fate::Serve | Fate::Delay | Fate::Throttle(_) | Fate::Error(_), Some(answer)) => answer,
        (_, answer) => {
            record.note = Some(match &answer {
                Some(answer) => format!("answered {}, but the connection was reset before the answer", answer.status),
                None => "connection reset, nothing carried out".to_owned(),
            });
            shared.record(what, record);
            cut.cut();
            return Response::new(Body::empty());
        }
    };
    record.status = Some(answer.status);
    shared.record(what, record);
    let remaining = admission.ok().flatten().map(|admission| admission.remaining);
    with_remaining(answer, remaining).into_response()
}

fn respond(
    shared: &Arc<Shared>,
    target: &Target,
    parts: &Parts,
    body: &[u8],
    record: &mut Record,
) -> Result<Answer, Answer> {
    if !target.takes(parts.method.as_str()) {
        return Err(wrong_method(parts.method.as_str(), target.methods()));
    }
    match target {
        Target::Token(tenant) => {
            let (answer, client) = token::answer(shared, tenant, &parts.headers, body);
            record.client = client;
            Ok(answer)
        }
        Target::Run(workflow) => {
            let (answer, session) = dataverse::run(shared, *workflow, body)?;
            record.session_id = Some(session);
            Ok(answer)
        }
        Target::Status(session) => dataverse::status(shared, *session, parts.uri.query()),
        Target::Outputs(session) => dataverse::outputs(shared, *session),
        Target::Cancel(session) => dataverse::cancel(shared, *session),
        Target::BadKey(key) => Err(bad_query(format!("Error in query syntax: '{}' is not a GUID.", shortened(key)))),
        Target::Unknown(segment) => Err(no_path(&shortened(segment))),
        // Answered before, without token and limits.
        Target::Ledger | Target::Faults | Target::RevokeTokens | Target::EndRuns => Err(no_path("emulator")),
    }
}

/// What the ledger says of a fate.
fn fault(fate: Fate) -> Option<Fault> {
    match fate {
        Fate::Serve => None,
        Fate::Delay => Some(Fault::Delay),
        Fate::Error(_) => Some(Fault::Error),
        Fate::Throttle(_) => Some(Fault::Throttle),
        Fate::Reset => Some(Fault::Reset),
        Fate::LoseAnswer => Some(Fault::LostAnswer),
    }
}

/// What the ledger says of a target: what, which flow, which session.
fn subject(target: &Target) -> (What, Option<Uuid>, Option<Uuid>) {
    match target {
        Target::Token(_) => (What::Token, None, None),
        Target::Run(workflow) => (What::Run, Some(*workflow), None),
        Target::Status(session) => (What::Status, None, Some(*session)),
        Target::Outputs(session) => (What::Outputs, None, Some(*session)),
        Target::Cancel(session) => (What::Cancel, None, Some(*session)),
        _ => (What::Unknown, None, None),
    }
}

fn unauthorized(shared: &Shared, fault: TokenFault) -> Answer {
    let (code, message) = match fault {
        TokenFault::Missing => ("0x8004a100", "The request has no bearer token."),
        TokenFault::Unknown => ("0x8004a100", "The bearer token was never issued or is revoked."),
        TokenFault::Expired => ("0x8004a101", "The bearer token is expired."),
    };
    let challenge = format!(
        "Bearer authorization_uri={uri}/{}/oauth2/authorize, resource_id={uri}/",
        super::TENANT_ID,
        uri = shared.organization_uri
    );
    Answer::error(401, code, message).with("www-authenticate", challenge)
}

fn protected(shared: &Shared, refusal: Refusal) -> Answer {
    let limits = &shared.settings.limits;
    match refusal {
        Refusal::Requests(seconds) => {
            let message = format!(
                "Number of requests exceeded the limit of {} over time window of 300 seconds.",
                limits.max_requests
            );
            throttled("0x80072322", message, seconds)
        }
        Refusal::Execution(seconds) => {
            let milliseconds = u64::from(limits.max_execution_seconds) * 1000;
            let message = format!(
                "Combined execution time of incoming requests exceeded limit of {milliseconds} milliseconds over time window of 300 seconds."
            );
            throttled("0x80072321", message, seconds)
        }
        Refusal::Concurrent(seconds) => throttled(
            "0x80072326",
            format!("Number of concurrent requests exceeded the limit of {}.", limits.max_concurrent),
            seconds,
        ),
    }
}

fn injected_throttle(shared: &Shared, is_token: bool, seconds: u32) -> Answer {
    let message = "The emulator was told to throttle this request.";
    if is_token {
        return token::failure(shared, 429, "temporarily_unavailable", 90_055, message).with("retry-after", seconds);
    }
    throttled("0x80072322", message, seconds.into())
}

fn injected_error(shared: &Shared, is_token: bool, status: u16) -> Answer {
    let message = "The emulator was told to answer this request with an error.";
    if is_token {
        return token::failure(shared, status, "temporarily_unavailable", 90_033, message);
    }
    Answer::error(status, "0x80040216", message)
}

/// What Dataverse tells for debugging.
fn with_remaining(answer: Answer, remaining: Option<Remaining>) -> Answer {
    let Some(remaining) = remaining else { return answer };
    let answer = match remaining.requests {
        Some(requests) => answer.with("x-ms-ratelimit-burst-remaining-xrm-requests", requests),
        None => answer,
    };
    match remaining.execution_seconds {
        Some(seconds) => answer.with("x-ms-ratelimit-time-remaining-xrm-requests", seconds),
        None => answer,
    }
}

/// The whole body, or the answer to one that is too large or breaks off.
async fn read(mut body: Body) -> Result<Vec<u8>, Answer> {
    let (mut bytes, mut size) = (Vec::new(), 0_usize);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| Answer::error(400, "0x0", "The body breaks off."))?;
        let Ok(data) = frame.into_data() else { continue };
        size = size.saturating_add(data.len());
        if size > LARGEST_DISCARDED_BODY {
            break;
        }
        if size <= LARGEST_BODY {
            bytes.extend_from_slice(&data);
        }
    }
    if size > LARGEST_BODY {
        return Err(Answer::error(413, "0x0", format!("The body is larger than {LARGEST_BODY} bytes.")));
    }
    Ok(bytes)
}
