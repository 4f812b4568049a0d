//! What must hold of a figure, and how it is said when it does not.

use std::fmt;

use serde::Serialize;

/// A figure and the most that it may be.
#[derive(Clone, Debug, Serialize)]
pub struct Goal {
    /// What is measured, with its unit.
    pub what: &'static str,
    /// The most that it may be.
    pub most: f64,
    /// What it is; `None` when there was nothing to measure it with.
    pub measured: Option<f64>,
    /// Whether it is more, or unknown.
    pub missed: bool,
}

impl Goal {
    /// A figure that is unknown misses its goal, and so does one that is no number.
    #[must_use]
    pub fn new(what: &'static str, most: f64, measured: impl Into<Option<f64>>) -> Self {
        let measured = measured.into();
        let missed = !measured.is_some_and(|measured| measured <= most);
        Self { what, most, measured, missed }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, most, .. } = self;
        match self.measured {
            Some(measured) if self.missed => write!(f, "MISSED: {what} is {measured:.2}, at most {most:.2}"),
            None => write!(f, "MISSED: {what} is unknown, at most {most:.2}"),
            Some(_) => write!(f, "{what} ≤ {most:.2}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_its_limit_or_unknown_is_missed() {
        let goal = |measured| Goal::new("init × hello", 2.5, measured);
        assert!(!goal(Some(2.5)).missed);
        for measured in [Some(2.500_001), Some(f64::INFINITY), Some(f64::NAN), None] {
            assert!(goal(measured).missed, "{measured:?}");
            assert!(goal(measured).to_string().starts_with("MISSED"), "{measured:?}");
        }
    }
}
