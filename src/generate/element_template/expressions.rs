//! The FEEL of a finished template: all of it can be read, and what is hidden reads only inputs above it.

use super::model::{Binding, Expected, Property, PropertyKind, TemplateCondition, Test};
use crate::definition::{DefinitionError, Faults};
use crate::text::{overlap, suggestion};
use opwright_feel::{Engine, Expression, Read, Shape, connector, snippet};
use serde_json::Value;
use std::sync::LazyLock;

/// Checks the properties of a template; `template` is its file's name, for the faults.
pub(super) fn check(template: &str, properties: &[Property]) -> Result<(), DefinitionError> {
    let mut faults = Faults::default();
    for (index, property) in properties.iter().enumerate() {
        let path = format!("{template}/{}", property.id);
        for text in texts(property) {
            let expression = match Expression::parse(text) {
                Ok(expression) => expression,
                Err(error) => {
                    faults.add(&path, format!("its value is no FEEL: {}", error.explain(text)));
                    continue;
                }
            };
            let analysis = expression.analyze(&Shape::Any, engine(&property.binding));
            for diagnostic in analysis.diagnostics {
                faults.add(&path, format!("its FEEL is wrong: {}", diagnostic.explain(text)));
            }
            if property.kind == PropertyKind::Hidden {
                for read in analysis.reads {
                    if let Some(fault) = fault_of_read(&read, index, properties) {
                        faults.add(&path, format!("{fault}\n{}", snippet(text, read.span)));
                    }
                }
            }
        }
    }
    faults.finish()
}

/// The texts that are evaluated, where the template writes them or an example process does.
fn texts(property: &Property) -> impl Iterator<Item = &str> {
    let value = property.value.as_ref().and_then(|value| value.as_str());
    let choices = property.choices.iter().flatten().map(|choice| choice.value.as_str());
    // To Zeebe, `=` alone is text.
    let is_feel = |text: &&str| text.starts_with('=') && text.len() > 1;
    value.into_iter().chain(choices).chain(property.example.as_deref()).filter(is_feel)
}

/// The engine that evaluates a value: the runtime knows functions that Zeebe does not.
fn engine(binding: &Binding) -> &'static Engine {
    static ZEEBE: LazyLock<Engine> = LazyLock::new(Engine::new);
    match binding {
        Binding::TaskHeader { .. } => connector::engine(),
        Binding::Input { .. } | Binding::TaskDefinition { .. } => &ZEEBE,
    }
}

/// What is wrong with a read of the hidden property at `index`.
fn fault_of_read(read: &Read, index: usize, properties: &[Property]) -> Option<String> {
    let reader = properties.get(index)?;
    let name = read.path.join(".");
    let beside = |property: &&Property| !exclude(property, reader);
    let is_read = |property: &Property| input(property).is_some_and(|input| overlap(input, &name));
    let (above, below) = (properties.iter().take(index), properties.iter().skip(index + 1));
    if below.filter(beside).any(is_read) {
        return Some(format!("it reads `{name}`, which stands below it: inputs are computed from top to bottom"));
    }
    // In a filter it may be an entry of the item.
    if read.in_filter || above.clone().filter(beside).any(is_read) {
        return None;
    }
    let hint = suggestion(&name, above.filter(beside).filter_map(input));
    Some(format!("it reads `{name}`, but what is hidden reads inputs above it and no variable of the process{hint}"))
}

/// The name of a property's input.
fn input(property: &Property) -> Option<&str> {
    match &property.binding {
        Binding::Input { name } => Some(name),
        Binding::TaskHeader { .. } | Binding::TaskDefinition { .. } => None,
    }
}

/// Whether two properties are never active together.
fn exclude(one: &Property, other: &Property) -> bool {
    let tests = |property: &Property| -> Vec<Test> {
        property.condition.as_ref().map(TemplateCondition::tests).unwrap_or_default().to_vec()
    };
    let others = tests(other);
    tests(one).iter().any(|one| {
        others.iter().any(|other| {
            let (ones, others) = (values(&one.expected), values(&other.expected));
            one.property == other.property && !ones.iter().any(|value| others.contains(value))
        })
    })
}

