use super::*;
use crate::dispatch::secrets::{Admitted, Fixed, replace};
use crate::worker::inbound::webhook::authorization::Authorization;
use crate::worker::inbound::webhook::formula::Formula;
use secrecy::ExposeSecret;

fn element(kind: InboundKind, properties: &[(&str, &str)]) -> InboundElement {
    let fixed = [(INBOUND_TYPE, WEBHOOK_TYPE), ("inbound.context", "paid")];
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    InboundElement {
        process_id: "p".to_owned(),
        element_id: "e".to_owned(),
        kind,
        message: (kind != InboundKind::Start).then(|| "m".to_owned()),
        properties: fixed.iter().chain(properties).map(pair).collect(),
        line: 1,
    }
}

fn read(element: &InboundElement) -> Result<Webhook, Vec<String>> {
    let secrets = Fixed::from_variables(
        [("SECRET_A", "canary"), ("SECRET_FEEL", "=1"), ("SECRET_EMPTY", ""), ("SECRET_CLOSED", "closed")]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let secrets = Admitted::new(secrets, |name: &str| name != "CLOSED");
    let read = of_element(element, Found::File("p.bpmn"), &secrets).expect("a webhook's element");
    read.map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

fn faults(properties: &[(&str, &str)]) -> Vec<String> {
    read(&element(InboundKind::Start, properties)).expect_err("faults")
}

#[test]
fn elements_of_others_are_no_webhooks() {
    let mut other = element(InboundKind::Start, &[]);
    other.properties.insert(INBOUND_TYPE.to_owned(), "io.camunda:slack-webhook:1".to_owned());
    assert!(of_element(&other, Found::File("p.bpmn"), &Fixed::default()).is_none());
}

#[test]
fn what_guards_is_never_passed_over() {
    for (properties, problem) in [
        (&[("inbound.shouldValidateHmac", "yes")][..], "`enabled` or `disabled`"),
        (
            &[("inbound.shouldValidateHmac", "enabled"), ("inbound.hmacHeader", "x")],
            "`inbound.hmacSecret`: it is needed",
        ),
        (
            &[
                ("inbound.shouldValidateHmac", "enabled"),
                ("inbound.hmacHeader", "x"),
                ("inbound.hmacSecret", "{{secrets.EMPTY}}"),
            ],
            "`inbound.hmacSecret`: it is needed",
        ),
        (
            &[
                ("inbound.shouldValidateHmac", "enabled"),
                ("inbound.hmacHeader", "x"),
                ("inbound.hmacSecret", "s"),
                ("inbound.hmacAlgorithm", "md5"),
            ],
            "`sha_1`, `sha_256` or `sha_512`",
        ),
        (&[("inbound.auth.type", "OAUTH")], "`NONE`, `BASIC`, `APIKEY` or `JWT`"),
        (&[("inbound.auth.typ", "BASIC")], "there is no such property; did you mean `inbound.auth.type`?"),
        (&[("inbound.auth.type", "BASIC"), ("inbound.auth.username", "u")], "`inbound.auth.password`: it is needed"),
        (&[("inbound.auth.type", "APIKEY"), ("inbound.auth.apiKey", "=camunda.vars.env.key")], "gives null"),
        (&[("inbound.auth.type", "JWT"), ("inbound.auth.jwt.jwkUrl", "ftp://a")], "no https address"),
        (
            &[
                ("inbound.auth.type", "JWT"),
                ("inbound.auth.jwt.jwkUrl", "https://a"),
                ("inbound.auth.jwt.requiredPermissions", "=[\"a\"]"),
            ],
            "`inbound.auth.jwt.permissionsExpression`: it is needed",
        ),
        (&[("inbound.method", "patch")], "`any`, `get`"),
        (&[("inbound.context", "a--b")], "can only contain"),
        (&[("inbound.context", "")], "`inbound.context`: it is needed"),
        (&[("activationCondition", "=1 +")], "`activationCondition`: it is no FEEL"),
        (&[("resultExpression", "=[1]")], "must return a JSON object"),
        (&[("synchronousResponse", "yes")], "`true` or `false`"),
        (&[("inbound.responseBodyExpression", "={}")], "out of date"),
        (
            &[("inbound.auth.type", "{{secrets.A}}")],
            "`inbound.auth.type`: it names the secret 'A', which could leave the worker here: secrets are for `inbound.hmacSecret`, ",
        ),
        (
            &[("inbound.responseExpression", "={body: \"{{secrets.A}}\"}")],
            "`inbound.responseExpression`: it names the secret 'A'",
        ),
        (&[("resultExpression", "={a: \"secrets.A\"}")], "`resultExpression`: it names the secret 'A'"),
        (
            &[("inbound.auth.type", "JWT"), ("inbound.auth.jwt.jwkUrl", "https://evil/{{secrets.A}}")],
            "`inbound.auth.jwt.jwkUrl`: it names the secret 'A'",
        ),
        (&[("inbound.auth.type", "JWT"), ("inbound.auth.jwt.jwkUrl", "http://keys.example")], "no https address"),
        (
            &[("inbound.auth.type", "APIKEY"), ("inbound.auth.apiKey", "{{secrets.NONE}}")],
            "`inbound.auth.apiKey`: Secret with name 'NONE' is not available",
        ),
        (
            &[("inbound.auth.type", "APIKEY"), ("inbound.auth.apiKey", "{{secrets.CLOSED}}")],
            "`inbound.auth.apiKey`: Secret with name 'CLOSED' is not among those that are allowed",
        ),
        (
            &[
                ("inbound.auth.type", "BASIC"),
                ("inbound.auth.username", "u"),
                ("inbound.auth.password", "secrets.CLOSED"),
            ],
            "`inbound.auth.password`: Secret with name 'CLOSED' is not among",
        ),
        (
            &[
                ("inbound.shouldValidateHmac", "enabled"),
                ("inbound.hmacHeader", "x"),
                ("inbound.hmacSecret", "{{secrets.CLOSED}}"),
            ],
            "`inbound.hmacSecret`: Secret with name 'CLOSED' is not among",
        ),
        (
            &[("inbound.auth.type", "APIKEY"), ("inbound.auth.apiKey", "{{secrets.}}")],
            "`inbound.auth.apiKey`: its placeholder names no secret",
        ),
        (&[("inbound.auth.apiKey", "k")], "`inbound.auth.apiKey`: it guards nothing without `inbound.auth.type`"),
        (&[("inbound.auth.jwt.jwkUrl", "https://a")], "`inbound.auth.jwt.jwkUrl`: it guards nothing without"),
        (
            &[("inbound.hmacSecret", "s")],
            "`inbound.hmacSecret`: it guards nothing without `inbound.shouldValidateHmac`",
        ),
        (&[("inbound.hmacScopes", "=[\"body\"]")], "`inbound.hmacScopes`: it guards nothing without"),
    ] {
        let told = faults(properties);
        assert!(told.iter().any(|told| told.contains(problem)), "{problem}\n{told:#?}");
        assert!(told.iter().all(|told| told.starts_with("p.bpmn, line 1: process `p`, element `e`: `")), "{told:#?}");
    }
}

#[test]
fn guards_that_are_turned_off_are_no_fault() {
    let properties = [
        ("inbound.shouldValidateHmac", "disabled"),
        ("inbound.hmacHeader", "x"),
        ("inbound.hmacAlgorithm", "sha_256"),
        ("inbound.auth.type", "NONE"),
        ("inbound.auth.apiKeyLocator", "=1"),
    ];
    assert!(read(&element(InboundKind::Start, &properties)).is_ok());
    assert!(read(&element(InboundKind::Start, &[("inbound.hmacSecret", " ")])).is_ok(), "a blank is none");
}

#[test]
fn no_fault_and_no_description_tells_a_secret() {
    let told = faults(&[
        ("inbound.auth.type", "BASIC"),
        ("inbound.auth.username", "=assert(1, false, \"{{secrets.A}}\")"),
        ("inbound.auth.password", "={a: 1} {{secrets.A}}"),
    ]);
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(!told.concat().contains("canary"), "{told:#?}");
    let key = [("inbound.auth.type", "APIKEY"), ("inbound.auth.apiKey", "{{secrets.A}}")];
    let webhook = read(&element(InboundKind::Start, &key)).expect("sound");
    let described = format!("{webhook:?} {:?}", webhook.gate.authorization);
    assert_eq!(described, "Webhook(paid, p.bpmn, line 1: process `p`, element `e`) APIKEY");
    let mask = Arc::new(
        replace(&json!("{{secrets.A}}"), &Fixed::from_variables([("SECRET_A".to_owned(), "canary".to_owned())]))
            .expect("known")
            .1,
    );
    let formula = Formula::parse("={{secrets.A}}", "=canary", &mask).expect("FEEL");
    assert_eq!(format!("{formula:?} {}", formula.fault("canary").reason), "Formula(={{secrets.A}}) ***");
}

#[test]
fn who_waits_needs_a_key_and_a_message() {
    for kind in [
        InboundKind::IntermediateCatch,
        InboundKind::Boundary,
        InboundKind::ReceiveTask,
        InboundKind::EventSubprocessStart,
    ] {
        let told = read(&element(kind, &[])).expect_err("no key");
        assert_eq!(
            told,
            [
                "p.bpmn, line 1: process `p`, element `e`: `correlationKeyExpression`: it is needed here, and missing or empty"
            ]
        );
        assert!(read(&element(kind, &[("correlationKeyExpression", "=1")])).is_ok(), "{kind:?}");
        let mut without = element(kind, &[("correlationKeyExpression", "=1")]);
        without.message = None;
        assert!(read(&without).expect_err("no message").concat().contains("waits for no message"));
        without.message = Some("=name".to_owned());
        assert!(read(&without).expect_err("an expression").concat().contains("write the name"));
    }
    assert!(read(&element(InboundKind::MessageStart, &[])).is_ok());
    assert!(read(&element(InboundKind::InnerStart, &[])).expect_err("within").concat().contains("sub-process"));
}

#[test]
fn a_secret_that_begins_like_an_expression_is_none() {
    let properties = [
        ("inbound.auth.type", "BASIC"),
        ("inbound.auth.username", "=\"a\" + \"b\""),
        ("inbound.auth.password", "{{secrets.FEEL}}"),
    ];
    let webhook = read(&element(InboundKind::Start, &properties)).expect("sound");
    let Authorization::Basic { user, password } = &webhook.gate.authorization else { panic!("it is basic") };
    assert_eq!((user.expose_secret(), password.expose_secret()), ("ab", "=1"));
}

#[test]
fn what_an_expression_cannot_see_is_told_with_the_nearest_name() {
    let secret = ("inbound.auth.apiKey", "{{secrets.A}}");
    let apart = ("inbound.auth.type", "APIKEY");
    for (properties, expected) in [
        (&[("activationCondition", "=request.bdy.id = 1")][..], Some("`request` has no `bdy`: did you mean `body`?")),
        (&[("activationCondition", "=reqest.body.id = 1")], Some("there is no `reqest` here: did you mean `request`?")),
        (&[("activationCondition", "=contains(request.body.id, 1) and starts wth(\"a\", \"b\")")], Some("starts with")),
        (&[("inbound.verificationExpression", "={body: response.body}")], Some("there is no `response` here")),
        (&[("inbound.responseExpression", "={body: correlation.processInstance}")], Some("`processInstanceKey`")),
        (&[("resultExpression", "={a: response.request.bodi}")], Some("did you mean `body`?")),
        (&[apart, secret, ("inbound.auth.apiKeyLocator", "=request.header.key")], Some("did you mean `headers`?")),
        (
            &[(
                "resultExpression",
                "={a: request.body.anything, b: request.headers.`x-y`, c: response.request.params.d}",
            )],
            None,
        ),
        (
            &[(
                "inbound.responseExpression",
                "={body: [correlation.variables.a, correlation.activatedElement.b, request.body]}",
            )],
            None,
        ),
    ] {
        let webhook = read(&element(InboundKind::Start, properties)).expect("sound");
        let remarks: Vec<String> = webhook.remarks().iter().map(ToString::to_string).collect();
        let property = properties.last().expect("one").0;
        match expected {
            Some(expected) => {
                let told = remarks
                    .iter()
                    .find(|remark| remark.contains(expected))
                    .unwrap_or_else(|| panic!("{expected}: {remarks:?}"));
                assert!(
                    told.starts_with(&format!("p.bpmn, line 1: process `p`, element `e`: `{property}`: line 1, ")),
                    "{told}"
                );
            }
            None => assert_eq!(remarks, [] as [&str; 0]),
        }
    }
}
