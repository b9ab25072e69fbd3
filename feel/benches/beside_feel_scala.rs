//! Evaluations per second of CPU time beside feel-scala, turn by turn in one run, and what hostile expressions take.
//!
//! Workload: `A` is the result expression of a triggered flow run over a small response; `B` has seven entries with a
//! `for`, two filters, a sum, a count and a `some` over a response of 10 kB with 72 items. feel-scala runs in a warm JVM
//! (8 s a case before the first figure) and gets its variables as Java maps. Needs what `scripts/feel-oracle` needs.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use cpu_time::ThreadTime;
use opwright_feel::{Expression, Variables};
use serde_json::{Value, json};

const TURNS: usize = 5;
const MILLIS: u64 = 1_000;
const WARM_UP_MILLIS: u64 = 8_000;

fn main() {
    // `cargo test --all-targets` runs it, too, and wants no figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    hostile();
    beside();
}

struct Other {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Other {
    fn start() -> Other {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/feel-oracle");
        let mut child = Command::new(script)
            .arg("bench")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("scripts/feel-oracle starts");
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        Other { child, input, output }
    }

    fn per_second(&mut self, expression: &str, context: &Value, mode: &str, millis: u64) -> f64 {
        let request = json!({"expression": expression, "context": context, "mode": mode, "millis": millis});
        writeln!(self.input, "{request}").expect("it reads");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("it answers");
        line.trim().parse().expect("a figure")
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn per_second(mut task: impl FnMut(), millis: u64) -> f64 {
    let begin = ThreadTime::now();
    let mut count = 0_u32;
    loop {
        for _ in 0..50 {
            task();
        }
        count += 50;
        let spent = begin.elapsed();
        if spent.as_millis() >= u128::from(millis) {
            return f64::from(count) / spent.as_secs_f64();
        }
    }
}

fn ours(text: &str, context: &Value, mode: &str, millis: u64) -> f64 {
    let parsed = Expression::parse(text).expect("it parses");
    let variables = Variables::from(context);
    match mode {
        "evaluate" => per_second(|| drop(std::hint::black_box(parsed.evaluate(&variables).expect("a value"))), millis),
        "parse" => per_second(
            || {
                let parsed = Expression::parse(text).expect("it parses");
                drop(std::hint::black_box(parsed.evaluate(&Variables::from(context)).expect("a value")));
            },
            millis,
        ),
        _ => per_second(
            || {
                let parsed = Expression::parse(text).expect("it parses");
                let evaluation = parsed.evaluate(&Variables::from(context)).expect("a value");
                std::hint::black_box(evaluation.to_json().to_string());
            },
            millis,
        ),
    }
}

fn median(mut figures: Vec<f64>) -> (f64, f64, f64) {
    figures.sort_by(f64::total_cmp);
    (figures[figures.len() / 2], figures[0], figures[figures.len() - 1])
}

#[expect(clippy::print_stdout)]
fn beside() {
    let expressions: Value = serde_json::from_str(include_str!("expressions.json")).expect("JSON");
    let mut other = Other::start();
    println!("\nevaluations per second of CPU time: median (lowest–highest) of {TURNS} turns of {MILLIS} ms each\n");
    println!("| case | opwright-feel | feel-scala 1.21.0 | ratio |\n|---|---|---|---|");
    for (case, mode, name) in [
        ("A", "parse", "A parse and evaluate"),
        ("A", "evaluate", "A evaluate"),
        ("B", "parse", "B parse and evaluate"),
        ("B", "evaluate", "B evaluate"),
        ("A", "text", "A to JSON text"),
        ("B", "text", "B to JSON text"),
    ] {
        let text = expressions[case]["expression"].as_str().expect("a text");
        let context = &expressions[case]["context"];
        other.per_second(text, context, mode, WARM_UP_MILLIS);
        let (mut own, mut their, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..TURNS {
            own.push(ours(text, context, mode, MILLIS));
            their.push(other.per_second(text, context, mode, MILLIS));
            ratios.push(own[own.len() - 1] / their[their.len() - 1]);
        }
        let show = |figures: Vec<f64>| {
            let (middle, low, high) = median(figures);
            format!("{middle:.0} ({low:.0}–{high:.0})")
        };
        let (ratio, low, high) = median(ratios);
        println!("| {name} | {} | {} | {ratio:.1} ({low:.1}–{high:.1}) |", show(own), show(their));
    }
}

/// What a hostile expression takes until it ends, one way or the other.
#[expect(clippy::print_stdout)]
fn hostile() {
    let long = json!({"s": "ab".repeat(5_000_000), "a": format!("{}!", "a".repeat(5_000))});
    let nested = |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
    let digits = "7".repeat(100_000);
    let doubled = "for i in 1..100 return if i = 1 then \"0123456789\" else partial[-1] + partial[-1]";
    let shared = "for i in 1..100 return if i = 1 then [1] else [partial[-1], partial[-1]]";
    let cases: Vec<(&str, String)> = vec![
        ("100,000 nested parentheses", nested("(", ")")),
        ("100,000 nested lists", nested("[", "]")),
        ("100,000 nested contexts", nested("{a:", "}")),
        ("100,000 nested ifs", nested("if true then ", " else 2")),
        ("100,000 nested nots", nested("not(", ")")),
        ("100,000 nested `count([`", nested("count([", "])")),
        ("100,000 times `if(`", nested("if(", ")")),
        ("100,000 additions", format!("1{}", "+1".repeat(100_000))),
        ("a literal of 10 MB", format!("string length(\"{}\")", "x".repeat(10_000_000))),
        ("the length of a string of 10 MB", "string length(s)".into()),
        ("a regular expression over 10 MB", "matches(s, \"(ab)*c\")".into()),
        ("a number of 100,000 digits plus 1", format!("{digits} + 1")),
        ("its square", format!("{digits} * {digits}")),
        ("its third", format!("{digits} / 3")),
        ("its text", format!("string({digits})")),
        ("2 ** 1000000000", "2 ** 1000000000".into()),
        ("10 ** 999999999", "string(10 ** 999999999)".into()),
        ("long numbers compared", format!("{{x: {digits}, r: count(for i in 1..100000 return x = i)}}.r")),
        ("long numbers written", format!("{{x: {digits}, r: count(for i in 1..100000 return string(x))}}.r")),
        (
            "a pattern in a loop",
            "count(for i in 1..100000 return matches(\"aaaaaaaaaaaaaa\", \"(a|a)*(?<!x)b\"))".into(),
        ),
        ("a range of 1e18", "count(for x in 1..1000000000000000000 return x)".into()),
        ("some of 1e18", "some x in 1..1000000000000000000 satisfies x < 0".into()),
        ("a product of ranges", "for x in 1..100000, y in 1..100000 return x * y".into()),
        ("a string that doubles", doubled.into()),
        ("a list that doubles", shared.into()),
        ("flatten of a list that doubles", format!("flatten({shared})")),
        ("equality of lists that double", format!("({shared})[-1] = ({shared})[-1]")),
        ("a quadratic join", "count((for x in 1..3000 return x)[item in (for y in 1..3000 return -y)])".into()),
        ("distinct contexts", "count(distinct values(for x in 1..3000 return {x: x}))".into()),
        ("a sort", "sort(for x in 1..300000 return modulo(x * 7919, 10007), function(a, b) a < b)".into()),
        ("(a+)+$", "matches(a, \"(a+)+$\")".into()),
        ("(a+)+\\1b", "matches(a, \"(a+)+\\\\1b\")".into()),
        ("nesting by partial", "for i in 1..100000 return [partial[-1]]".into()),
    ];
    println!("\nhostile expressions: milliseconds of CPU time until the end, the slowest of 3\n");
    println!("| expression | ms | end |\n|---|---|---|");
    for (name, text) in cases {
        let mut slowest = 0.0_f64;
        let mut end = String::new();
        for _ in 0..3 {
            let begin = ThreadTime::now();
            end = match Expression::parse(&text) {
                Err(error) => error.to_string(),
                Ok(expression) => match expression.evaluate(&Variables::from(&long)) {
                    Ok(evaluation) => format!("a {}", evaluation.value().type_name()),
                    Err(error) => error.reason().to_string(),
                },
            };
            slowest = slowest.max(begin.elapsed().as_secs_f64() * 1e3);
        }
        println!("| {name} | {slowest:.1} | {end} |");
    }
}
