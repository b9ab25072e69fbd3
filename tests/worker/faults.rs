//! What a real broker does not do on demand: a gateway that refuses, breaks off, is not there, or speaks another version.

use crate::endings::{APART, NOTED};
use crate::rest_gateway::{Gateway, Script, Shared, job, serve, settings, wait_for, worker};
use axum::http::StatusCode;
use opwright::worker::{SecretFilter, Settings};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};
use tokio::net::TcpSocket;
use tokio::sync::Notify;

#[tokio::test]
async fn an_answer_is_repeated_until_it_is_taken() {
    let refusals = [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS, StatusCode::GATEWAY_TIMEOUT];
    let gateway = Gateway::new(vec![job(1, "well")], &refusals).await;
    let commands = gateway.commands(4).await;
    let completion = ("/v2/jobs/1/completion".to_owned(), json!({ "variables": { "answer": "well" } }));
    assert!(commands.iter().all(|command| *command == completion), "{commands:?}");
}

#[tokio::test]
async fn a_failure_that_may_have_been_taken_is_not_told_to_the_next_try() {
    let gateway = Gateway::new(vec![job(1, "it broke")], &[StatusCode::GATEWAY_TIMEOUT]).await;
    gateway.commands(1).await;

    let mut patient = job(1, "it broke");
    patient["customHeaders"]["retryBackoff"] = json!("PT30S");
    let gateway = Gateway::new(vec![patient], &[StatusCode::GATEWAY_TIMEOUT]).await;
    gateway.commands(2).await;

    let mut last = job(1, "it broke");
    last["retries"] = json!(1);
    let gateway = Gateway::new(vec![last], &[StatusCode::GATEWAY_TIMEOUT]).await;
    gateway.commands(2).await;

    let gateway = Gateway::new(vec![job(1, "it broke")], &[StatusCode::SERVICE_UNAVAILABLE]).await;
    gateway.commands(2).await;
}

#[tokio::test]
async fn a_job_that_is_gone_is_let_go() {
    for refusal in [StatusCode::NOT_FOUND, StatusCode::CONFLICT] {
        let gateway = Gateway::new(vec![job(1, "well")], &[refusal]).await;
        gateway.commands(1).await;
    }
}

#[tokio::test]
async fn a_result_that_the_cluster_refuses_is_an_incident_and_one_from_a_stranger_is_told_again() {
    for refusal in [StatusCode::BAD_REQUEST, StatusCode::PAYLOAD_TOO_LARGE] {
        let commands = Gateway::new(vec![job(1, "well")], &[refusal]).await.commands(2).await;
        assert_eq!((commands[1].0.as_str(), &commands[1].1["retries"]), ("/v2/jobs/1/failure", &json!(0)));
        let message = commands[1].1["errorMessage"].as_str().expect("text");
        let says = "The operation was executed, but its result cannot be handed over: the cluster refuses: ";
        assert!(message.starts_with(says) && message.contains(refusal.as_str()), "{message}");
    }
    let refusals = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];
    let commands = Gateway::new(vec![job(1, "well")], &refusals).await.commands(3).await;
    assert!(commands.iter().all(|(path, _)| path == "/v2/jobs/1/completion"), "{commands:?}");
}

#[tokio::test]
async fn a_failure_whose_time_is_over_is_left_to_another_worker() {
    let soon = SystemTime::now() + Duration::from_millis(200);
    let mut late = job(1, "300 ms, then it breaks");
    late["deadline"] =
        json!(u64::try_from(soon.duration_since(SystemTime::UNIX_EPOCH).expect("now").as_millis()).expect("now"));
    let commands = Gateway::new(vec![late, job(2, "500 ms")], &[]).await.commands(1).await;
    assert_eq!(commands[0].0, "/v2/jobs/2/completion");
}

#[tokio::test]
async fn a_failure_tells_the_retries_that_are_left() {
    let gateway = Gateway::new(vec![job(1, "it broke")], &[]).await;
    let commands = gateway.commands(1).await;
    assert_eq!(commands[0].0, "/v2/jobs/1/failure");
    assert_eq!(commands[0].1["retries"], json!(2));
    assert_eq!(commands[0].1["errorMessage"], json!("it broke"));
    assert_eq!(commands[0].1["variables"]["error"]["message"], json!("it broke"));
}

#[tokio::test]
async fn an_operation_that_panics_fails_its_job_and_no_other() {
    let mut panics = job(1, "panic");
    panics["customHeaders"]["retryBackoff"] = json!("PT30S");
    let gateway = Gateway::new(vec![panics, job(2, "well")], &[]).await;
    let mut commands = gateway.commands(2).await;
    commands.sort_by(|left, right| left.0.cmp(&right.0));
    assert_eq!(commands[0].0, "/v2/jobs/1/failure");
    assert_eq!((&commands[0].1["retries"], &commands[0].1["retryBackOff"]), (&json!(2), &json!(30_000)));
    assert_eq!(commands[0].1["variables"]["error"]["message"], commands[0].1["errorMessage"]);
    assert_eq!(commands[1].0, "/v2/jobs/2/completion");
}

