//! Sockets, and what bounds them: whoever calls may be anybody.

use super::Inbound;
use super::exchange::{Answer, Received};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::form_urlencoded;

/// What bounds the calls, so that whoever calls takes a bounded part of memory and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once; more wait for one to end.
    pub connections: usize,
    /// How long a head, a body or a TLS handshake may take.
    pub patience: Duration,
    /// The largest body, in bytes.
    pub body: usize,
    /// All bodies at once, in bytes.
    pub bodies: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 512, patience: Duration::from_secs(10), body: 1024 * 1024, bodies: 32 * 1024 * 1024 }
    }
}

/// The largest head of a request, in bytes, and most headers in it.
const LARGEST_HEAD: usize = 16 * 1024;
const MOST_HEADERS: usize = 64;
/// How long calls that are under way may take after the worker was told to stop.
const GRACE: Duration = Duration::from_secs(5);
/// What paths begin with.
const PREFIX: &str = "/inbound/";

#[derive(Clone)]
struct Shared {
    inbound: Arc<Inbound>,
    limits: Limits,
    /// Room for bodies, in KiB.
    bodies: Arc<Semaphore>,
}

/// Serves `/inbound/{context}` until it is told to stop.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    inbound: Arc<Inbound>,
    limits: Limits,
    stop: CancellationToken,
) {
    let tls = tls.map(TlsAcceptor::from);
    let shared = Shared { inbound, limits, bodies: Arc::new(Semaphore::new(limits.bodies / 1024)) };
    let (room, calls) = (Arc::new(Semaphore::new(limits.connections)), TaskTracker::new());
    loop {
        let accepted = async {
            // Only a closed semaphore fails, and this one is never closed.
            let permit = Arc::clone(&room).acquire_owned().await.ok();
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                calls.spawn(connection(stream, tls.clone(), shared.clone(), permit, stop.clone()));
            }
            Err(error) => {
                // Such as too many open files, which passes.
                tracing::warn!(%error, "a connection is not accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    calls.close();
    let _ = tokio::time::timeout(GRACE, calls.wait()).await;
}

async fn connection(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    shared: Shared,
    _room: Option<OwnedSemaphorePermit>,
    stop: CancellationToken,
) {
    // Answers are small and final.
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else { return converse(stream, shared, stop).await };
    match tokio::time::timeout(shared.limits.patience, tls.accept(stream)).await {
        Ok(Ok(stream)) => converse(stream, shared, stop).await,
        Ok(Err(error)) => tracing::debug!(%error, "no TLS"),
        Err(_) => tracing::debug!("no TLS in time"),
    }
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    shared: Shared,
    stop: CancellationToken,
) {
    let patience = shared.limits.patience;
    let service = service_fn(move |request| {
        let shared = shared.clone();
        async move { Ok::<_, Infallible>(response(answer(&shared, request).await)) }
    });
    let conversation = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_buf_size(LARGEST_HEAD)
        .max_headers(MOST_HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(conversation);
    let ended = tokio::select! {
        ended = conversation.as_mut() => ended,
        () = stop.cancelled() => {
            conversation.as_mut().graceful_shutdown();
            conversation.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection has ended");
    }
}

/// Why a body is not read.
enum Unread {
    TooLarge,
    TooSlow,
    NoRoom,
    Broken,
}

async fn answer(shared: &Shared, request: Request<Incoming>) -> Answer {
    let (head, body) = request.into_parts();
    let Some(context) = head.uri.path().strip_prefix(PREFIX).filter(|context| !context.is_empty()) else {
        return closing(Answer::empty(404));
    };
    let context = context.to_owned();
    let body = match tokio::time::timeout(shared.limits.patience, read(shared, body)).await {
        Ok(body) => body,
        Err(_) => Err(Unread::TooSlow),
    };
    let (body, _room) = match body {
        Ok(body) => body,
        Err(unread) => {
            let status = match unread {
                Unread::TooLarge => 413,
                Unread::TooSlow => 408,
                Unread::NoRoom => 503,
                Unread::Broken => 400,
            };
            return closing(Answer::empty(status));
        }
    };
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let query = head.uri.query().unwrap_or_default();
    let received = Received {
        method: head.method.as_str().to_owned(),
        context,
        target: head.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        headers: head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        body,
    };
    shared.inbound.answer(&received).await
}

/// Reads a body within the limits, and holds its room as long as the body is there.
async fn read(shared: &Shared, mut body: Incoming) -> Result<(Vec<u8>, Option<OwnedSemaphorePermit>), Unread> {
    use hyper::body::Body;
    let told = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if told > shared.limits.body {
        return Err(Unread::TooLarge);
    }
    let (mut bytes, mut room): (Vec<u8>, Option<OwnedSemaphorePermit>) = (Vec::new(), None);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
        if bytes.len() + data.len() > shared.limits.body {
            return Err(Unread::TooLarge);
        }
        let needed = (bytes.len() + data.len()).div_ceil(1024) - bytes.len().div_ceil(1024);
        if needed > 0 {
            let needed = u32::try_from(needed).map_err(|_| Unread::TooLarge)?;
            let more = Arc::clone(&shared.bodies).try_acquire_many_owned(needed).map_err(|_| Unread::NoRoom)?;
            match &mut room {
                Some(room) => room.merge(more),
                None => room = Some(more),
            }
        }
        bytes.extend_from_slice(&data);
    }
    Ok((bytes, room))
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
