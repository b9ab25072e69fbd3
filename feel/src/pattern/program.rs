//! The program that the backtracking engine runs, and its making from the tree.

use super::ast::{Assert, Atom, Fold, Form, Mode, Node, Reach, Stride};
use super::set::CharSet;
use super::study;

#[derive(Debug)]
pub(super) enum Op {
    Char(char),
    Set(std::sync::Arc<CharSet>),
    /// A repeated character.
    Run {
        atom: Atom,
        min: u32,
        max: u32,
        mode: Mode,
    },
    /// Tries the next operation, later the one named.
    Split(usize),
    /// Tries the operation named, later the next one.
    SplitLazy(usize),
    Jump(usize),
    /// Notes in a local where a group starts.
    Open(usize),
    Close {
        local: usize,
        group: usize,
    },
    Assert(Assert),
    BackRef {
        group: usize,
        fold: Fold,
    },
    Grapheme,
    /// The body follows, up to `end`.
    Ahead {
        negate: bool,
        end: usize,
    },
    Behind {
        negate: bool,
        reach: Reach,
        stride: Stride,
        end: usize,
    },
    Atomic {
        end: usize,
    },
    /// A body that is not gone back into; it sets `group` with every turn.
    Iterate {
        min: u32,
        max: u32,
        mode: Mode,
        group: Option<usize>,
        end: usize,
    },
    /// Before a body that may match in several ways; two locals count its turns and hold where the last one began.
    LoopStart {
        count: usize,
        min: u32,
        max: u32,
        lazy: bool,
        end: usize,
    },
    /// Behind such a body, which starts at `body`.
    LoopEnd {
        count: usize,
        min: u32,
        max: u32,
        lazy: bool,
        body: usize,
    },
    /// The end of a body, or of the whole pattern.
    Accept,
    /// The end of a look-behind, which must be where it was asked for.
    AcceptHere,
}

#[derive(Debug)]
pub(super) struct Program {
    pub(super) ops: Vec<Op>,
    pub(super) locals: usize,
    pub(super) starts: Starts,
    /// Whether a repeated group is set again at the end of a match.
    pub(super) seals: bool,
}

/// Where a match may start.
#[derive(Debug)]
pub(super) struct Starts {
    /// At the beginning of the input only.
    pub(super) anchored: bool,
    /// The first character of every match; none where a match may be empty or may start with anything.
    pub(super) first: Option<First>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct First {
    pub(super) ascii: u128,
    pub(super) beyond: bool,
}

pub(super) fn program(root: &Node) -> Program {
    let mut maker = Maker { ops: Vec::new(), locals: 0 };
    maker.node(root);
    maker.ops.push(Op::Accept);
    let mut first = First { ascii: 0, beyond: false };
    let empty = collect_first(root, &mut first);
    // A group that an attempt leaves behind can be seen in the match, so that no attempt may be left out.
    let starts = if leaves_groups(root, false) {
        Starts { anchored: false, first: None }
    } else {
        Starts { anchored: anchored(root), first: (!empty).then_some(first) }
    };
    let sets_group = |op: &Op| matches!(op, Op::Iterate { mode: Mode::Greedy, group: Some(_), .. });
    let seals = maker.ops.iter().any(sets_group);
    Program { seals, ops: maker.ops, locals: maker.locals, starts }
}

struct Maker {
    ops: Vec<Op>,
    locals: usize,
}

impl Maker {
    fn local(&mut self) -> usize {
        self.locals += 1;
        self.locals - 1
    }

    /// Puts the operation that `op` makes of the end before what `body` adds.
    fn around(&mut self, body: impl FnOnce(&mut Self), op: impl FnOnce(usize) -> Op) {
        let start = self.ops.len();
        self.ops.push(Op::Accept);
        body(self);
        let end = self.ops.len();
        if let Some(slot) = self.ops.get_mut(start) {
            *slot = op(end);
        }
    }

    /// As `around`, with an end to the body.
    fn enclosed(&mut self, body: &Node, close: Op, op: impl FnOnce(usize) -> Op) {
        let inner = |maker: &mut Self| {
            maker.node(body);
            maker.ops.push(close);
        };
        self.around(inner, op);
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Empty => {}
            Node::Atom(Atom::Char(c)) => self.ops.push(Op::Char(*c)),
            Node::Atom(Atom::Set(set)) => self.ops.push(Op::Set(set.clone())),
            Node::Newline => {
                // As in Java, the pair is tried first, and gone back from.
                self.around(
                    |maker| {
                        maker.ops.extend([Op::Char('\r'), Op::Char('\n')]);
                        let end = maker.ops.len() + 2;
                        maker.ops.push(Op::Jump(end));
                    },
                    Op::Split,
                );
                let ends = super::set::class_of_chars("\n\u{b}\u{c}\r\u{85}\u{2028}\u{2029}");
                self.ops.push(Op::Set(CharSet::new(&ends).into()));
            }
            Node::Grapheme => self.ops.push(Op::Grapheme),
            Node::Assert(assert) => self.ops.push(Op::Assert(assert.clone())),
            Node::BackRef { group, fold } => self.ops.push(Op::BackRef { group: *group, fold: *fold }),
            Node::Cat(nodes) => nodes.iter().for_each(|node| self.node(node)),
            Node::Alt(branches) => self.alternatives(branches),
            Node::Group { number: None, body } => self.node(body),
            Node::Group { number: Some(group), body } => {
                let local = self.local();
                self.ops.push(Op::Open(local));
                self.node(body);
                self.ops.push(Op::Close { local, group: *group });
            }
            Node::Ahead { negate, body } => {
                self.enclosed(body, Op::Accept, |end| Op::Ahead { negate: *negate, end });
            }
            Node::Behind { negate, body, reach, stride } => {
                let op = |end| Op::Behind { negate: *negate, reach: *reach, stride: *stride, end };
                self.enclosed(body, Op::AcceptHere, op);
            }
            Node::Atomic(body) => self.enclosed(body, Op::Accept, |end| Op::Atomic { end }),
            Node::Repeat { body, min, max, mode, form } => self.repeat(body, (*min, *max), *mode, *form),
        }
    }

