//! Objects of JSON that say one thing, told without opening them.

use super::{
    envelope::{blanks, is_text_key, unescape},
    text::Text,
};
use std::ops::Range;

/// Finds in an object the one string that is all that it says: the only one under a key that is known, as in
/// `{"log":"text\n","stream":"stderr"}`. What [`open`](super::envelope::open) opens is the same; this is quick, and where
/// it is not sure there is none.
pub(crate) struct Plain<'o> {
    object: &'o [u8],
    key: &'o [u8],
    /// Where the string begins that has no end yet.
    start: Option<usize>,
    spelled: Spelled,
    /// A place behind a backslash, which ends nothing and begins no escape.
    behind: usize,
    said: Option<Said>,
}

/// The escapes of a string.
#[derive(Clone, Copy, Default)]
struct Spelled {
    /// Where that of a newline at the very end stands.
    newline: Option<usize>,
    others: bool,
}

/// What an object says.
pub(crate) struct Said {
    /// Where it stands in the object, without the escape of a newline at its end.
    pub(crate) at: Range<usize>,
    is_escaped: bool,
    has_newline: bool,
}

impl<'o> Plain<'o> {
    /// An object that begins with a brace and a quote.
    pub(crate) fn of(object: &'o [u8]) -> Self {
        Self { object, key: b"", start: None, spelled: Spelled::default(), behind: 0, said: None }
    }

    /// Takes each place of a quote of either kind, or of a backslash. Says whether there may be such a string.
    #[inline]
    pub(crate) fn take(&mut self, at: usize) -> bool {
        match (self.object[at], self.start) {
            (b'\'', _) => true,
            (_, Some(_)) if at == self.behind => true,
            (b'"', None) => {
                self.start = Some(at + 1);
                true
            }
            (b'"', Some(start)) => {
                self.start = None;
                let spelled = std::mem::take(&mut self.spelled);
                self.string(start..spelled.newline.unwrap_or(at), spelled, at)
            }
            (_, Some(_)) => {
                if self.object.get(at + 1..at + 3) == Some(b"n\"") {
                    self.spelled.newline = Some(at);
                } else {
                    self.spelled.others = true;
                    self.behind = at + 1;
                }
                true
            }
            (_, None) => false,
        }
    }

    /// Takes a string, whose closing quote stands at `close`.
    fn string(&mut self, at: Range<usize>, spelled: Spelled, close: usize) -> bool {
        let behind = &self.object[close + 1..];
        let behind = &behind[blanks(behind)..];
        let (is_escaped, has_newline) = (spelled.others, spelled.newline.is_some());
        if behind.starts_with(b":") || behind.starts_with(b"=>") {
            self.key = &self.object[at];
            return !is_escaped && !has_newline;
        }
        !is_text_key(self.key) || self.said.replace(Said { at, is_escaped, has_newline }).is_none()
    }

    /// What it says, after all places were taken.
    pub(crate) fn said(self) -> Option<Said> {
        self.said.filter(|_| self.start.is_none())
    }
}

impl Said {
    /// Where it stands in a text that holds the object at this place.
    pub(crate) fn within(&self, object: usize) -> Range<usize> {
        object + self.at.start..object + self.at.end
    }

    /// What it says, where it does not stand there letter by letter.
    pub(crate) fn unescaped(&self, object: &[u8]) -> Option<Vec<u8>> {
        if !self.is_escaped {
            return None;
        }
        let mut said = Vec::with_capacity(self.at.len());
        unescape(Text::raw(object), self.at.start, self.at.end, b'\\', &mut said);
        if !self.has_newline && said.ends_with(b"\n") {
            said.pop();
        }
        Some(said)
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
            // Other escapes.
            (r#"{"log":"a\nb"}"#, Some("a\nb")),
            (r#"{"log":"a\n\n"}"#, Some("a\n")),
            (r#"{"log":"a\u000a"}"#, Some("a")),
            (r#"{"log":"a\u000a\n"}"#, Some("a\n")),
            (r#"{"log":"a\\n"}"#, Some("a\\n")),
            (r#"{"log":"a\\\n"}"#, Some("a\\")),
            (r#"{"log":"a\t"}"#, Some("a\t")),
            (r#"{"log":"a\"\\"}"#, Some("a\"\\")),
            (r#"{"log":"\"a\" \u0041\q"}"#, Some("\"a\" A\\q")),
            (r#"{"log":"text","k":"\u0041\\\""}"#, Some("text")),
            (r#"{"log\n":"text"}"#, None),
            (r#"{"l\u006fg":"text"}"#, None),
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
            let found =
                found.map(|found| found.unescaped(raw.as_bytes()).unwrap_or_else(|| raw[found.at].into()));
            assert_eq!(found.as_deref(), said.map(str::as_bytes), "{raw}");
            if said.is_some() {
                let mut opened = Vec::new();
                assert_eq!(envelope::open(Text::raw(raw.as_bytes()), &mut opened), Some(0));
                assert_eq!(Some(opened.as_slice()), said.map(str::as_bytes), "{raw}");
            }
        }
    }
}