/// A process whose task `e` asks for a secret itself, or not.
fn process(source: &str) -> String {
    format!(
        r#"<d xmlns:z="z"><task id="e"><x><z:ioMapping><z:input source="{source}" target="how"/></z:ioMapping></x></task></d>"#
    )
}

#[tokio::test]
async fn a_variable_cannot_ask_for_a_secret_that_the_task_does_not_name() {
    let jobs = || [job(1, "{{secrets.HOW}}"), job(2, "{{secrets.HOW}}")].into();
    for (filter, process, expected) in [
        (SecretFilter::Disabled, None, "well"),
        (SecretFilter::Strict, Some(process("{{secrets.HOW}}")), "well"),
        (SecretFilter::Strict, Some(process("=how")), "{{secrets.HOW}}"),
        (SecretFilter::Lax, Some(process("=how")), "{{secrets.HOW}}"),
        (SecretFilter::Lax, None, "well"),
        (
            SecretFilter::Strict,
            None,
            "Error retrieving secret keys: not found: Not Found (status 404); reading processes needs Camunda 8.8 or newer",
        ),
    ] {
        let known = process.is_some();
        let script = Script { jobs: jobs(), process, ..Script::default() };
        let gateway = Gateway::of(script, Settings { secret_filter: filter, max_jobs: 1, ..settings() }).await;
        let script = Arc::clone(&gateway.script);
        for (_, body) in gateway.commands(2).await {
            // What is no secret is a failure's message: the operation ends as it is told.
            let told = body["variables"]["answer"].as_str().or(body["errorMessage"].as_str());
            assert_eq!(told, Some(expected), "{filter:?} {known}: {body}");
        }
        let read = script.lock().expect("no panic").processes_read;
        let expected = if filter == SecretFilter::Disabled {
            0
        } else if known {
            1
        } else {
            2
        };
        assert_eq!(read, expected, "a process is read once: {filter:?} {known}");
    }
}

#[tokio::test]
async fn a_job_that_cannot_be_read_is_an_incident_and_harms_no_other() {
    let mut deep = json!("the bottom");
    for _ in 0..200 {
        deep = json!([deep]);
    }
    let mut unreadable = job(1, "well");
    unreadable["variables"]["how"] = deep;
    let gateway = Gateway::new(vec![unreadable, job(2, "well")], &[]).await;
    let mut commands = gateway.commands(2).await;
    commands.sort_by(|left, right| left.0.cmp(&right.0));
    assert_eq!((commands[0].0.as_str(), &commands[0].1["retries"]), ("/v2/jobs/1/failure", &json!(0)));
    let message = commands[0].1["errorMessage"].as_str().expect("text");
    assert!(message.starts_with("The job cannot be read: `variables`: recursion limit exceeded"), "{message}");
    assert_eq!(commands[1].0, "/v2/jobs/2/completion");
}

#[tokio::test]
async fn a_job_whose_time_is_over_is_not_begun() {
    let mut late = job(1, "well");
    late["deadline"] = json!(1_000);
    let gateway = Gateway::new(vec![late, job(2, "well")], &[]).await;
    let commands = gateway.commands(1).await;
    assert_eq!(commands[0].0, "/v2/jobs/2/completion");
}

#[tokio::test]
async fn a_gateway_that_does_not_wait_for_jobs_is_not_asked_without_a_pause() {
    let gateway = Gateway::of(Script { hasty: true, ..Script::default() }, settings()).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let asked = gateway.script.lock().expect("no panic").activations.len();
    assert!((4..=12).contains(&asked), "it is asked {asked} times a second");
    gateway.commands(0).await;
}

#[tokio::test]
async fn a_slow_job_holds_up_no_other() {
    let mut jobs = vec![job(1, "4000 ms")];
    jobs.extend((2..40).map(|key| job(key, "well")));
    let gateway = Gateway::with(jobs, &[], Settings { max_jobs: 2, ..settings() }).await;
    let commands = gateway.commands(39).await;
    assert_eq!(commands[38].0, "/v2/jobs/1/completion", "the slow one is last");
}

/// What questions asked for: how many jobs, and how long they would wait.
fn questions(script: &Shared) -> Vec<(u64, i64)> {
    let script = script.lock().expect("no panic");
    let number = |question: &Value| (question["maxJobsToActivate"].as_u64(), question["requestTimeout"].as_i64());
    script
        .activations
        .iter()
        .map(number)
        .map(|(limit, wait)| (limit.expect("a number"), wait.expect("a number")))
        .collect()
}

