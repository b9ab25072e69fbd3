//! What a message carries: what happened, by the result expression of whoever waits for it.

use super::elements::InboundElement;
use super::engine::engine;
use crate::definition::EventDefinition;
use crate::dispatch::duration;
use opwright_feel::{Expression, Variables};
use serde_json::{Map, Value, json};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// What becomes of an event where one kind of element waits for it.
#[derive(Debug)]
pub(super) struct Mapping {
    /// Takes all of what happened.
    pub(super) variable: Option<String>,
    pub(super) expression: Option<Expression>,
    /// How long the message is buffered, if the element says so.
    pub(super) time_to_live: Option<Duration>,
}

/// An element that waits for events of a type.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) process: String,
    /// Whose process it is; anybody's, if that is not known.
    pub(super) tenant: Option<String>,
    pub(super) element: String,
    pub(super) event_type: String,
    pub(super) mapping: Mapping,
}

/// The elements that are known to wait for events.
#[derive(Debug, Default)]
pub(super) struct Mappings(RwLock<Vec<Arc<Waiting>>>);

impl Mappings {
    /// From now on these are known.
    pub(super) fn set(&self, waiting: Vec<Waiting>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = waiting.into_iter().map(Arc::new).collect();
    }

    /// Those that wait for events of a type, for one tenant, and in one process if it is named.
    fn of(&self, event_type: &str, tenant: &str, process: Option<&str>) -> Vec<Arc<Waiting>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let is_meant = |waiting: &&Arc<Waiting>| {
            waiting.event_type == event_type
                && waiting.tenant.as_deref().is_none_or(|own| own == tenant)
                && process.is_none_or(|process| waiting.process == process)
        };
        all.iter().filter(is_meant).cloned().collect()
    }

    /// What the message to one tenant carries, and how long it is buffered if somebody says so.
    ///
    /// The elements of the process that began it count, all together: one of them waits. Where none of them is known, the
    /// elements of other processes count as far as they agree, for one must not set what another maps; and otherwise what
    /// the event's own definition says.
    pub(super) fn content(
        &self,
        definition: (&str, &Mapping),
        (tenant, process): (&str, Option<&str>),
        event: &Value,
    ) -> (Map<String, Value>, Option<Duration>) {
        let (event_type, own) = definition;
        let in_process = process.map(|process| self.of(event_type, tenant, Some(process))).unwrap_or_default();
        let is_one_process = !in_process.is_empty();
        let waiting = if is_one_process { in_process } else { self.of(event_type, tenant, None) };
        let time_to_live = waiting.iter().filter_map(|waiting| waiting.mapping.time_to_live).max();
        let mut mapped: Vec<Map<String, Value>> =
            waiting.iter().filter_map(|waiting| waiting.variables(event)).collect();
        if !is_one_process {
            mapped.dedup();
            if mapped.len() > 1 {
                tracing::warn!(
                    event_type,
                    "who began it is not known, and those who wait map it differently: the event's own result expression counts"
                );
                mapped.clear();
            }
        }
        if mapped.is_empty() {
            mapped.extend(own.variables(event).inspect_err(|problem| {
                tracing::error!(event_type, problem, "the event's result expression gives nothing");
            }));
        }
        // The first has the last word.
        (mapped.into_iter().rev().flatten().collect(), time_to_live)
    }
}

impl Waiting {
    fn variables(&self, event: &Value) -> Option<Map<String, Value>> {
        let variables = self.mapping.variables(event);
        let tell = |problem: &String| {
            let (process, element) = (&self.process, &self.element);
            tracing::error!(process, element, problem, "the element's result expression gives nothing");
        };
        variables.inspect_err(tell).ok()
    }
}

impl Mapping {
    /// What the templates of an event fill in.
    pub(super) fn of_definition(definition: &EventDefinition) -> Result<Self, String> {
        let text = definition.result_expression.as_deref();
        let expression = text.map(|text| Expression::parse(text).map_err(|error| error.explain(text))).transpose()?;
        Ok(Self { variable: definition.result_variable.clone(), expression, time_to_live: None })
    }

    /// What an element says, or all that is wrong with it, each with its property.
    pub(super) fn of_element(element: &InboundElement) -> Result<Self, Vec<String>> {
        let property = |name: &str| element.properties.get(name).filter(|text| !text.trim().is_empty());
        let expression = property("resultExpression").map(|text| {
            Expression::parse(text).map_err(|error| format!("`resultExpression` is no FEEL: {}", error.reason()))
        });
        let time_to_live = property("messageTtl")
            .map(|text| duration::parse(text).ok_or_else(|| "`messageTtl` is no duration such as PT1H".to_owned()));
        match (expression.transpose(), time_to_live.transpose()) {
            (Ok(expression), Ok(time_to_live)) => {
                Ok(Self { variable: property("resultVariable").cloned(), expression, time_to_live })
            }
            (expression, time_to_live) => Err(expression.err().into_iter().chain(time_to_live.err()).collect()),
        }
    }

