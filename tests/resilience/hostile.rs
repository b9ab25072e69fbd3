//! Whoever calls the worker may be anybody: what they send takes a bounded part of its memory, and others are served
//! meanwhile.

use crate::program::{self, Program};
use opwright::emulator::{Emulator, Limits, Settings};
use opwright::http::{HttpClient, Request};
use serde_json::json;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PATH: &str = "/inbound/flow-run-finished";
/// A webhook that answers what it is sent.
const WEBHOOK: &str = r#"
[webhooks.echo]
process-id = "p"
verification-expression = "={body: request.body, headers: {`content-type`: \"text/xml\"}}"
"#;
/// A session that there is not.
const NOBODY: &str = "00000000-0000-4000-8000-00000000dead";
/// Less than the time that the worker waits for a caller: an answer that comes sooner has waited for nobody.
const PATIENCE: Duration = Duration::from_secs(8);
/// What the worker may take at its peak, in MiB: in an unoptimised build with 32 MiB of bodies at once and 512 connections.
const MOST_MEMORY: u64 = 128;

struct Site {
    program: Program,
    address: String,
    _emulator: Emulator,
    _directory: TempDir,
}

impl Site {
    /// A worker whose cluster is not there.
    async fn new(arguments: &[&str]) -> Self {
        let settings = Settings { port: 0, limits: Limits::NONE, ..Settings::default() };
        let emulator = Emulator::start(settings).await.expect("an emulator");
        let directory = TempDir::new().expect("a directory");
        let journal = directory.path().join("journal");
        let config = crate::callbacks::config("test:hostile", emulator.organization_uri());
        let config = format!("{config}\n{WEBHOOK}");
        let journal = journal.to_str().expect("text");
        let common = [
            "--rest-address",
            "http://127.0.0.1:1",
            "--inbound-listen",
            "127.0.0.1:0",
            "--inbound-journal",
            journal,
            "--inbound-discovery",
            "false",
        ];
        let program = Program::configured(&config, &[&common, arguments].concat(), &program::secrets(&emulator));
        let address = program.takes_calls().await;
        Self { program, address, _emulator: emulator, _directory: directory }
    }

    /// Sends bytes, and reads the status of the answer; 0 if the connection ends without one.
    async fn send(&self, bytes: &[u8]) -> u16 {
        let mut stream = TcpStream::connect(&self.address).await.expect("a connection");
        // It may be closed before all is sent.
        let _ = stream.write_all(bytes).await;
        status(&mut stream).await
    }

    async fn post(&self, path: &str, body: &[u8]) -> u16 {
        let head =
            format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
        self.send(&[head.as_bytes(), body].concat()).await
    }

    /// An honest call is taken, and how long that takes.
    async fn is_served(&self) -> Duration {
        let begun = Instant::now();
        assert_eq!(self.post(PATH, json!({ "flowsessionid": NOBODY }).to_string().as_bytes()).await, 200);
        begun.elapsed()
    }
}

/// Calls again and again, and reads nothing, until the connection is closed.
async fn never_reads(mut stream: TcpStream, call: String) {
    let calls = async { while stream.write_all(call.as_bytes()).await.is_ok() {} };
    tokio::time::timeout(Duration::from_secs(60), calls).await.expect("it is closed in time");
}

