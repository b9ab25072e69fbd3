//! Cases evaluated here, as the oracle evaluates them: with its clock, and with the connector functions.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::LazyLock,
    time::{Duration, SystemTime},
};

use opwright_feel::{Engine, EvaluationErrorReason, Expression, ParseErrorReason, Variables, connector};
use serde_json::Value;

use crate::case::{Case, Outcome};

/// 2026-01-02T03:04:05.678+01:00, which the oracle's clock shows.
const NOW: Duration = Duration::from_millis(1_767_319_445_678);

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    Engine::new()
        .with_functions(connector::functions())
        .with_clock(|| SystemTime::UNIX_EPOCH + NOW)
        .with_time_zone("Europe/Berlin")
        .expect("a time zone")
});

pub(crate) fn engine() -> &'static Engine {
    &ENGINE
}

pub(crate) fn outcome(case: &Case) -> Outcome {
    catch_unwind(AssertUnwindSafe(|| evaluated(case))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        Outcome::Ended(format!("panic: {}", text.unwrap_or_default()))
    })
}

fn evaluated(case: &Case) -> Outcome {
    let parsed =
        if case.unary { Expression::parse_unary_tests(&case.expression) } else { Expression::parse(&case.expression) };
    let expression = match parsed {
        Ok(expression) => expression,
        Err(error) => {
            return match error.reason() {
                ParseErrorReason::Expected { .. } | ParseErrorReason::ExternalFunction => Outcome::NoExpression,
                limit => Outcome::Ended(format!("{limit:?}")),
            };
        }
    };
    let nothing = Value::Null;
    let mut variables = Variables::from(case.context.as_ref().unwrap_or(&nothing));
    if let Some(input) = &case.input {
        variables = variables.with("cellInput", input);
    }
    match ENGINE.evaluate(&expression, &variables) {
        Ok(evaluation) => {
            Outcome::Value { value: format!("{:?}", evaluation.value()), result: Some(evaluation.to_json()) }
        }
        Err(error) => match error.reason() {
            EvaluationErrorReason::Failed(_)
            | EvaluationErrorReason::Impossible(_)
            | EvaluationErrorReason::Assertion(_) => Outcome::Failed,
            limit => Outcome::Ended(limit.to_string()),
        },
    }
}
