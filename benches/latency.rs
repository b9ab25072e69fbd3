//! From the creation of a process instance to its completion, by a worker that polls over REST and by one that has jobs
//! streamed over gRPC: on a real broker, turn by turn.
//!
//! ```sh
//! export $(scripts/zeebe start)
//! cargo bench --bench latency
//! ```
//!
//! The process is one task whose operation does nothing. Instances are created over REST in both cases, and the broker
//! answers when they have completed. `single` creates one at a time, with a pause of up to 40 ms between them; `burst`
//! creates 50 at once, again and again.
#![allow(clippy::print_stdout, reason = "its result")]

use opwright::cluster::{Cluster, Connection, Protocol};
use opwright::dispatch::Dispatcher;
use opwright::dispatch::secrets::{Fixed, SecretSource};
use opwright::http::{HttpClient, Request};
use opwright::worker::{Overrides, Settings, Worker};
use opwright::{Execute, Failure, Registry, connector, operation};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const PAIRS: usize = 7;
const SINGLES: u64 = 150;
const BURSTS: u64 = 6;
const BURST: u64 = 50;
/// Not measured: connections are made, and the broker's JVM gets to know the process.
const WARM_UP: u64 = 30;

/// An operation that does nothing.
#[connector(id = "nothing", name = "Nothing", template_id = "bench.nothing", version = 1, job_type = "bench:nothing", operations = [Nothing])]
struct Idle {}

/// Does nothing.
#[operation(id = "nothing", name = "Nothing")]
struct Nothing {}

impl Execute<Idle> for Nothing {
    type Output = String;

    async fn execute(self, _: Idle) -> Result<String, Failure> {
        Ok(String::new())
    }
}

fn bpmn(id: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="bench">
  <bpmn:process id="{id}" isExecutable="true">
    <bpmn:startEvent id="Start"/>
    <bpmn:serviceTask id="Task">
      <bpmn:extensionElements>
        <zeebe:taskDefinition type="bench:{id}"/>
        <zeebe:taskHeaders><zeebe:header key="operation" value="nothing"/></zeebe:taskHeaders>
      </bpmn:extensionElements>
    </bpmn:serviceTask>
    <bpmn:endEvent id="End"/>
    <bpmn:sequenceFlow id="Flow_1" sourceRef="Start" targetRef="Task"/>
    <bpmn:sequenceFlow id="Flow_2" sourceRef="Task" targetRef="End"/>
  </bpmn:process>
</bpmn:definitions>"#
    )
}

#[derive(Clone)]
struct Bench {
    rest: String,
    client: HttpClient,
}

impl Bench {
    /// Milliseconds from the creation of an instance to its completion.
    async fn instance(&self, process: &str) -> f64 {
        let body = json!({ "processDefinitionId": process, "awaitCompletion": true, "requestTimeout": 60_000 });
        let request = Request::json("POST", format!("{}/v2/process-instances", self.rest), Some(body.to_string()));
        let begun = Instant::now();
        let response = self.client.send(&request).await.expect("an answer");
        assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
        begun.elapsed().as_secs_f64() * 1000.0
    }

    async fn burst(&self, process: &str, count: u64) -> Vec<f64> {
        let mut instances = JoinSet::new();
        for _ in 0..count {
            let (bench, process) = (self.clone(), process.to_owned());
            instances.spawn(async move { bench.instance(&process).await });
        }
        instances.join_all().await
    }
}

/// Sorted milliseconds of one turn, one at a time and in bursts.
async fn turn(bench: &Bench, process: &str, cluster: Cluster) -> (Vec<f64>, Vec<f64>) {
    let overrides = Overrides { job_type: Some(format!("bench:{process}")), ..Overrides::default() };
    let settings = Settings { overrides: BTreeMap::from([("nothing".to_owned(), overrides)]), ..Settings::default() };
    let dispatcher = Dispatcher::new(Registry::new().with::<Idle>().expect("sound")).expect("a client");
    let secrets: Arc<dyn SecretSource> = Arc::new(Fixed::default());
    let worker = Worker::new(cluster, dispatcher, secrets, settings).expect("sound settings");
    let stop = CancellationToken::new();
    let worker = tokio::spawn(worker.run(stop.clone()));
    bench.burst(process, WARM_UP).await;
    // What the two do while there is nothing to do, such as longer pauses, shall not be the warm-up's.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (mut singles, mut bursts) = (Vec::new(), Vec::new());
    for number in 0..SINGLES {
        singles.push(bench.instance(process).await);
        tokio::time::sleep(Duration::from_millis(number * 7 % 40)).await;
    }
    for _ in 0..BURSTS {
        bursts.extend(bench.burst(process, BURST).await);
    }
    stop.cancel();
    worker.await.expect("no panic");
    singles.sort_by(f64::total_cmp);
    bursts.sort_by(f64::total_cmp);
    (singles, bursts)
}

fn at(sorted: &[f64], percent: usize) -> f64 {
    sorted[(sorted.len() - 1) * percent / 100]
}

fn told(name: &str, turns: &[Vec<f64>]) {
    let of = |percent| {
        let mut figures: Vec<f64> = turns.iter().map(|turn| at(turn, percent)).collect();
        figures.sort_by(f64::total_cmp);
        format!("{:6.1} ({:.1}–{:.1})", at(&figures, 50), at(&figures, 0), at(&figures, 100))
    };
    println!("{name:<14} median {}   95 % below {}", of(50), of(95));
}

#[tokio::main]
async fn main() {
    let variable = |name| std::env::var(name).unwrap_or_else(|_| panic!("set {name}: export $(scripts/zeebe start)"));
    let (rest, grpc) = (variable("ZEEBE_REST_ADDRESS"), variable("ZEEBE_GRPC_ADDRESS"));
    let cluster = |protocol, address: &String| {
        Cluster::new(Connection { protocol, address: address.clone(), ..Connection::default() }).expect("a client")
    };
    let bench = Bench { rest: rest.clone(), client: HttpClient::new().expect("a client") };
    let spoken = [("rest", Protocol::Rest, &rest), ("grpc", Protocol::Grpc, &grpc)];
    for (process, protocol, address) in spoken {
        cluster(protocol, address).deploy("bench.bpmn", &bpmn(process)).await.expect("it is deployed");
    }
    let mut turns = [(Vec::new(), Vec::new()), (Vec::new(), Vec::new())];
    for pair in 0..PAIRS {
        // Neither always follows the other.
        for which in if pair % 2 == 0 { [0, 1] } else { [1, 0] } {
            let (process, protocol, address) = spoken[which];
            let (singles, bursts) = turn(&bench, process, cluster(protocol, address)).await;
            println!("turn {pair} {process}: single {:.1} ms, burst {:.1} ms", at(&singles, 50), at(&bursts, 50));
            turns[which].0.push(singles);
            turns[which].1.push(bursts);
        }
    }
    println!("\nMilliseconds: median of {PAIRS} turns, lowest and highest in brackets");
    for (which, (process, ..)) in spoken.iter().enumerate() {
        told(&format!("{process} single"), &turns[which].0);
        told(&format!("{process} burst"), &turns[which].1);
    }
}
