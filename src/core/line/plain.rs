//! Objects of JSON that say one thing, told without opening them.

use super::envelope::{blanks, is_text_key};
use std::ops::Range;

/// Finds in an object the one string that is all that it says, and that stands there without an escape: the only one under
/// a key that is known, as in `{"log":"text\n","stream":"stderr"}`, with a newline at its end or none. What
/// [`open`](super::envelope::open) opens is the same; this is quick, and where it is not sure there is none.
pub(crate) struct Plain<'o> {
    object: &'o [u8],
    key: &'o [u8],
    /// Where the string begins that has no end yet, and the escape in it.
    start: Option<usize>,
    escape: Option<usize>,
    said: Option<Range<usize>>,
}

impl<'o> Plain<'o> {
    /// An object that begins with a brace and a quote.
    pub(crate) fn of(object: &'o [u8]) -> Self {
        Self { object, key: b"", start: None, escape: None, said: None }
    }

    /// Takes each place of a quote of either kind, or of a backslash. Says whether there may be such a string.
    #[inline]
    pub(crate) fn take(&mut self, at: usize) -> bool {
        match (self.object[at], self.start) {
            (b'\'', _) => true,
            (b'"', None) => {
                self.start = Some(at + 1);
                true
            }
            (b'"', Some(start)) => {
                self.start = None;
                let end = self.escape.take().unwrap_or(at);
                self.string(start..end, at)
            }
            (_, Some(_)) => {
                // Only a newline, at the end.
                self.escape = Some(at);
                self.object.get(at + 1..at + 3) == Some(b"n\"")
            }
            (_, None) => false,
        }
    }

    /// Takes a string, whose closing quote stands at `close`.
    fn string(&mut self, string: Range<usize>, close: usize) -> bool {
        let behind = &self.object[close + 1..];
        let behind = &behind[blanks(behind)..];
        if behind.starts_with(b":") || behind.starts_with(b"=>") {
            self.key = &self.object[string.clone()];
            return string.end == close;
        }
        !is_text_key(self.key) || self.said.replace(string).is_none()
    }

    /// Where it stands, after all of them were taken.
    pub(crate) fn said(self) -> Option<Range<usize>> {
        self.said.filter(|_| self.start.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{envelope, text::Text},
        *,
    };

    #[test]
    fn what_an_object_says_plainly() {
        for (raw, said) in [
            (r#"{"log":"text"}"#, Some("text")),
            (r#"{"log":"text\n"}"#, Some("text")),
            (r#"{"log":"\n"}"#, Some("")),
            (r#"{"log":""}"#, Some("")),
            (
                r#"{"n":1,"k":"word","a":["b"], "msg" : "it's /a text." , "d":{"e":"f\n"}} "x" z"#,
                Some("it's /a text."),
            ),
            (r#"{"error":"text"}"#, Some("text")),
            (r#"{"log"=>"text"}"#, Some("text")),
            (r#"{"log":["text"]}"#, Some("text")),
            // Another escape, anywhere.
            (r#"{"log":"a\nb"}"#, None),
            (r#"{"log":"a\n\n"}"#, None),
            (r#"{"log":"a\\n"}"#, None),
            (r#"{"log":"a\t"}"#, None),
            (r#"{"log":"a\""}"#, None),
            (r#"{"log":"text","k":"\u0041"}"#, None),
            (r#"{"log\n":"text"}"#, None),
            (r#"{"log":"text"}\"#, None),
            (r#"{"log":"text"\"x"}"#, None),
            // Nothing, or more than one thing.
            (r#"{"log":"a","log":"b"}"#, None),
            (r#"{"log":["a","b"]}"#, None),
            (r#"{"error":"a","msg":"b"}"#, None),
            (r#"{"k":"a text"}"#, None),
            (r#"{"log":1}"#, None),
            ("{}", None),
            ("", None),
            // It has no end.
            (r#"{"log":"text"#, None),
            (r#"{"log":"text\"#, None),
            (r#"{"log":"text\n"#, None),
            (r#"{"log":"text","k"#, None),
        ] {
            let mut object = Plain::of(raw.as_bytes());
            let mut quotes = raw.match_indices(['"', '\'', '\\']).map(|(at, _)| at);
            let found = if quotes.all(|at| object.take(at)) { object.said() } else { None };
            assert_eq!(found.map(|at| &raw[at]), said, "{raw}");
            if said.is_some() {
                let opened = envelope::open(Text::raw(raw.as_bytes()));
                assert_eq!(
                    opened.map(|opened| opened.said.bytes).as_deref(),
                    said.map(str::as_bytes),
                    "{raw}"
                );
            }
        }
    }
}
