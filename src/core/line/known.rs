//! Lines that tell nothing new, told by their signs.

use super::{FIRST, Looks, Signs, freed, plain::Plain, text::Text, transport};
use std::ops::Range;

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
    /// Whether a whole line with these signs tells nothing else; `line` says where it stands in the text of `looks`,
    /// `in_excerpt` whether it may stand in an excerpt. Takes much less than to judge it, and where it is not sure it
    /// says no.
    pub(crate) fn covers(
        self,
        looks: &mut Looks,
        line: Range<usize>,
        signs: Signs,
        in_excerpt: bool,
    ) -> bool {
        // Both decide what stands on the line, and nothing can be said of it without taking them out.
        if signs.have(Signs::ESCAPE.or(Signs::RETURN)) {
            return false;
        }
        // What an envelope holds steps the excerpt, and not the envelope itself.
        let may_open = signs.have(Signs::QUOTE) && !in_excerpt;
        if self.is_news(signs) && !may_open {
            return false;
        }
        let (text, end, length) = (looks.text(), line.end, line.len());
        let head = Head::of(text, line, signs);
        let own = end - head.own(text).len()..end;
        if may_open && !head.is_container && length <= FIRST && text[own.clone()].starts_with(b"{\"") {
            let mut object = Plain::of(&text[own.clone()]);
            let is_plain = looks.all_quotes(own.clone(), |at| object.take(at));
            return object.said().filter(|_| is_plain).is_some_and(|said| {
                let said = own.start + said.start..own.start + said.end;
                let signs = looks.signs(said.clone());
                !self.is_news(signs) && self.is_covered(looks, &Head::of(text, said, signs), signs, false)
            });
        }
        self.is_covered(looks, &head, signs, in_excerpt)
    }

    /// Whether a line with these signs may tell something else, whoever says it.
    fn is_news(self, signs: Signs) -> bool {
        signs.have(self.container) && signs.have(self.client)
    }

    /// The same of a line that is no object.
    fn is_covered(self, looks: &mut Looks, head: &Head, signs: Signs, in_excerpt: bool) -> bool {
        if head.is_container {
            return !signs.have(self.container);
        }
        // In an excerpt it is a container's after all.
        let client = if in_excerpt { self.client.or(self.container) } else { self.client };
        if signs.have(client) {
            return false;
        }
        // The marks can be those of a timestamp.
        if signs.have(Signs::MARK) && (!head.has_prefix || looks.signs(head.rest.clone()).have(Signs::MARK)) {
            return false;
        }
        let rest = &looks.text()[head.rest.clone()];
        !signs.have(Signs::QUOTE) || looks.all_quotes(head.rest.clone(), |at| is_of_a_name(rest, at))
    }
}

/// Who a line is from, by its first view, and where it goes on behind its prefixes.
struct Head {
    rest: Range<usize>,
    has_prefix: bool,
    is_container: bool,
}

impl Head {
    fn of(text: &[u8], line: Range<usize>, signs: Signs) -> Self {
        let first = &text[line.start..line.end.min(line.start + FIRST)];
        let (rest, is_container) = freed(Text::raw(first), signs);
        let prefix = first.len() - rest.bytes.len();
        Self { rest: line.start + prefix..line.end, has_prefix: prefix > 0, is_container }
    }

    /// What stands behind the blanks in front of its own words.
    fn own<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        let rest = &text[self.rest.clone()];
        &rest[transport::indent(rest)..]
    }
}

/// Whether a quote is one of a name, as in `cannot create '/srv/x': `. If all quotes are on a line without a mark, freed of
/// its prefixes, it is no envelope and holds none, and hands no words to a container. Where it is not sure it says no. A
/// backslash is as it should be.
fn is_of_a_name(line: &[u8], quote: usize) -> bool {
    line[quote] == b'\\'
        || match &line[..quote] {
            // No member, no value under a key; nor `process "/bin/sh -c …"` or `the command '/bin/sh -c …'`, in either case.
            [before @ .., b' '] => {
                let is = |last: &[u8; 7], word| last.eq_ignore_ascii_case(word);
                let introduces = |last: &[u8; 7]| is(last, b"process") || is(last, b"command");
                before.last().is_some_and(u8::is_ascii_alphanumeric)
                    && !before.last_chunk().is_some_and(introduces)
            }
            // The closing one; `b'…'` is Python's.
            [.., last] => *last != b'b' && (last.is_ascii_alphanumeric() || b"/._-".contains(last)),
            [] => false,
        }
}
