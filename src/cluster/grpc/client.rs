//! A call to the gateway: a message out, messages back. Knows what a call is, but none of them.

use super::messages::Call;
use crate::cluster::authorization::Authorization;
use crate::cluster::{ClusterError, Code, Connection, Problem};
use crate::http::TransportError;
use crate::http::http2::{Body, Http2Client};
use http::uri::PathAndQuery;
use http::{Request, Response, Uri};
use http_body_util::BodyExt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tonic::Code as Told;
use tonic::codec::Streaming;
use tonic::metadata::MetadataValue;
use tonic_prost::ProstCodec;

/// The largest answer that is read, in bytes. The gateway sends no more than 4 MB unless it is told otherwise.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

#[derive(Debug, Clone)]
pub(super) struct Client {
    channel: tonic::client::Grpc<Channel>,
    authorization: Authorization,
}

impl Client {
    pub(super) fn new(connection: &Connection, authorization: Authorization) -> Result<Self, TransportError> {
        let origin: Uri = connection
            .address
            .parse()
            .map_err(|error: http::uri::InvalidUri| TransportError::Url(error.to_string()))?;
        let channel = Channel(Arc::new(Http2Client::trusting(&connection.roots)?));
        let channel = tonic::client::Grpc::with_origin(channel, origin).max_decoding_message_size(LARGEST_ANSWER);
        Ok(Self { channel, authorization })
    }

    /// The one answer to a call.
    pub(super) async fn ask<C: Call>(&self, call: &C, within: Duration) -> Result<C::Answer, ClusterError> {
        // Only the end tells whether it went well.
        let (answers, end) = self.all(call, within).await;
        end?;
        answers.into_iter().next().ok_or_else(|| ClusterError::Answer("there is none".to_owned()))
    }

    /// All answers to a call that has an end, and how it ended.
    pub(super) async fn all<C: Call>(&self, call: &C, within: Duration) -> (Vec<C::Answer>, Result<(), ClusterError>) {
        let mut all = Vec::new();
        let exchange = async {
            let mut answers = self.open(call).await?;
            while let Some(answer) = next(&mut answers).await? {
                all.push(answer);
            }
            Ok(())
        };
        let end = tokio::time::timeout(within, exchange).await.unwrap_or_else(|_| {
            let reason = format!("it took longer than {} s", within.as_secs());
            Err(ClusterError::Transport(TransportError::Exchange { host: "the gateway".to_owned(), reason }))
        });
        (all, end)
    }

    /// The answers to a call as they come; resolves with the first of them.
    pub(super) async fn open<C: Call>(&self, call: &C) -> Result<Streaming<C::Answer>, ClusterError> {
        let mut renewed = false;
        loop {
            let proof = self.authorization.proof().await?;
            let mut request = tonic::Request::new(call.clone());
            if let Some(header) = &proof.header {
                let mut value = MetadataValue::try_from(header)
                    .map_err(|_| ClusterError::no_token("it cannot be sent in a header"))?;
                value.set_sensitive(true);
                request.metadata_mut().insert("authorization", value);
            }
            let codec = ProstCodec::<C, C::Answer>::default();
            let path = PathAndQuery::from_static(C::PATH);
            // On the wire a call with one answer is one with many, of which the first is the last.
            match self.channel.clone().server_streaming(request, path, codec).await {
                Ok(answers) => return Ok(answers.into_inner()),
                Err(status) if status.code() == tonic::Code::Unauthenticated && !renewed => {
                    renewed = true;
                    if !self.authorization.refused(&proof).await {
                        return Err(error(&status));
                    }
                }
                Err(status) => return Err(error(&status)),
            }
        }
    }
}

/// The next answer; none after the last one, if the call went well. May be given up and called again.
pub(super) async fn next<A>(answers: &mut Streaming<A>) -> Result<Option<A>, ClusterError> {
    answers.message().await.map_err(|status| error(&status))
}

fn error(status: &tonic::Status) -> ClusterError {
    if let Some(error) = std::error::Error::source(status).and_then(|source| source.downcast_ref::<TransportError>()) {
        return ClusterError::Transport(error.clone());
    }
    let problem = |name| Problem { code: Code::Grpc(name), text: status.message().to_owned() };
    match status.code() {
        Told::ResourceExhausted => ClusterError::Busy(problem("RESOURCE_EXHAUSTED")),
        Told::Unavailable => ClusterError::Unable(problem("UNAVAILABLE")),
        Told::DeadlineExceeded => ClusterError::Unable(problem("DEADLINE_EXCEEDED")),
        Told::Cancelled => ClusterError::Unable(problem("CANCELLED")),
        Told::Aborted => ClusterError::Unable(problem("ABORTED")),
        Told::DataLoss => ClusterError::Unable(problem("DATA_LOSS")),
        Told::NotFound => ClusterError::NotFound(problem("NOT_FOUND")),
        // Also what an HTTP 404 becomes.
        Told::Unimplemented => ClusterError::Unable(problem(Code::UNIMPLEMENTED)),
        Told::InvalidArgument => ClusterError::Refused(problem("INVALID_ARGUMENT")),
        Told::AlreadyExists => ClusterError::Refused(problem("ALREADY_EXISTS")),
        Told::PermissionDenied => ClusterError::Refused(problem("PERMISSION_DENIED")),
        Told::FailedPrecondition => ClusterError::Refused(problem("FAILED_PRECONDITION")),
        Told::OutOfRange => ClusterError::Refused(problem("OUT_OF_RANGE")),
        Told::Internal => ClusterError::Unable(problem("INTERNAL")),
        Told::Unauthenticated => ClusterError::Refused(problem("UNAUTHENTICATED")),
        Told::Ok | Told::Unknown => ClusterError::Refused(problem(Code::UNKNOWN)),
    }
}

/// Our HTTP client, as tonic wants it.
#[derive(Debug, Clone)]
struct Channel(Arc<Http2Client>);

impl tower_service::Service<Request<tonic::body::Body>> for Channel {
    type Response = Response<Body>;
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<tonic::body::Body>) -> Self::Future {
        let client = Arc::clone(&self.0);
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            // One message, which is there already.
            let body = body.collect().await.map_err(|status| TransportError::Url(status.message().to_owned()))?;
            client.send(Request::from_parts(parts, body.to_bytes())).await
        })
    }
}
