//! Literal expectations, printed by Scala 2.13.18's `BigDecimal` on Java 25.

use std::collections::HashSet;

use serde_json::json;

use super::{ArithmeticError, MAX_PARSED_DIGITS, Number, ParseError, Rounding};

const FORTY: &str = "1234567890123456789012345678901234567890";

fn number(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The printed result, with its context where that is not the default one, or the error.
fn shown(result: Result<Number, ArithmeticError>) -> String {
    match result {
        Ok(number) if number.context() == super::DEFAULT_PRECISION => number.to_string(),
        Ok(number) => format!("{number} to {}", number.context()),
        Err(error) => format!("!{error}"),
    }
}

#[track_caller]
fn check(operation: fn(&Number, &Number) -> Result<Number, ArithmeticError>, cases: &[[&str; 3]]) {
    for [left, right, expected] in cases {
        assert_eq!(shown(operation(&number(left), &number(right))), *expected, "{left} and {right}");
    }
}

#[test]
fn a_number_takes_two_words_and_crosses_threads() {
    fn crosses<T: Send + Sync>() {}
    crosses::<Number>();
    assert_eq!(size_of::<Number>(), 16);
}

#[test]
fn sums_keep_the_larger_scale_and_the_left_context() {
    check(
        Number::add,
        &[
            ["1.0", "2.00", "3.00"],
            ["9223372036854775807", "1", "9223372036854775808"],
            ["0", "1E+3", "1000"],
            ["0.00", "1E+3", "1000.00"],
            ["0E-40", "1", "1.000000000000000000000000000000000"],
            ["0E+5", "0.000", "0.000"],
            ["0E-2147483647", "1E+10", "!Underflow"],
            ["1E+999999999", "1", "1.000000000000000000000000000000000E+999999999"],
            ["9999999999999999999999999999999999", "0.6", "1.000000000000000000000000000000000E+34"],
            ["9999999999999999999999999999999999", "0.5", "1.000000000000000000000000000000000E+34"],
            [FORTY, "1", "1234567890123456789012345678901234567891 to 40"],
            ["1", FORTY, "1.234567890123456789012345678901235E+39"],
        ],
    );
    check(
        Number::subtract,
        &[
            ["1.10", "1.1", "0.00"],
            ["-9223372036854775808", "1", "-9223372036854775809"],
            [FORTY, "1234567890123456789012345678901234567889", "1 to 40"],
            ["1E+40", "1E-40", "1.000000000000000000000000000000000E+40"],
        ],
    );
}

#[test]
fn products_add_the_scales() {
    check(
        Number::multiply,
        &[
            ["1.5", "2.0", "3.00"],
            ["9223372036854775807", "9223372036854775807", "8.507059173023461584739690778423250E+37"],
            ["1234567890123456789", "9876543210987654321", "1.219326311370217952237463801111264E+37"],
            ["0E+2147483647", "0E+2147483647", "0E+2147483648"],
            ["0", "1E-2147483647", "0E-2147483647"],
            ["1E+2147483647", "1E+10", "!Overflow"],
            ["1E-2147483647", "1E-10", "!Underflow"],
        ],
    );
}

#[test]
fn quotients_show_no_more_zeros_than_the_operands() {
    check(
        Number::divide,
        &[
            ["1", "3", "0.3333333333333333333333333333333333"],
            ["2", "3", "0.6666666666666666666666666666666667"],
            ["10", "4", "2.5"],
            ["100", "5", "20"],
            ["1.00", "2", "0.50"],
            ["1", "1024", "0.0009765625"],
            ["0.00", "3", "0.00"],
            ["1", FORTY, "8.100000072900000663390006036849055E-40"],
            [FORTY, "7", "176366841446208112716049382700176366841.4 to 40"],
            ["1", "0", "!Division by zero"],
            ["0", "0", "!Division undefined"],
            ["1E-2147483647", "1E+10", "!Overflow"],
            ["-20", "5E+2147483618", "!Overflow"],
            ["0E-2147483647", "1E+10", "0E-2147483647"],
        ],
    );
}

#[test]
fn remainders_have_the_sign_of_the_dividend() {
    check(
        Number::remainder,
        &[
            ["10", "3", "1"],
            ["-10", "3", "-1"],
            ["5.5", "2", "1.5"],
            ["10.50", "3.5", "0.00"],
            ["12345", "0.25", "0.0"],
            ["3", "5", "3"],
            ["1E+2", "7", "2"],
            ["1E+40", "1E+39", "0E+40"],
            ["1E+40", "3", "!Division impossible"],
            ["1", "0", "!Division by zero"],
            ["0", "0", "!Division undefined"],
        ],
    );
}

#[test]
fn powers_are_decimal_for_whole_exponents() {
    check(
        Number::power,
        &[
            ["2", "10", "1024"],
            ["2", "3.00", "8"],
            ["1.10", "2", "1.2100"],
            ["2", "-2", "0.25"],
            ["10", "-5", "0.00001"],
            ["18", "-8", "9.074442627116708842933704520722961E-11"],
            ["19", "-6.00", "2.125584596874697702015613226586191E-8"],
            ["0", "0", "1"],
            ["0.00", "3", "0.000000"],
            ["0", "-1", "!Division by zero"],
            ["7", "100", "3.234476509624757991344647769100217E+84"],
            ["9", "999999999", "3.055500542404874073616193980521301E+954242508"],
            ["1.1", "999999999", "1.308676655992104177330522932239614E+41392685"],
            ["10", "1000000000", "!Invalid operation"],
            ["2", "4294967297", "2"],
            [FORTY, "2", "1.524157875323883675049535156256668194501E+78 to 40"],
            ["2", "0.5", "1.4142135623730951"],
        ],
    );
    assert_eq!(number("-8").power(&number("0.5")), Err(ArithmeticError::NotANumber));
    assert_eq!(number("0").power(&number("-0.5")), Err(ArithmeticError::Infinite));
    // The exponent is not whole, and infinite as a double.
    let endless = number(&format!("1{}.5", "0".repeat(400)));
    assert_eq!(Number::ONE.power(&endless), Err(ArithmeticError::NotANumber));
}

#[test]
fn negating_rounds_to_the_context() {
    assert_eq!(shown(number("-9223372036854775808").negate()), "9223372036854775808");
    let wide = number("1").set_scale(40, Rounding::Up);
    assert_eq!(shown(wide.clone()), "1.0000000000000000000000000000000000000000");
    assert_eq!(shown(wide.and_then(|wide| wide.negate())), "-1.000000000000000000000000000000000");
    assert_eq!((shown(number("-1.50").abs()), shown(number("1.50").abs())), ("1.50".into(), "1.50".into()));
}

#[test]
fn rounding_follows_the_table_of_java() {
    use Rounding::{Ceiling, Down, Floor, HalfDown, HalfEven, HalfUp, Unnecessary, Up};
    let modes = [Up, Down, Ceiling, Floor, HalfUp, HalfDown, HalfEven, Unnecessary];
    for (text, expected) in [
        ("5.5", ["6", "5", "6", "5", "6", "5", "6", "!"]),
        ("2.5", ["3", "2", "3", "2", "3", "2", "2", "!"]),
        ("1.6", ["2", "1", "2", "1", "2", "2", "2", "!"]),
        ("1.1", ["2", "1", "2", "1", "1", "1", "1", "!"]),
        ("1.0", ["1", "1", "1", "1", "1", "1", "1", "1"]),
        ("-1.1", ["-2", "-1", "-1", "-2", "-1", "-1", "-1", "!"]),
        ("-1.6", ["-2", "-1", "-1", "-2", "-2", "-2", "-2", "!"]),
        ("-2.5", ["-3", "-2", "-2", "-3", "-3", "-2", "-2", "!"]),
        ("-5.5", ["-6", "-5", "-5", "-6", "-6", "-5", "-6", "!"]),
    ] {
        // Wide enough for the general way, and with the same fraction.
        let zeros = "0".repeat(40);
        for (mode, expected) in modes.into_iter().zip(expected) {
            let expected = if expected == "!" { "!Rounding necessary" } else { expected };
            assert_eq!(shown(number(text).set_scale(0, mode)), expected, "{text} {mode:?}");
            let wide = shown(number(&format!("{text}{zeros}")).set_scale(0, mode));
            assert_eq!(wide.split(' ').next(), expected.split(' ').next(), "{text} {mode:?}");
        }
    }
}

#[test]
fn setting_a_scale_pads_rounds_or_refuses() {
    for (text, scale, expected) in [
        ("1", 5, "1.00000"),
        ("0.00", -3, "0E+3"),
        ("12345", -2, "1.24E+4"),
        ("123456789012345678901234567890.5", 0, "123456789012345678901234567891"),
        ("1", 2_000_000_000, "!the result has more than 100000 digits"),
        ("1E+2000000000", i32::MAX, "!Underflow"),
        ("1E-999999999", 0, "!the result has more than 100000 digits"),
        ("1E-99999999", 0, "1"),
        // Java would take its time over this one.
        ("1", 100_000, "!the result has more than 100000 digits"),
    ] {
        assert_eq!(shown(number(text).set_scale(scale, Rounding::Up)), expected, "{text} {scale}");
    }
}

#[test]
fn texts_are_read_as_java_reads_them() {
    for (text, expected) in [
        ("0.0000", "0.0000"),
        ("0.0000001", "1E-7"),
        ("0E-10", "0E-10"),
        ("-0.00", "0.00"),
        ("1e5", "1E+5"),
        ("+.5", "0.5"),
        ("5.", "5"),
        ("00012", "12"),
        ("-1.5E+10", "-1.5E+10"),
        ("1E-0000000000005", "0.00001"),
        ("1E00000000000", "1"),
        ("1E+2147483648", "1E+2147483648"),
        ("1E-2147483647", "1E-2147483647"),
        (FORTY, "1234567890123456789012345678901234567890 to 40"),
    ] {
        assert_eq!(shown(Ok(number(text))), expected, "{text}");
    }
    let refused = [
        "1E+2147483649",
        "1E-2147483648",
        "0.1E-2147483647",
        ".",
        "e5",
        "1e",
        "1e+",
        "--1",
        "",
        " 1",
        "1_0",
        "1.2.3",
        "1E10000000000",
        "0x1",
        "NaN",
        "+",
        "1e5.0",
        "1e5e5",
        "1 ",
        "٣",
    ];
    for text in refused {
        assert_eq!(Number::parse(text), Err(ParseError::Malformed), "{text}");
    }
}

#[test]
fn long_texts_are_read_up_to_the_limit() {
    let text = "9876543210".repeat(10_000);
    let long = number(&text);
    assert_eq!(long.to_string(), text);
    assert_eq!((long.precision(), long.context()), (100_000, 100_000));
    assert_eq!(long.to_plain_string(100_002), Some(text));
    assert_eq!(long.multiply(&long), Err(ArithmeticError::TooLarge));
    assert_eq!(shown(Number::ZERO.add(&long)), "9.876543210987654321098765432109877E+99999");
    assert_eq!(Number::parse(&"1".repeat(MAX_PARSED_DIGITS + 1)), Err(ParseError::TooManyDigits));
    assert_eq!(shown(Ok(number(&format!("{}7", "0".repeat(MAX_PARSED_DIGITS))))), "7");
}

#[test]
fn doubles_become_what_java_prints() {
    for (double, expected) in [
        (1.0, "1.0"),
        (100.0, "100.0"),
        (1e7, "1.0E+7"),
        (9_999_999.0, "9999999.0"),
        (0.001, "0.001"),
        (1e-4, "0.00010"), // Java's 1.0E-4
        (0.1 + 0.2, "0.30000000000000004"),
        (-0.0, "0.0"),
        (-123_456.789, "-123456.789"),
        (2e-323, "2.0E-323"),
        (f64::from_bits(1), "4.9E-324"),
        (f64::from_bits(2), "9.9E-324"),
        (f64::MAX, "1.7976931348623157E+308"),
        (2e23, "2.0E+23"),
        (600_000_000_000_000.2, "600000000000000.2"),
        (600_000_000_000_000.8, "600000000000000.8"),
        (1.0 / 3.0, "0.3333333333333333"),
        (9_007_199_254_740_992.0, "9007199254740992"),
    ] {
        assert_eq!(Number::from_f64(double).map(|number| number.to_string()).as_deref(), Some(expected));
    }
    assert_eq!(Number::from_f64(f64::NAN), None);
    assert_eq!(Number::from_f64(f64::NEG_INFINITY), None);
}

#[test]
fn numbers_become_the_nearest_doubles() {
    for (text, expected) in [
        ("0.1", 0.1),
        ("1E+400", f64::INFINITY),
        ("-1E+400", f64::NEG_INFINITY),
        ("1E+2147483647", f64::INFINITY),
        ("1E-400", 0.0),
        ("-1E-400", -0.0),
        ("0E+400", 0.0),
        ("9007199254740993", 9_007_199_254_740_992.0),
        ("9007199254740993.0000000001", 9_007_199_254_740_994.0),
        ("1.7976931348623159E+308", f64::INFINITY),
        ("2.4703282292062328E-324", f64::from_bits(1)),
        ("2.4703282292062327E-324", 0.0),
    ] {
        assert_eq!(number(text).to_f64().to_bits(), expected.to_bits(), "{text}");
    }
    let zeros = "0".repeat(2000);
    assert_eq!(number(&format!("9007199254740993.{zeros}")).to_f64().to_bits(), 9_007_199_254_740_992f64.to_bits());
    assert_eq!(number(&format!("9007199254740993.{zeros}1")).to_f64().to_bits(), 9_007_199_254_740_994f64.to_bits());
}

#[test]
fn integers_wrap_as_in_java() {
    for (text, int, long) in [
        ("4294967297.9", 1, 4_294_967_297),
        ("-4294967297.9", -1, -4_294_967_297),
        ("1E+20", 1_661_992_960, 7_766_279_631_452_241_920),
        ("1E+64", 0, 0),
        ("1E-5", 0, 0),
        ("-18446744073709551617.5", -1, -1),
        ("-9223372036854775808.9", 0, i64::MIN),
    ] {
        assert_eq!((number(text).to_i32_wrapping(), number(text).to_i64_wrapping()), (int, long), "{text}");
    }
}

#[test]
fn json_has_integers_only_where_they_fit() {
    for (text, expected) in [
        ("1.00", json!(1)),
        ("1.5", json!(1.5)),
        ("1E+18", json!(1_000_000_000_000_000_000i64)),
        ("1E+19", json!(1e19)),
        ("9223372036854775807.000", json!(i64::MAX)),
        ("9223372036854775807.00000000000000000000000", json!(i64::MAX)),
        ("9223372036854775808", json!(9_223_372_036_854_775_808.0)),
        ("1E+400", json!("Infinity")),
        ("-1E+400", json!("-Infinity")),
        ("0E+400", json!(0)),
        ("0E-400", json!(0)),
    ] {
        assert_eq!(number(text).to_json(), expected, "{text}");
    }
    for (value, expected) in [
        (json!(-42), "-42"),
        (json!(u64::MAX), "18446744073709551615"),
        (json!(1.0), "1.0"),
        (json!(1e300), "1.0E+300"),
    ] {
        assert_eq!(value.as_number().map(|number| Number::from_json(number).to_string()).as_deref(), Some(expected));
    }
}

#[test]
fn equality_order_and_hash_go_by_value() {
    let ascending = ["-1E+999999999", "-1", "-1E-30", "0", "1E-999999999", "1", "1.5", FORTY, "1E+40", "1E+2147483647"];
    for pair in ascending.windows(2) {
        assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
        assert!(number(pair[1]) > number(pair[0]), "{pair:?}");
    }
    let mut seen = HashSet::new();
    for text in ["100", "1E+2", "100.00", &format!("100.{}", "0".repeat(60)), &format!("1{}E-58", "0".repeat(60))] {
        assert_eq!(number(text), number("100"), "{text}");
        seen.insert(number(text));
    }
    assert_eq!(seen.len(), 1);
    assert!(!seen.contains(&number("10")));
    seen.insert(Number::ZERO);
    assert!(seen.contains(&number("0E+5")) && seen.contains(&number("0.00")));
}

#[test]
fn whole_numbers_may_have_decimals() {
    for (text, whole) in [("1.00", true), ("1E+5", true), ("0.00", true), ("1.5", false), ("1E-30", false)] {
        assert_eq!(number(text).is_whole(), whole, "{text}");
    }
    assert!(number(&format!("{FORTY}.000")).is_whole());
    assert!(!number(&format!("{FORTY}.001")).is_whole());
}

#[test]
fn plain_texts_are_bounded() {
    assert_eq!(number("1E+3").to_plain_string(10).as_deref(), Some("1000"));
    assert_eq!(number("-1.5E-7").to_plain_string(20).as_deref(), Some("-0.00000015"));
    assert_eq!(number("0E+3").to_plain_string(10).as_deref(), Some("0"));
    assert_eq!(number("1E+999999999").to_plain_string(1000), None);
    assert_eq!(number("1E-999999999").to_plain_string(1000), None);
}
