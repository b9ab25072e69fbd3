//! A template that is not as it should be is not generated: what the linter finds, and what only the generator knows of
//! what it has written itself.

use crate::definition::{ConnectorDefinition, DefinitionError, Faults};
use crate::lint::{Activity, Level, lint_template};
use crate::migrate::Succession;
use crate::template::{BindingKind, ElementTemplate, Property, PropertyKind};
use crate::text::{overlap, suggestion};
use opwright_feel::{Expression, snippet};
use std::collections::BTreeMap;

/// Checks a finished template, and what example processes fill in; `name` is its file's, for the faults.
pub(super) fn check(
    name: &str,
    template: &ElementTemplate,
    examples: &BTreeMap<String, String>,
) -> Result<(), DefinitionError> {
    let mut faults = Faults::default();
    for finding in lint_template(template).into_iter().filter(|finding| finding.level > Level::Info) {
        let property = finding.path.item_of("properties").and_then(|index| template.properties.get(index));
        let id = property.and_then(|property| property.id.as_deref());
        let place = id.map_or_else(|| finding.path.to_string(), |id| format!("/{id}"));
        faults.add(&format!("{name}{place}"), format!("{} [{}]", finding.message, finding.rule.code));
    }
    let activity = Activity::new(&template.properties);
    for (index, property) in template.properties.iter().enumerate() {
        let id = property.id.as_deref().unwrap_or_default();
        for fault in faults_of_reads(&activity, index, &template.properties) {
            faults.add(&format!("{name}/{id}"), fault);
        }
        // To Zeebe, `=` alone is text.
        let example = examples.get(id).filter(|text| text.starts_with('=') && text.len() > 1);
        if let Some(error) = example.and_then(|text| Some(Expression::parse(text).err()?.explain(text))) {
            faults.add(&format!("{name}/{id}"), format!("its example is no FEEL: {error}"));
        }
    }
    faults.finish()
}

/// What the connector succeeds must lead to what the template has.
pub(super) fn check_succession(
    name: &str,
    connector: &ConnectorDefinition,
    template: &ElementTemplate,
) -> Result<(), DefinitionError> {
    let mut faults = Faults::default();
    match connector.succeeds.as_deref().map(Succession::parse) {
        Some(Ok(succession)) => {
            let told = |fault| format!("its succession from `{}`: {fault}", succession.from);
            succession.faults(template).into_iter().for_each(|fault| faults.add(name, told(fault)));
        }
        Some(Err(fault)) => faults.add(name, fault),
        None => {}
    }
    faults.finish()
}

/// What is hidden reads inputs above it: a designer sees neither it nor which variable it would need. That nothing reads an
/// input below is the linter's.
fn faults_of_reads(activity: &Activity<'_>, index: usize, properties: &[Property]) -> Vec<String> {
    let Some(reader) = properties.get(index).filter(|property| property.kind == Some(PropertyKind::Hidden)) else {
        return Vec::new();
    };
    let text = reader.value.as_ref().and_then(|value| value.text()).filter(|text| text.starts_with('='));
    let Some((text, Ok(expression))) = text.map(|text| (text, Expression::parse(text))) else { return Vec::new() };
    let above = || {
        let above = properties.iter().enumerate().take(index);
        let above = above.filter(|(other, _)| activity.witness(&[index, *other]).is_some());
        above.filter_map(|(_, property)| input(property))
    };
    let mut faults = Vec::new();
    for read in expression.reads() {
        let name = read.path.join(".");
        // In a filter it may be an entry of the item.
        if !read.in_filter && !above().any(|input| overlap(input, &name)) {
            let hint = suggestion(&name, above());
            let what = "but what is hidden reads inputs above it and no variable of the process";
            faults.push(format!("it reads `{name}`, {what}{hint}\n{}", snippet(text, read.span)));
        }
    }
    faults
}

