//! Whether a newer worker takes what the older one took: told of two schemas, and held against the dispatcher's own
//! acceptance of both.

mod bounds;
mod random;
mod sample;
mod secrets;
mod table;
mod unfollowed;

use crate::bookshop;
use crate::mutation::mutants;
use opwright::definition::ConnectorDefinition;
use opwright::generate::schemas;
use opwright::power_automate::PowerAutomate;
use opwright::schema::{Fault, Inclusion, InputSchema, inclusion, is_valid, output_inclusion};
use opwright::{Connector, ConnectorInputs};
use sample::Sampler;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, Instant};

/// So many inputs are tried of whatever is told to be included.
const SAMPLES: usize = 200;
/// And so many at least: fewer would show nothing.
const LEAST: usize = 50;

fn connectors() -> Vec<Connector> {
    vec![
        PowerAutomate::bind().unwrap_or_else(|error| panic!("{error}")),
        bookshop::connector(),
        postage::Postage::bind().unwrap_or_else(|error| panic!("{error}")),
    ]
}

/// Of mutants, one in so many is taken.
const EVERY: usize = 15;

/// All of them by `OPWRIGHT_INCLUSION_EVERY=1`.
fn stride() -> usize {
    std::env::var("OPWRIGHT_INCLUSION_EVERY").ok().and_then(|every| every.parse().ok()).unwrap_or(EVERY)
}

/// What came of the comparisons.
#[derive(Default)]
struct Tally {
    counts: BTreeMap<String, usize>,
    contradictions: Vec<String>,
    not_proven: Vec<String>,
    times: Vec<(Duration, String)>,
}

impl Tally {
    fn count(&mut self, what: impl Into<String>) {
        *self.counts.entry(what.into()).or_default() += 1;
    }

    fn count_of(&mut self, what: &str, count: usize) {
        self.counts.insert(what.to_owned(), count);
    }

    /// Tells the numbers, and what is wrong.
    fn tell(mut self, what: &str) {
        self.times.sort();
        let median = self.times.get(self.times.len() / 2).map(|(time, _)| *time).unwrap_or_default();
        let slowest: Vec<_> = self.times.iter().rev().take(3).collect();
        let _ = writeln!(
            std::io::stderr(),
            "{what}, {} comparisons, median {median:?}, slowest {slowest:?}\n{:#?}\n{}",
            self.times.len(),
            self.counts,
            self.not_proven.join("\n")
        );
        assert!(self.contradictions.is_empty(), "{}", self.contradictions.join("\n"));
        assert!(self.not_proven.len() * 100 <= self.times.len(), "too much is not proven");
        if stride() == EVERY {
            let counts: Vec<String> = self.counts.iter().map(|(what, count)| format!("{what}: {count}")).collect();
            insta::assert_snapshot!(what.replace(' ', "_"), counts.join("\n"));
        }
    }

    fn contradict(&mut self, what: String) {
        if self.contradictions.len() < 40 {
            self.contradictions.push(what);
        }
    }
}

/// The algebra of `jsonschema` says that something of `inner` is not in `outer`.
fn algebra_denies(outer: &Value, inner: &Value) -> bool {
    let canonical = |schema: &Value| {
        let options = jsonschema::canonical::options().with_draft(jsonschema::Draft::Draft202012);
        options.should_validate_formats(true).canonicalize(schema)
    };
    match (canonical(outer), canonical(inner)) {
        (Ok(outer), Ok(inner)) => matches!(outer.covers(&inner), Ok(jsonschema::canonical::Containment::No)),
        _ => false,
    }
}

