//! How points and ranges lie to each other.

use std::cmp::Ordering;

use super::{Builtin, Given, binary};
use crate::{
    evaluate::{Evaluator, impossible},
    value::{Boundary, Range, Value},
};

pub(super) const FUNCTIONS: &[Builtin] = &[
    binary("before", &["point1", "point2"], before),
    binary("before", &["point", "range"], before),
    binary("before", &["range", "point"], before),
    binary("before", &["range1", "range2"], before),
    binary("after", &["point1", "point2"], after),
    binary("after", &["point", "range"], after),
    binary("after", &["range", "point"], after),
    binary("after", &["range1", "range2"], after),
    binary("meets", &["range1", "range2"], |e, x, y| ranges(e, x, y, meets)),
    binary("met by", &["range1", "range2"], |e, x, y| ranges(e, x, y, |x, y| meets(y, x))),
    binary("overlaps", &["range1", "range2"], |e, x, y| ranges(e, x, y, overlaps)),
    binary("overlaps before", &["range1", "range2"], |e, x, y| ranges(e, x, y, overlaps_before)),
    binary("overlaps after", &["range1", "range2"], |e, x, y| ranges(e, x, y, overlaps_after)),
    binary("finishes", &["point", "range"], finishes),
    binary("finishes", &["range1", "range2"], finishes),
    binary("finished by", &["point", "range"], |e, x, y| finishes(e, y, x)),
    binary("finished by", &["range1", "range2"], |e, x, y| finishes(e, y, x)),
    binary("includes", &["range", "point"], includes),
    binary("includes", &["range1", "range2"], includes),
    binary("during", &["point", "range"], |e, x, y| includes(e, y, x)),
    binary("during", &["range1", "range2"], |e, x, y| includes(e, y, x)),
    binary("starts", &["point", "range"], starts),
    binary("starts", &["range1", "range2"], starts),
    binary("started by", &["range", "point"], |e, x, y| starts(e, y, x)),
    binary("started by", &["range1", "range2"], |e, x, y| starts(e, y, x)),
    binary("coincides", &["point1", "point2"], coincides),
    binary("coincides", &["range1", "range2"], coincides),
];

/// Two points or ranges whose points have one order.
enum Pair<'v, 'a> {
    Points(&'v Value<'a>, &'v Value<'a>),
    PointAndRange(&'v Value<'a>, &'v Range<'a>),
    RangeAndPoint(&'v Range<'a>, &'v Value<'a>),
    Ranges(&'v Range<'a>, &'v Range<'a>),
}

fn pair<'v, 'a>(x: &'v Value<'a>, y: &'v Value<'a>) -> Option<Pair<'v, 'a>> {
    let start = |value: &'v Value<'a>| if let Value::Range(range) = value { &range.start.value } else { value };
    let (point_x, point_y) = (start(x), start(y));
    if !point_x.is_comparable_with(point_y) || matches!(point_x, Value::Text(_)) {
        return None;
    }
    Some(match (x, y) {
        (Value::Range(x), Value::Range(y)) => Pair::Ranges(x, y),
        (Value::Range(x), y) => Pair::RangeAndPoint(x, y),
        (x, Value::Range(y)) => Pair::PointAndRange(x, y),
        (x, y) => Pair::Points(x, y),
    })
}

fn less(x: &Value<'_>, y: &Value<'_>) -> bool {
    x.order(y).is_some_and(Ordering::is_lt)
}

/// Equal as values are: dates with different offsets are not, even at the same instant.
fn equal(x: &Value<'_>, y: &Value<'_>) -> bool {
    match (x, y) {
        (Value::Number(x), Value::Number(y)) => x == y,
        (Value::Temporal(x), Value::Temporal(y)) => x == y,
        _ => false,
    }
}

fn verdict<'a>(holds: bool) -> Given<'a> {
    Ok(Some(Value::Boolean(holds)))
}

fn ranges<'a>(
    evaluator: &mut Evaluator<'_, 'a>,
    x: &Value<'a>,
    y: &Value<'a>,
    relation: fn(&Range<'_>, &Range<'_>) -> bool,
) -> Given<'a> {
    match pair(x, y) {
        Some(Pair::Ranges(x, y)) => verdict(relation(x, y)),
        Some(_) => mismatch(evaluator),
        None => Ok(None),
    }
}

/// A point where a range belongs, or the other way round: feel-scala fails where the types would fit.
fn mismatch<'a>(evaluator: &Evaluator<'_, 'a>) -> Given<'a> {
    Err(impossible(evaluator.call, "a range is expected instead of a point, or a point instead of a range"))
}

fn before<'a>(_: &mut Evaluator<'_, 'a>, x: &Value<'a>, y: &Value<'a>) -> Given<'a> {
    let Some(pair) = pair(x, y) else { return Ok(None) };
    verdict(match pair {
        Pair::Ranges(x, y) => ends_before(&x.end, &y.start),
        Pair::PointAndRange(x, y) => less(x, &y.start.value) || (equal(x, &y.start.value) && !y.start.closed),
        Pair::RangeAndPoint(x, y) => less(&x.end.value, y) || (equal(&x.end.value, y) && !x.end.closed),
        Pair::Points(x, y) => less(x, y),
    })
}

