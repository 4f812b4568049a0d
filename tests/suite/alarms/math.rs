//! As much of CloudWatch's metric math as alarms need: numbers, ids, operators, `IF`, `FILL`, `SUM(METRICS())` and `MAX(METRICS())`.

use std::collections::BTreeMap;

/// What an expression comes to where each id has this value, `None` being missing data.
///
/// # Panics
/// Where the expression is more than this module knows.
pub fn value(expression: &str, of: &BTreeMap<String, Option<f64>>) -> Option<f64> {
    let mut parser = Parser { rest: expression, of };
    let value = parser.comparison();
    assert!(parser.rest.trim().is_empty(), "not understood: {:?} in {expression}", parser.rest);
    value
}

struct Parser<'a> {
    rest: &'a str,
    of: &'a BTreeMap<String, Option<f64>>,
}

impl Parser<'_> {
    fn comparison(&mut self) -> Option<f64> {
        let left = self.sum();
        // The longer ones first: `>` is the beginning of `>=`.
        let operator = [">=", "<=", ">", "<"].into_iter().find(|operator| self.takes(operator));
        let Some(operator) = operator else { return left };
        // Read on the right even where nothing stands on the left.
        let (left, right) = left.zip(self.sum())?;
        let holds = match operator {
            ">=" => left >= right,
            "<=" => left <= right,
            ">" => left > right,
            _ => left < right,
        };
        Some(f64::from(u8::from(holds)))
    }

    fn sum(&mut self) -> Option<f64> {
        let mut value = self.product();
        loop {
            let sign: f64 = if self.takes("+") {
                1.0
            } else if self.takes("-") {
                -1.0
            } else {
                return value;
            };
            value = value.zip(self.product()).map(|(a, b)| sign.mul_add(b, a));
        }
    }

    fn product(&mut self) -> Option<f64> {
        let mut value = self.atom();
        loop {
            if self.takes("*") {
                value = value.zip(self.atom()).map(|(a, b)| a * b);
            } else if self.takes("/") {
                // There is no datapoint where it would be divided by nothing.
                value = value.zip(self.atom()).filter(|(_, b)| *b != 0.0).map(|(a, b)| a / b);
            } else {
                return value;
            }
        }
    }

    fn atom(&mut self) -> Option<f64> {
        if self.takes("(") {
            return self.closed(Self::comparison);
        }
        let end = self.rest.find(|c: char| !c.is_alphanumeric() && !"_.".contains(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        match word {
            "IF" => self.call(|parser| {
                let (condition, then) = (parser.comparison(), parser.next());
                let otherwise = parser.next();
                if condition? == 0.0 { otherwise } else { then }
            }),
            "FILL" => self.call(|parser| parser.comparison().or(parser.next())),
            "SUM" => self.call(|parser| parser.metrics().into_iter().reduce(|a, b| a + b)),
            "MAX" => self.call(|parser| parser.metrics().into_iter().reduce(f64::max)),
            word => word.parse().ok().or_else(|| *self.of.get(word).unwrap_or_else(|| panic!("no such id: {word:?}"))),
        }
    }

    /// The values that are there.
    fn metrics(&mut self) -> Vec<f64> {
        assert!(self.takes("METRICS()"), "not understood: {:?}", self.rest);
        self.of.values().copied().flatten().collect()
    }

    fn call(&mut self, inside: impl FnOnce(&mut Self) -> Option<f64>) -> Option<f64> {
        assert!(self.takes("("), "not understood: {:?}", self.rest);
        self.closed(inside)
    }

    fn closed(&mut self, inside: impl FnOnce(&mut Self) -> Option<f64>) -> Option<f64> {
        let value = inside(self);
        assert!(self.takes(")"), "not understood: {:?}", self.rest);
        value
    }

    /// The next argument.
    fn next(&mut self) -> Option<f64> {
        assert!(self.takes(","), "not understood: {:?}", self.rest);
        self.comparison()
    }

    fn takes(&mut self, text: &str) -> bool {
        self.rest = self.rest.trim_start();
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest).trim_start();
        rest.is_some()
    }
}

#[test]
fn math_is_what_cloudwatch_makes_of_it() {
    let of = [("a", Some(6.0)), ("b", Some(500.0)), ("none", None)];
    let of = of.map(|(id, value)| (id.to_owned(), value)).into();
    for (expression, expected) in [
        ("IF(a >= 5, 100 * a / b, 0)", Some(1.2)),
        ("IF(a > 6, 100 * a / b, 0)", Some(0.0)),
        ("SUM(METRICS())", Some(506.0)),
        ("MAX(METRICS())", Some(500.0)),
        ("(b - a - 4) / 2", Some(245.0)),
        ("a / none", None),
        ("a / (a - a)", None),
        ("FILL(none, 3) + 1", Some(4.0)),
    ] {
        assert_eq!(value(expression, &of), expected, "{expression}");
    }
}
