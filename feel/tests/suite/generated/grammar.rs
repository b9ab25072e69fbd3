//! Expressions of a kind, made from the grammar; now and then of another kind, as users' are.

use super::{kind::Kind, literals, patterns, random::Random};

pub(crate) struct Grammar {
    pub(crate) random: Random,
    /// The variables that can be read, with the kind that they should be of.
    pub(super) scope: Vec<(String, Kind)>,
    /// Whether `?` has a value.
    unary: bool,
    names: usize,
}

/// What the contexts of `variables` hold.
const VARIABLES: &[(&str, Kind)] = &[
    ("n", Kind::Number),
    ("m", Kind::Small),
    ("s", Kind::Text),
    ("t", Kind::Text),
    ("b", Kind::Boolean),
    ("l", Kind::List),
    ("o", Kind::Context),
    ("items", Kind::List),
    ("items.price", Kind::List),
    ("items[1].name", Kind::Text),
    ("o.a", Kind::Number),
    ("o.`b c`", Kind::Text),
    ("o.missing", Kind::Any),
    ("nothing", Kind::Any),
    ("missing", Kind::Any),
    ("`odd name`", Kind::Number),
];

impl Grammar {
    pub(crate) fn new(random: Random, unary: bool) -> Grammar {
        let scope = VARIABLES.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
        Grammar { random, scope, unary, names: 0 }
    }

