//! An engine: what expressions are evaluated with besides their variables.

use std::{fmt, sync::Arc, time::SystemTime};

use crate::{
    Evaluation, EvaluationError, EvaluationErrorReason, Expression, ParseError, Warning,
    evaluate::{Evaluator, Scope, Stop},
    limits::Limits,
    span::Span,
    temporal::{DateTime, Zone},
    value::Value,
    variables::Variables,
};

/// Limits, further functions, a clock and a source of randomness.
///
/// [`Expression::evaluate`] uses the default one: default limits, no further function, the system's clock in UTC.
///
/// ```
/// use opwright_feel::{Engine, Expression, Variables, connector};
/// use serde_json::json;
///
/// let engine = Engine::new().with_functions(connector::functions());
/// let expression = Expression::parse(r#"= if code = "404" then bpmnError("NOT_FOUND", "no such order") else null"#).unwrap();
/// let variables = json!({"code": "404"});
/// let evaluation = engine.evaluate(&expression, &Variables::from(&variables)).unwrap();
/// assert_eq!(evaluation.to_json()["errorCode"], "NOT_FOUND");
/// ```
#[derive(Clone)]
pub struct Engine {
    limits: Limits,
    functions: Vec<HostFunction>,
    clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    zone: Zone,
    random: Arc<Random>,
}

impl Default for Engine {
    fn default() -> Engine {
        Engine::new()
    }
}

impl Engine {
    /// The default engine.
    #[must_use]
    pub fn new() -> Engine {
        Engine {
            limits: Limits::default(),
            functions: Vec::new(),
            clock: Arc::new(SystemTime::now),
            zone: Zone::utc(),
            random: Arc::new(fastrand::f64),
        }
    }

    /// With other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Engine {
        self.limits = limits;
        self
    }

    /// With further functions, which the built-in ones hide.
    #[must_use]
    pub fn with_functions(mut self, functions: impl IntoIterator<Item = HostFunction>) -> Engine {
        let random = &self.random;
        self.functions.extend(functions.into_iter().map(|function| function.with_random(random)));
        self
    }

    /// With another clock for `now()` and `today()`.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Engine {
        self.clock = Arc::new(clock);
        self
    }

    /// With the time zone of `now()` and `today()`, such as `Europe/Berlin`; none if there is no such zone.
    #[must_use]
    pub fn with_time_zone(mut self, zone: &str) -> Option<Engine> {
        self.zone = Zone::named(zone)?;
        Some(self)
    }

    /// With another source of `random number()` and of `backoff`'s jitter, which gives numbers from 0 to 1.
    #[must_use]
    pub fn with_random(mut self, random: impl Fn() -> f64 + Send + Sync + 'static) -> Engine {
        let random: Arc<Random> = Arc::new(random);
        self.functions = self.functions.into_iter().map(|function| function.with_random(&random)).collect();
        self.random = random;
        self
    }

    /// Parses an expression within the limits of this engine; see [`Expression::parse`].
    pub fn parse(&self, text: &str) -> Result<Expression, ParseError> {
        Expression::parse_within(text, &self.limits)
    }

    /// Evaluates an expression. The value borrows from the expression and from the variables.
    pub fn evaluate<'a>(
        &self,
        expression: &'a Expression,
        variables: &Variables<'a>,
    ) -> Result<Evaluation<'a>, EvaluationError> {
        self.evaluate_with_warnings(expression, variables, &mut Vec::new())
    }

    /// As [`Engine::evaluate`]; if the evaluation fails, what was turned into null before is added to the warnings.
    /// Often that is why.
    ///
    /// ```
    /// use opwright_feel::{Variables, connector::engine};
    ///
    /// let expression = engine().parse("= jobError(\"busy\", {}, jb.retries - 1)")?;
    /// let mut warnings = Vec::new();
    /// let error = engine().evaluate_with_warnings(&expression, &Variables::new(), &mut warnings).unwrap_err();
    /// assert_eq!(error.reason().to_string(), "Parameter 'retries' of function 'jobError' must be a Number");
    /// assert_eq!(warnings[0].message(), "there is no variable `jb`");
    /// # Ok::<(), opwright_feel::ParseError>(())
    /// ```
    pub fn evaluate_with_warnings<'a>(
        &self,
        expression: &'a Expression,
        variables: &Variables<'a>,
        warnings: &mut Vec<Warning>,
    ) -> Result<Evaluation<'a>, EvaluationError> {
        let source = expression.source();
        let root = expression.root();
        let mut evaluator = Evaluator::new(self, source);
        let outcome = evaluator.evaluate(root, &Scope::root(variables));
        let outcome = outcome.and_then(|value| evaluator.budget.check_result(&value).map(|()| value));
        let error = |span: Span, reason| EvaluationError::new(source, span, reason);
        let failed = match (evaluator.assertion.take(), outcome.map_err(Stop::into_parts)) {
            (Some((span, cause)), _) => error(span, EvaluationErrorReason::Assertion(cause)),
            (None, Ok(Value::Error(failed))) => {
                error(root.span, EvaluationErrorReason::Failed(failed.message().to_owned()))
            }
            (None, Ok(value)) => return Ok(Evaluation::new(value, evaluator.warnings, &evaluator.budget)),
            (None, Err((span, reason))) => error(span.unwrap_or(root.span), reason),
        };
        warnings.append(&mut evaluator.warnings);
        Err(failed)
    }

    /// Its limits.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Its further functions.
    #[must_use]
    pub fn functions(&self) -> &[HostFunction] {
        &self.functions
    }

    pub(crate) fn now(&self) -> DateTime {
        let since = |earlier: SystemTime, later: SystemTime| later.duration_since(earlier).unwrap_or_default();
        let now = (self.clock)();
        let (seconds, nanos) = if now >= SystemTime::UNIX_EPOCH {
            let elapsed = since(SystemTime::UNIX_EPOCH, now);
            (i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX), elapsed.subsec_nanos())
        } else {
            let before = since(now, SystemTime::UNIX_EPOCH);
            let seconds = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
            match before.subsec_nanos() {
                0 => (-seconds, 0),
                nanos => (-seconds - 1, 1_000_000_000 - nanos),
            }
        };
        DateTime::from_epoch(seconds, nanos, &self.zone)
    }

    pub(crate) fn random_number(&self) -> f64 {
        (self.random)()
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let functions: Vec<_> = self.functions.iter().map(HostFunction::name).collect();
        f.debug_struct("Engine").field("limits", &self.limits).field("functions", &functions).finish_non_exhaustive()
    }
}