    fn alternatives(&mut self, branches: &[Node]) {
        let Some((last, others)) = branches.split_last() else { return };
        let mut jumps = Vec::with_capacity(others.len());
        for branch in others {
            let with_jump = |maker: &mut Self| {
                maker.node(branch);
                jumps.push(maker.ops.len());
                maker.ops.push(Op::Accept);
            };
            self.around(with_jump, Op::Split);
        }
        self.node(last);
        let end = self.ops.len();
        for jump in jumps {
            if let Some(slot) = self.ops.get_mut(jump) {
                *slot = Op::Jump(end);
            }
        }
    }

    fn repeat(&mut self, body: &Node, (min, max): (u32, u32), mode: Mode, form: Form) {
        let lazy = mode == Mode::Lazy;
        match body {
            Node::Empty => {}
            Node::Atom(atom) => self.ops.push(Op::Run { atom: atom.clone(), min, max, mode }),
            _ if mode == Mode::Possessive => {
                self.enclosed(body, Op::Accept, |end| Op::Iterate { min, max, mode, group: None, end });
            }
            Node::Group { .. } if form == Form::Optional => {
                self.around(|maker| maker.node(body), if lazy { Op::SplitLazy } else { Op::Split });
            }
            Node::Group { number, body: inner } if study::deterministic(inner) => {
                let group = *number;
                self.enclosed(inner, Op::Accept, |end| Op::Iterate { min, max, mode, group, end });
            }
            Node::Group { .. } => {
                let count = self.local();
                self.local();
                let start = self.ops.len() + 1;
                let with_end = |maker: &mut Self| {
                    maker.node(body);
                    maker.ops.push(Op::LoopEnd { count, min, max, lazy, body: start });
                };
                self.around(with_end, |end| Op::LoopStart { count, min, max, lazy, end });
            }
            _ if form == Form::Optional => {
                let once = |maker: &mut Self| maker.enclosed(body, Op::Accept, |end| Op::Atomic { end });
                self.around(once, if lazy { Op::SplitLazy } else { Op::Split });
            }
            _ => self.enclosed(body, Op::Accept, |end| Op::Iterate { min, max, mode, group: None, end }),
        }
    }
}

/// Whether every match starts at the beginning of the input.
fn anchored(node: &Node) -> bool {
    match node {
        Node::Assert(Assert::Start) => true,
        Node::Cat(nodes) => nodes.first().is_some_and(anchored),
        Node::Alt(branches) => branches.iter().all(anchored),
        Node::Group { body, .. } | Node::Atomic(body) => anchored(body),
        _ => false,
    }
}

/// Whether a group stands in something that is matched as a whole, which a failed attempt does not set back.
fn leaves_groups(node: &Node, inside: bool) -> bool {
    match node {
        Node::Cat(nodes) | Node::Alt(nodes) => nodes.iter().any(|node| leaves_groups(node, inside)),
        Node::Group { number: Some(_), .. } if inside => true,
        Node::Group { body, .. } => leaves_groups(body, inside),
        Node::Ahead { body, .. } | Node::Behind { body, .. } | Node::Atomic(body) => leaves_groups(body, true),
        Node::Repeat { body, mode, .. } => match &**body {
            // The group that is repeated itself is set back.
            Node::Group { body, .. } if !inside && *mode != Mode::Possessive => {
                leaves_groups(body, study::deterministic(body))
            }
            body => leaves_groups(body, true),
        },
        _ => false,
    }
}

pub(super) fn may_be_empty(node: &Node) -> bool {
    collect_first(node, &mut First { ascii: 0, beyond: false })
}

/// Adds the characters that a match of `node` may start with; whether it may be empty.
fn collect_first(node: &Node, first: &mut First) -> bool {
    match node {
        Node::Empty | Node::Assert(_) | Node::Ahead { .. } | Node::Behind { .. } => true,
        Node::Atom(Atom::Char(c)) if c.is_ascii() => {
            first.ascii |= 1 << u32::from(*c);
            false
        }
        Node::Atom(Atom::Char(_)) => {
            first.beyond = true;
            false
        }
        Node::Atom(Atom::Set(set)) => {
            first.ascii |= set.ascii();
            first.beyond |= set.beyond_ascii();
            false
        }
        Node::Newline => {
            first.ascii |= 0b1111 << 10;
            first.beyond = true;
            false
        }
        Node::Grapheme => {
            *first = First { ascii: u128::MAX, beyond: true };
            false
        }
        Node::BackRef { .. } => {
            *first = First { ascii: u128::MAX, beyond: true };
            true
        }
        Node::Cat(nodes) => nodes.iter().all(|node| collect_first(node, first)),
        Node::Alt(branches) => branches.iter().fold(false, |empty, branch| collect_first(branch, first) | empty),
        Node::Group { body, .. } | Node::Atomic(body) => collect_first(body, first),
        Node::Repeat { body, min, max, .. } => {
            *max == 0 || {
                let empty = collect_first(body, first);
                empty || *min == 0
            }
        }
    }
}
