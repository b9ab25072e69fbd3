//! What parses and what does not, and how the errors read.

use crate::Expression;

fn parses(text: &str) -> bool {
    Expression::parse(text).is_ok()
}

/// The message of the error, without the snippet.
fn error(text: &str) -> String {
    match Expression::parse(text) {
        Ok(_) => panic!("{text} parses"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn errors_tell_place_expectation_and_what_is_there() {
    for (text, message) in [
        ("", "line 1, column 1: expected an expression, found the end"),
        ("= {a: }", "line 1, column 7: expected an expression, found `}`"),
        ("{a: 1", "line 1, column 6: expected `,` or `}`, found the end"),
        ("(1", "line 1, column 3: expected `)`, found the end"),
        ("[1,2,]", "line 1, column 6: expected an expression, found `]`"),
        ("if x then 1", "line 1, column 12: expected `else`, found the end"),
        ("if error.code = \"500\" bpmnError(1)", "line 1, column 23: expected `then`, found `bpmnError`"),
        ("for x in xs", "line 1, column 12: expected `..`, `,` or `return`, found the end"),
        ("a && b", "line 1, column 3: expected the end, found `&`"),
        ("response.\"x\"", "line 1, column 10: expected a name, found `\"`"),
        ("{a: 1,\n b: 'x'}", "line 2, column 5: expected an expression, found `'`"),
        ("\"abc", "line 1, column 5: expected `\"`, found the end"),
        ("1 /* x", "line 1, column 7: expected `*/`, found the end"),
        ("==1", "line 1, column 2: expected an expression, found `=`"),
        ("{`a b: 1}", "line 1, column 2: expected a name, found a backtick"),
    ] {
        assert_eq!(error(text), message, "{text}");
    }
}

#[test]
fn an_error_points_into_the_text() {
    let text = "= {a: 1,\n   b: [1, 2}";
    let error = Expression::parse(text).expect_err("a bracket is open");
    assert_eq!(error.explain(text), "line 2, column 12: expected `,` or `]`, found `}`\n   b: [1, 2}\n           ^");
}

#[test]
fn words_of_the_grammar_need_no_blanks() {
    for text in
        ["if(true)then 1 else 2", "1 in[1..3]", "x inlist", "a orb", "for x in[1]return x", "iffy", "inx", "nullable"]
    {
        assert!(parses(text), "{text}");
    }
}

#[test]
fn names_are_those_of_java() {
    for text in ["größe", "_x", "$y", "a1", "`any thing`", "日本", "€"] {
        assert!(parses(text), "{text}");
    }
    for text in ["1a", "🐎", "`x", "``", "a b", "null1x ."] {
        assert!(!parses(text), "{text}");
    }
}

#[test]
fn some_functions_names_are_hidden_by_a_prefix() {
    // As in feel-scala: `or` is tried as a function's name first.
    assert!(!parses("order(1)"));
    assert!(!parses("android(1)"));
    assert!(parses("ordinal"));
    assert!(parses("or(true)"));
}

#[test]
fn ranges_stand_where_feel_scala_takes_them() {
    for text in ["[1..3]", "(1..3]", "]1..3[", "x in [1..3]", "before(1, (2..3))", "[[1..2]]", "[(a or b)..3]"] {
        assert!(parses(text), "{text}");
    }
    for text in ["[1..3].start", "1 + [1..2]", "[a or b..3]", "before([1..2] and x, 3)", "[1..]"] {
        assert!(!parses(text), "{text}");
    }
}

#[test]
fn nesting_is_bounded_however_it_is_written() {
    for (open, inner, close) in [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("{a:", "1", "}"),
        ("if true then ", "1", " else 2"),
        ("not(", "true", ")"),
        ("count([", "1", "])"),
        ("- -", "1", ""),
        ("x in (", "1", ")"),
        ("for x in [1] return ", "x", ""),
        ("function(x) ", "x", ""),
        ("x[", "1", "]"),
        ("if(", "1", ")"),
        ("[", "1..2]", ""),
        ("{", "", ""),
        ("(", "", ""),
    ] {
        for depth in [50, 100_000] {
            let text = format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
            // Whatever the verdict: there is one, on this thread's stack.
            let _ = Expression::parse(&text);
        }
        let text = format!("{}{inner}{}", open.repeat(100_000), close.repeat(100_000));
        assert!(Expression::parse(&text).is_err(), "{open}");
    }
}

#[test]
fn a_hundred_levels_are_fine() {
    for (open, inner, close) in
        [("(", "1", ")"), ("[", "1", "]"), ("{a:", "1", "}"), ("count([", "1", "])"), ("not(", "true", ")")]
    {
        let text = format!("{}{inner}{}", open.repeat(100), close.repeat(100));
        assert!(parses(&text), "{open}");
    }
}

#[test]
fn long_chains_are_flat() {
    for (link, last) in
        [("1+", "1"), ("1*", "1"), ("1**", "1"), ("a.", "a"), ("a or ", "a"), ("a and ", "a"), ("1,", "1")]
    {
        let text = format!("[{}{last}]", link.repeat(100_000));
        assert!(parses(&text), "{link}");
    }
    assert!(parses(&format!("a{}", "[1]".repeat(100_000))));
}
