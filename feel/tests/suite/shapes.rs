//! Values have the shapes that were told of them before: of the corpus, and of generated expressions.

use opwright_feel::{Evaluation, Expression, Shape, Value, Variables};

use crate::{case::Case, corpus, generated, ours};

const GENERATED: u64 = 20_000;

fn has(value: &Value<'_>, shape: &Shape) -> bool {
    match (shape, value) {
        (Shape::Any, _)
        | (_, Value::Null | Value::Error(_))
        | (Shape::Boolean, Value::Boolean(_))
        | (Shape::Number, Value::Number(_))
        | (Shape::Text, Value::Text(_))
        | (Shape::Temporal, Value::Temporal(_))
        | (Shape::Range, Value::Range(_))
        | (Shape::Function, Value::Function(_)) => true,
        // A filter by a position that is null after all leaves no item.
        (_, Value::List(list)) if list.is_empty() => true,
        (Shape::List(shape), Value::List(list)) => list.iter().all(|item| has(&item, shape.items())),
        (Shape::Context(shape), Value::Context(context)) => context.names().all(|name| {
            let known = shape.entries().iter().rfind(|(known, _)| **known == *name);
            let value = context.get(name).unwrap_or(Value::Null);
            known.map_or(shape.is_open(), |(_, shape)| has(&value, shape))
        }),
        _ => false,
    }
}

/// What is told wrongly of a case, with and without its variables as an example.
fn wrongs(case: &Case) -> Vec<String> {
    let Ok(expression) = Expression::parse(&case.expression) else { return Vec::new() };
    let context = case.context.clone().unwrap_or_default();
    let variables = Variables::from(&context);
    let Ok(evaluation) = ours::engine().evaluate(&expression, &variables) else { return Vec::new() };
    let wrong = |shape: &Shape, evaluation: &Evaluation<'_>| {
        let told = expression.analyze(shape, ours::engine()).shape;
        let value = evaluation.value();
        (!has(value, &told)).then(|| format!("{}: {} is {told:?}, but gives {value:?}", case.id, case.expression))
    };
    [Shape::Any, Shape::of_example(&context)].iter().filter_map(|shape| wrong(shape, &evaluation)).collect()
}

#[test]
fn values_have_the_shapes_that_are_told() {
    let cases = corpus::cases().into_iter().chain((0..GENERATED).map(generated::case));
    let wrongs: Vec<String> = cases.filter(|case| !case.unary).flat_map(|case| wrongs(&case)).collect();
    assert!(wrongs.is_empty(), "{} wrong:\n{}", wrongs.len(), wrongs.join("\n"));
}
