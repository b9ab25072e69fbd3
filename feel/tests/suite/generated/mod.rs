//! Expressions that a grammar makes, each compared with feel-scala as it is now.
//!
//! They are the same in every run. `FEEL_SEED` gives others, `FEEL_GENERATED` another number of them.

mod calls;
mod grammar;
mod kind;
mod literals;
mod mutation;
mod patterns;
mod random;
mod variables;

use self::{
    grammar::Grammar,
    kind::{FUNCTIONS, Kind},
    random::Random,
};
use crate::{case::Case, compare::Comparison, oracle, ours};

const CASES: u64 = 24_000;
/// feel-scala keeps what it reads and makes: a process is given so many, then another one.
const CHUNK: u64 = 10_000;

fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

pub(crate) fn case(seed: u64) -> Case {
    let mut random = Random::new(seed);
    let unary = random.chance(12);
    let wrong = random.chance(15);
    let depth = 1 + random.below(4);
    let what = random.below(20);
    let context = variables::context(&mut random);
    let input = (unary && random.chance(95)).then(|| variables::odd(&mut random));
    let mut grammar = Grammar::new(random, unary);
    let expression = match what {
        _ if unary => {
            let kind = grammar.random.pick(&[Kind::Number, Kind::Text, Kind::Boolean, Kind::Any]);
            let tests: Vec<String> = (0..=grammar.random.below(3)).map(|_| grammar.test(kind, depth - 1)).collect();
            let tests = tests.join(", ");
            if grammar.random.chance(20) { format!("not({tests})") } else { tests }
        }
        0 | 1 => patterns::call(&mut grammar.random),
        2 | 3 => {
            let kind = grammar.random.pick(Kind::TEMPORAL);
            let value = literals::temporal_literal(kind, &mut grammar.random);
            let shown = grammar.random.pick(&["", "string", "to json", "date", "time"]);
            format!("{shown}({value})")
        }
        4..=7 => {
            let function = grammar.random.pick_ref(FUNCTIONS);
            grammar.call(function, depth - 1)
        }
        8 | 9 => grammar.expression(Kind::Context, depth),
        _ => grammar.expression(Kind::Any, depth),
    };
    let expression = if wrong { mutation::mutated(&expression, &mut grammar.random) } else { expression };
    Case { id: format!("generated-{seed}"), expression, context: Some(context), unary, input }
}

#[test]
fn agrees_over_generated_expressions() {
    let seed = setting("FEEL_SEED").unwrap_or(0) * 1_000_000_000;
    let count = setting("FEEL_GENERATED").unwrap_or(CASES);
    let mut comparison = Comparison::default();
    let mut first = 0;
    while first < count {
        let next = (first + CHUNK).min(count);
        let cases: Vec<Case> = (first..next).map(|number| case(seed + number)).collect();
        for (case, theirs) in cases.iter().zip(oracle::outcomes(&cases)) {
            comparison.add(case, &ours::outcome(case), &theirs);
        }
        first = next;
    }
    println!("generated: {}", comparison.summary());
    comparison.assert("generated");
    let unexplained = comparison.deviations.len();
    assert!(unexplained * 100 < comparison.count(), "{unexplained} deviations of {}", comparison.count());
}
