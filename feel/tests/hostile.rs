//! Expressions that try to take the process down, its stack, its memory or its time.
//!
//! Each ends with a value or an error that names its limit. How long they take belongs to the benchmark.

use std::fmt::Write;

use opwright_feel::{Diagnostic, Engine, EvaluationErrorReason as Reason, Expression, Limits, Shape, Variables};
use serde_json::{Value, json};

/// The value, or why there is none.
fn run(text: &str, variables: &Value) -> Result<Value, Reason> {
    let expression = Expression::parse(text).unwrap_or_else(|error| panic!("{}", error.explain(text)));
    let result = expression.evaluate(&Variables::from(variables));
    result.map(|evaluation| evaluation.to_json()).map_err(|error| error.reason().clone())
}

fn stops_at_steps(text: &str) {
    let outcome = run(text, &json!({}));
    assert!(matches!(outcome, Err(Reason::Steps(_))), "{}: {:?}", start(text), outcome.map(|_| "a value"));
}

fn stops_at_memory(text: &str) {
    let outcome = run(text, &json!({}));
    assert!(matches!(outcome, Err(Reason::Memory(_))), "{}: {:?}", start(text), outcome.map(|_| "a value"));
}

/// The start of a text, for messages.
fn start(text: &str) -> String {
    text.chars().take(100).collect()
}

#[test]
fn endless_loops_end() {
    for text in [
        "count(for x in 1..1000000000000000000 return x)",
        "some x in 1..1000000000000000000 satisfies x < 0",
        "every x in -1000000000000000000..1 satisfies x < 2",
        "for x in 1..100000, y in 1..100000 return x",
        "for x in 1..10, y in 1..10, z in 1..1000000 return x + y + z",
        "count(for x in 1..10**30 return 1)",
    ] {
        stops_at_steps(text);
    }
}

#[test]
fn doubling_ends() {
    let doubled = |first: &str, next: &str| format!("for i in 1..100 return if i = 1 then {first} else {next}");
    stops_at_memory(&doubled("\"0123456789\"", "partial[-1] + partial[-1]"));
    stops_at_memory(&doubled("[1, 2, 3]", "concatenate(partial[-1], partial[-1])"));
    stops_at_memory(&doubled("\"ab\"", "string join([partial[-1], partial[-1]], \"-\")"));
    stops_at_memory(&doubled("\"ab\"", "replace(partial[-1], \"b\", \"bab\") + partial[-1]"));
    // Shared, these are small; written out, they are not.
    let shared = doubled("[1]", "[partial[-1], partial[-1]]");
    stops_at_memory(&shared);
    stops_at_memory(&format!("{{x: ({shared})[-1]}}"));
    stops_at_steps(&format!("flatten({shared})"));
    stops_at_steps(&format!("({shared})[-1] = ({shared})[-1]"));
    stops_at_steps(&format!("list contains([({shared})[-1]], ({shared})[-1])"));
    for function in ["string", "to json"] {
        let outcome = run(&format!("{function}({shared})"), &json!({}));
        assert!(matches!(outcome, Err(Reason::Memory(_) | Reason::Steps(_))), "{function}: {outcome:?}");
    }
}

#[test]
fn many_copies_of_a_large_variable_are_too_much_to_write_out() {
    let large = json!({"large": "x".repeat(1_000_000)});
    let outcome = run("for i in 1..100000 return large", &large);
    assert!(matches!(outcome, Err(Reason::Memory(_))), "{outcome:?}");
    assert_eq!(run("count(for i in 1..100000 return large)", &large), Ok(json!(100_000)));
}

#[test]
fn values_do_not_nest_without_end() {
    for text in [
        "for i in 1..100000 return {a: partial[-1]}",
        "for i in 1..100000 return [partial[-1]]",
        "for i in 1..100000 return context put({}, \"a\", partial[-1])",
        "count(for i in 1..100000 return append([], partial[-1]))",
    ] {
        let outcome = run(text, &json!({}));
        assert!(matches!(outcome, Err(Reason::Nesting(_))), "{text}: {outcome:?}");
    }
}

