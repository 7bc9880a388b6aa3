//! The excerpt that buildx prints after a failed step, between two rules.

use super::{EXCERPT_MAX, Signs, handed, voice};

/// The rule above and below an excerpt: so many dashes that stand alone, and the last that their line says.
pub(crate) const RULE: &[u8] = b"------";

/// Where a stream stands between rules. Depends on the last ten lines alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
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
    /// Whether the next line belongs to an excerpt, as far as can be told without it.
    pub(crate) fn is_inside(self) -> bool {
        matches!(self, Self::Inside(lines) if lines < EXCERPT_MAX)
    }

    /// Whether what comes next is judged as at the start of a stream.
    pub(crate) fn is_closed(self) -> bool {
        matches!(self, Self::Outside | Self::Inside(EXCERPT_MAX..))
    }

    /// Takes the next line, freed of the prefixes that are known and of its indent; `rule` says whether it
    /// is one. Says whether the line belongs to an excerpt.
    pub(crate) fn step(&mut self, head: &[u8], rule: bool) -> bool {
        let (next, inside) = match *self {
            _ if rule => (Self::Rule, false),
            Self::Rule if handed::names_step(head) => (Self::Inside(0), true),
            Self::Outside | Self::Rule | Self::Inside(EXCERPT_MAX..) => (Self::Outside, false),
            Self::Inside(lines) => (Self::Inside(lines + 1), true),
        };
        *self = next;
        inside
    }
}

/// Where the rule stands in a line that is one, or that ends in one behind a prefix that nobody knows.
/// What a container prints is none: a step could hide what the client says after it.
pub(crate) fn rule(head: &[u8]) -> Option<usize> {
    let end = head.iter().rposition(u8::is_ascii_graphic)? + 1;
    let start = head[..end].strip_suffix(RULE)?.len();
    let is_handed = || {
        voice::is_container(head, Signs::ALL)
            || handed::has_marker(head, start)
            || handed::has_time(&head[..start])
    };
    let own = start == 0 || handed::boundary(head, start) && !is_handed();
    own.then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which lines belong to an excerpt, `x`, and which do not, `.`.
    fn inside(lines: &[&str]) -> String {
        let mut excerpt = Excerpt::default();
        let mut inside = |line: &[u8]| excerpt.step(line, rule(line).is_some());
        lines.iter().map(|line| if inside(line.as_bytes()) { 'x' } else { '.' }).collect()
    }

    #[test]
    fn excerpts_behind_any_prefix() {
        assert_eq!(inside(&["------", "> [3/3] RUN x:", "text", "------", "text"]), ".xx..");
        assert_eq!(
            inside(&["app: ------", "app:  > [3/3] RUN x:", "app: text", "app: ------", "app:"]),
            ".xx.."
        );
        assert_eq!(inside(&["app: ------", "app: text", "app: text"]), "...");
        assert_eq!(inside(&["--------------------", "> [3/3] RUN x:", "text"]), "...");
    }

    #[test]
    fn a_container_opens_no_excerpt() {
        assert_eq!(inside(&["#7 0.412 ------", "#7 0.412  > [3/3] RUN x:", "ERROR: text"]), "...");
        assert_eq!(inside(&["web-1  | ------", "web-1  |  > [3/3] RUN x:", "ERROR: text"]), "...");
        assert_eq!(inside(&["app: #7 0.412 ------", "app: #7 0.412  > [3/3] RUN x:", "app: ERROR"]), "...");
        // Nor does it close its own.
        for fake in ["0.412 ------", "app: 0.412 ------", "app: 0.412 x ------", "app: 0.412 x: ------"] {
            assert_eq!(inside(&["app: ------", "app:  > [3/3] RUN x:", fake, "app: text"]), ".xxx", "{fake}");
        }
        // Nor behind a rule that is one.
        for head in ["#7 0.412 ", "0.412 ", "web  | ", "app: #7 0.412 ", "app: 0.412 ", "app: web-1  | "] {
            assert_eq!(
                inside(&["------", &format!("{head} > [3/3] RUN x:"), "ERROR: text"]),
                "...",
                "{head}"
            );
        }
    }
}