async fn status(stream: &mut TcpStream) -> u16 {
    let mut answer = [0; 12];
    match tokio::time::timeout(Duration::from_secs(30), stream.read_exact(&mut answer)).await {
        Ok(Ok(_)) => std::str::from_utf8(&answer[9..]).expect("text").parse().expect("a status"),
        Ok(Err(_)) => 0,
        Err(late) => panic!("it is not answered: {late}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_anybody_sends_is_bounded_and_others_are_served() {
    let site = Site::new(&[]).await;
    let before = site.program.peak_memory();
    site.is_served().await;

    // Larger than is taken: told in the head, and not told.
    let head = format!("POST {PATH} HTTP/1.1\r\nhost: x\r\n");
    let large = vec![b'x'; 64 * 1024 * 1024];
    let told = format!("{head}content-length: {}\r\n\r\n", large.len());
    let untold = format!("{head}transfer-encoding: chunked\r\n\r\n4000000\r\n");
    for begin in [told, untold] {
        let status = site.send(&[begin.as_bytes(), &large].concat()).await;
        assert!([413, 0].contains(&status), "{status}: answered before all is sent, which a client may not see");
    }
    assert_eq!(site.post(PATH, &vec![b'x'; 65 * 1024]).await, 413);
    assert_eq!(site.post(PATH, b"{\"flowsessionid\": \"\xff\xfe\"}").await, 400);
    assert_eq!(site.post(PATH, &vec![b'['; 60_000]).await, 400);
    assert_eq!(site.post(PATH, b"").await, 400);
    assert_eq!(site.post("/inbound/", b"{}").await, 404);
    assert_eq!(site.post("/", b"{}").await, 404);
    assert_eq!(site.send(format!("{head}x: {}\r\n\r\n", "y".repeat(20_000)).as_bytes()).await, 431);
    assert_eq!(site.send(format!("{head}{}\r\n", "x: y\r\n".repeat(100)).as_bytes()).await, 431);
    assert_eq!(site.send(b"\x16\x03\x01 no HTTP\r\n\r\n").await, 400);
    assert_eq!(site.send(format!("GET {PATH} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes()).await, 405);

    // Many contexts that there are not.
    let client = HttpClient::new().expect("a client");
    for number in 0..10_000 {
        let url = format!("http://{}/inbound/context-{number}", site.address);
        let answer = client.send(&Request::json("POST", url, Some("{}".to_owned()))).await.expect("an answer");
        assert_eq!(answer.status, 404);
    }

    // Many that take their time: there is room for others, and more than there is room for keep nobody out.
    let mut slow = Vec::new();
    for _ in 0..400 {
        let mut stream = TcpStream::connect(&site.address).await.expect("a connection");
        stream.write_all(format!("{head}content-length: 100\r\n\r\n{{").as_bytes()).await.expect("sent");
        slow.push(stream);
    }
    for _ in 0..300 {
        slow.push(TcpStream::connect(&site.address).await.expect("a connection"));
    }
    let took = site.is_served().await;
    assert!(took < PATIENCE, "{took:?}");
    // Who has waited the longest has made room; the others are given up in time.
    assert_eq!([status(&mut slow[0]).await, status(&mut slow[399]).await, status(&mut slow[699]).await], [0, 408, 0]);
    drop(slow);

    // Many large bodies at once, none of which ends.
    let webhook = "POST /inbound/echo HTTP/1.1\r\nhost: x\r\n";
    let mut large = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(&site.address).await.expect("a connection");
        let bytes = format!("{webhook}content-length: 1000000\r\n\r\n{}", " ".repeat(900_000));
        large.push(tokio::spawn(async move {
            let _ = stream.write_all(bytes.as_bytes()).await;
            status(&mut stream).await
        }));
    }
    // They take no room of events.
    for _ in 0..20 {
        let took = site.is_served().await;
        assert!(took < PATIENCE, "{took:?}");
    }
    let mut refused = 0;
    for answer in large {
        let status = answer.await.expect("no panic");
        assert!([408, 503, 0].contains(&status), "{status}");
        refused += usize::from(status != 408);
    }
    assert!(refused > 100, "{refused}");

    // Many that never read their answers, of which more come than fit anywhere.
    let echoed = format!("{webhook}content-type: text/xml\r\ncontent-length: 100000\r\n\r\n{}", "x".repeat(100_000));
    let mut deaf = Vec::new();
    for _ in 0..100 {
        let stream = TcpStream::connect(&site.address).await.expect("a connection");
        deaf.push(tokio::spawn(never_reads(stream, echoed.clone())));
    }
    for _ in 0..20 {
        let took = site.is_served().await;
        assert!(took < PATIENCE, "{took:?}");
    }
    for stream in deaf {
        stream.await.expect("the connection is closed");
    }

    // Many sessions that there are not.
    for number in 0..12_000 {
        let url = format!("http://{}{PATH}", site.address);
        let body = json!({ "flowsessionid": format!("00000000-0000-4000-8000-{number:012}") });
        let answer = client.send(&Request::json("POST", url, Some(body.to_string()))).await.expect("an answer");
        assert!([200, 503].contains(&answer.status), "{}", answer.status);
    }
    let after = site.program.peak_memory();
    assert!(after < MOST_MEMORY, "{before} MiB before, {after} MiB after");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_taken_over_tls() {
    let (certificate, key, authority) = crate::tls::issue();
    let directory = TempDir::new().expect("a directory");
    let file = |name: &str, text: String| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_str().expect("text").to_owned()
    };
    let (certificate, key) = (file("certificate.pem", certificate.pem()), file("key.pem", key.serialize_pem()));
    let site = Site::new(&["--inbound-certificate", &certificate, "--inbound-key", &key]).await;
    let port = site.address.rsplit(':').next().expect("a port");
    let call = |scheme: &str| {
        let body = json!({ "flowsessionid": NOBODY }).to_string();
        Request::json("POST", format!("{scheme}://localhost:{port}{PATH}"), Some(body))
    };
    let client = HttpClient::trusting(&[authority]).expect("a client");
    assert_eq!(client.send(&call("https")).await.expect("an answer").status, 200);
    let told =
        HttpClient::new().expect("a client").send(&call("https")).await.expect_err("nobody trusts it").to_string();
    assert!(told.contains("certificate"), "{told}");
    client.send(&call("http")).await.expect_err("no TLS");
    assert_eq!(client.send(&call("https")).await.expect("an answer").status, 200);
}
