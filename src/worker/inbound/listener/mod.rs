//! Sockets, and what bounds them: whoever calls may be anybody.
//!
//! ```text
//! turns   whom each connection waits for and how long, and which one makes room for another one
//! calls   one request: for whom it is, how much is read of it, what is answered
//! ```

mod calls;
mod turns;

use super::Inbound;
use calls::Calls;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use turns::{Turn, Turns};

/// What bounds the calls, so that whoever calls takes a bounded part of memory and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once. For one more, that which has waited for its caller the longest is closed. Calls of webhooks are
    /// worked on in at most three quarters of them.
    pub connections: usize,
    /// How long is waited for a caller: for the head of a call, with the TLS handshake before the first one; for its body; and
    /// from the answer on until that is read and the next head is there.
    pub patience: Duration,
    /// The largest body of a call to a webhook, in bytes. An event's has at most 64 KiB.
    pub body: usize,
    /// All bodies of webhooks' calls at once, in bytes. The first 4 KiB of each are not counted: connections bound them.
    pub bodies: usize,
    /// The same for calls of events.
    pub event_bodies: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            patience: Duration::from_secs(10),
            body: 1024 * 1024,
            bodies: 32 * 1024 * 1024,
            event_bodies: 8 * 1024 * 1024,
        }
    }
}

/// The largest head of a request, in bytes, and most headers in it.
const LARGEST_HEAD: usize = 16 * 1024;
const MOST_HEADERS: usize = 64;
/// How long calls that are under way may take after the worker was told to stop.
const GRACE: Duration = Duration::from_secs(5);
/// How long, and for how many bytes, what a caller still sends is thrown away, so that the answer is not lost.
const LINGERS: Duration = Duration::from_secs(2);
const THROWN_AWAY: usize = 1024 * 1024;

/// Serves `/inbound/{context}` until it is told to stop.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    inbound: Arc<Inbound>,
    limits: Limits,
    stop: CancellationToken,
) {
    let tls = tls.map(TlsAcceptor::from);
    let (served, turns) = (Arc::new(Calls::new(inbound, limits)), Turns::new(limits.connections));
    let connections = TaskTracker::new();
    loop {
        // A connection is accepted before there is room for it: only then somebody has to make room.
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let turn = tokio::select! {
                    () = stop.cancelled() => break,
                    turn = turns.take() => turn,
                };
                connections.spawn(connection(stream, tls.clone(), Arc::clone(&served), turn, stop.clone()));
            }
            Err(error) => {
                // Such as too many open files, which passes.
                tracing::warn!(%error, "a connection is not accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    connections.close();
    let _ = tokio::time::timeout(GRACE, connections.wait()).await;
}

async fn connection(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    calls: Arc<Calls>,
    turn: Turn,
    stop: CancellationToken,
) {
    // Answers are small and final.
    let _ = stream.set_nodelay(true);
    let turn = Arc::new(turn);
    turn.callers(calls.limits.patience);
    let conversation = async {
        let Some(tls) = tls else { return converse(stream, calls, Arc::clone(&turn), stop).await };
        match tls.accept(stream).await {
            Ok(stream) => converse(stream, calls, Arc::clone(&turn), stop).await,
            Err(error) => tracing::debug!(%error, "no TLS"),
        }
    };
    tokio::select! {
        () = conversation => {}
        why = turn.over() => tracing::debug!(why, "a connection is closed"),
    }
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    calls: Arc<Calls>,
    turn: Arc<Turn>,
    stop: CancellationToken,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let (calls, turn) = (Arc::clone(&calls), Arc::clone(&turn));
        Box::pin(async move { Ok::<_, Infallible>(calls.respond(&turn, request).await) })
    });
    let mut conversation = http1::Builder::new()
        .max_buf_size(LARGEST_HEAD)
        .max_headers(MOST_HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    let ended = tokio::select! {
        ended = poll_fn(|context| conversation.poll_without_shutdown(context)) => ended,
        () = stop.cancelled() => {
            std::pin::Pin::new(&mut conversation).graceful_shutdown();
            poll_fn(|context| conversation.poll_without_shutdown(context)).await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection has ended");
    }
    let stream = conversation.into_parts().io.into_inner();
    tokio::select! {
        () = stop.cancelled() => {}
        _ = tokio::time::timeout(LINGERS, part(stream)) => {}
    }
}

/// Ends a connection on which more may be coming. Were it closed at once, the caller might be told of that and not of the
/// answer.
async fn part(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let _ = stream.shutdown().await;
    let (mut bytes, mut left) = (vec![0; 8 * 1024], THROWN_AWAY);
    while left > 0 {
        match stream.read(&mut bytes).await {
            Ok(0) | Err(_) => return,
            Ok(read) => left = left.saturating_sub(read),
        }
    }
}
