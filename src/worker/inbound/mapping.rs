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

    /// Those that wait for events of a type, in one process if it is named.
    pub(super) fn of(&self, event_type: &str, process: Option<&str>) -> Vec<Arc<Waiting>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let is_meant = |waiting: &&Arc<Waiting>| {
            waiting.event_type == event_type && process.is_none_or(|process| waiting.process == process)
        };
        all.iter().filter(is_meant).cloned().collect()
    }
}

impl Mapping {
    /// What the templates of an event fill in.
    pub(super) fn of_definition(definition: &EventDefinition) -> Result<Self, String> {
        let text = definition.result_expression.as_deref();
        let expression = text.map(|text| Expression::parse(text).map_err(|error| error.explain(text))).transpose()?;
        Ok(Self { variable: definition.result_variable.clone(), expression, time_to_live: None })
    }

    /// What an element says. An error tells the property.
    pub(super) fn of_element(element: &InboundElement) -> Result<Self, String> {
        let property = |name: &str| element.properties.get(name).filter(|text| !text.trim().is_empty());
        let expression = property("resultExpression").map(|text| {
            Expression::parse(text).map_err(|error| format!("`resultExpression` is no FEEL: {}", error.reason()))
        });
        let time_to_live = property("messageTtl")
            .map(|text| duration::parse(text).ok_or_else(|| "`messageTtl` is no duration such as PT1H".to_owned()));
        let (expression, time_to_live) = (expression.transpose()?, time_to_live.transpose()?);
        Ok(Self { variable: property("resultVariable").cloned(), expression, time_to_live })
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

    #[test]
    fn elements_of_one_process_are_found() {
        let waiting = |process: &str, event_type: &str| Waiting {
            process: process.to_owned(),
            element: "Catch".to_owned(),
            event_type: event_type.to_owned(),
            mapping: mapping(None, "= {}"),
        };
        let mappings = Mappings::default();
        mappings.set(vec![waiting("a", "x"), waiting("b", "x"), waiting("b", "y")]);
        let found = |event_type, process| mappings.of(event_type, process).len();
        assert_eq!([found("x", None), found("x", Some("b")), found("x", Some("c")), found("z", None)], [2, 1, 0, 0]);
    }
}