/// The name of a property's input.
fn input(property: &Property) -> Option<&str> {
    property.binding.as_ref().filter(|binding| binding.kind == BindingKind::Input)?.name.as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::{Binding, Condition, Test};

    fn hidden(id: &str, value: &str) -> Property {
        Property::hidden(id, Binding::input(id), value)
    }

    fn visible(name: &str) -> Property {
        Property::new(name, PropertyKind::String, Binding::input(name))
    }

    fn when(property: Property, operation: &str) -> Property {
        Property { condition: Condition::all(&[Test::equals("operation", operation)]), ..property }
    }

    /// What is told of reads, by all properties. The operation is chosen by the first.
    fn told(properties: &[Property]) -> Vec<String> {
        let operation = Property::new("operation", PropertyKind::String, Binding::task_header("operation"));
        let properties: Vec<Property> = [operation].into_iter().chain(properties.iter().cloned()).collect();
        let activity = Activity::new(&properties);
        (0..properties.len()).flat_map(|index| faults_of_reads(&activity, index, &properties)).collect()
    }

    #[test]
    fn what_is_hidden_reads_inputs_above_it() {
        let url = || hidden("url", "= shop + string(book)");
        assert_eq!(told(&[visible("shop"), visible("book"), url()]), [""; 0]);
        let fault = "it reads `book`, but what is hidden reads inputs above it and no variable of the process; there is \
                     `shop`\n= shop + string(book)\n                ^^^^";
        assert_eq!(told(&[visible("shop"), url(), visible("book")]), [fault]);
        assert!(told(&[hidden("url", "= url")])[0].starts_with("it reads `url`, but what is hidden"));
    }

    #[test]
    fn what_is_hidden_reads_no_variable_of_the_process() {
        let told_of = told(&[visible("book"), visible("shop"), hidden("url", "= shop + bok")]);
        assert!(told_of[0].contains("did you mean `book`?\n= shop + bok\n         ^^^"), "{}", told_of[0]);
        // What is visible is the designer's.
        let designed = Property { value: Some("= anything".into()), ..visible("book") };
        assert_eq!(told(&[designed]), [""; 0]);
    }

    #[test]
    fn nested_inputs_are_read_as_a_whole_or_by_name() {
        let (name, code) = (visible("address.name"), visible("address.code"));
        for text in ["= {a: address}", "= address.code", "= address.code.length"] {
            assert_eq!(told(&[name.clone(), code.clone(), hidden("body", text)]), [""; 0], "{text}");
        }
        let misspelt = told(&[name, code, hidden("body", "= address.cod")]);
        assert!(misspelt[0].contains("did you mean `address.code`?"), "{}", misspelt[0]);
    }

    #[test]
    fn an_input_of_another_operation_is_not_there() {
        let url = when(hidden("url", "= book"), "order");
        assert_eq!(told(&[when(visible("book"), "order"), url.clone()]), [""; 0]);
        assert!(told(&[when(visible("book"), "find"), url.clone()])[0].contains("it reads `book`, but"));
        assert_eq!(told(&[when(visible("book"), "order"), url, when(visible("book"), "find")]), [""; 0]);
    }

    /// A real template, each of whose hidden expressions is moved to the top.
    #[cfg(feature = "power-automate")]
    #[test]
    fn a_template_in_another_order_is_refused() {
        use super::super::{Runtime, Variant, build};
        use crate::ConnectorInputs;
        let connector = crate::power_automate::PowerAutomate::bind().unwrap_or_else(|error| panic!("{error}"));
        let variant = Variant::first(connector.definition(), Runtime::Hosted);
        let template = build(connector.definition(), variant).unwrap_or_else(|error| panic!("{error}")).template;
        let mut moved = 0;
        for (index, property) in template.properties.iter().enumerate() {
            let text = property.value.as_ref().and_then(|value| value.text()).unwrap_or_default();
            let reads = text.starts_with('=') && Expression::parse(text).is_ok_and(|text| !text.reads().is_empty());
            if property.kind == Some(PropertyKind::Hidden) && reads {
                let mut properties = template.properties.clone();
                let property = properties.remove(index);
                properties.insert(0, property.clone());
                let moved_up = ElementTemplate { properties, ..template.clone() };
                let error = check("shop", &moved_up, &BTreeMap::new()).expect_err("a template in the wrong order");
                let id = property.id.as_deref().unwrap_or_default();
                assert!(error.to_string().contains(&format!("shop/{id}: it reads ")), "{error}");
                moved += 1;
            }
        }
        assert!(moved > 4, "only {moved} hidden expressions");
    }
}