fn compare_inputs(
    told: &str,
    (old, old_schema): (&InputSchema, &Value),
    (new, new_schema): (&InputSchema, &Value),
    sampler: &mut Sampler,
    tally: &mut Tally,
) {
    if old.accepted() == new.accepted() {
        tally.count("same");
        if inclusion(old_schema, new_schema) != Inclusion::Included {
            tally.contradict(format!("{told}: the accepted forms are the same"));
        }
        return;
    }
    let begin = Instant::now();
    let found = inclusion(old_schema, new_schema);
    tally.times.push((begin.elapsed(), told.to_owned()));
    match found {
        Inclusion::Included => {
            tally.count("included");
            let inputs = sampler.inputs(old, SAMPLES);
            tally.count(if inputs.len() < SAMPLES { "included, with few samples" } else { "included, sampled" });
            if inputs.len() < LEAST {
                tally.contradict(format!("{told}: told to be included, and only {} inputs were tried", inputs.len()));
            }
            if let Some(refused) = inputs.iter().find(|input| new.accept(input).is_err()) {
                tally.contradict(format!("{told}: told to be included, but {refused} is refused"));
            }
            if algebra_denies(new_schema, old_schema) {
                tally.contradict(format!("{told}: told to be included, and the algebra denies it"));
            }
        }
        Inclusion::Lost { values, not_proven } => {
            tally.count("lost");
            if values.is_empty() {
                tally.contradict(format!("{told}: nothing shows the loss"));
            }
            for lost in &values {
                tally.count("lost values");
                if old.accept(&lost.value).is_err() {
                    tally.contradict(format!(
                        "{told}: {} {:?}: the old one refuses {}",
                        lost.path, lost.loss, lost.value
                    ));
                }
                match new.accept(&lost.value) {
                    Ok(_) => tally.contradict(format!(
                        "{told}: {} {:?}: the new one accepts {}",
                        lost.path, lost.loss, lost.value
                    )),
                    Err(refusal) => {
                        let is_there = |fault: &Fault| {
                            fault.path == lost.path
                                || fault.path.starts_with(&format!("{}.", lost.path))
                                || lost.path.starts_with(&format!("{}.", fault.path))
                        };
                        if !refusal.faults.iter().any(is_there) {
                            tally.contradict(format!(
                                "{told}: {} {:?}: refused for another reason: {refusal}",
                                lost.path, lost.loss
                            ));
                        }
                        let alone = refusal.faults.iter().all(is_there);
                        tally.count(if alone {
                            "lost values, refused for this alone"
                        } else {
                            "lost values, refused for more"
                        });
                    }
                }
            }
            if !not_proven.is_empty() {
                tally.count("lost, and more not proven");
                tally.not_proven.push(format!("{told}: {not_proven:?}"));
            }
        }
        Inclusion::NotProven(not_proven) => {
            tally.count("not proven");
            tally.not_proven.push(format!("{told}: {not_proven:?}"));
        }
    }
}

/// The same schema, whose objects may have other members.
fn opened(mut schema: Value) -> Value {
    if schema["additionalProperties"] == false {
        schema.as_object_mut().expect("a schema").shift_remove("additionalProperties");
    }
    if let Value::Object(object) = &mut schema {
        for (keyword, value) in object.iter_mut() {
            match value {
                Value::Object(members) if keyword == "properties" => {
                    for member in members.values_mut() {
                        *member = opened(member.take());
                    }
                }
                Value::Object(_) => *value = opened(value.take()),
                Value::Array(items) if ["anyOf", "oneOf"].contains(&keyword.as_str()) => {
                    for item in items {
                        *item = opened(item.take());
                    }
                }
                _ => {}
            }
        }
    }
    schema
}

fn compare_outputs(told: &str, old: &Value, new: &Value, sampler: &mut Sampler, tally: &mut Tally) {
    let begin = Instant::now();
    let found = output_inclusion(old, new);
    tally.times.push((begin.elapsed(), told.to_owned()));
    match found {
        Inclusion::Included => {
            tally.count("output: included");
            let validator = |schema: &Value| jsonschema::draft202012::new(schema).expect("a schema");
            let (promised, returned) = (validator(&opened(old.clone())), validator(new));
            let outputs: Vec<Value> = (0..SAMPLES * 5).map(|_| sampler.output(new)).collect();
            let outputs: Vec<&Value> =
                outputs.iter().filter(|output| returned.is_valid(output)).take(SAMPLES).collect();
            tally.count(if outputs.len() < SAMPLES { "output: few samples" } else { "output: sampled" });
            if outputs.len() < LEAST {
                tally.contradict(format!("{told}: told to be included, and only {} results were tried", outputs.len()));
            }
            if let Some(output) = outputs.iter().find(|output| !promised.is_valid(output)) {
                tally.contradict(format!("{told}: told to be included, but {output} was not promised"));
            }
        }
        Inclusion::Lost { values, not_proven } => {
            tally.count("output: lost");
            for lost in &values {
                if is_valid(new, &lost.value) != Some(true) || is_valid(old, &lost.value) != Some(false) {
                    tally.contradict(format!("{told}: {} {:?}: {} shows nothing", lost.path, lost.loss, lost.value));
                }
            }
            if !not_proven.is_empty() {
                tally.count("output: lost, and more not proven");
                tally.not_proven.push(format!("{told}: {not_proven:?}"));
            }
        }
        Inclusion::NotProven(not_proven) => {
            tally.count("output: not proven");
            tally.not_proven.push(format!("{told}: {not_proven:?}"));
        }
    }
}

