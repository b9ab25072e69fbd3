//! Sums, means and extremes of lists.

use super::{Builtin, Given, lists::of_list, unary, variadic};
use crate::{
    evaluate::{Evaluator, Stop, a, impossible, no_number},
    number::{ArithmeticError, Number},
    value::{List, Value},
};

pub(super) const FUNCTIONS: &[Builtin] = &[
    variadic(unary("min", &["list"], |e, list| extreme(e, list, std::cmp::Ordering::is_lt))),
    variadic(unary("max", &["list"], |e, list| extreme(e, list, std::cmp::Ordering::is_gt))),
    variadic(unary("sum", &["list"], |e, list| of_numbers(e, list, total))),
    variadic(unary("product", &["list"], |e, list| of_numbers(e, list, |numbers| fold(numbers, Number::multiply)))),
    variadic(unary("mean", &["list"], |e, list| of_numbers(e, list, mean))),
    variadic(unary("median", &["list"], |e, list| of_numbers(e, list, median))),
    variadic(unary("stddev", &["list"], |e, list| of_numbers(e, list, deviation))),
    variadic(unary("mode", &["list"], mode)),
];

/// The numbers of a list; the error that names the first that is none.
fn numbers<'a>(list: &List<'a>) -> Result<Vec<Number>, Value<'a>> {
    let mut numbers = Vec::with_capacity(list.len());
    for item in list.iter() {
        match item {
            Value::Number(number) => numbers.push(number),
            other => {
                return Err(Value::error(format!("only numbers are expected in the list, but it holds {}", a(&other))));
            }
        }
    }
    Ok(numbers)
}

/// Counts the work on long numbers, sorting included.
fn charge(evaluator: &mut Evaluator<'_, '_>, numbers: &[Number]) -> Result<(), Stop> {
    let turns = u64::from(numbers.len().checked_ilog2().unwrap_or(0)) + 1;
    numbers.iter().try_for_each(|number| evaluator.budget.step(number.own_effort().saturating_mul(turns)))
}

fn of_numbers<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    list: &Value<'a>,
    function: impl FnOnce(&[Number]) -> Result<Number, ArithmeticError>,
) -> Given<'a> {
    of_list(list, |list| {
        if list.is_empty() {
            return Ok(Value::Null);
        }
        match numbers(list) {
            Ok(numbers) => {
                charge(evaluator, &numbers)?;
                match function(&numbers) {
                    Ok(number) => Ok(Value::Number(number)),
                    Err(error) => Err(no_number(evaluator.call, error)),
                }
            }
            Err(error) => Ok(error),
        }
    })
}

fn fold(
    numbers: &[Number],
    operation: impl Fn(&Number, &Number) -> Result<Number, ArithmeticError>,
) -> Result<Number, ArithmeticError> {
    let Some((first, rest)) = numbers.split_first() else { return Ok(Number::ZERO) };
    rest.iter().try_fold(first.clone(), |total, number| operation(&total, number))
}

fn total(numbers: &[Number]) -> Result<Number, ArithmeticError> {
    fold(numbers, Number::add)
}

fn mean(numbers: &[Number]) -> Result<Number, ArithmeticError> {
    total(numbers)?.divide(&Number::from(numbers.len()))
}

fn median(numbers: &[Number]) -> Result<Number, ArithmeticError> {
    let mut sorted = numbers.to_vec();
    sorted.sort();
    let half = sorted.len() / 2;
    match (half.checked_sub(1).and_then(|below| sorted.get(below)), sorted.get(half)) {
        (Some(below), Some(above)) if sorted.len().is_multiple_of(2) => below.add(above)?.divide(&Number::from(2_i64)),
        (_, middle) => Ok(middle.cloned().unwrap_or(Number::ZERO)),
    }
}

fn deviation(numbers: &[Number]) -> Result<Number, ArithmeticError> {
    let mean = mean(numbers)?;
    let two = Number::from(2_i64);
    let squares = numbers
        .iter()
        .try_fold(Number::from(0_i64), |total, number| total.add(&number.subtract(&mean)?.power(&two)?))?;
    let variance = squares.divide(&Number::from(numbers.len().saturating_sub(1)))?;
    Number::from_f64(variance.to_f64().sqrt()).ok_or(ArithmeticError::InvalidOperation)
}

fn mode<'a>(evaluator: &mut Evaluator<'_, 'a>, list: &Value<'a>) -> Given<'a> {
    of_list(list, |list| {
        let mut sorted = match numbers(list) {
            Ok(numbers) => numbers,
            Err(error) => return Ok(error),
        };
        charge(evaluator, &sorted)?;
        // Stable, so that of equal numbers the first stands for its group.
        sorted.sort();
        let groups: Vec<&[Number]> = sorted.chunk_by(|left, right| left == right).collect();
        let most = groups.iter().map(|group| group.len()).max().unwrap_or(0);
        let modes = groups.iter().filter(|group| group.len() == most).filter_map(|group| group.first());
        evaluator.list(modes.cloned().map(Value::Number).collect())
    })
}

fn extreme<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    list: &Value<'a>,
    better: fn(std::cmp::Ordering) -> bool,
) -> Given<'a> {
    of_list(list, |list| {
        let mut items = list.iter();
        let Some(mut best) = items.next() else { return Ok(Value::Null) };
        if !best.is_comparable_with(&best) {
            return lists_have_no_order(evaluator, list, &best);
        }
        for item in items {
            evaluator.budget.step(1)?;
            if !best.is_comparable_with(&item) {
                return Ok(Value::error(format!("{} cannot be compared with {}", a(&best), a(&item))));
            }
            if let (Value::Number(item), Value::Number(best)) = (&item, &best) {
                evaluator.budget.step(item.effort_side_by_side(best))?;
            }
            if item.order(&best).is_some_and(better) {
                best = item;
            }
        }
        Ok(best)
    })
}

/// feel-scala takes lists of comparable items for comparable, and then fails.
fn lists_have_no_order<'a>(
    evaluator: &Evaluator<'_, 'a>,
    list: &List<'a>,
    first: &Value<'a>,
) -> Result<Value<'a>, Stop> {
    if crate::evaluate::has_order(first) && list.iter().all(|item| matches!(item, Value::List(_))) {
        if list.len() == 1 {
            return Ok(first.clone());
        }
        return Err(impossible(evaluator.call, "lists have no order"));
    }
    Ok(Value::error(format!("{} has no order", a(first))))
}
