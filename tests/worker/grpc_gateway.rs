//! A gRPC gateway that does as it is told. It frames messages itself, so that it shares nothing with the client but the
//! messages, which are compared with Camunda's elsewhere.

#[path = "../../src/cluster/grpc/messages.rs"]
#[expect(dead_code, reason = "a gateway needs few of them")]
pub(crate) mod messages;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::Response;
use axum::serve::Listener;
use http_body::Frame;
use messages::{
    ActivateJobsRequest, ActivateJobsResponse, ActivatedJob, CompleteJobRequest, FailJobRequest,
    StreamActivatedJobsRequest, UpdateJobTimeoutRequest,
};
use prost::Message;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt::Debug;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub(crate) const OK: u8 = 0;
pub(crate) const DEADLINE_EXCEEDED: u8 = 4;
pub(crate) const NOT_FOUND: u8 = 5;
pub(crate) const RESOURCE_EXHAUSTED: u8 = 8;
pub(crate) const UNIMPLEMENTED: u8 = 12;
pub(crate) const UNAVAILABLE: u8 = 14;
pub(crate) const UNAUTHENTICATED: u8 = 16;

/// A command, as far as tests look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Complete(i64),
    Fail(i64),
    UpdateTimeout(i64, i64),
}

#[derive(Default)]
pub(crate) struct Script {
    /// Given when they are polled for.
    pub(crate) jobs: VecDeque<ActivatedJob>,
    /// What polls are answered with instead, if not [`OK`].
    pub(crate) poll: u8,
    /// What streams are answered with instead, if not [`OK`].
    pub(crate) stream: u8,
    /// What commands are answered with, one after the other; then well.
    pub(crate) answers: VecDeque<u8>,
    /// What every request has to carry.
    pub(crate) authorization: Option<String>,
    pub(crate) commands: Vec<Command>,
    pub(crate) polls: Vec<ActivateJobsRequest>,
    pub(crate) streams: Vec<(StreamActivatedJobsRequest, Pusher)>,
    /// How many requests did not carry it.
    pub(crate) unauthorized: usize,
}

/// What writes into an open stream.
#[derive(Clone)]
pub(crate) struct Pusher(mpsc::Sender<Frame<Bytes>>);

impl Pusher {
    /// `false` once the worker has ended the stream.
    pub(crate) async fn push(&self, job: &ActivatedJob) -> bool {
        self.0.send(Frame::data(framed(job))).await.is_ok()
    }

    pub(crate) async fn end(&self, status: u8) {
        let _ = self.0.send(Frame::trailers(trailers(status))).await;
    }
}

struct Pushed(mpsc::Receiver<Frame<Bytes>>);

impl HttpBody for Pushed {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|frame| frame.map(Ok))
    }
}

pub(crate) struct Gateway {
    pub(crate) address: String,
    script: Arc<Mutex<Script>>,
    server: JoinHandle<()>,
}

impl Gateway {
    pub(crate) async fn new(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        Self::at(listener, address, script)
    }

    pub(crate) fn at(listener: impl Listener<Addr: Debug>, address: String, script: Script) -> Self {
        let script = Arc::new(Mutex::new(script));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&script));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { address, script, server }
    }

    pub(crate) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().expect("no panic")
    }

    /// The stream that was opened last.
    pub(crate) fn pusher(&self) -> Pusher {
        self.script().streams.last().expect("a stream").1.clone()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.server.abort();
    }
}

pub(crate) fn job(key: i64, how: &str) -> ActivatedJob {
    let deadline = SystemTime::now() + Duration::from_secs(300);
    let deadline = deadline.duration_since(SystemTime::UNIX_EPOCH).expect("now").as_millis();
    ActivatedJob {
        key,
        job_type: "test:end".to_owned(),
        retries: 3,
        deadline: i64::try_from(deadline).expect("now"),
        headers: r#"{"operation":"end"}"#.to_owned(),
        variables: serde_json::json!({ "how": how }).to_string(),
        ..ActivatedJob::default()
    }
}

fn framed(message: &impl Message) -> Bytes {
    let message = message.encode_to_vec();
    let length = u32::try_from(message.len()).expect("small");
    [&[0], length.to_be_bytes().as_slice(), &message].concat().into()
}

fn unframed<M: Message + Default>(body: &Bytes) -> M {
    M::decode(&body[5..]).expect("a message")
}

fn trailers(status: u8) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("grpc-status", HeaderValue::from(u16::from(status)));
    headers.insert("grpc-message", HeaderValue::from_static("as it was told"));
    headers
}

fn response(body: Body) -> Response {
    Response::builder().header("content-type", "application/grpc").body(body).expect("a response")
}

/// An answer with at most one message.
async fn told(status: u8, message: Option<Bytes>) -> Response {
    let (sender, receiver) = mpsc::channel(2);
    if status != OK {
        let mut response = response(Body::empty());
        response.headers_mut().extend(trailers(status));
        return response;
    }
    if let Some(message) = message {
        let _ = sender.send(Frame::data(message)).await;
    }
    let _ = sender.send(Frame::trailers(trailers(OK))).await;
    response(Body::new(Pushed(receiver)))
}

async fn answer(State(script): State<Arc<Mutex<Script>>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let authorized = {
        let mut script = script.lock().expect("no panic");
        let given = headers.get("authorization").and_then(|value| value.to_str().ok());
        let authorized = script.authorization.is_none() || script.authorization.as_deref() == given;
        script.unauthorized += usize::from(!authorized);
        authorized
    };
    if !authorized {
        return told(UNAUTHENTICATED, None).await;
    }
    let command = match uri.path().rsplit_once('/').expect("a path").1 {
        "ActivateJobs" => {
            let request: ActivateJobsRequest = unframed(&body);
            let (status, jobs): (u8, Vec<_>) = {
                let mut script = script.lock().expect("no panic");
                let count = script.jobs.len().min(usize::try_from(request.limit).expect("a number"));
                script.polls.push(request.clone());
                (script.poll, if script.poll == OK { script.jobs.drain(..count).collect() } else { Vec::new() })
            };
            if jobs.is_empty() {
                tokio::time::sleep(Duration::from_millis(request.request_timeout.try_into().unwrap_or(0))).await;
            }
            return told(status, (!jobs.is_empty()).then(|| framed(&ActivateJobsResponse { jobs }))).await;
        }
        "StreamActivatedJobs" => {
            let (sender, receiver) = mpsc::channel(1);
            let status = {
                let mut script = script.lock().expect("no panic");
                script.streams.push((unframed(&body), Pusher(sender)));
                script.stream
            };
            return if status == OK { response(Body::new(Pushed(receiver))) } else { told(status, None).await };
        }
        "CompleteJob" => Command::Complete(unframed::<CompleteJobRequest>(&body).job),
        "FailJob" => Command::Fail(unframed::<FailJobRequest>(&body).job),
        "UpdateJobTimeout" => {
            let request: UpdateJobTimeoutRequest = unframed(&body);
            Command::UpdateTimeout(request.job, request.timeout)
        }
        _ => return told(UNIMPLEMENTED, None).await,
    };
    let status = {
        let mut script = script.lock().expect("no panic");
        script.commands.push(command);
        script.answers.pop_front().unwrap_or(OK)
    };
    told(status, Some(framed(&messages::CompleteJobResponse {}))).await
}
