//! The excerpt that buildx prints after a failed step, between two rules.

use super::EXCERPT_MAX;

/// The rule above and below an excerpt.
pub(crate) const RULE: &[u8] = b"------";

/// Whether a line, freed of prefixes and indent, is a rule.
pub(crate) fn is_rule(head: &[u8]) -> bool {
    head.strip_prefix(RULE).is_some_and(|rest| !rest.iter().any(u8::is_ascii_graphic))
}

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
    /// Takes the next line, freed of prefixes and indent; `rule` says whether it is one. Says
    /// whether the line belongs to an excerpt.
    pub(crate) fn step(&mut self, head: &[u8], rule: bool) -> bool {
        let (next, inside) = match *self {
            _ if rule => (Self::Rule, false),
            Self::Rule if head.starts_with(b"> ") => (Self::Inside(0), true),
            Self::Outside | Self::Rule | Self::Inside(EXCERPT_MAX..) => (Self::Outside, false),
            Self::Inside(lines) => (Self::Inside(lines + 1), true),
        };
        *self = next;
        inside
    }
}
