//! What Java works out about parts of a pattern: their length, and whether they can match in one way only.

use super::ast::{Form, Mode, Node, Reach};

/// How far a look-behind with this body reaches back; none where Java finds no bound.
///
/// Java counts in 32 bits without heed of overflow, so that `(?<=ca*)` passes and `(?<=(?:ca)*)` does not.
pub(super) fn reach(body: &Node) -> Option<Reach> {
    let mut length = Length::default();
    measure(body, &mut length)?;
    Some(length.whole())
}

/// The length so far. Java starts anew behind alternatives, and looks for an overflow in what it has counted since.
#[derive(Default)]
struct Length {
    before: Reach,
    since: Reach,
}

impl Length {
    fn whole(&self) -> Reach {
        plus(self.before, self.since)
    }

    fn add(&mut self, min: i32, max: i32) {
        self.since = plus(self.since, Reach { min, max });
    }

    fn alternatives(&mut self, widest: Reach) {
        self.before = plus(self.whole(), widest);
        self.since = Reach::default();
    }
}

fn plus(left: Reach, right: Reach) -> Reach {
    Reach { min: left.min.wrapping_add(right.min), max: left.max.wrapping_add(right.max) }
}

fn measure(node: &Node, length: &mut Length) -> Option<()> {
    match node {
        Node::Empty | Node::Assert(_) | Node::Ahead { .. } | Node::Behind { .. } => {}
        Node::Atom(_) => length.add(1, 1),
        Node::Newline => length.add(1, 2),
        Node::Grapheme => length.add(1, 0),
        Node::BackRef { .. } => return None,
        Node::Cat(nodes) => nodes.iter().try_for_each(|node| measure(node, length))?,
        Node::Alt(branches) => {
            let mut widest = NO_BRANCH;
            for branch in branches {
                widest = wider(widest, reach(branch)?);
            }
            length.alternatives(widest);
        }
        Node::Group { body, .. } => measure(body, length)?,
        Node::Atomic(body) => length.since = inner(body, length.since)?,
        Node::Repeat { body, min, max, mode, form } => {
            let grouped = matches!(**body, Node::Group { .. }) && *mode != Mode::Possessive;
            let (min, max) = (i32::try_from(*min).ok()?, i32::try_from(*max).ok()?);
            match form {
                Form::Optional if grouped => length.alternatives(wider(reach(body)?, Reach::default())),
                // The length so far stays as the smallest one.
                Form::Optional => length.since = Reach { min: length.since.min, ..inner(body, length.since)? },
                Form::Open if *mode == Mode::Greedy && matches!(**body, Node::Atom(_)) => length.add(min, max),
                _ if grouped && !deterministic(body) => return None,
                _ => {
                    let (own, since) = (reach(body)?, length.since);
                    let shortest = own.min.wrapping_mul(min).wrapping_add(since.min);
                    let longest = own.max.wrapping_mul(max).wrapping_add(since.max);
                    if longest < since.max {
                        return None;
                    }
                    let min = if shortest < since.min { 0xFFF_FFFF } else { shortest };
                    length.since = Reach { min, max: longest };
                }
            }
        }
    }
    Some(())
}

/// The length with `body` behind it, alternatives in that counted in.
fn inner(body: &Node, since: Reach) -> Option<Reach> {
    let mut length = Length { before: Reach::default(), since };
    measure(body, &mut length)?;
    Some(length.whole())
}

/// What Java compares the first branch with; an overflown length is less.
const NO_BRANCH: Reach = Reach { min: i32::MAX, max: -1 };

fn wider(left: Reach, right: Reach) -> Reach {
    Reach { min: left.min.min(right.min), max: left.max.max(right.max) }
}

/// Whether Java takes the node for one that matches in one way only; it then repeats it without going back into it.
pub(super) fn deterministic(node: &Node) -> bool {
    match node {
        Node::Alt(_) | Node::Grapheme => false,
        Node::Cat(nodes) => nodes.iter().all(deterministic),
        Node::Group { body, .. } | Node::Atomic(body) => deterministic(body),
        Node::Repeat { body, min, max, form, .. } => *form == Form::Counted && min == max && deterministic(body),
        _ => true,
    }
}