#[test]
fn functions_that_call_functions_end() {
    // Each calls the one before it twice.
    let mut text = String::from("{f0: function(x) x + 1");
    for level in 1..200 {
        let previous = level - 1;
        write!(text, ", f{level}: function(x) f{previous}(f{previous}(x))").expect("a string takes it");
    }
    text += ", r: f199(1)}.r";
    let outcome = run(&text, &json!({}));
    assert!(matches!(outcome, Err(Reason::Steps(_) | Reason::Memory(_))), "{outcome:?}");
    // A function does not see itself, as in feel-scala.
    assert_eq!(run("{f: function(x) f(x + 1), r: f(1)}.r", &json!({})), Ok(Value::Null));
}

#[test]
fn a_long_chain_of_functions_is_as_deep_as_it_may_be() {
    let chain = |length: usize| {
        let mut text = String::from("{f0: function(x) x");
        for level in 1..length {
            write!(text, ", f{level}: function(x) f{}(x)", level - 1).expect("a string takes it");
        }
        text + &format!(", r: f{}(7)}}.r", length - 1)
    };
    assert_eq!(run(&chain(100), &json!({})), Ok(json!(7)));
    let outcome = run(&chain(5_000), &json!({}));
    assert!(outcome.is_err(), "{outcome:?}");
}

#[test]
fn huge_numbers() {
    let digits = "7".repeat(100_000);
    for (text, expected) in [
        (format!("{digits} + 1"), Ok(json!("Infinity"))),
        (format!("{digits} * {digits} > 0"), Err(Reason::Digits(100_000))),
        (format!("{digits} / 3 > 0"), Ok(json!(true))),
        (format!("string length(string({digits}))"), Ok(json!(100_000))),
        (format!("number(\"{digits}\") = {digits}"), Ok(json!(true))),
        (format!("0.{digits} ** 5 > 0"), Err(Reason::Steps(1_000_000))),
        (format!("modulo({digits}, 7)"), Err(Reason::Digits(100_000))),
        (format!("decimal(1/{digits}, 50000)"), Err(Reason::Digits(100_000))),
    ] {
        assert_eq!(run(&text, &json!({})), expected, "…{}", &text[text.len() - 12..]);
    }
    for text in ["2**1000000000", "modulo(1, 0)"] {
        let outcome = run(text, &json!({}));
        assert!(matches!(outcome, Err(Reason::Impossible(_))), "{text}: {outcome:?}");
    }
    let outcome = run("decimal(1.5, 500000)", &json!({}));
    assert!(matches!(outcome, Err(Reason::Digits(_))), "{outcome:?}");
    assert_eq!(run("decimal(1, 2147483647)", &json!({})), Ok(Value::Null));
    assert_eq!(run("10**999999999 > 1", &json!({})), Ok(json!(true)));
    assert_eq!(run("10**999999999 + 1 = 10**999999999", &json!({})), Ok(json!(true)));
}

#[test]
fn work_on_long_numbers_is_counted() {
    let digits = "7".repeat(20_000);
    let text = format!("for i in 1..100 return {digits} / ({digits} + i) > 0");
    let expression = Expression::parse(&text).expect("it parses");
    let limits = Limits { steps: 100_000, time: std::time::Duration::from_secs(600), ..Limits::default() };
    let outcome = Engine::new().with_limits(limits).evaluate(&expression, &Variables::new());
    let reason = outcome.expect_err("it is too much").reason().clone();
    assert_eq!(reason, Reason::Steps(100_000));
}

#[test]
fn a_string_of_ten_megabytes() {
    let long = json!({"s": "ab".repeat(5_000_000)});
    assert_eq!(run("string length(s)", &long), Ok(json!(10_000_000)));
    assert_eq!(run("ends with(upper case(s), \"AB\")", &long), Ok(json!(true)));
    assert_eq!(run("matches(s, \"(ab)*c\")", &long), Ok(json!(false)));
    let outcome = run("for i in 1..100 return upper case(s)", &long);
    assert!(matches!(outcome, Err(Reason::Memory(_) | Reason::Steps(_))), "{outcome:?}");
    let literal = format!("string length(\"{}\")", "x".repeat(10_000_000));
    assert_eq!(run(&literal, &json!({})), Ok(json!(10_000_000)));
}

