//! Contexts for generated expressions: mostly what the names promise, sometimes something else, or nothing.

use serde_json::{Map, Value, json};

use super::random::Random;

/// A context has four entries at most, as feel-scala orders more of them by their hash codes.
pub(crate) fn context(random: &mut Random) -> Value {
    let mut context = Map::new();
    let mut put = |name: &str, random: &mut Random, values: &[Value]| {
        if random.chance(90) {
            let value = if random.chance(8) { odd(random) } else { random.pick_ref(values).clone() };
            context.insert(name.to_owned(), value);
        }
    };
    let numbers =
        [json!(0), json!(1), json!(2.5), json!(-3), json!(42), json!(0.1), json!(1e3), json!(12_345_678_901_i64)];
    put("n", random, &numbers);
    put("m", random, &[json!(1), json!(2), json!(3), json!(-1), json!(0)]);
    put("s", random, &[json!("abc"), json!(""), json!("ä€😀"), json!("2020-01-01"), json!("1.5"), json!("foobar")]);
    put("t", random, &[json!("b"), json!(" "), json!("a,b;c"), json!("PT1H"), json!("a\nb")]);
    put("b", random, &[json!(true), json!(false)]);
    put(
        "l",
        random,
        &[
            json!([1, 2, 3]),
            json!([]),
            json!(["a", "b", "a"]),
            json!([null, 1]),
            json!([[1, 2], [3]]),
            json!([2.5, 1, 2]),
        ],
    );
    put(
        "o",
        random,
        &[json!({"a": 1, "b c": "x"}), json!({}), json!({"a": {"b": [1, {"c": 2}]}, "key": "k", "value": 0})],
    );
    let items = [
        json!([{"name": "p", "price": 10}, {"name": "q", "price": 2.5}, {"name": "r", "price": null}]),
        json!([{"name": "p", "price": 1, "item": 2}]),
        json!([{"price": 3}, 4, "x"]),
        json!([]),
    ];
    put("items", random, &items);
    put("odd name", random, &numbers);
    context.insert("nothing".to_owned(), Value::Null);
    Value::Object(context)
}

/// A value that is none of the expected ones; also for the input of unary tests.
pub(crate) fn odd(random: &mut Random) -> Value {
    let values = [
        json!(null),
        json!(true),
        json!(3),
        json!(-0.5),
        json!("a"),
        json!("2020-02-29"),
        json!([1]),
        json!([]),
        json!({"a": 1}),
        json!({}),
        json!(9_007_199_254_740_993_i64),
        json!("b"),
        json!(2),
    ];
    random.pick_ref(&values).clone()
}