    /// The variables that are set where an instance goes on. An error tells no value of the event.
    pub(super) fn variables(&self, event: &Value) -> Result<Map<String, Value>, String> {
        let request = json!({ "body": event });
        let context = json!({ "request": request });
        let mut variables = match &self.variable {
            Some(name) => Map::from_iter([(name.clone(), context.clone())]),
            None => Map::new(),
        };
        let Some(expression) = &self.expression else { return Ok(variables) };
        let seen = Variables::from(&context).with("response", &context);
        let evaluated = engine().evaluate(expression, &seen).map_err(|error| error.explain(expression.source()))?;
        match evaluated.to_json() {
            Value::Null => Ok(variables),
            Value::Object(members) => {
                variables.extend(members);
                Ok(variables)
            }
            _ => Err("the result expression must return a context".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(variable: Option<&str>, expression: &str) -> Mapping {
        let expression = Some(Expression::parse(expression).expect("FEEL"));
        Mapping { variable: variable.map(str::to_owned), expression, time_to_live: None }
    }

    #[test]
    fn what_happened_is_the_body_of_a_request() {
        let event = json!({ "statuscode": 4, "flowsessionid": "s" });
        let expression = "= {statusCode: request.body.statuscode, same: response.request.body.statuscode}";
        let variables = mapping(None, expression).variables(&event).expect("variables");
        assert_eq!(Value::Object(variables), json!({ "statusCode": 4, "same": 4 }));
        let variables = mapping(Some("all"), "= null").variables(&event).expect("variables");
        assert_eq!(Value::Object(variables), json!({ "all": { "request": { "body": event } } }));
        let told = mapping(None, "= request.body.statuscode").variables(&event);
        assert_eq!(told, Err("the result expression must return a context".to_owned()));
    }

    fn waiting(process: &str, tenant: Option<&str>, expression: &str) -> Waiting {
        Waiting {
            process: process.to_owned(),
            tenant: tenant.map(str::to_owned),
            element: "Catch".to_owned(),
            event_type: "x".to_owned(),
            mapping: mapping(None, expression),
        }
    }

    fn content(all: Vec<Waiting>, tenant: &str, process: Option<&str>) -> Value {
        let mappings = Mappings::default();
        mappings.set(all);
        let own = mapping(None, "= {own: true}");
        Value::Object(mappings.content(("x", &own), (tenant, process), &json!({ "n": 1 })).0)
    }

    #[test]
    fn the_process_that_began_it_decides() {
        let all = || {
            vec![
                waiting("a", None, "= {a: request.body.n, both: 1}"),
                waiting("a", None, "= {more: true, both: 2}"),
                waiting("b", None, "= {b: request.body.n}"),
                Waiting { event_type: "y".to_owned(), ..waiting("b", None, "= {y: 1}") },
            ]
        };
        assert_eq!(content(all(), "t", Some("a")), json!({ "a": 1, "more": true, "both": 1 }));
        assert_eq!(content(all(), "t", Some("b")), json!({ "b": 1 }));
        // The others do not agree.
        assert_eq!(content(all(), "t", Some("c")), json!({ "own": true }));
        assert_eq!(content(all(), "t", None), json!({ "own": true }));
    }

    #[test]
    fn where_nobody_knows_who_began_it_those_who_wait_decide_if_they_agree() {
        let agreed = || vec![waiting("a", None, "= {n: request.body.n}"), waiting("b", None, "= {n: 1}")];
        assert_eq!(content(agreed(), "t", None), json!({ "n": 1 }));
        // What gives nothing has no say.
        let broken = agreed().into_iter().chain([waiting("c", None, "= 1")]).collect();
        assert_eq!(content(broken, "t", None), json!({ "n": 1 }));
        assert_eq!(content(vec![], "t", None), json!({ "own": true }));
    }

    #[test]
    fn each_tenant_has_its_own() {
        let all = || vec![waiting("a", Some("one"), "= {of: 1}"), waiting("a", Some("two"), "= {of: 2}")];
        assert_eq!(content(all(), "one", Some("a")), json!({ "of": 1 }));
        assert_eq!(content(all(), "two", None), json!({ "of": 2 }));
        assert_eq!(content(all(), "three", None), json!({ "own": true }));
    }
}
