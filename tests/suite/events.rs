//! What processes wait for, by a connector of which everything is written here: its templates, and what of it makes no sense.

use crate::node::validate;
use opwright::definition::ConnectorDefinition;
use opwright::generate::apply::{Applied, Message, apply};
use opwright::generate::artefacts;
use opwright::generate::bpmn::waiting_process;
use opwright::generate::docs::DocTemplates;
use opwright::generate::element_template::{Role, Variant, build};
use opwright::template::ElementTemplate;
use opwright::{
    Confirm, Connector, ConnectorInputs, EventElement, Execute, Failure, Registry, Standing, connector, event,
    operation,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

/// Follow parcels.
#[connector(
    id = "parcels",
    name = "Parcels",
    template_id = "io.example.parcels",
    version = 3,
    job_type = "io.example:parcels:1",
    keywords = ["carrier"],
    operations = [Track],
    events = [ParcelDelivered]
)]
pub(crate) struct Parcels {}

/// Says where a parcel is.
#[operation(id = "track", name = "Track a parcel")]
pub(crate) struct Track {
    /// By which it is followed.
    #[input(example = "P-17")]
    #[schemars(regex(pattern = "^P-[0-9]+$"))]
    pub(crate) parcel: String,
}

/// Where a parcel is.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Whereabouts {
    delivered: bool,
}

impl Execute<Parcels> for Track {
    type Output = Whereabouts;

    async fn execute(self, _: Parcels) -> Result<Whereabouts, Failure> {
        Ok(Whereabouts { delivered: self.parcel == "P-17" })
    }
}

/// A parcel is where it should be.
#[event(
    id = "parcel-delivered",
    name = "Parcel delivered",
    version = 2,
    event_type = "io.example:parcel-delivered:1",
    keywords = ["arrived"],
    elements = [IntermediateCatchEvent, ReceiveTask, BoundaryEvent, MessageStartEvent],
    correlation_key = "= shipment.number",
    correlation_description = "The number of the *shipment*.",
    result_variable = "delivery",
    result_expression = "= {by: request.body.signedBy, same: response.request.body.parcelNumber}"
)]
#[schemars(example = json!({ "parcelNumber": "P-17", "signedBy": "Ada" }))]
pub(crate) struct ParcelDelivered {
    /// By which it is followed.
    pub(crate) parcel_number: String,
    /// Who took it.
    pub(crate) signed_by: Option<String>,
}

impl Confirm for ParcelDelivered {
    const OPERATION: &'static str = "track";

    fn subject(call: &Value) -> Option<String> {
        call["parcelNumber"].as_str().map(str::to_owned)
    }

    fn inputs(subject: &str) -> Value {
        json!({ "parcel": subject })
    }

    fn confirm(subject: &str, result: &Value) -> Standing<Self> {
        match result["delivered"].as_bool() {
            Some(true) => {
                let event = Self { parcel_number: subject.to_owned(), signed_by: None };
                Standing::Happened { event, end: "delivered".to_owned() }
            }
            Some(false) => Standing::Pending,
            None => Standing::Unreadable,
        }
    }
}

