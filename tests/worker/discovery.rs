//! What is known of a cluster's processes, beside a cluster that does as it is told.

use crate::rest_gateway::wait_for;
use crate::webhook::{Shared, element, post, process, stand_in};
use opwright::dispatch::secrets::Fixed;
use opwright::worker::inbound::discovery::{Discovery, Known};
use opwright::worker::inbound::webhook::{Settings, Webhooks};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

const SEARCH: &str = "process-definitions/search";
const WAITING: &str = "process-definitions/statistics/message-subscriptions";

fn found(process: &str, key: &str, version: i64) -> Value {
    json!({ "processDefinitionId": process, "processDefinitionKey": key, "version": version, "tenantId": "<default>" })
}

fn page(items: &[Value]) -> Value {
    json!({ "items": items, "page": { "totalItems": items.len(), "endCursor": "next" } })
}

fn tell(script: &Shared, path: &'static str, status: u16, answer: Value) {
    let answers = &mut script.lock().expect("no panic").answers;
    answers.retain(|(known, _, _)| *known != path);
    answers.push((path, status, answer));
}

fn asked(script: &Shared, path: &str) -> Vec<Value> {
    let asked = &script.lock().expect("no panic").asked;
    asked.iter().filter(|(known, _)| known == path).map(|(_, body)| body.clone()).collect()
}

/// Waits for a change, and not for ever.
async fn changes(known: &mut watch::Receiver<Arc<Known>>) {
    let changed = tokio::time::timeout(Duration::from_secs(10), known.changed()).await;
    changed.expect("it changes in time").expect("it runs");
}