#[tokio::test]
async fn a_question_names_the_job_type_and_what_it_wants() {
    let gateway = Gateway::new(Vec::new(), &[]).await;
    let script = Arc::clone(&gateway.script);
    wait_for(|| !questions(&script).is_empty()).await;
    gateway.commands(0).await;
    let first = &script.lock().expect("no panic").activations[0];
    assert_eq!(first["fetchVariable"], json!(["how"]));
    assert_eq!(
        (&first["type"], &first["worker"], &first["timeout"]),
        (&json!("test:end"), &json!("End"), &json!(300_000))
    );
    assert_eq!(first["maxJobsToActivate"], json!(100));
}

#[tokio::test]
async fn answers_under_way_take_no_room_but_as_much_again_and_none_waits_for_another() {
    let mute = Arc::new(Notify::new());
    let jobs = (1..=10).map(|key| job(key, "well")).collect();
    let script = Script { jobs, mute: Some(Arc::clone(&mute)), ..Script::default() };
    let gateway = Gateway::of(script, Settings { max_jobs: 3, ..settings() }).await;
    let script = Arc::clone(&gateway.script);
    let counts = || {
        let script = script.lock().expect("no panic");
        (script.given, script.commands.len())
    };
    wait_for(|| counts() == (6, 6)).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(counts(), (6, 6), "three answers take no room, and three keep theirs");
    script.lock().expect("no panic").mute = None;
    mute.notify_waiters();
    gateway.commands(10).await;
}

#[tokio::test]
async fn no_more_jobs_are_executed_than_there_is_room_for_however_many_questions_there_are() {
    let jobs = (1..=200).map(|key| job(key, "counted apart")).collect();
    let gateway = Gateway::with(jobs, &[], Settings { max_jobs: 16, ..settings() }).await;
    gateway.commands(200).await;
    let (most, asked) = (APART.most(), 16);
    assert_eq!(most, asked);
}

#[tokio::test]
async fn one_refusal_among_several_replies_is_heeded() {
    let held = Arc::new(Notify::new());
    let jobs = (1..=100).map(|key| job(key, &format!("{} ms", 60 * (key % 16)))).collect();
    let script = Script { jobs, held: Some(Arc::clone(&held)), ..Script::default() };
    let gateway = Gateway::of(script, Settings { max_jobs: 16, ..settings() }).await;
    let script = Arc::clone(&gateway.script);
    held.notify_one();
    wait_for(|| questions(&script).len() == 5).await;
    // One reply brings jobs, the others are refusals.
    held.notify_one();
    wait_for(|| script.lock().expect("no panic").given > 16).await;
    let given = {
        let mut script = script.lock().expect("no panic");
        (script.busy, script.held) = (Some(StatusCode::TOO_MANY_REQUESTS), None);
        script.given
    };
    held.notify_waiters();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let asked = questions(&script).len();
    script.lock().expect("no panic").jobs.clear();
    script.lock().expect("no panic").busy = None;
    // Pauses from 50 ms on, by 1.6, shortened by a half at most.
    assert!((6..=16).contains(&asked), "it is asked {asked} times: {:?}", questions(&script));
    gateway.commands(given).await;
}

#[tokio::test]
async fn several_questions_are_under_way_while_jobs_wait_and_one_while_none_does() {
    for (waiting, expected) in [(100_usize, 5), (4, 2)] {
        let held = Arc::new(Notify::new());
        // So that room is made for one at a time.
        let keys = 1..=u64::try_from(waiting).expect("few");
        let jobs = keys.map(|key| job(key, &format!("{} ms", 60 * (key % 16)))).collect();
        let script = Script { jobs, held: Some(Arc::clone(&held)), ..Script::default() };
        let gateway = Gateway::of(script, Settings { max_jobs: 16, ..settings() }).await;
        let script = Arc::clone(&gateway.script);
        wait_for(|| questions(&script).len() == 1).await;
        held.notify_one();
        wait_for(|| script.lock().expect("no panic").commands.len() >= waiting.min(16)).await;
        wait_for(|| questions(&script).len() == expected).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let asked = questions(&script);
        assert_eq!(asked.len(), expected, "{asked:?}");
        assert_eq!((asked[0], asked[1].1), ((16, 200), 200));
        let further = &asked[2..];
        assert!(further.iter().all(|&(limit, wait)| limit >= 2 && wait == -1), "{asked:?}");
        assert!(asked[1..].iter().map(|(limit, _)| limit).sum::<u64>() <= 16, "{asked:?}");
        script.lock().expect("no panic").held = None;
        held.notify_waiters();
        gateway.commands(waiting).await;
    }
}

