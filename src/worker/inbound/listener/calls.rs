//! One request: for whom it is, how much is read of it, and what is answered.

use super::Limits;
use super::turns::Turn;
use crate::worker::inbound::Inbound;
use crate::worker::inbound::events::LARGEST_CALL;
use crate::worker::inbound::exchange::{Answer, Received, Recipient};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::form_urlencoded;

/// What paths begin with.
const PREFIX: &str = "/inbound/";
/// So many bytes of each body need no room: the connections bound them. No other body keeps an event's call out, which has 200.
const SMALL: usize = 4 * 1024;
/// How long a call may be worked on. Whoever works on it bounds that, too: this is for what nobody thought of.
const LONGEST_WORK: Duration = Duration::from_secs(120);

/// What answers calls, and the room that there is for them.
#[derive(Debug)]
pub(super) struct Calls {
    pub(super) limits: Limits,
    inbound: Arc<Inbound>,
    events: Room,
    webhooks: Room,
    /// Calls of webhooks that may be worked on at once.
    work: Arc<Semaphore>,
}

/// Room for bodies, in KiB.
#[derive(Debug)]
struct Room(Arc<Semaphore>);

impl Room {
    fn of(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes / 1024)))
    }

    /// Room for a body that grows to so many bytes, beside what is held for it already.
    fn grow(&self, held: &mut Option<OwnedSemaphorePermit>, bytes: usize) -> Result<(), Unread> {
        let counted = bytes.saturating_sub(SMALL).div_ceil(1024);
        let needed = counted.saturating_sub(held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits));
        if needed == 0 {
            return Ok(());
        }
        let needed = u32::try_from(needed).map_err(|_| Unread::TooLarge)?;
        let more = Arc::clone(&self.0).try_acquire_many_owned(needed).map_err(|_| Unread::NoRoom)?;
        match held {
            Some(held) => held.merge(more),
            None => *held = Some(more),
        }
        Ok(())
    }
}

/// Why a body is not read.
#[derive(Debug, Clone, Copy)]
enum Unread {
    TooLarge,
    TooSlow,
    NoRoom,
    Broken,
}

impl Unread {
    fn answer(self) -> Answer {
        let (status, why) = match self {
            Self::TooLarge => (413, "its body is too large"),
            Self::TooSlow => (408, "its body takes too long"),
            Self::NoRoom => (503, "there is no room for its body beside those of other calls"),
            Self::Broken => (400, "its body is broken off"),
        };
        Answer::empty(status).because(why)
    }
}

impl Calls {
    pub(super) fn new(inbound: Arc<Inbound>, limits: Limits) -> Self {
        let (events, webhooks) = (Room::of(limits.event_bodies), Room::of(limits.bodies));
        let work = Arc::new(Semaphore::new((limits.connections - limits.connections / 4).max(1)));
        Self { limits, inbound, events, webhooks, work }
    }

    /// Answers one request of a connection.
    pub(super) async fn respond(&self, turn: &Turn, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let context = head.uri.path().strip_prefix(PREFIX).unwrap_or_default();
        let answer = self.answer(turn, &head, context, body).await.unwrap_or_else(|refused| {
            self.inbound.tell(context, &refused);
            refused
        });
        turn.callers(self.limits.patience);
        response(answer)
    }

    /// An error is a refusal that nobody else has told of.
    async fn answer(&self, turn: &Turn, head: &Parts, context: &str, body: Incoming) -> Result<Answer, Answer> {
        let (room, largest, work) = match self.inbound.recipient(context) {
            Recipient::Event => (&self.events, LARGEST_CALL, None),
            Recipient::Webhook => (&self.webhooks, self.limits.body, Some(Arc::clone(&self.work))),
            Recipient::Nobody(answer) => return Err(unread(answer, &body)),
        };
        // Reading ends by itself, so that it can be answered: the connection is there for longer.
        turn.callers(self.limits.patience * 2);
        let read = tokio::time::timeout(self.limits.patience, read(room, largest, body)).await;
        let (body, _room) = match read.unwrap_or(Err(Unread::TooSlow)) {
            Ok(read) => read,
            Err(why) => return Err(closing(why.answer())),
        };
        let Ok(_work) = work.map(Semaphore::try_acquire_owned).transpose() else {
            return Err(Answer::empty(503).because("too many calls of webhooks are worked on"));
        };
        turn.workers(LONGEST_WORK);
        Ok(self.inbound.answer(&received(head, context, body)).await)
    }
}

fn received(head: &Parts, context: &str, body: Vec<u8>) -> Received {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let query = head.uri.query().unwrap_or_default();
    Received {
        method: head.method.as_str().to_owned(),
        context: context.to_owned(),
        target: head.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        headers: head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        body,
    }
}

/// Reads a body within the limits, with its room, which is to be held as long as the body is there.
async fn read(
    room: &Room,
    largest: usize,
    mut body: Incoming,
) -> Result<(Vec<u8>, Option<OwnedSemaphorePermit>), Unread> {
    let told = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if told > largest {
        return Err(Unread::TooLarge);
    }
    let (mut bytes, mut held): (Vec<u8>, Option<OwnedSemaphorePermit>) = (Vec::new(), None);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
        let size = bytes.len() + data.len();
        if size > largest {
            return Err(Unread::TooLarge);
        }
        room.grow(&mut held, size)?;
        bytes.extend_from_slice(&data);
    }
    Ok((bytes, held))
}

/// The answer to a call of which no body is read.
fn unread(answer: Answer, body: &Incoming) -> Answer {
    if body.is_end_stream() { answer } else { closing(answer) }
}

/// What was not read as a whole cannot be followed by another call.
fn closing(mut answer: Answer) -> Answer {
    answer.headers.push(("connection".into(), "close".to_owned()));
    answer
}

fn response(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(answer.body)));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &answer.headers {
        // What cannot be a header is left out: it is an expression's.
        if let (Ok(name), Ok(value)) = (http::HeaderName::try_from(name.as_bytes()), HeaderValue::from_str(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