pub(crate) type Random = dyn Fn() -> f64 + Send + Sync;
type HostBody = dyn for<'a> Fn(&[Value<'a>], &Random) -> Result<Value<'a>, FunctionError> + Send + Sync;

/// A function that the host offers to expressions.
#[derive(Clone)]
pub struct HostFunction {
    name: &'static str,
    parameters: Vec<&'static str>,
    body: Arc<HostBody>,
    /// That of the engine.
    random: Arc<Random>,
}

impl HostFunction {
    /// A function of this name that takes exactly these parameters, by position or by name. A parameter that a call by
    /// name leaves out is null. Several functions of one name may differ in their parameters.
    pub fn new(
        name: &'static str,
        parameters: impl IntoIterator<Item = &'static str>,
        body: impl for<'a> Fn(&[Value<'a>]) -> Result<Value<'a>, FunctionError> + Send + Sync + 'static,
    ) -> HostFunction {
        HostFunction::of_chance(name, parameters, move |values, _| body(values))
    }

    /// A function that also draws random numbers.
    pub(crate) fn of_chance(
        name: &'static str,
        parameters: impl IntoIterator<Item = &'static str>,
        body: impl for<'a> Fn(&[Value<'a>], &Random) -> Result<Value<'a>, FunctionError> + Send + Sync + 'static,
    ) -> HostFunction {
        let parameters = parameters.into_iter().collect();
        HostFunction { name, parameters, body: Arc::new(body), random: Arc::new(fastrand::f64) }
    }

    fn with_random(mut self, random: &Arc<Random>) -> HostFunction {
        self.random = Arc::clone(random);
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The names of its parameters.
    #[must_use]
    pub fn parameters(&self) -> &[&'static str] {
        &self.parameters
    }

    pub(crate) fn call<'a>(&self, arguments: &[Value<'a>]) -> Result<Value<'a>, FunctionError> {
        (self.body)(arguments, &*self.random)
    }
}

impl fmt::Debug for HostFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.name, self.parameters.join(", "))
    }
}

/// Why a function of the host gives no value; the evaluation fails with this text. It should tell no
/// values; `backoff` tells the attempts that it refuses, as in Camunda's runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError(String);

impl FunctionError {
    /// A function error with this text.
    pub fn new(message: impl Into<String>) -> FunctionError {
        FunctionError(message.into())
    }
}

impl fmt::Display for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FunctionError {}