#[tokio::test]
async fn a_gateway_that_asks_to_be_spared_is_asked_for_less_and_told_results_at_once() {
    for busy in [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE] {
        let script = Script { jobs: [job(1, "600 ms")].into(), busy: Some(busy), ..Script::default() };
        let gateway = Gateway::of(script, settings()).await;
        let script = Arc::clone(&gateway.script);
        let begun = Instant::now();
        wait_for(|| script.lock().expect("no panic").commands.len() == 1).await;
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(2), "a result of 600 ms is told at once, not after {took:?}");
        tokio::time::sleep(Duration::from_secs(4).saturating_sub(took)).await;
        let activations = script.lock().expect("no panic").activations.len();
        // Pauses from 50 ms on, by 1.6, shortened by a half at most: ten of them take more than four seconds.
        assert!((4..=12).contains(&activations), "{busy}: it is asked {activations} times");
        script.lock().expect("no panic").busy = None;
        gateway.commands(1).await;
    }
}

#[tokio::test]
async fn a_gateway_that_is_not_there_yet_is_waited_for() {
    // A port that is bound and not listened to refuses connections, and nobody else can have it.
    let port = TcpSocket::new_v4().expect("a socket");
    port.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let (stop, worker) = worker(&port.local_addr().expect("an address").to_string(), settings());
    tokio::time::sleep(Duration::from_millis(500)).await;

    let listener = port.listen(16).expect("it listens");
    let begun = Instant::now();
    for _ in 0..14 {
        drop(listener.accept().await.expect("an attempt"));
    }
    // That work is taken up within a second is told by the pauses, which a loaded machine does not lengthen as it does a
    // single answer: of at most 500 ms, thirteen take less than 5 s; of up to 5 s, as for a busy cluster, more than 12 s.
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(10), "it is asked fourteen times in {took:?}");
    assert!(!worker.is_finished());

    let script = Arc::new(Mutex::new(Script { jobs: [job(1, "well")].into(), ..Script::default() }));
    let server = serve(listener, Arc::clone(&script));
    let begun = Instant::now();
    wait_for(|| script.lock().expect("no panic").commands.len() == 1).await;
    let took = begun.elapsed();
    // A pause, an activation and an answer take one second at most; the rest is for a loaded machine.
    assert!(took < Duration::from_secs(5), "work is taken up after {took:?}");
    stop.cancel();
    assert_eq!(worker.await.expect("no panic"), 0);
    server.abort();
}

#[tokio::test]
async fn jobs_that_come_while_the_worker_stops_are_handed_back() {
    let held = Arc::new(Notify::new());
    let gateway = Gateway::of(Script { held: Some(Arc::clone(&held)), ..Script::default() }, settings()).await;
    wait_for(|| !gateway.script.lock().expect("no panic").activations.is_empty()).await;
    // The request that is under way when the worker is told to stop brings a job.
    gateway.stop.cancel();
    gateway.script.lock().expect("no panic").jobs.push_back(job(7, "well"));
    held.notify_one();
    assert_eq!(gateway.worker.await.expect("no panic"), 0);
    gateway.server.abort();
    let script = gateway.script.lock().expect("no panic");
    assert_eq!(script.commands, [("/v2/jobs/7".to_owned(), json!({ "changeset": { "timeout": 1 } }))]);
}

#[tokio::test]
async fn what_the_gateway_says_to_a_jobs_own_timeout_decides_whether_the_operation_is_executed() {
    for (answer, expected, ran) in [
        (StatusCode::NO_CONTENT, Some("/v2/jobs/1/completion"), true),
        // Somebody else's by now.
        (StatusCode::NOT_FOUND, None, false),
        (StatusCode::SERVICE_UNAVAILABLE, Some("/v2/jobs/1/completion"), true),
        (StatusCode::BAD_REQUEST, Some("/v2/jobs/1/failure"), false),
    ] {
        let note = format!("note {answer}");
        let mut job = job(1, &note);
        job["customHeaders"]["jobTimeout"] = json!("PT1M");
        let commands = Gateway::new(vec![job], &[answer]).await.commands(1 + usize::from(expected.is_some())).await;
        assert_eq!(commands[0], ("/v2/jobs/1".to_owned(), json!({ "changeset": { "timeout": 60_000 } })), "{answer}");
        assert_eq!(commands.get(1).map(|(path, _)| path.as_str()), expected, "{answer}");
        assert_eq!(NOTED.lock().expect("no panic").contains(&note), ran, "{answer}");
        if let Some((_, failure)) = commands.get(1).filter(|(path, _)| path.ends_with("/failure")) {
            assert_eq!(failure["retries"], json!(2), "{failure}");
            let message = failure["errorMessage"].as_str().expect("text");
            assert!(message.contains("Bad Request (status 400)"), "{message}");
        }
    }
}