    /// Blanks where there may be some.
    pub(super) fn blank(&mut self) -> &'static str {
        if self.random.chance(92) {
            return " ";
        }
        self.random.pick(&["", "  ", "\n", "\t", " /* c */ ", " // c\n", "\u{a0}", "\r\n", "/**/"])
    }

    /// The words with blanks between them.
    pub(super) fn words(&mut self, words: &[&str]) -> String {
        let mut text = String::new();
        for (index, word) in words.iter().enumerate() {
            if index > 0 {
                text.push_str(self.blank());
            }
            text.push_str(word);
        }
        text
    }

    fn any_kind(&mut self) -> Kind {
        self.random.pick(Kind::VALUES)
    }

    pub(crate) fn expression(&mut self, kind: Kind, depth: usize) -> String {
        let kind = if kind == Kind::Any || self.random.chance(4) { self.any_kind() } else { kind };
        if self.random.chance(2) {
            return "null".to_owned();
        }
        if depth == 0 {
            return self.leaf(kind);
        }
        match self.random.below(12) {
            0 | 1 => self.leaf(kind),
            2 | 3 => self.call_giving(kind, depth - 1),
            4 => self.wrapped(kind, depth - 1),
            _ => self.operation(kind, depth - 1),
        }
    }

    pub(super) fn leaf(&mut self, kind: Kind) -> String {
        if self.random.chance(35) {
            let known: Vec<String> =
                self.scope.iter().filter(|(_, known)| *known == kind).map(|(name, _)| name.clone()).collect();
            if !known.is_empty() {
                return self.random.pick_ref(&known).clone();
            }
        }
        if self.unary && self.random.chance(15) {
            return "?".to_owned();
        }
        match kind {
            Kind::Boolean => self.random.pick(&["true", "false"]).to_owned(),
            Kind::Number => literals::number(&mut self.random),
            Kind::Small => literals::small(&mut self.random),
            Kind::Text => literals::text(&mut self.random),
            Kind::Pattern => {
                let pattern = patterns::pattern(&mut self.random, 1);
                patterns::quoted(&pattern)
            }
            Kind::TemporalText => format!("\"{}\"", literals::temporal(kind, &mut self.random)),
            Kind::List => self.list(0),
            Kind::Context => self.context(0),
            Kind::Function => self.function(0),
            Kind::Range => self.range(0),
            Kind::Any => self.random.pick(&["null", "missing", "n", "l"]).to_owned(),
            temporal => literals::temporal_literal(temporal, &mut self.random),
        }
    }

    fn operation(&mut self, kind: Kind, depth: usize) -> String {
        match kind {
            Kind::Boolean => self.condition(depth),
            Kind::Number | Kind::Small => {
                let operator = self.random.pick(&["+", "-", "*", "/", "+", "-", "*", "/", "**"]);
                let left = self.expression(Kind::Number, depth);
                let right = if operator == "**" {
                    literals::small(&mut self.random)
                } else {
                    self.expression(Kind::Number, depth)
                };
                match self.random.below(8) {
                    0 => format!("-{left}"),
                    1 => self.property(depth),
                    _ => self.words(&[&left, operator, &right]),
                }
            }
            Kind::Text => {
                let (left, right) = (self.expression(kind, depth), self.expression(kind, depth));
                self.words(&[&left, "+", &right])
            }
            Kind::List => match self.random.below(4) {
                0 => self.list(depth),
                1 => self.iteration(depth),
                _ => self.filter(depth),
            },
            Kind::Context => self.context(depth),
            Kind::Function => self.function(depth),
            Kind::Range => self.range(depth),
            Kind::Pattern | Kind::TemporalText | Kind::Any => self.leaf(kind),
            temporal => self.temporal_operation(temporal, depth),
        }
    }

    fn temporal_operation(&mut self, kind: Kind, depth: usize) -> String {
        let sign = self.random.pick(&["+", "-"]);
        let duration = if self.random.chance(50) { Kind::DaysTime } else { Kind::YearsMonths };
        let (left, operator, right) = match kind {
            Kind::DaysTime | Kind::YearsMonths => match self.random.below(4) {
                0 => (kind, "*", Kind::Small),
                1 => (kind, "/", Kind::Small),
                2 => {
                    let point = self.random.pick(&Kind::TEMPORAL[..5]);
                    (point, "-", point)
                }
                _ => (kind, sign, kind),
            },
            kind => (kind, sign, duration),
        };
        let (left, right) = (self.expression(left, depth), self.expression(right, depth));
        self.words(&[&left, operator, &right])
    }

    fn property(&mut self, depth: usize) -> String {
        let kind = self.random.pick(Kind::TEMPORAL);
        let value = self.expression(kind, depth);
        let names =
            ["year", "month", "day", "weekday", "hour", "minute", "second", "days", "hours", "months", "time offset"];
        format!("({value}).{}", self.random.pick(&names))
    }

    fn condition(&mut self, depth: usize) -> String {
        let kind = self.any_kind();
        let (one, two) = (self.expression(kind, depth), self.expression(kind, depth));
        match self.random.below(10) {
            0..=2 => {
                let operator = self.random.pick(&["=", "!=", "<", "<=", ">", ">="]);
                self.words(&[&one, operator, &two])
            }
            3 | 4 => {
                let operator = self.random.pick(&["and", "or"]);
                let (left, right) = (self.expression(Kind::Boolean, depth), self.expression(Kind::Boolean, depth));
                self.words(&[&left, operator, &right])
            }
            5 => {
                let three = self.expression(kind, depth);
                self.words(&[&one, "between", &two, "and", &three])
            }
            6 => {
                let tests = self.tests(kind, depth);
                self.words(&[&one, "in", &tests])
            }
            7 => {
                let quantifier = self.random.pick(&["some", "every"]);
                self.iterating(quantifier, "satisfies", Kind::Boolean, depth)
            }
            8 => {
                let types = [
                    "number",
                    "string",
                    "boolean",
                    "list",
                    "context",
                    "date",
                    "time",
                    "date and time",
                    "Any",
                    "function",
                ];
                let name = self.random.pick(&types);
                self.words(&[&one, "instance", "of", name])
            }
            _ => format!("not({})", self.expression(Kind::Boolean, depth)),
        }
    }

    /// What may follow `in`.
    fn tests(&mut self, kind: Kind, depth: usize) -> String {
        match self.random.below(4) {
            0 => self.test(kind, depth),
            1 => self.range(depth),
            _ => {
                let tests: Vec<String> = (0..=self.random.below(2)).map(|_| self.test(kind, depth)).collect();
                format!("({})", tests.join(","))
            }
        }
    }

    /// A unary test.
    pub(crate) fn test(&mut self, kind: Kind, depth: usize) -> String {
        match self.random.below(6) {
            0 | 1 => {
                let operator = self.random.pick(&["<", "<=", ">", ">="]);
                let value = self.expression(kind, depth);
                self.words(&[operator, &value])
            }
            2 => {
                let (start, end) = (self.expression(kind, 0), self.expression(kind, 0));
                self.between(&start, &end)
            }
            3 => self.condition(depth),
            _ => self.expression(kind, depth),
        }
    }

    fn between(&mut self, start: &str, end: &str) -> String {
        let (open, close) = (self.random.pick(&["[", "(", "]", "["]), self.random.pick(&["]", ")", "[", "]"]));
        format!("{open}{start}..{end}{close}")
    }

    fn range(&mut self, depth: usize) -> String {
        let kind = self.random.pick(&[
            Kind::Number,
            Kind::Small,
            Kind::Small,
            Kind::Date,
            Kind::DaysTime,
            Kind::Time,
            Kind::DateTime,
        ]);
        let (start, end) = (self.expression(kind, depth.min(1)), self.expression(kind, 0));
        self.between(&start, &end)
    }

    fn list(&mut self, depth: usize) -> String {
        let kind = self.any_kind();
        let mixed = self.random.chance(20);
        let items: Vec<String> =
            (0..self.random.below(4)).map(|_| self.expression(if mixed { Kind::Any } else { kind }, depth)).collect();
        format!("[{}]", items.join(&format!(",{}", self.blank())))
    }

    fn context(&mut self, depth: usize) -> String {
        let known = self.scope.len();
        let mut entries = Vec::new();
        for _ in 0..self.random.below(4) {
            let key =
                self.random.pick(&["a", "b", "c", "\"a\"", "`b c`", "b c", "key", "value", "name", "price", "item"]);
            let kind = if depth > 0 && self.random.chance(12) { Kind::Function } else { self.any_kind() };
            let value = self.expression(kind, depth);
            entries.push(format!("{key}:{}{value}", self.blank()));
            if key.chars().all(char::is_alphanumeric) {
                self.scope.push((key.to_owned(), kind));
            }
        }
        self.scope.truncate(known);
        format!("{{{}}}", entries.join(","))
    }

    pub(super) fn fresh(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }

    /// `for … return …`, `some … satisfies …`.
    fn iterating(&mut self, word: &str, middle: &str, body: Kind, depth: usize) -> String {
        let known = self.scope.len();
        let mut iterators = Vec::new();
        for _ in 0..=self.random.below(2) {
            let name = self.fresh();
            let (list, kind) = match self.random.below(3) {
                0 => {
                    let end = literals::small(&mut self.random);
                    (format!("{}..{end}", self.random.below(4)), Kind::Number)
                }
                1 => ("items".to_owned(), Kind::Context),
                _ => (self.expression(Kind::List, depth), Kind::Number),
            };
            iterators.push(format!("{name} in {list}"));
            self.scope.push((name, kind));
        }
        if self.random.chance(20) {
            self.scope.push(("partial".to_owned(), Kind::List));
        }
        let body = self.expression(body, depth);
        self.scope.truncate(known);
        let iterators = iterators.join(", ");
        self.words(&[word, &iterators, middle, &body])
    }

    fn iteration(&mut self, depth: usize) -> String {
        let kind = self.any_kind();
        self.iterating("for", "return", kind, depth)
    }

    fn filter(&mut self, depth: usize) -> String {
        let list = self.expression(Kind::List, depth);
        let list = if self.random.chance(50) { "items".to_owned() } else { format!("({list})") };
        let known = self.scope.len();
        let names =
            [("item", Kind::Number), ("price", Kind::Number), ("name", Kind::Text), ("item.price", Kind::Number)];
        self.scope.extend(names.map(|(name, kind)| (name.to_owned(), kind)));
        let kind = self.random.pick(&[Kind::Boolean, Kind::Boolean, Kind::Boolean, Kind::Small, Kind::Number]);
        let condition = self.expression(kind, depth);
        self.scope.truncate(known);
        let path = self.random.pick(&["", "", ".price", ".name", "[1]", "[-1]", "[item > 1]", ".missing"]);
        format!("{list}[{condition}]{path}")
    }

    fn function(&mut self, depth: usize) -> String {
        let known = self.scope.len();
        let names: Vec<String> = (0..2).map(|_| self.fresh()).collect();
        self.scope.extend(names.iter().map(|name| (name.clone(), Kind::Number)));
        let body = if self.random.chance(70) { self.condition(depth) } else { self.expression(Kind::Any, depth) };
        self.scope.truncate(known);
        format!("function({}) {body}", names.join(", "))
    }
}