fn parcels() -> Connector {
    Parcels::bind().unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn definition() -> ConnectorDefinition {
    parcels().definition().clone()
}

fn templates(definition: &ConnectorDefinition) -> Vec<(EventElement, ElementTemplate)> {
    let waiting = definition.events.iter().flat_map(Variant::waiting_for);
    let waiting = waiting.map(|variant| {
        let Role::Inbound { element, .. } = variant.role else { panic!("{variant:?}") };
        (element, build(definition, variant).unwrap_or_else(|error| panic!("{error}")).template)
    });
    waiting.collect()
}

#[test]
fn each_element_that_waits_has_a_template_of_its_own() {
    let definition = definition();
    let paths: Vec<String> = Variant::of(&definition).map(|variant| variant.path(&definition)).collect();
    let told: Vec<String> = templates(&definition)
        .into_iter()
        .map(|(_, template)| {
            let element = template.element_type.unwrap_or_default();
            format!(
                "{} {} | {} | {} → {} {} | {:?}",
                template.id.unwrap_or_default(),
                template.version.unwrap_or_default(),
                template.name.unwrap_or_default(),
                template.applies_to.unwrap_or_default().join(" "),
                element.value.unwrap_or_default(),
                element.event_definition.unwrap_or_default(),
                template.keywords.unwrap_or_default(),
            )
        })
        .collect();
    insta::assert_snapshot!(format!("{}\n\n{}", paths.join("\n"), told.join("\n")));
}

#[test]
fn everything_of_an_event_is_as_accepted() {
    let artefacts = artefacts([&definition()], &DocTemplates::built_in()).unwrap_or_else(|error| panic!("{error}"));
    let of_event = artefacts.iter().filter(|artefact| artefact.path.contains("parcel-delivered"));
    let files: Vec<String> = of_event.map(|artefact| format!("# {}\n{}", artefact.path, artefact.content)).collect();
    assert_eq!(files.len(), 6, "four templates, a schema, a process");
    insta::assert_snapshot!(files.join("\n"));
}

#[test]
fn camundas_validator_takes_each_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |(element, template): (EventElement, ElementTemplate)| {
        let file = folder.path().join(format!("{}.json", element.suffix()));
        std::fs::write(&file, serde_json::to_string(&template).expect("JSON")).expect("a file");
        file
    };
    let files: Vec<_> = templates(&definition()).into_iter().map(write).collect();
    let reports = validate(&files);
    assert_eq!(reports.len(), 4);
    for report in reports {
        assert_eq!(report["errors"], json!([]), "{}", report["file"]);
    }
}