#[test]
fn regular_expressions_do_not_run_away() {
    let input = json!({"s": format!("{}!", "a".repeat(5_000))});
    for pattern in ["(a+)+$", "(a|aa)+$", "(.*)*b", "(a*)*c", "^(([a-z])+.)+[A-Z]([a-z])+$"] {
        assert_eq!(run(&format!("matches(s, \"{pattern}\")"), &input), Ok(json!(false)), "{pattern}");
    }
    // These need backtracking, which is bounded.
    for pattern in ["(a+)+\\\\1b", "(?=(a+)+b)a", "(a|aa)+(?!a)b", "((a+)+)+(?<!x)c"] {
        let outcome = run(&format!("matches(s, \"{pattern}\")"), &input);
        let ended = matches!(outcome, Ok(Value::Bool(false)) | Err(Reason::Pattern));
        assert!(ended, "{pattern}: {outcome:?}");
    }
    let outcome = run("matches(s, \"((a{1000}){1000}){1000}\")", &input);
    assert_eq!(outcome, Err(Reason::Pattern));
}

#[test]
fn joins_and_sorts_are_counted() {
    stops_at_steps("count((for x in 1..3000 return x)[item in (for y in 1..3000 return -y)])");
    stops_at_steps("count(distinct values(for x in 1..3000 return {x: x}))");
    stops_at_steps("sort(for x in 1..300000 return modulo(x * 7919, 10007), function(a, b) a < b)");
    assert_eq!(run("count(distinct values(for x in 1..100000 return modulo(x, 1000)))", &json!({})), Ok(json!(1000)));
}

#[test]
fn every_limit_is_the_engines_to_set() {
    let expression = Expression::parse("count(for x in 1..1000 return string(x))").expect("it parses");
    let run = |limits: Limits| {
        let engine = Engine::new().with_limits(limits);
        engine.evaluate(&expression, &Variables::new()).map(|_| ()).map_err(|error| error.reason().clone())
    };
    assert_eq!(run(Limits::default()), Ok(()));
    assert_eq!(run(Limits { steps: 100, ..Limits::default() }), Err(Reason::Steps(100)));
    assert_eq!(run(Limits { memory: 1_000, ..Limits::default() }), Err(Reason::Memory(1_000)));
    assert_eq!(run(Limits { depth: 1, ..Limits::default() }), Err(Reason::Depth(1)));
    let no_time = std::time::Duration::ZERO;
    let slow = Expression::parse("count(for x in 1..100000 return string(x))").expect("it parses");
    let engine = Engine::new().with_limits(Limits { time: no_time, ..Limits::default() });
    let outcome = engine.evaluate(&slow, &Variables::new()).map(|_| ()).map_err(|error| error.reason().clone());
    assert_eq!(outcome, Err(Reason::Time(no_time)));
    let engine = Engine::new().with_limits(Limits { source: 10, nesting: 3, ..Limits::default() });
    assert!(engine.parse("1 + 1").is_ok());
    assert!(engine.parse("1 + 1 + 1 + 1").is_err());
    assert!(engine.parse("((((1))))").is_err());
}

/// What analysing gives, on a small stack: a shape within its bounds, and how many reads and diagnostics.
fn analyzed(text: &str) -> (Shape, usize, usize) {
    std::thread::scope(|scope| {
        let analyze = || {
            let expression = Expression::parse(text).unwrap_or_else(|error| panic!("{}: {error}", start(text)));
            let analysis = expression.analyze(&Shape::context([("v", Shape::Any)]), &Engine::new());
            assert!(expression.reads().len() >= analysis.reads.len(), "{}", start(text));
            assert!(analysis.diagnostics.len() <= Diagnostic::MOST, "{}", start(text));
            (analysis.shape, analysis.reads.len(), analysis.diagnostics.len())
        };
        let thread = std::thread::Builder::new().stack_size(512 * 1024);
        let (shape, reads, diagnostics) =
            thread.spawn_scoped(scope, analyze).expect("a thread").join().expect("no overflow");
        assert!(shape.nodes() <= Shape::NODES && shape.depth() <= Shape::DEPTH, "{}: {shape:?}", start(text));
        (shape, reads, diagnostics)
    })
}

