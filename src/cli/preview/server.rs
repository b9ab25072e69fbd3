//! The page and what it asks for, over HTTP on loopback.

use super::page;
use super::shown::Shown;
use super::source::Source;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What is served.
pub(super) struct Served {
    pub(super) source: Source,
    port: u16,
    /// Which process this is: it changes when the program is started anew.
    process: String,
    shown: RwLock<Arc<Shown>>,
    /// What became of a new build of the program, if it is not this one.
    build: RwLock<Option<String>>,
    changes: watch::Sender<u64>,
}

impl Served {
    pub(super) fn new(source: Source, port: u16) -> Self {
        let started = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let shown = RwLock::new(Arc::new(Shown::read(&source)));
        let process = started.as_nanos().to_string();
        Self { source, port, process, shown, build: RwLock::new(None), changes: watch::Sender::new(0) }
    }

    /// Reads the templates again and tells the pages.
    pub(super) fn refresh(&self) {
        let shown = Arc::new(Shown::read(&self.source));
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = shown;
        self.changes.send_modify(|number| *number += 1);
    }

    /// Tells the pages what became of a new build.
    pub(super) fn tell_of_build(&self, told: Option<String>) {
        *self.build.write().unwrap_or_else(PoisonError::into_inner) = told;
        self.changes.send_modify(|number| *number += 1);
    }

    fn shown(&self) -> Arc<Shown> {
        Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Serves until it is dropped.
pub(super) async fn serve(listener: TcpListener, served: Arc<Served>) -> std::io::Result<()> {
    let mut router = Router::new()
        .route("/api/templates", get(list))
        .route("/api/template", get(details))
        .route("/api/changes", get(changes));
    for file in &page::FILES {
        router = router.route(file.path, get(|| async { asset(file) }));
    }
    let router = router.layer(from_fn_with_state(Arc::clone(&served), guard)).with_state(served);
    axum::serve(listener, router).await
}

/// Only a page of this address may ask: a name that somebody makes lead to 127.0.0.1 is no name of ours.
async fn guard(State(served): State<Arc<Served>>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    // Browsers leave out the port that is HTTP's own.
    let (name, port) = host.split_once(':').unwrap_or((host, "80"));
    if !["127.0.0.1", "localhost"].contains(&name) || port != served.port.to_string() {
        return (StatusCode::MISDIRECTED_REQUEST, "this is served to 127.0.0.1 alone\n").into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(page::CONTENT_SECURITY_POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn asset(file: &'static page::File) -> Response {
    let headers = [(header::CONTENT_TYPE, file.content_type), (header::CONTENT_ENCODING, "gzip")];
    (headers, file.content).into_response()
}

async fn list(State(served): State<Arc<Served>>) -> Json<Value> {
    let mut list = served.shown().list();
    list["process"] = json!(served.process);
    list["build"] = json!(*served.build.read().unwrap_or_else(PoisonError::into_inner));
    Json(list)
}

#[derive(Deserialize)]
struct Asked {
    key: String,
}

async fn details(State(served): State<Arc<Served>>, Query(asked): Query<Asked>) -> Response {
    match served.shown().details(&asked.key) {
        Some(details) => Json(details).into_response(),
        None => (StatusCode::NOT_FOUND, "there is no such template\n").into_response(),
    }
}

/// An event for each change, and one at once.
async fn changes(State(served): State<Arc<Served>>) -> impl IntoResponse {
    let receiver = served.changes.subscribe();
    let process = served.process.clone();
    let events = futures_of(receiver, process);
    Sse::new(events).keep_alive(KeepAlive::default())
}

fn futures_of(
    receiver: watch::Receiver<u64>,
    process: String,
) -> impl futures_util::Stream<Item = Result<Event, Infallible>> {
    futures_util::stream::unfold((receiver, process, true), |(mut receiver, process, first)| async move {
        if !first {
            receiver.changed().await.ok()?;
        }
        let number = *receiver.borrow_and_update();
        // A page whose connection breaks comes back soon: the program is being started anew.
        let event = Event::default().retry(std::time::Duration::from_millis(300)).data(format!("{process} {number}"));
        Some((Ok(event), (receiver, process, false)))
    })
}