fn after<'a>(evaluator: &mut Evaluator<'_, 'a>, x: &Value<'a>, y: &Value<'a>) -> Given<'a> {
    before(evaluator, y, x)
}

/// Whether an end lies before a start, so that no point belongs to both.
fn ends_before(end: &Boundary<'_>, start: &Boundary<'_>) -> bool {
    less(&end.value, &start.value) || (equal(&end.value, &start.value) && !(end.closed && start.closed))
}

fn meets(x: &Range<'_>, y: &Range<'_>) -> bool {
    x.end.closed && y.start.closed && equal(&x.end.value, &y.start.value)
}

/// Whether an end reaches a start, so that some point may belong to both.
fn reaches(end: &Boundary<'_>, start: &Boundary<'_>) -> bool {
    less(&start.value, &end.value) || (equal(&end.value, &start.value) && end.closed && start.closed)
}

fn overlaps(x: &Range<'_>, y: &Range<'_>) -> bool {
    reaches(&x.end, &y.start) && reaches(&y.end, &x.start)
}

/// Whether the first start takes in more than the second.
fn starts_sooner(x: &Boundary<'_>, y: &Boundary<'_>) -> bool {
    less(&x.value, &y.value) || (equal(&x.value, &y.value) && x.closed && !y.closed)
}

/// Whether the first end takes in no more than the second.
fn ends_no_later(x: &Boundary<'_>, y: &Boundary<'_>) -> bool {
    less(&x.value, &y.value) || (equal(&x.value, &y.value) && (!x.closed || y.closed))
}

/// Whether the first start takes in no less than the second.
fn starts_no_later(x: &Boundary<'_>, y: &Boundary<'_>) -> bool {
    less(&x.value, &y.value) || (equal(&x.value, &y.value) && (x.closed || !y.closed))
}

fn overlaps_before(x: &Range<'_>, y: &Range<'_>) -> bool {
    starts_sooner(&x.start, &y.start) && reaches(&x.end, &y.start) && ends_no_later(&x.end, &y.end)
}

fn overlaps_after(x: &Range<'_>, y: &Range<'_>) -> bool {
    starts_sooner(&y.start, &x.start) && reaches(&y.end, &x.start) && ends_no_later(&y.end, &x.end)
}

fn finishes<'a>(evaluator: &mut Evaluator<'_, 'a>, x: &Value<'a>, y: &Value<'a>) -> Given<'a> {
    match pair(x, y) {
        Some(Pair::Ranges(x, y)) => verdict(
            x.end.closed == y.end.closed && equal(&x.end.value, &y.end.value) && starts_no_later(&y.start, &x.start),
        ),
        Some(Pair::PointAndRange(x, y)) => verdict(y.end.closed && equal(&y.end.value, x)),
        Some(_) => mismatch(evaluator),
        None => Ok(None),
    }
}

fn includes<'a>(evaluator: &mut Evaluator<'_, 'a>, x: &Value<'a>, y: &Value<'a>) -> Given<'a> {
    match pair(x, y) {
        Some(Pair::Ranges(x, y)) => {
            let ends = less(&y.end.value, &x.end.value)
                || (equal(&x.end.value, &y.end.value) && (x.end.closed || !y.end.closed));
            verdict(starts_no_later(&x.start, &y.start) && ends)
        }
        Some(Pair::RangeAndPoint(x, y)) => verdict(
            (less(&x.start.value, y) && less(y, &x.end.value))
                || (equal(&x.start.value, y) && x.start.closed)
                || (equal(&x.end.value, y) && x.end.closed),
        ),
        Some(_) => mismatch(evaluator),
        None => Ok(None),
    }
}

fn starts<'a>(evaluator: &mut Evaluator<'_, 'a>, x: &Value<'a>, y: &Value<'a>) -> Given<'a> {
    match pair(x, y) {
        Some(Pair::Ranges(x, y)) => verdict(
            x.start.closed == y.start.closed && equal(&x.start.value, &y.start.value) && ends_no_later(&x.end, &y.end),
        ),
        Some(Pair::PointAndRange(x, y)) => verdict(y.start.closed && equal(&y.start.value, x)),
        Some(_) => mismatch(evaluator),
        None => Ok(None),
    }
}

fn coincides<'a>(_: &mut Evaluator<'_, 'a>, x: &Value<'a>, y: &Value<'a>) -> Given<'a> {
    let Some(pair) = pair(x, y) else { return Ok(None) };
    verdict(match pair {
        Pair::Ranges(x, y) => {
            x.start.closed == y.start.closed
                && x.end.closed == y.end.closed
                && equal(&x.start.value, &y.start.value)
                && equal(&x.end.value, &y.end.value)
        }
        Pair::Points(x, y) => equal(x, y),
        Pair::PointAndRange(..) | Pair::RangeAndPoint(..) => false,
    })
}