#[test]
fn what_is_told_of_mutants_is_so() {
    let mut tally = Tally::default();
    let mut sampler = Sampler::new(1);
    let mut taken = 0;
    for connector in connectors() {
        let definition = connector.definition();
        let value = serde_json::to_value(definition).expect("JSON");
        for mutant in mutants(&value).into_iter().step_by(stride()) {
            let Ok(Ok(mutated)) =
                serde_json::from_value::<ConnectorDefinition>(mutant.definition).map(Connector::from_definition)
            else {
                tally.count("unsound mutants");
                continue;
            };
            taken += 1;
            for (operation, old) in connector.operations() {
                let Ok((changed, new, _)) = mutated.operation(&operation.id) else {
                    tally.count("operation gone");
                    continue;
                };
                let (old_input, old_output) = schemas(definition, operation).expect("schemas");
                let Ok((new_input, new_output)) = schemas(mutated.definition(), changed) else {
                    tally.count("no schemas");
                    continue;
                };
                let told = format!("{} {} {}", mutant.path, mutant.change, operation.id);
                let (one, other) = ((old, &old_input), (new, &new_input));
                compare_inputs(&told, one, other, &mut sampler, &mut tally);
                compare_inputs(&format!("{told}, back"), other, one, &mut sampler, &mut tally);
                if old_output != new_output {
                    compare_outputs(&told, &old_output, &new_output, &mut sampler, &mut tally);
                    compare_outputs(&format!("{told}, back"), &new_output, &old_output, &mut sampler, &mut tally);
                }
            }
        }
    }
    tally.count_of("sound mutants", taken);
    tally.tell("mutants");
}

/// What nobody would take for two versions of one operation, and mutants of one connector beside each other: several causes.
#[test]
fn what_is_told_of_others_is_so() {
    let mut tally = Tally::default();
    let mut sampler = Sampler::new(2);
    let mut random = fastrand::Rng::with_seed(3);
    let connectors = connectors();
    let all: Vec<(&InputSchema, Value, Value)> = connectors
        .iter()
        .flat_map(|connector| connector.operations().map(move |(operation, schema)| (connector, operation, schema)))
        .map(|(connector, operation, schema)| {
            let (input, output) = schemas(connector.definition(), operation).expect("schemas");
            (schema, input, output)
        })
        .collect();
    for (one, (old, old_input, old_output)) in all.iter().enumerate() {
        for (other, (new, new_input, new_output)) in all.iter().enumerate() {
            let told = format!("operation {one} and {other}");
            compare_inputs(&told, (old, old_input), (new, new_input), &mut sampler, &mut tally);
            compare_outputs(&told, old_output, new_output, &mut sampler, &mut tally);
        }
    }
    for connector in &connectors {
        let value = serde_json::to_value(connector.definition()).expect("JSON");
        let mut mutants = mutants(&value);
        // Of what is only said, nothing is lost.
        let words = ["description", "title", "label", "x-tooltip", "x-placeholder", "name", "keywords", "examples"];
        mutants.retain(|mutant| {
            mutant.path.contains("/properties/") && !words.iter().any(|word| mutant.path.ends_with(&format!("/{word}")))
        });
        let mut taken = 0;
        while taken < 400 / stride() {
            let mut mutated = || {
                let definition = random.choice(mutants.iter()).expect("a mutant").definition.clone();
                Connector::from_definition(serde_json::from_value::<ConnectorDefinition>(definition).ok()?).ok()
            };
            let (Some(one), Some(other)) = (mutated(), mutated()) else { continue };
            taken += 1;
            for (operation, old) in one.operations() {
                let Ok((changed, new, _)) = other.operation(&operation.id) else { continue };
                let (old_input, old_output) = schemas(one.definition(), operation).expect("schemas");
                let (new_input, new_output) = schemas(other.definition(), changed).expect("schemas");
                let told = format!("{} {taken}", operation.id);
                compare_inputs(&told, (old, &old_input), (new, &new_input), &mut sampler, &mut tally);
                compare_outputs(&told, &old_output, &new_output, &mut sampler, &mut tally);
            }
        }
    }
    tally.tell("others");
}
