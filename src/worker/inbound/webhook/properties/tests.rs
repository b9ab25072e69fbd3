use super::*;
use crate::dispatch::secrets::Fixed;
use crate::worker::inbound::webhook::authorization::Authorization;
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
        [("SECRET_A", "canary"), ("SECRET_FEEL", "=1"), ("SECRET_EMPTY", "")]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let read = of_element(element, None, &secrets).expect("a webhook's element");
    read.map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

fn faults(properties: &[(&str, &str)]) -> Vec<String> {
    read(&element(InboundKind::Start, properties)).expect_err("faults")
}

#[test]
fn elements_of_others_are_no_webhooks() {
    let mut other = element(InboundKind::Start, &[]);
    other.properties.insert(INBOUND_TYPE.to_owned(), "io.camunda:slack-webhook:1".to_owned());
    assert!(of_element(&other, None, &Fixed::default()).is_none());
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
        (&[("inbound.auth.type", "JWT"), ("inbound.auth.jwt.jwkUrl", "ftp://a")], "no http(s) address"),
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
        (&[("inbound.auth.type", "{{secrets.NONE}}")], "Secret with name 'NONE' is not available"),
    ] {
        let told = faults(properties);
        assert!(told.iter().any(|told| told.contains(problem)), "{problem}\n{told:#?}");
        assert!(told.iter().all(|told| told.starts_with("process `p`, element `e`: `")), "{told:#?}");
    }
}

#[test]
fn no_fault_and_no_description_tells_a_secret() {
    let told = faults(&[
        ("activationCondition", "={a: 1} {{secrets.A}}"),
        ("resultExpression", "={a: 1} {{secrets.A}}"),
        ("inbound.auth.type", "{{secrets.A}}"),
    ]);
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(!told.concat().contains("canary"), "{told:#?}");
    let webhook = read(&element(InboundKind::Start, &[("inbound.verificationExpression", "=\"{{secrets.A}}\" = 1")]));
    let webhook = webhook.expect("sound");
    assert!(!format!("{webhook:?}").contains("canary"), "{webhook:?}");
    let verification = webhook.gate.verification.as_ref().expect("there is one");
    assert!(!verification.fault("canary").reason.contains("canary"));
    assert_eq!(verification.told(), "=\"{{secrets.A}}\" = 1");
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
            ["process `p`, element `e`: `correlationKeyExpression`: it is needed here, and missing or empty"]
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
