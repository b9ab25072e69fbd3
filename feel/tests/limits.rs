//! Work and memory that hide behind few steps: long numbers, names of entries, patterns, deep values on small stacks.

use opwright_feel::{Engine, EvaluationErrorReason as Reason, Expression, Limits, Variables};
use serde_json::{Value, json};

/// The value, or why there is none; without a limit of time, so that the others are seen to hold.
fn run(text: &str, variables: &Value) -> Result<Value, Reason> {
    let expression = Expression::parse(text).unwrap_or_else(|error| panic!("{}", error.explain(text)));
    let limits = Limits { time: std::time::Duration::from_secs(3_600), ..Limits::default() };
    let engine = Engine::new().with_limits(limits);
    let result = engine.evaluate(&expression, &Variables::from(variables));
    result.map(|evaluation| evaluation.to_json()).map_err(|error| error.reason().clone())
}

fn stops_at_steps(text: &str, variables: &Value) {
    let outcome = run(text, variables);
    let name: String = text.chars().take(100).collect();
    assert!(matches!(outcome, Err(Reason::Steps(_))), "{name}: {:?}", outcome.map(|_| "a value"));
}

#[test]
fn work_on_long_numbers_is_counted_wherever_it_is_done() {
    let digits = "7".repeat(50_000);
    let variables = json!({ "s": "7".repeat(50_000) });
    let let_in = |body: &str| format!("{{x: {digits}, y: {digits}.{digits}, r: {body}}}.r");
    for body in [
        "count(for i in 1..100000 return x = y)",
        "count(for i in 1..100000 return x < y)",
        "count(for i in 1..100000 return x in [y, 1])",
        "count(for i in 1..100000 return -x = i)",
        "count(for i in 1..100000 return x + i = i)",
        "count(for i in 1..100000 return string(x))",
        "count(for i in 1..100000 return string length(string([x])))",
        "count(for i in 1..100000 return string length(to json({a: x})))",
        "count(for i in 1..100000 return list contains([y], x))",
        "count(distinct values(for i in 1..100000 return x))",
        "median(for i in 1..100000 return x)",
        "mode(for i in 1..100000 return x)",
        "max(for i in 1..100000 return x)",
        "sum(for i in 1..100000 return x)",
        "count(for i in 1..100000 return before(x, y))",
        "count(for i in 1..100000 return before([x..y], [y..y]))",
    ] {
        stops_at_steps(&let_in(body), &json!({}));
    }
    stops_at_steps("count(for i in 1..100000 return number(s))", &variables);
    // Short to write, and long once it is rounded.
    for body in ["decimal(10**99999, 0)", "floor(10**99999)", "10**99999 + i", "10**99999 = i", "decimal(i, 99999)"] {
        stops_at_steps(&format!("count(for i in 1..100000 return {body})"), &json!({}));
    }
}

#[test]
fn the_work_of_regular_expressions_is_counted() {
    let variables = json!({ "s": "a".repeat(14), "t": "a".repeat(29), "o": "ab ".repeat(300_000) });
    stops_at_steps("count(for i in 1..100000 return matches(s, \"(a|a)*(?<!x)b\"))", &variables);
    stops_at_steps("count(for i in 1..100000 return matches(o, \"(a|b| )*c\"))", &variables);
    // Also where feel-scala would catch what is thrown.
    let sorted = "count(for i in 1..100000 return sort([1, 2], function(a, b) matches(t, \"(a|a)*\\\\1b\")))";
    assert_eq!(run(sorted, &variables), Err(Reason::Pattern));
    assert_eq!(run("count(split(o, \" \"))", &variables), Ok(json!(300_001)));
    assert_eq!(run("string length(replace(o, \"b\", \"cc\"))", &variables), Ok(json!(1_200_000)));
}

