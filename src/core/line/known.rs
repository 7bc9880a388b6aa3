//! Lines that tell nothing new, told by their signs.

use super::{FIRST, Looks, QUOTES, Signs, envelope, freed, text::Text, transport};

/// What was said before: to who knows it, a line that says it tells nothing new. Each of these are the signs of a line that
/// may tell something else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    /// Of a container's line.
    pub(crate) container: Signs,
    /// Of the client's line.
    pub(crate) client: Signs,
}

impl Known {
    /// Whether a whole line with these signs tells nothing else. Takes much less than to judge it, and where it is not
    /// sure it says no. `at` says where in the text of `looks` it stands, `in_excerpt` whether it may stand in an excerpt.
    pub(crate) fn covers(
        self,
        line: &[u8],
        signs: Signs,
        in_excerpt: bool,
        looks: &mut Looks,
        at: usize,
    ) -> bool {
        // Both decide what stands on the line, and nothing can be said of it without taking them out.
        if signs.have(Signs::ESCAPE.or(Signs::RETURN)) {
            return false;
        }
        // What an envelope holds steps the excerpt, and not the envelope itself.
        let may_open = signs.have(Signs::QUOTE) && !signs.have(Signs::DASHES) && !in_excerpt;
        if self.is_news(signs) && !may_open {
            return false;
        }
        let head = Head::of(line, signs);
        let object = head.own();
        if may_open && !head.is_container && line.len() <= FIRST && object.starts_with(b"{\"") {
            let (start, end) = (at + line.len() - object.len(), at + line.len());
            let mut room = [0; QUOTES];
            let quotes = looks.quotes(start..end, &mut room);
            let Some(said) = quotes.and_then(|quotes| envelope::plain(object, quotes)) else { return false };
            let signs = looks.signs(start + said.start..start + said.end);
            return !self.is_news(signs) && self.is_covered(&Head::of(&object[said], signs), signs, false);
        }
        self.is_covered(&head, signs, in_excerpt)
    }

    /// Whether a line with these signs may tell something else, whoever says it.
    fn is_news(self, signs: Signs) -> bool {
        signs.have(self.container) && signs.have(self.client)
    }

    /// The same of a line that is no object.
    fn is_covered(self, head: &Head, signs: Signs, in_excerpt: bool) -> bool {
        if head.is_container {
            return !signs.have(self.container);
        }
        // In an excerpt it is a container's after all.
        let client = if in_excerpt { self.client.or(self.container) } else { self.client };
        // The marks can be those of a timestamp.
        let is_marked = || head.prefix == 0 || Signs::of(head.rest()).have(Signs::MARK);
        !signs.have(client)
            && !(signs.have(Signs::MARK) && is_marked())
            && (!signs.have(Signs::QUOTE) || only_names_are_quoted(head.rest()))
    }
}

/// Who a line is from, by its first view, and where its own words begin.
struct Head<'l> {
    line: &'l [u8],
    prefix: usize,
    is_container: bool,
}

impl<'l> Head<'l> {
    fn of(line: &'l [u8], signs: Signs) -> Self {
        let first = &line[..line.len().min(FIRST)];
        let (rest, is_container) = freed(Text::raw(first), signs);
        Self { line, prefix: first.len() - rest.bytes.len(), is_container }
    }

    /// The line without its prefixes.
    fn rest(&self) -> &'l [u8] {
        &self.line[self.prefix..]
    }

    /// And without the blanks in front of its own words.
    fn own(&self) -> &'l [u8] {
        let rest = self.rest();
        &rest[transport::indent(rest)..]
    }
}

/// Whether all that is quoted on a line without a mark, freed of its prefixes, are names, as in `cannot create
/// '/srv/x': `: it is no envelope and holds none, and hands no words to a container. Where it is not sure it says no.
fn only_names_are_quoted(line: &[u8]) -> bool {
    memchr::memchr2_iter(b'"', b'\'', line).all(|quote| match &line[..quote] {
        // No member, no value under a key; nor `process "/bin/sh -c …"` or `the command '/bin/sh -c …'`, in either case.
        [before @ .., b' '] => {
            let word = before.iter().rev().take(7).map(u8::to_ascii_lowercase);
            before.last().is_some_and(u8::is_ascii_alphanumeric)
                && !word.clone().eq(b"process".iter().rev().copied())
                && !word.eq(b"command".iter().rev().copied())
        }
        // The closing one; `b'…'` is Python's.
        [.., last] => *last != b'b' && (last.is_ascii_alphanumeric() || b"/._-".contains(last)),
        [] => false,
    })
}
