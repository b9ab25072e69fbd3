//! A connector outside opwright's own crate: same command line, same dispatcher, same artefacts.

use opwright::cli::{Exit, Program};
use opwright::dispatch::secrets::Fixed;
use opwright::dispatch::{DispatchError, Dispatcher};
use opwright::{Failure, Registry, Standing};
use postage::{Postage, Tracking};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

fn registry() -> Registry {
    let registry = Registry::new().with::<Postage>().and_then(Registry::with::<Tracking>);
    registry.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn its_generated_files_are_up_to_date() {
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("generated").display().to_string();
    let exit = Program::new("postage", registry()).run_from(["postage", "generate", "--check", "--out", &out]);
    assert_eq!(exit, Exit::Success, "run `cargo run -p postage -- generate` in examples/postage");
}

#[test]
fn its_program_has_the_same_commands() {
    for arguments in [
        vec!["postage", "list"],
        vec!["postage", "describe", "postage", "quote"],
        vec!["postage", "describe", "postage", "quote", "--example"],
        vec!["postage", "describe", "tracking", "parcel-delivered"],
    ] {
        assert_eq!(Program::new("postage", registry()).run_from(arguments), Exit::Success);
    }
    assert_eq!(Program::new("postage", registry()).run_from(["postage", "describe", "postgae"]), Exit::Usage);
}

async fn quote(input: Value) -> Result<Value, DispatchError> {
    let secrets = Fixed::from_variables([("SECRET_POSTAGE_PIN".to_owned(), "4711".to_owned())]);
    let dispatcher = Dispatcher::new(registry()).expect("a client");
    dispatcher.dispatch("postage", "quote", &input, &secrets).await
}

fn guest(more: &Value) -> Value {
    let mut input = json!({
        "account": { "kind": "guest" },
        "parcel": { "weight": 1.5 },
        "items": [{ "content": "book", "pieces": "2" }, { "content": "pen" }],
    });
    for (name, value) in more.as_object().expect("an object") {
        input[name] = value.clone();
    }
    input
}

#[tokio::test]
async fn code_gets_typed_inputs_and_returns_a_typed_output() {
    assert_eq!(quote(guest(&json!({}))).await.expect("a price"), json!({ "price": 599, "pieces": 3 }));
    let contract = json!({ "account": { "kind": "contract", "number": "12", "pin": "{{secrets.POSTAGE_PIN}}" }, "express": "true", "notAfter": "" });
    assert_eq!(quote(guest(&contract)).await.expect("a price"), json!({ "price": 999, "pieces": 3 }));
}

#[tokio::test]
async fn each_kind_of_failure_is_its_own() {
    let failure = |result| match result {
        Err(DispatchError::Failed(failure)) => failure,
        other => panic!("a failure rather than {other:?}"),
    };
    let terminal =
        failure(quote(guest(&json!({ "account": { "kind": "contract", "number": 12, "pin": "0000" } }))).await);
    assert!(
        matches!(&terminal, Failure::Terminal { error } if error.code.as_deref() == Some("PIN_NOT_SET")),
        "{terminal:?}"
    );
    let bpmn = failure(quote(guest(&json!({ "items": [{ "content": "fireworks" }] }))).await);
    assert!(matches!(&bpmn, Failure::Bpmn { code, .. } if code == "FORBIDDEN_CONTENT"), "{bpmn:?}");
    let later = failure(quote(guest(&json!({ "express": true, "notAfter": 8 }))).await);
    assert!(matches!(later, Failure::Retryable { after: Some(after), .. } if after == Duration::from_secs(3600)));
}

#[tokio::test]
async fn a_delivery_is_what_the_carrier_says_and_not_what_a_call_says() {
    let (registry, dispatcher) = (registry(), Dispatcher::new(registry()).expect("a client"));
    let (_, confirmation) = registry.connector("tracking").expect("a connector").events().next().expect("an event");
    let call = |parcel: &str| json!({ "parcelNumber": parcel, "signedBy": "a stranger" });
    let standing = async |parcel: &str| {
        let subject = confirmation.subject(&call(parcel)).expect("a parcel");
        let mut input = confirmation.inputs(&subject);
        input["account"] = json!({ "kind": "guest" });
        let result = dispatcher.dispatch("tracking", confirmation.operation, &input, &Fixed::default()).await?;
        Ok::<_, DispatchError>(confirmation.confirm(&subject, &result))
    };
    let event = json!({ "parcelNumber": "P-17", "signedBy": "Ada" });
    let happened = Standing::Happened { event, end: "delivered".to_owned() };
    assert_eq!(standing("P-17").await.expect("a standing"), happened);
    assert_eq!(standing("P-18").await.expect("a standing"), Standing::Pending);
    assert_eq!(confirmation.confirm("P-17", &json!({ "delivered": "yes" })), Standing::Unreadable);
    assert_eq!(confirmation.subject(&json!({ "number": "P-17" })), None);
    let Err(DispatchError::Failed(Failure::Terminal { error })) = standing("P-0").await else { panic!("a failure") };
    assert!(confirmation.is_unknown(&error), "{error:?}");
}

#[test]
fn any_error_is_retryable_by_the_question_mark() {
    fn parse(text: &str) -> Result<u64, Failure> {
        Ok(text.parse::<u64>()?)
    }
    assert!(
        matches!(parse("many"), Err(Failure::Retryable { after: None, error }) if error.message == "invalid digit found in string")
    );
}

#[tokio::test]
async fn nested_faults_name_their_place() {
    let input = json!({
        "account": { "kind": "contract", "number": 0, "pin": "secrets.POSTAGE_PIN" },
        "parcel": { "weight": 31, "longestSide": "121", "height": 1 },
        "items": [{ "content": "book" }, { "content": "", "pieces": 0 }],
        "express": "maybe",
    });
    let Err(DispatchError::Refused(refusal)) = quote(input).await else { panic!("a refusal") };
    let paths: Vec<&str> = refusal.faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "account.number",
            "parcel.weight",
            "parcel.longestSide",
            "parcel.height",
            "items[1].content",
            "items[1].pieces",
            "express"
        ],
        "{refusal}"
    );
}

#[tokio::test]
async fn nothing_of_the_input_is_too_much_or_too_little() {
    for items in [json!([]), json!(vec![json!({ "content": "pen" }); 21])] {
        let Err(DispatchError::Refused(refusal)) = quote(guest(&json!({ "items": items }))).await else {
            panic!("a refusal")
        };
        assert_eq!(refusal.to_string(), "the input is refused:\n  items must be a list of 1 to 20 items");
    }
}