fn values(expected: &Expected) -> &[Value] {
    match expected {
        Expected::Equals(value) => std::slice::from_ref(value),
        Expected::OneOf(values) => values,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Variant, build};
    use super::*;
    use crate::definition::ConnectorDefinition;
    use serde_json::json;

    fn hidden(id: &str, value: &str) -> Property {
        Property::hidden(id, Binding::Input { name: id.to_owned() }, value)
    }

    fn visible(name: &str) -> Property {
        Property::new(name, PropertyKind::String, Binding::Input { name: name.to_owned() })
    }

    fn when(property: Property, operation: &str) -> Property {
        Property { condition: TemplateCondition::all(&[Test::equals("operation", operation)]), ..property }
    }

    fn told(properties: &[Property]) -> String {
        check("shop-hosted", properties).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn what_is_hidden_reads_inputs_above_it() {
        let url = || hidden("url", "= shop + string(book)");
        assert_eq!(told(&[visible("shop"), visible("book"), url()]), "");
        assert_eq!(
            told(&[visible("shop"), url(), visible("book")]),
            "shop-hosted/url: it reads `book`, which stands below it: inputs are computed from top to bottom\n\
             = shop + string(book)\n                \
             ^^^^"
        );
        let itself = hidden("url", "= url");
        assert!(told(&[itself]).starts_with("shop-hosted/url: it reads `url`, but what is hidden"));
    }

    #[test]
    fn what_is_hidden_reads_no_variable_of_the_process() {
        let told = told(&[visible("book"), visible("shop"), hidden("url", "= shop + bok")]);
        let expected = "shop-hosted/url: it reads `bok`, but what is hidden reads inputs above it and no variable of the \
                        process; did you mean `book`?\n= shop + bok\n         ^^^";
        assert_eq!(told, expected);
        // What is visible is the designer's.
        let designed = Property { value: Some(json!("= anything")), ..visible("book") };
        assert_eq!(super::check("shop", &[designed]), Ok(()));
    }

    #[test]
    fn nested_inputs_are_read_as_a_whole_or_by_name() {
        let (name, code) = (visible("address.name"), visible("address.code"));
        for text in ["= {a: address}", "= address.code", "= address.code.length"] {
            assert_eq!(told(&[name.clone(), code.clone(), hidden("body", text)]), "", "{text}");
        }
        assert!(told(&[name.clone(), hidden("body", "= {a: address}"), code.clone()]).contains("stands below it"));
        assert!(told(&[name, code, hidden("body", "= address.cod")]).contains("did you mean `address.code`?"));
    }

    #[test]
    fn an_input_of_another_operation_is_not_there() {
        let url = when(hidden("url", "= book"), "order");
        assert_eq!(told(&[when(visible("book"), "order"), url.clone()]), "");
        assert!(told(&[when(visible("book"), "find"), url.clone()]).contains("it reads `book`, but"));
        assert_eq!(told(&[when(visible("book"), "order"), url, when(visible("book"), "find")]), "");
    }

    #[test]
    fn every_text_that_is_evaluated_can_be_read() {
        let value = Property { value: Some(json!("= [1,")), ..visible("list") };
        assert!(told(&[value]).starts_with("shop-hosted/list: its value is no FEEL: line 1, column 6: expected"));
        let choice = |value: &str| super::super::ChoiceEntry { name: "Choice".to_owned(), value: value.to_owned() };
        let dropdown = Property { choices: Some(vec![choice("="), choice("=>")]), ..visible("comparison") };
        assert!(told(&[dropdown]).starts_with("shop-hosted/comparison: its value is no FEEL: line 1"));
        let example = Property { example: Some("=in".to_owned()), ..visible("in") };
        assert!(told(&[example]).starts_with("shop-hosted/in: its value is no FEEL"));
        let plain = Property { value: Some(json!("bpmnEror(")), ..visible("text") };
        assert_eq!(told(&[plain]), "");
    }

    #[test]
    fn only_the_runtime_knows_its_functions() {
        let value = Some(json!("= bpmnError(\"A\")"));
        let header = Binding::TaskHeader { key: "errorExpression".to_owned() };
        let expression = Property { value: value.clone(), binding: header, ..visible("errorExpression") };
        assert_eq!(told(&[expression]), "");
        let mapping = Property { value, ..visible("code") };
        assert!(told(&[mapping]).starts_with("shop-hosted/code: its FEEL is wrong: line 1, column 3: there is no"));
    }

    /// A real template, each of whose hidden expressions is moved to the top.
    #[cfg(feature = "power-automate")]
    #[test]
    fn a_template_in_another_order_is_refused() {
        use crate::ConnectorInputs;
        let connector = crate::power_automate::PowerAutomate::bind().unwrap_or_else(|error| panic!("{error}"));
        let definition: &ConnectorDefinition = connector.definition();
        let template = build(definition, Variant::Hosted).unwrap_or_else(|error| panic!("{error}"));
        let mut moved = 0;
        for (index, property) in template.properties.iter().enumerate() {
            let reads = texts(property).any(|text| Expression::parse(text).is_ok_and(|text| !text.reads().is_empty()));
            if property.kind == PropertyKind::Hidden && reads {
                let mut properties = template.properties.clone();
                let property = properties.remove(index);
                properties.insert(0, property.clone());
                let told = told(&properties);
                assert!(told.starts_with(&format!("shop-hosted/{}: it reads ", property.id)), "{told}");
                moved += 1;
            }
        }
        assert!(moved > 4, "only {moved} hidden expressions");
    }
}