/// What applying the template for an element writes when this is entered.
fn written(element: EventElement, entered: &[(&str, &str)]) -> Applied {
    let templates = templates(&definition());
    let (_, template) = templates.iter().find(|(one, _)| *one == element).expect("a template");
    apply(template, |property| {
        let entered = entered.iter().find(|(id, _)| property.id.as_deref() == Some(id));
        entered.map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn an_element_that_waits_makes_no_job_and_has_a_message() {
    let named = |correlation_key: Option<&str>| {
        let correlation_key = correlation_key.map(str::to_owned);
        Some(Message { name: "io.example:parcel-delivered:1".to_owned(), correlation_key })
    };
    for element in [EventElement::IntermediateCatchEvent, EventElement::ReceiveTask, EventElement::BoundaryEvent] {
        let applied = written(element, &[]);
        assert_eq!(applied.message, named(Some("= shipment.number")), "{element:?}");
        let properties: Vec<(&str, &str)> =
            applied.properties.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let expected = [
            ("inbound.type", "io.example:parcel-delivered:1"),
            ("resultVariable", "delivery"),
            ("resultExpression", "= {by: request.body.signedBy, same: response.request.body.parcelNumber}"),
        ];
        assert_eq!(properties, expected, "{element:?}");
        assert_eq!((applied.job_type.as_str(), applied.inputs.len(), applied.headers.len()), ("", 0, 0), "{element:?}");
    }
    let entered = written(EventElement::ReceiveTask, &[("correlationKey", "= order"), ("messageTtl", "P1D")]);
    assert_eq!(entered.message, named(Some("= order")));
    assert!(entered.properties.contains(&("messageTtl".to_owned(), "P1D".to_owned())), "{:?}", entered.properties);
}

#[test]
fn what_starts_a_process_correlates_with_nothing() {
    let applied = written(EventElement::MessageStartEvent, &[]);
    assert_eq!(applied.message.expect("a message").correlation_key, None);
    assert_eq!(applied.properties.len(), 3);
}

#[test]
fn every_element_that_waits_has_its_place_in_a_process() {
    let definition = definition();
    let mut processes = Vec::new();
    for variant in definition.events.iter().flat_map(Variant::waiting_for) {
        let generated = build(&definition, variant).unwrap_or_else(|error| panic!("{error}"));
        processes.push(waiting_process(&definition, variant, &generated).expect("a process"));
    }
    insta::assert_snapshot!(processes.join("\n"));
}

/// What is told of the definition after a change of its event.
fn told(change: impl FnOnce(&mut Value)) -> String {
    let mut definition = serde_json::to_value(definition()).expect("JSON");
    change(&mut definition);
    let definition: ConnectorDefinition = serde_json::from_value(definition).expect("a definition");
    Connector::from_definition(definition).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn what_makes_no_sense_is_refused() {
    assert_eq!(told(|_| {}), "");
    for (member, value, expected) in [
        ("id", json!("Parcel"), "parcels/Parcel: an id is made of a-z, 0-9 and `-`"),
        ("id", json!("parcel--lost"), "parcels/parcel--lost: its id is a part of a URL"),
        ("id", json!("parcel-"), "parcels/parcel-: its id is a part of a URL"),
        ("id", json!("track"), "parcels/track: an operation has this id, too"),
        ("id", json!("hosted"), "parcels/hosted: a template of operations could have this name"),
        ("id", json!("hybrid-send-task"), "parcels/hybrid-send-task: a template of operations could have this name"),
        ("id", json!("send-task"), "parcels/send-task: a template of operations could have this name"),
        ("eventType", json!(" "), "its event type is blank"),
        ("eventType", json!("io.example:parcels:1"), "its type is the connector's job type"),
        ("elements", json!([]), "no element waits for it"),
        ("elements", json!(["receive-task", "receive-task"]), "a receive task waits for it twice"),
        (
            "elements",
            json!(["intermediate-catch-event", "intermediate-catch-event"]),
            "an intermediate catch event waits for it twice",
        ),
        ("operation", json!("trak"), "it is confirmed by `trak`, which is no operation; did you mean `track`?"),
        ("correlationKey", json!("shipment"), "the correlation key is FEEL: start it with `=`"),
        ("correlationKey", json!("= shipment."), "the correlation key is no FEEL: line 1"),
        ("correlationKey", json!("= uper case(shipment)"), "the correlation key is wrong"),
        ("correlationKey", json!("= [shipment]"), "gives a list, but only a string or a number correlates"),
        ("resultExpression", json!("= request.body.signedBy"), "gives a string, but only a context's entries"),
        ("resultExpression", json!("= {by: request.body.signdBy}"), "`request.body` has no `signdBy`: did you mean"),
        ("resultExpression", json!("= {by: body.signedBy}"), "there is no `body` here; there is `request`, `response`"),
        ("resultExpression", json!("= {by: request.headers.date}"), "`request` has no `headers`"),
        ("resultVariable", json!("my delivery"), "the result variable is no name"),
        ("payload", json!({ "type": "object", "x-whatever": 1 }), "parcels/parcel-delivered/payload"),
    ] {
        let told = told(|definition| definition["events"][0][member] = value.clone());
        assert!(told.contains(expected), "{member}: {value}\n{told}");
    }
    let twice = |change: fn(&mut Value)| {
        told(|definition| {
            let mut other = definition["events"][0].clone();
            change(&mut other);
            definition["events"].as_array_mut().expect("a list").push(other);
        })
    };
    let same_id = twice(|other| other["eventType"] = json!("io.example:other:1"));
    assert_eq!(same_id, "parcels/parcel-delivered: two events have this id");
    let same_type = twice(|other| other["id"] = json!("other"));
    assert_eq!(same_type, "parcels/other: two events have the type `io.example:parcel-delivered:1`");
}

/// A connector of another name, with the same event.
fn other(change: impl FnOnce(&mut ConnectorDefinition)) -> String {
    let mut definition = definition();
    definition = ConnectorDefinition {
        id: "other".to_owned(),
        template_id: "io.example.other".to_owned(),
        job_type: "io.example:other:1".to_owned(),
        ..definition
    };
    (definition.events[0].id, definition.events[0].event_type) = ("lost".to_owned(), "io.example:lost:1".to_owned());
    change(&mut definition);
    let other = Connector::from_definition(definition).unwrap_or_else(|error| panic!("{error}"));
    let registry = Registry::new().with::<Parcels>().expect("sound definitions");
    registry.with_connector(other).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn no_two_connectors_have_one_url_or_one_message() {
    assert_eq!(other(|_| {}), "");
    let same_id = other(|other| other.events[0].id = "parcel-delivered".to_owned());
    assert_eq!(same_id, "other/parcel-delivered: an event of the connector `parcels` has the same id");
    let same_type = other(|other| other.events[0].event_type = "io.example:parcel-delivered:1".to_owned());
    assert_eq!(same_type, "other/lost: an event of the connector `parcels` has the same type");
    let job_type = other(|other| other.events[0].event_type = "io.example:parcels:1".to_owned());
    assert_eq!(job_type, "other/lost: its type is the job type of the connector `parcels`");
    let jobs = other(|other| other.job_type = "io.example:parcel-delivered:1".to_owned());
    assert_eq!(jobs, "parcels/parcel-delivered: its type is the job type of the connector `other`");
}

/// Three events whose [`Confirm`] does not fit the definition.
mod unfit {
    use super::*;

    /// Loses parcels.
    #[connector(
        id = "losses",
        name = "Losses",
        template_id = "io.example.losses",
        version = 1,
        job_type = "io.example:losses:1",
        operations = [Track],
        events = [Misspelt, Blank, Stranger]
    )]
    pub(super) struct Losses {}

    impl Execute<Losses> for Track {
        type Output = Whereabouts;

        async fn execute(self, _: Losses) -> Result<Whereabouts, Failure> {
            Ok(Whereabouts { delivered: false })
        }
    }

    macro_rules! unfit {
        ($name:ident, $id:literal, $example:expr, $inputs:expr) => {
            /// A parcel is lost.
            #[event(
                id = $id,
                name = "Lost",
                version = 1,
                event_type = $id,
                elements = [ReceiveTask],
                correlation_key = "= parcel"
            )]
            #[schemars(example = $example)]
            pub(super) struct $name {
                /// By which it is followed.
                parcel: String,
            }

            impl Confirm for $name {
                const OPERATION: &'static str = "track";

                fn subject(call: &Value) -> Option<String> {
                    call["parcel"].as_str().map(str::to_owned)
                }

                fn inputs(subject: &str) -> Value {
                    json!({ $inputs: subject })
                }

                fn confirm(_: &str, _: &Value) -> Standing<Self> {
                    Standing::Pending
                }
            }
        };
    }

    unfit!(Misspelt, "misspelt", json!({ "parcel": "P-1" }), "parcle");
    unfit!(Blank, "blank", json!({ "parcel": "" }), "parcel");
    unfit!(Stranger, "stranger", json!({ "number": "P-1" }), "parcel");
}

#[test]
fn what_confirms_an_event_fits_its_example_and_its_operation() {
    let error = unfit::Losses::bind().expect_err("three faults");
    let told: Vec<String> = error.faults.iter().map(|fault| format!("{}: {}", fault.path, fault.message)).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].starts_with("losses/misspelt: `track` does not take what `inputs` asks it: the input is refused:"));
    assert!(told[0].contains("parcle"), "{}", told[0]);
    for (told, event) in told[1..].iter().zip(["blank", "stranger"]) {
        let expected = "`Confirm::subject` finds nothing of 1 to 256 bytes in its example";
        assert_eq!(*told, format!("losses/{event}: {expected}"));
    }
}

#[test]
fn what_happened_may_come_with_members_that_are_not_listed() {
    let connector = parcels();
    let (_, confirmation) = connector.events().next().expect("an event");
    let subject = confirmation.subject(&json!({ "parcelNumber": "P-2", "weight": 3 }));
    assert_eq!(subject.as_deref(), Some("P-2"));
    assert!(confirmation.subject(&json!({ "parcel_number": "P-2" })).is_none(), "names are camelCase");
    let delivered = confirmation.confirm("P-2", &json!({ "delivered": true }));
    let event = json!({ "parcelNumber": "P-2", "signedBy": null });
    assert_eq!(delivered, Standing::Happened { event, end: "delivered".to_owned() });
}
