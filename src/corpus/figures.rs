//! How good the classifier is, and on what evidence.

use super::manifest::{Kind, Label};

/// A share of a number of trials with its 95 % Wilson interval.
///
/// The interval treats the trials as independent. Cases of a corpus are not: the same scenario is there
/// for several versions. So it is a bound from below on what is not known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// How many held.
    pub held: u64,
    /// Of how many.
    pub of: u64,
}

impl Rate {
    /// The share, from 0 to 1; none where there was no trial.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a corpus has far fewer than 2^52 cases")]
    pub fn share(self) -> Option<f64> {
        (self.of > 0).then(|| self.held as f64 / self.of as f64)
    }

    /// The bounds of the interval, each from 0 to 1; none where there was no trial.
    ///
    /// Wilson, "Probable inference, the law of succession, and statistical inference", 1927, without the
    /// correction for continuity.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a corpus has far fewer than 2^52 cases")]
    pub fn interval(self) -> Option<(f64, f64)> {
        // The 97.5 % quantile of the normal distribution.
        const Z: f64 = 1.959_963_984_540_054;
        let (share, n) = (self.share()?, self.of as f64);
        let middle = share + Z * Z / (2.0 * n);
        let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        let whole = 1.0 + Z * Z / n;
        Some((((middle - half) / whole).clamp(0.0, 1.0), ((middle + half) / whole).clamp(0.0, 1.0)))
    }
}

/// One case as it is: its label, what came, and whether all else that a clear case says came too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Where its bytes come from.
    pub kind: Kind,
    /// Its label.
    pub label: Label,
    /// The label of the verdict.
    pub verdict: Label,
    /// Of a clear case: whether the near misses are those of the label, each on its line.
    pub near: bool,
}

/// The confusion matrix of some cases. A wedge is what is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Wedges that were found.
    pub true_wedges: u64,
    /// Clear cases that were called a wedge.
    pub false_wedges: u64,
    /// Wedges that were missed.
    pub missed: u64,
    /// Clear cases that were called clear.
    pub true_clears: u64,
    /// Clear cases whose near misses were right.
    pub near: u64,
}

impl Figures {
    /// Counts.
    #[must_use]
    pub fn of(told: impl IntoIterator<Item = Told>) -> Self {
        let mut figures = Self::default();
        for one in told {
            *match (one.label, one.verdict) {
                (Label::Wedge, Label::Wedge) => &mut figures.true_wedges,
                (Label::Wedge, Label::Clear) => &mut figures.missed,
                (Label::Clear, Label::Wedge) => &mut figures.false_wedges,
                (Label::Clear, Label::Clear) => &mut figures.true_clears,
            } += 1;
            figures.near += u64::from(one.label == Label::Clear && one.near);
        }
        figures
    }

    /// How many cases there are.
    #[must_use]
    pub const fn cases(self) -> u64 {
        self.true_wedges + self.false_wedges + self.missed + self.true_clears
    }

    /// Of what is called a wedge, how much is one.
    #[must_use]
    pub const fn precision(self) -> Rate {
        Rate { held: self.true_wedges, of: self.true_wedges + self.false_wedges }
    }

    /// Of the wedges, how many are found.
    #[must_use]
    pub const fn recall(self) -> Rate {
        Rate { held: self.true_wedges, of: self.true_wedges + self.missed }
    }

    /// Of the clear cases, how many are called clear.
    #[must_use]
    pub const fn specificity(self) -> Rate {
        Rate { held: self.true_clears, of: self.true_clears + self.false_wedges }
    }

    /// Of the clear cases, how many get all their near misses and no others.
    #[must_use]
    pub const fn near_misses(self) -> Rate {
        Rate { held: self.near, of: self.true_clears + self.false_wedges }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_of_the_tables() {
        // Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
        for (held, of, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let (below, above) = Rate { held, of }.interval().unwrap();
            assert!(
                (below - low).abs() < 5e-5 && (above - high).abs() < 5e-5,
                "{held}/{of}: {below} {above}"
            );
        }
        assert_eq!(Rate { held: 0, of: 0 }.interval(), None);
        assert_eq!(Rate { held: 0, of: 0 }.share(), None);
        assert_eq!(Rate { held: 7, of: 7 }.share(), Some(1.0));
    }

    #[test]
    fn cases_are_counted_where_they_belong() {
        use Label::{Clear, Wedge};
        let one = |label, verdict, near| Told { kind: Kind::Observed, label, verdict, near };
        let figures = Figures::of([
            one(Wedge, Wedge, true),
            one(Wedge, Wedge, true),
            one(Wedge, Wedge, false),
            one(Wedge, Clear, false),
            one(Clear, Wedge, false),
            one(Clear, Wedge, false),
            one(Clear, Clear, true),
            one(Clear, Clear, false),
        ]);
        assert_eq!(figures.cases(), 8);
        assert_eq!(figures.precision(), Rate { held: 3, of: 5 });
        assert_eq!(figures.recall(), Rate { held: 3, of: 4 });
        assert_eq!(figures.specificity(), Rate { held: 2, of: 4 });
        assert_eq!(figures.near_misses(), Rate { held: 1, of: 4 });
    }
}