/// A context whose entries are made of those before them.
fn entries(count: usize, entry: impl Fn(usize) -> String) -> String {
    let mut text = String::from("{a0: {x: 1}");
    for level in 1..count {
        write!(text, ", a{level}: {}", entry(level - 1)).expect("a string takes it");
    }
    text + "}"
}

#[test]
fn analysis_of_doubling_ends() {
    let doubled = |level| format!("{{x: a{level}, y: a{level}}}");
    for count in [21, 1_000] {
        let (shape, ..) = analyzed(&entries(count, doubled));
        assert!(matches!(shape, Shape::Context(_) | Shape::Any));
    }
    analyzed(&entries(1_000, |level| format!("[a{level}, {{x: a{level}, y: a{level}}}]")));
    analyzed(&entries(1_000, |level| format!("if v then a{level} else {{x: {{z: a{level}}}, y: a{level}}}")));
    analyzed(&entries(1_000, |level| format!("for i in [a{level}] return [i, i]")));
}

#[test]
fn analysis_of_what_is_deep_ends() {
    analyzed(&entries(8_000, |level| format!("[a{level}]")));
    analyzed(&entries(8_000, |level| format!("{{x: a{level}}}")));
    let nested = |open: &str, within: &str, close: &str, times| open.repeat(times) + within + &close.repeat(times);
    for (open, within, close, times, reads) in [
        ("[", "1", "]", 900, 0),
        ("{a: ", "v", "}", 900, 1),
        ("v[", "v", "]", 900, 901),
        ("v[(", "v.x = 1", ") or v]", 450, 901),
        ("[1][(", "2", ") + 1]", 450, 0),
        ("-(", "v", ")", 900, 1),
        ("is defined(", "v", ")", 900, 1),
        ("((", "v", ").x)[1]", 450, 1),
        ("get or else((", "v", ").x, v)", 450, 451),
        ("function(x) {y: ", "x", "}", 450, 0),
    ] {
        let (_, found, _) = analyzed(&nested(open, within, close, times));
        assert_eq!(found, reads, "{open}");
    }
    analyzed(&format!("v[{}]", nested("(1 + ", "1", ")", 900)));
    let mut deep = Shape::Null;
    for _ in 0..100_000 {
        deep = Shape::list(Shape::context([("a", deep)]));
    }
    assert!(deep.depth() <= Shape::DEPTH);
    let mut deep = Value::Null;
    for _ in 0..1_000 {
        deep = json!([deep]);
    }
    assert!(Shape::from(&deep).depth() <= Shape::DEPTH);
}

#[test]
fn analysis_of_what_is_wide_ends() {
    // Names far away, unknown ones among many, and contexts of many entries, time and again.
    analyzed(&entries(20_000, |level| format!("a{}", level / 2)));
    let (_, _, diagnostics) = analyzed(&entries(20_000, |level| format!("b{level}")));
    assert_eq!(diagnostics, Diagnostic::MOST);
    let (_, _, diagnostics) = analyzed(&entries(20_000, |level| format!("a0.b{level}")));
    assert_eq!(diagnostics, Diagnostic::MOST);
    let many = |count: usize| entries(count, |_| "1".to_owned());
    for count in [10_000, 30_000] {
        let rest = ", c: a.b0".repeat(5_000);
        analyzed(&format!("{{a: {}{rest}}}", many(count)));
        let rest = ", c: if v then a else {x: 1}".repeat(5_000);
        analyzed(&format!("{{a: {}{rest}}}", many(count)));
    }
    let (_, reads, _) = analyzed(&format!("{}[{}]{}", "v[".repeat(900), "v, ".repeat(100_000) + "v", "]".repeat(900)));
    assert_eq!(reads, 100_901);
}
