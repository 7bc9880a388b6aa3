//! The excerpt that buildx prints after a failed step, between two rules.

use super::voice;

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
    /// Whether the next line belongs to an excerpt, as far as can be told without it.
    pub(crate) fn is_inside(self) -> bool {
        matches!(self, Self::Inside(lines) if lines < LINES_MAX)
    }

    /// Takes the next line, freed of the prefixes that are known and of its indent; `at` are its raw
    /// offsets. Says whether the line belongs to an excerpt.
    pub(crate) fn step(&mut self, head: &[u8], at: &[u32]) -> bool {
        let (next, inside) = match *self {
            _ if is_rule(head, at) => (Self::Rule, false),
            Self::Rule if head.starts_with(b"> ") || voice::names_step(head) => (Self::Inside(0), true),
            Self::Outside | Self::Rule | Self::Inside(LINES_MAX..) => (Self::Outside, false),
            Self::Inside(lines) => (Self::Inside(lines + 1), true),
        };
        *self = next;
        inside
    }
}

/// Whether a line is a rule, or ends in one behind a prefix that nobody knows. What a container
/// prints is none: a step could hide what the client says after it.
fn is_rule(head: &[u8], at: &[u32]) -> bool {
    let line = head.trim_ascii_end();
    let Some(before) = line.strip_suffix(b"------") else { return false };
    let start = before.len();
    // Other bytes between them would have kept the line from being looked at as a rule.
    let contiguous = at[start + 5] - at[start] == 5;
    contiguous && (start == 0 || voice::boundary(line, start) && !voice::is_container(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which lines belong to an excerpt, `x`, and which do not, `.`.
    fn inside(lines: &[&str]) -> String {
        let mut excerpt = Excerpt::default();
        let at: Vec<u32> = (0..1000).collect();
        lines.iter().map(|line| if excerpt.step(line.as_bytes(), &at) { 'x' } else { '.' }).collect()
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
    }
}
