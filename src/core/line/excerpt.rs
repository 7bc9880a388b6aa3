//! The excerpt that buildx prints after a failed step, between two rules.

/// How many lines of an excerpt can lack their time: plain progress keeps the last eight lines of a
/// step (`logsBufferSize` in `BuildKit`'s `util/progress/progressui/printer.go`). An excerpt that is never
/// closed hides no more than these.
const LINES_MAX: u8 = 8;

/// Where a stream stands between rules. Depends on the last ten lines alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Excerpt {
    /// Not in an excerpt.
    #[default]
    Outside,
    /// Behind a rule.
    Rule,
    /// Behind ` > [3/3] RUN …:` and so many lines.
    Inside(u8),
}

impl Excerpt {
    /// Takes the next line, freed of prefixes and indent; `at` are its raw offsets. Says whether the
    /// line belongs to an excerpt.
    pub(crate) fn step(&mut self, head: &[u8], at: &[u32]) -> bool {
        let rule = head.trim_ascii_end() == b"------" && at[5] - at[0] == 5;
        let (next, inside) = match *self {
            _ if rule => (Self::Rule, false),
            Self::Rule if head.starts_with(b"> ") => (Self::Inside(0), true),
            Self::Outside | Self::Rule | Self::Inside(LINES_MAX..) => (Self::Outside, false),
            Self::Inside(lines) => (Self::Inside(lines + 1), true),
        };
        *self = next;
        inside
    }
}
