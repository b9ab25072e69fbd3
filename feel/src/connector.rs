//! The functions that Camunda's connector runtime adds for result and error expressions.
//!
//! | Call | The context that it gives |
//! |---|---|
//! | `bpmnError(errorCode, errorMessage?, variables?)` | throws a BPMN error |
//! | `jobError(errorMessage, variables?, retries?, retryBackoff?)` | fails the job |
//! | `ignoreError(variables?)` | completes the job in spite of an error |
//! | `backoff(attempt, minDelay?, factor?, maxDelay?, jitterFactor?)` | a duration that grows with the attempts |
//!
//! An argument of the wrong type makes the evaluation fail; a wrong number of arguments, or a name that is none of the
//! parameters', gives null.
//!
//! `backoff` takes 50 ms, 1.6, 5 s and 0.1 where an argument is left out. Its jitter comes from the engine's source of
//! randomness and is added after the delay was kept within its bounds; a `jitterFactor` of 0 makes it exact.

use std::sync::LazyLock;

use crate::{
    engine::{Engine, FunctionError, HostFunction, Random},
    number::Number,
    temporal::{Duration, Temporal},
    value::{Entries, Text, Value},
};

const BPMN_ERROR: [&str; 3] = ["errorCode", "errorMessage", "variables"];
const JOB_ERROR: [&str; 4] = ["errorMessage", "variables", "retries", "retryBackoff"];
const IGNORE_ERROR: [&str; 1] = ["variables"];
const BACKOFF: [&str; 5] = ["attempt", "minDelay", "factor", "maxDelay", "jitterFactor"];

/// The functions, for [`crate::Engine::with_functions`].
#[must_use]
pub fn functions() -> Vec<HostFunction> {
    let mut functions = Vec::new();
    functions.extend((1..=3).map(|count| function("bpmnError", &BPMN_ERROR, count, bpmn_error)));
    functions.extend((1..=4).map(|count| function("jobError", &JOB_ERROR, count, job_error)));
    functions.extend((0..=1).map(|count| function("ignoreError", &IGNORE_ERROR, count, ignore_error)));
    functions.extend((1..=5).map(|count| function("backoff", &BACKOFF, count, backoff)));
    functions
}

/// The engine of connectors: the default one with these functions.
#[must_use]
pub fn engine() -> &'static Engine {
    static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new().with_functions(functions()));
    &ENGINE
}

type Body = for<'v, 'a> fn(&Arguments<'v, 'a>) -> Result<Value<'a>, FunctionError>;

fn function(name: &'static str, parameters: &'static [&'static str], count: usize, body: Body) -> HostFunction {
    HostFunction::of_chance(name, parameters.iter().take(count).copied(), move |values, random| {
        body(&Arguments { function: name, parameters, values, random })
    })
}

struct Arguments<'v, 'a> {
    function: &'static str,
    parameters: &'static [&'static str],
    values: &'v [Value<'a>],
    random: &'v Random,
}

impl<'a> Arguments<'_, 'a> {
    /// The argument at this place, if the call has it; an error unless it is of the type.
    fn get<T>(
        &self,
        place: usize,
        what: &str,
        read: impl FnOnce(&Value<'a>) -> Option<T>,
    ) -> Result<Option<T>, FunctionError> {
        let Some(value) = self.values.get(place) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| {
            let parameter = self.parameters.get(place).copied().unwrap_or_default();
            FunctionError::new(format!("Parameter '{parameter}' of function '{}' must be {what}", self.function))
        })
    }

    fn text(&self, place: usize) -> Result<Option<Value<'a>>, FunctionError> {
        self.get(place, "a String", |value| matches!(value, Value::Text(_)).then(|| value.clone()))
    }

    fn context(&self, place: usize) -> Result<Option<Value<'a>>, FunctionError> {
        self.get(place, "a Context", |value| matches!(value, Value::Context(_)).then(|| value.clone()))
    }

    fn number(&self, place: usize) -> Result<Option<Number>, FunctionError> {
        self.get(place, "a Number", |value| if let Value::Number(number) = value { Some(number.clone()) } else { None })
    }

    fn duration(&self, place: usize) -> Result<Option<Duration>, FunctionError> {
        self.get(place, "a day-time duration (e.g. duration(\"PT1S\"))", |value| match value {
            Value::Temporal(temporal) => match &**temporal {
                Temporal::DaysTime(duration) => Some(*duration),
                _ => None,
            },
            _ => None,
        })
    }
}