fn told(known: &Known) -> Vec<(String, String, Option<i64>)> {
    let one = |known: &opwright::worker::inbound::discovery::KnownElement| {
        (known.element.element_id.clone(), known.process_definition_key.clone(), known.version)
    };
    known.elements.iter().map(one).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_are_read_once_and_what_is_known_follows_the_cluster() {
    let element =
        |id: &str, kind: &str| element(id, kind, &[("inbound.context", id), ("correlationKeyExpression", "=1")]);
    let newest = process("p", "paid", &[element("start", "start"), element("catch", "catch")]);
    let older = process("p", "paid", &[element("begin", "start"), element("wait", "catch")]);
    let mut deleted = found("gone", "9", 1);
    deleted["state"] = json!("DELETED");
    let (cluster, script) = stand_in(&[
        (SEARCH, 200, page(&[found("p", "2", 2), found("broken", "3", 1), deleted])),
        (
            WAITING,
            200,
            page(&[
                json!({ "processDefinitionId": "p", "processDefinitionKey": "1", "tenantId": "<default>" }),
                found("p", "2", 2),
            ]),
        ),
        ("process-definitions/2/xml", 200, json!(newest)),
        ("process-definitions/1/xml", 200, json!(older)),
        ("process-definitions/3/xml", 200, json!("<broken>")),
    ])
    .await;
    let discovery = Discovery::new(cluster.clone(), Duration::from_millis(20));
    let (mut known, stop) = (discovery.known(), CancellationToken::new());
    let webhooks = Arc::new(Webhooks::new(cluster, Settings::default()).expect("a client"));
    let follows = {
        let (webhooks, known, stop) = (Arc::clone(&webhooks), known.clone(), stop.clone());
        tokio::spawn(async move { webhooks.follow(&[], known, &Fixed::default(), stop).await })
    };
    let running = tokio::spawn(discovery.run(stop.clone()));
    known.changed().await.expect("it is known");
    let one = |id: &str, key: &str, version| (id.to_owned(), key.to_owned(), version);
    let before = [one("start", "2", Some(2)), one("catch", "2", Some(2)), one("wait", "1", None)];
    assert_eq!(told(&known.borrow_and_update()), before);
    wait_for(|| asked(&script, SEARCH).len() > 3).await;
    assert!(!known.has_changed().expect("it runs"), "nothing has changed");
    assert_eq!(asked(&script, SEARCH)[0], json!({ "filter": { "isLatestVersion": true }, "page": { "limit": 200 } }));
    assert_eq!(
        asked(&script, WAITING)[0],
        json!({ "filter": { "messageSubscriptionState": "CREATED" }, "page": { "limit": 200 } })
    );
    for (key, times) in [("1", 1), ("2", 1), ("3", 1), ("9", 0)] {
        assert_eq!(asked(&script, &format!("process-definitions/{key}/xml")).len(), times, "{key}");
    }

    // A start event creates instances of the version that is known.
    wait_for(|| webhooks.contexts() == ["catch", "start", "wait"]).await;
    assert_eq!(webhooks.answer(&post("start", "{}")).await.status, 200);
    assert_eq!(asked(&script, "process-instances")[0]["processDefinitionKey"], "2");

    tell(&script, WAITING, 200, page(&[]));
    known.changed().await.expect("it changes");
    assert_eq!(told(&known.borrow_and_update()), before[..2]);
    wait_for(|| webhooks.contexts() == ["catch", "start"]).await;

    tell(&script, SEARCH, 200, page(&[]));
    known.changed().await.expect("it changes");
    assert_eq!(told(&known.borrow_and_update()), []);
    stop.cancel();
    running.await.expect("no panic");
    follows.await.expect("no panic");
}

#[tokio::test(flavor = "multi_thread")]
async fn long_lists_come_page_by_page() {
    let items: Vec<Value> = (0..200).map(|number| found("p", &number.to_string(), 1)).collect();
    let (cluster, script) = stand_in(&[(SEARCH, 200, page(&items))]).await;
    let asking = tokio::spawn(async move { cluster.newest_processes().await });
    wait_for(|| asked(&script, SEARCH).len() >= 2).await;
    tell(&script, SEARCH, 200, page(&items[..1]));
    let all = asking.await.expect("no panic").expect("an answer");
    let pages = asked(&script, SEARCH);
    assert_eq!(all.len(), (pages.len() - 1) * 200 + 1);
    assert_eq!(pages[1]["page"], json!({ "limit": 200, "after": "next" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_without_a_search_is_asked_seldom() {
    for (status, answer) in
        [(404, json!({ "title": "NOT_FOUND" })), (501, json!({})), (403, json!({ "title": "FORBIDDEN" }))]
    {
        let (cluster, script) = stand_in(&[(SEARCH, status, answer)]).await;
        let discovery = Discovery::new(cluster, Duration::from_millis(10));
        let (known, stop) = (discovery.known(), CancellationToken::new());
        let running = tokio::spawn(discovery.run(stop.clone()));
        wait_for(|| !asked(&script, SEARCH).is_empty()).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(asked(&script, SEARCH).len(), 1, "{status}");
        // That it never will tell is all that there is to know.
        assert_eq!(*known.borrow().as_ref(), Known { has_answered: true, ..Known::default() });
        stop.cancel();
        running.await.expect("no panic");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_is_away_has_told_nothing() {
    let topology = || json!({ "brokers": [] });
    for (status, answer, is_there, expected) in [
        (404, json!({}), true, true),
        // Whatever stands before a gateway that is away.
        (404, json!({}), false, false),
        (401, json!({ "title": "UNAUTHORIZED" }), true, false),
        (429, json!({}), true, false),
        (500, json!({}), true, false),
        (503, json!({}), true, false),
    ] {
        let there = ("topology", if is_there { 200 } else { 404 }, topology());
        let (cluster, script) = stand_in(&[(SEARCH, status, answer), there]).await;
        let discovery = Discovery::new(cluster, Duration::from_millis(10));
        let (mut known, stop) = (discovery.known(), CancellationToken::new());
        let running = tokio::spawn(discovery.run(stop.clone()));
        wait_for(|| !asked(&script, SEARCH).is_empty()).await;
        if expected {
            changes(&mut known).await;
        } else {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        assert_eq!(known.borrow().has_answered, expected, "{status} {is_there}");
        stop.cancel();
        running.await.expect("no panic");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_does_not_know_who_waits_is_asked_for_the_newest_alone() {
    let bpmn = process("p", "paid", &[element("start", "start", &[("inbound.context", "c")])]);
    let (cluster, script) =
        stand_in(&[(SEARCH, 200, page(&[found("p", "2", 2)])), ("process-definitions/2/xml", 200, json!(bpmn))]).await;
    let discovery = Discovery::new(cluster, Duration::from_millis(10));
    let (mut known, stop) = (discovery.known(), CancellationToken::new());
    let running = tokio::spawn(discovery.run(stop.clone()));
    known.changed().await.expect("it is known");
    assert_eq!(told(&known.borrow()).len(), 1);
    wait_for(|| asked(&script, SEARCH).len() > 3).await;
    assert_eq!(asked(&script, WAITING).len(), 1);
    stop.cancel();
    running.await.expect("no panic");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_cannot_be_read_keeps_nobody_waiting_and_is_asked_for_again() {
    for (status, answer) in [
        (200, Value::Null),
        (403, json!({ "title": "FORBIDDEN" })),
        (404, json!({ "title": "NOT_FOUND" })),
        (500, json!({})),
    ] {
        let bpmn = |id: &str| process(id, "paid", &[element(id, "start", &[("inbound.context", id)])]);
        let (cluster, script) = stand_in(&[
            (SEARCH, 200, page(&[found("bad", "1", 1), found("good", "2", 1)])),
            (WAITING, 200, page(&[])),
            ("process-definitions/1/xml", status, answer),
            ("process-definitions/2/xml", 200, json!(bpmn("good"))),
        ])
        .await;
        let discovery = Discovery::new(cluster, Duration::from_millis(20));
        let (mut known, stop) = (discovery.known(), CancellationToken::new());
        let running = tokio::spawn(discovery.run(stop.clone()));
        changes(&mut known).await;
        let names = |known: &Known| told(known).into_iter().map(|(id, _, _)| id).collect::<Vec<_>>();
        assert_eq!(names(&known.borrow_and_update()), ["good"], "{status}");
        wait_for(|| asked(&script, SEARCH).len() > 4).await;
        assert!(asked(&script, "process-definitions/1/xml").len() < 3, "{status}: it is not asked for each time");
        tell(&script, "process-definitions/1/xml", 200, json!(bpmn("bad")));
        changes(&mut known).await;
        assert_eq!(names(&known.borrow_and_update()), ["bad", "good"], "{status}");
        stop.cancel();
        running.await.expect("no panic");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_cluster_cannot_tell_any_more_stays_known() {
    let bpmn = |id: &str| {
        process("p", "paid", &[element(id, "catch", &[("inbound.context", id), ("correlationKeyExpression", "=1")])])
    };
    for (path, status, answer) in
        [(WAITING, 403, json!({ "title": "FORBIDDEN" })), (WAITING, 200, json!({})), (SEARCH, 200, json!({}))]
    {
        let (cluster, script) = stand_in(&[
            (SEARCH, 200, page(&[found("p", "11", 11)])),
            (WAITING, 200, page(&[found("p", "9", 9), found("p", "10", 10)])),
            ("process-definitions/11/xml", 200, json!(bpmn("c"))),
            ("process-definitions/10/xml", 200, json!(bpmn("b"))),
            ("process-definitions/9/xml", 200, json!(bpmn("a"))),
        ])
        .await;
        let discovery = Discovery::new(cluster, Duration::from_millis(20));
        let (mut known, stop) = (discovery.known(), CancellationToken::new());
        let running = tokio::spawn(discovery.run(stop.clone()));
        changes(&mut known).await;
        let keys = |known: &Known| told(known).into_iter().map(|(_, key, _)| key).collect::<Vec<_>>();
        assert_eq!(keys(&known.borrow_and_update()), ["11", "10", "9"], "newer ones first");
        let before = asked(&script, path).len();
        tell(&script, path, status, answer);
        wait_for(|| asked(&script, path).len() > before).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!known.has_changed().expect("it runs"), "{path} {status}: {:?}", known.borrow());
        stop.cancel();
        running.await.expect("no panic");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn until_the_cluster_has_answered_an_unknown_address_is_none_that_is_not_there() {
    let (cluster, script) = stand_in(&[(SEARCH, 503, json!({})), (WAITING, 200, page(&[]))]).await;
    let settings = Settings { awaits_processes: true, ..Settings::default() };
    let webhooks = Arc::new(Webhooks::new(cluster.clone(), settings).expect("a client"));
    let (discovery, stop) = (Discovery::new(cluster, Duration::from_millis(10)), CancellationToken::new());
    let follows = {
        let (webhooks, known, stop) = (Arc::clone(&webhooks), discovery.known(), stop.clone());
        tokio::spawn(async move { webhooks.follow(&[], known, &Fixed::default(), stop).await })
    };
    let running = tokio::spawn(discovery.run(stop.clone()));
    wait_for(|| !asked(&script, SEARCH).is_empty()).await;
    assert_eq!(webhooks.answer(&post("c", "{}")).await.status, 503);
    // A cluster without processes has answered, too.
    tell(&script, SEARCH, 200, page(&[]));
    let mut status = 503;
    for _ in 0..200 {
        status = webhooks.answer(&post("c", "{}")).await.status;
        if status == 404 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(status, 404);
    stop.cancel();
    running.await.expect("no panic");
    follows.await.expect("no panic");
}