#[test]
fn long_numbers_take_memory() {
    let text = format!("{{x: {}, r: count(for i in 1..100 return -x)}}.r", "7".repeat(20_000));
    let expression = Expression::parse(&text).expect("it parses");
    let memory = |limit| {
        let engine = Engine::new().with_limits(Limits { memory: limit, ..Limits::default() });
        engine.evaluate(&expression, &Variables::new()).map(|evaluation| evaluation.memory())
    };
    let used = memory(32_000_000).expect("a value");
    assert!((2_000_000..2_100_000).contains(&used), "{used}");
    assert_eq!(memory(1_000_000).expect_err("too much").reason(), &Reason::Memory(1_000_000));
}

#[test]
fn ordinary_numbers_cost_nothing_more() {
    let steps = |text: &str| {
        let expression = Expression::parse(text).expect("it parses");
        expression.evaluate(&Variables::new()).expect("a value").steps()
    };
    let cheap = steps("for i in 1..1000 return i + 1");
    assert_eq!(steps("for i in 1..1000 return i * 1.5"), cheap);
    assert_eq!(steps("for i in 1..1000 return i = 0.000001"), cheap);
}

#[test]
fn the_names_of_entries_take_memory_too() {
    let long = "k".repeat(1_000_000);
    let variables = json!({ "o": { long: 1 } });
    let outcome = run("for i in 1..3000 return o", &variables);
    assert!(matches!(outcome, Err(Reason::Memory(_))), "{:?}", outcome.map(|_| "a value"));
    let outcome = run("for i in 1..3000 return context put(o, \"a\", i)", &variables);
    assert!(matches!(outcome, Err(Reason::Memory(_))), "{:?}", outcome.map(|_| "a value"));
    assert_eq!(run("count(for i in 1..3000 return o)", &variables), Ok(json!(3000)));
}

/// Runs on a thread whose stack is as small as one may be.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(512 * 1024).spawn(work).expect("a thread");
    thread.join().expect("no panic");
}

#[test]
fn deep_values_need_no_deep_stack() {
    on_a_small_stack(|| {
        let nested = |inner: &str| format!("{}{inner}{}", "[".repeat(985), "]".repeat(985));
        for (text, gives) in [
            (format!("count({}.x)", nested("{x: 1}")), json!(1)),
            (format!("string length(string({}))", nested("1")), json!(1 + 2 * 985)),
            (format!("string length(to json({}))", nested("1")), json!(1 + 2 * 985)),
            (format!("{{a: {}, r: a = a}}.r", nested("1")), json!(true)),
            (format!("{{a: {}, r: list contains([a], a)}}.r", nested("1")), json!(true)),
            (format!("{{a: {}, r: count(distinct values([a, a]))}}.r", nested("1")), json!(1)),
            (format!("count(flatten({}))", nested("1")), json!(1)),
            (format!("count(from json(to json({})))", nested("1")), json!(1)),
        ] {
            let outcome = run(&text, &json!({}));
            let name: String = text.chars().filter(|c| !"[]".contains(*c)).collect();
            // JSON may nest 128 deep.
            let expected = if name.contains("from json") { Value::Null } else { gives };
            assert_eq!(outcome, Ok(expected), "{name}");
        }
        let deep = Expression::parse(&nested("1")).expect("it parses");
        let evaluation = deep.evaluate(&Variables::new()).expect("a value");
        assert!(format!("{:?}", evaluation.value()).len() > 985);
        assert!(evaluation.to_json().is_array());
    });
}

#[test]
fn deep_evaluation_with_deep_values_needs_no_deep_stack() {
    // Nested 980 deep before and after a call, as deep as evaluation may go, and there a path into a deep list.
    let nested = format!("{}{{x: 1}}{}", "[".repeat(985), "]".repeat(985));
    let ifs =
        |count: usize, inner: &str| format!("{}{inner}{}", "if true then ".repeat(count), " else 0".repeat(count));
    let innermost = ifs(690, "count(x.x)");
    let text = format!(
        "{{x: {nested}, f: function(x) {innermost}, g: function(x) {}, r: {}}}.r",
        ifs(980, "f(x)"),
        ifs(980, "g(x)")
    );
    std::thread::Builder::new()
        .stack_size(2 * 1024 * 1024)
        .spawn(move || assert_eq!(run(&text, &json!({})), Ok(json!(1))))
        .expect("a thread")
        .join()
        .expect("no panic");
}