fn context<'a, const N: usize>(entries: [(&'static str, Option<Value<'a>>); N]) -> Value<'a> {
    let mut context = Entries::with_capacity(N);
    for (name, value) in entries {
        if let Some(value) = value {
            context.insert(Text::Borrowed(name), value);
        }
    }
    Value::context(context)
}

fn bpmn_error<'a>(arguments: &Arguments<'_, 'a>) -> Result<Value<'a>, FunctionError> {
    Ok(context([
        ("errorType", Some(Value::text("bpmnError"))),
        ("errorCode", arguments.text(0)?),
        ("errorMessage", arguments.text(1)?),
        ("variables", arguments.context(2)?),
    ]))
}

fn job_error<'a>(arguments: &Arguments<'_, 'a>) -> Result<Value<'a>, FunctionError> {
    let retry_backoff = arguments.duration(3)?.unwrap_or_else(|| Duration::of_millis(0));
    Ok(context([
        ("errorType", Some(Value::text("jobError"))),
        ("errorMessage", arguments.text(0)?),
        ("variables", Some(arguments.context(1)?.unwrap_or_else(|| context([])))),
        ("retries", Some(Value::Number(arguments.number(2)?.unwrap_or(Number::ZERO)))),
        ("retryBackoff", Some(Value::temporal(Temporal::DaysTime(retry_backoff)))),
    ]))
}

fn ignore_error<'a>(arguments: &Arguments<'_, 'a>) -> Result<Value<'a>, FunctionError> {
    Ok(context([("errorType", Some(Value::text("ignoreError"))), ("variables", arguments.context(0)?)]))
}

fn backoff<'a>(arguments: &Arguments<'_, 'a>) -> Result<Value<'a>, FunctionError> {
    let millis = |duration: Option<Duration>, otherwise: i64| match duration {
        Some(duration) => duration.to_millis().map_err(|error| FunctionError::new(error.to_string())),
        None => Ok(otherwise),
    };
    let attempt = arguments.number(0)?.map_or(0, |number| number.to_i32_wrapping());
    let least = millis(arguments.duration(1)?, 50)?;
    let factor = arguments.number(2)?.map_or(1.6, |number| number.to_f64());
    let most = millis(arguments.duration(3)?, 5_000)?;
    let jitter = arguments.number(4)?.map_or(0.1, |number| number.to_f64());

    let check = |holds: bool, rule: &dyn Fn() -> String| {
        if holds { Ok(()) } else { Err(FunctionError::new(format!("backoff(): {}", rule()))) }
    };
    check(attempt >= 1, &|| format!("'attempt' must be >= 1, but was {attempt}"))?;
    check(factor > 0.0, &|| "'factor' must be > 0".to_owned())?;
    check(least <= most, &|| "'minDelay' must be <= 'maxDelay'".to_owned())?;
    check(jitter >= 0.0, &|| "'jitterFactor' must be >= 0".to_owned())?;

    // Milliseconds of any delay that makes sense are exact in a double.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    let delay = {
        let (least, most) = (least as f64, most as f64);
        let grown = (least * factor.powi(attempt - 1)).min(most).max(least);
        let shifted = grown + jitter * grown * (2.0 * (arguments.random)() - 1.0);
        (shifted + 0.5).floor().max(0.0) as i64
    };
    Ok(Value::temporal(Temporal::DaysTime(Duration::of_millis(delay))))
}

#[cfg(test)]
mod tests {
    use super::functions;
    use crate::{Engine, Expression, Variables};

    #[test]
    fn the_jitter_is_the_engines() {
        let expression = Expression::parse("backoff(1, @\"PT10S\", 2, @\"PT10S\")").expect("an expression");
        for (random, expected) in [(0.0, "PT9S"), (0.5, "PT10S"), (1.0, "PT11S")] {
            let before = Engine::new().with_random(move || random).with_functions(functions());
            let after = Engine::new().with_functions(functions()).with_random(move || random);
            for engine in [before, after] {
                let delay = engine.evaluate(&expression, &Variables::new()).expect("a duration");
                assert_eq!(delay.to_json(), expected, "{random}");
            }
        }
    }
}
