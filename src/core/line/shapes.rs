//! Lines that differ in nothing but digits.
//!
//! No rule asks which digit stands somewhere, only whether one does and how many (but for the few that
//! [`asked`] names). So a line that differs from one that was judged in nothing but digits says the same,
//! and a flood of one error, with a counter, a time and a process id on every line, is judged once.

use std::ops::Range;

/// The last lines of a text that were judged, one for each length or so.
pub(crate) struct Shapes {
    /// Where they begin, and how long they are.
    kept: [(u32, u32); Self::ROOM],
}

impl Shapes {
    const ROOM: usize = 64;
    /// In how many places a rule may ask for the digits of a line that is kept: no more than are quickly compared.
    const ASKED: usize = 8;

    pub(crate) fn new() -> Self {
        // No line is this long.
        Self { kept: [(0, u32::MAX); Self::ROOM] }
    }

    /// Keeps the line of a text that begins at `from`, if it can stand for others.
    pub(crate) fn keep(&mut self, text: &[u8], from: usize, length: usize) {
        let (Ok(start), Ok(long)) = (u32::try_from(from), u32::try_from(length)) else { return };
        let line = &text[from..from + length];
        if stands_for_others(line) && asked(line).nth(Self::ASKED).is_none() {
            self.kept[length % Self::ROOM] = (start, long);
        }
    }

    /// The same, where none of that length is kept.
    pub(crate) fn keep_first(&mut self, text: &[u8], from: usize, length: usize) {
        if self.kept[length % Self::ROOM].1 as usize != length {
            self.keep(text, from, length);
        }
    }

    /// Where the lines end that begin at `from`, are so long, and say what one that is kept says; `from` where the
    /// first of them says something else.
    pub(crate) fn said(&self, text: &[u8], from: usize, length: usize) -> usize {
        let (start, long) = self.kept[length % Self::ROOM];
        if long as usize != length {
            return from;
        }
        let kept = &text[start as usize..][..length];
        let alike = |line: &[u8]| line[length] == b'\n' && differ_in_digits(kept, &line[..length]);
        if !text.get(from..=from + length).is_some_and(alike) {
            return from;
        }
        let lines = text[from..].chunks_exact(length + 1);
        let mut asked = asked(kept);
        let places: [_; Self::ASKED] = std::array::from_fn(|_| asked.next().unwrap_or(0..0));
        let places = &places[..places.iter().take_while(|at| !at.is_empty()).count()];
        let same = |line: &[u8]| places.iter().all(|at| kept[at.clone()] == line[at.clone()]);
        from + (length + 1) * lines.take_while(|line| alike(line) && same(line)).count()
    }
}

/// The escape of a JSON string that begins an escape sequence, in its two forms.
const INTRODUCERS: [&[u8]; 2] = [b"\\u001b", b"\\x1b"];

/// The one that a text begins with, if it does.
fn introducer(text: &[u8]) -> Option<&'static [u8]> {
    INTRODUCERS
        .into_iter()
        .find(|form| text.get(..form.len()).is_some_and(|start| start.eq_ignore_ascii_case(form)))
}

/// Whether a line has no escape whose digits matter but [`INTRODUCERS`], and whether nothing that digits matter behind can
/// come together where an escape sequence, or a string's escape, stood.
fn stands_for_others(line: &[u8]) -> bool {
    let plain = |at: usize| line.get(at + 1).is_some_and(|next| b"nrt\"'/".contains(next));
    let mut sequences = memchr::memchr(b'\x1b', line).is_some();
    let all_known = memchr::memchr_iter(b'\\', line).all(|at| {
        let begins = introducer(&line[at..]).is_some();
        sequences |= begins;
        begins || plain(at)
    });
    all_known && !(sequences && memchr::memchr(b'>', line).is_some())
}

/// Where a rule may ask which digits stand on a line that stands for others: in an escape of a string, and where a
/// syslog message has its version (`<34>1 `).
fn asked(line: &[u8]) -> impl Iterator<Item = Range<usize>> {
    memchr::memchr2_iter(b'\\', b'>', line).filter_map(|at| {
        let length = match line[at] {
            b'>' if line.get(at + 1)?.is_ascii_digit() => 2,
            b'>' => return None,
            _ => introducer(&line[at..])?.len(),
        };
        Some(at..at + length)
    })
}

/// Whether two texts of the same length differ in nothing but digits. Linear, and as fast as they are read.
pub(super) fn differ_in_digits(one: &[u8], other: &[u8]) -> bool {
    chunks_differ_in_digits::<32>(one, other)
        .or_else(|| chunks_differ_in_digits::<8>(one, other))
        .unwrap_or_else(|| one.iter().zip(other).all(|(a, b)| is_alike(*a, *b)))
}

/// The same of texts that have so many bytes at once, the last of them perhaps again.
fn chunks_differ_in_digits<const MANY: usize>(one: &[u8], other: &[u8]) -> Option<bool> {
    // Without a branch, so that it is done with vectors.
    let are_alike = |(one, other): (&[u8; MANY], &[u8; MANY])| {
        one.iter().zip(other).fold(true, |all, (a, b)| all & is_alike(*a, *b))
    };
    let last = (one.last_chunk()?, other.last_chunk()?);
    let (ones, others) = (one.as_chunks().0, other.as_chunks().0);
    Some(ones.iter().zip(others).all(are_alike) && are_alike(last))
}

fn is_alike(a: u8, b: u8) -> bool {
    let is_digit = |byte: u8| byte.wrapping_sub(b'0') < 10;
    (a == b) | (is_digit(a) & is_digit(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the lines end behind the first that say what it says, if it was kept.
    fn said(text: &str) -> usize {
        let mut shapes = Shapes::new();
        let length = text.find('\n').unwrap_or(text.len());
        shapes.keep(text.as_bytes(), 0, length);
        shapes.said(text.as_bytes(), length + 1, length) - length - 1
    }

    #[test]
    fn lines_with_other_digits_say_the_same() {
        for (text, length) in [
            ("a1\n", 0),
            ("a1\na2\n", 3),
            ("a1\na2\na3\nb4\na5\n", 6),
            ("a1\na2\na3", 3),
            ("a1\nab\n", 0),
            ("a1\na\n2\n", 0),
            ("a1\na12\n", 0),
            ("ab\na1\n", 0),
            ("ab\nab\n", 3),
            ("ab\nAb\n", 0),
            ("a0\na/\n", 0),
            ("a9\na:\n", 0),
            ("a:\na9\n", 0),
            ("\n\n\n", 2),
            ("\nx\n", 0),
            ("é1\né2\n", 4),
            // Digits that a rule may ask for.
            ("1\\u001b1\n2\\u001B2\n", 0),
            ("1\\u001b1\n2\\u001b2\n", 9),
            ("1\\u001B1\n2\\u001B2\n", 9),
            ("1\\u001b1\n1\\u002b1\n", 0),
            ("1\\x1b1\n2\\x1b2\n", 7),
            ("1\\x1b1\n1\\x2b1\n", 0),
            ("\\x1b\\x1b\n\\x1b\\x2b\n", 0),
            ("<34>1 x\n<56>1 x\n", 8),
            ("<34>1 x\n<34>2 x\n", 0),
            ("<34>11\n<56>12\n", 7),
            ("<34>x1\n<56>x2\n", 7),
            ("<34>\n<56>\n", 5),
            ("1\\x1b\\x1b\\x1b\\x1b\\x1b\\x1b\\x1b\\x1b\n2\\x1b\\x1b\\x1b\\x1b\\x1b\\x1b\\x1b\\x1b\n", 34),
            (
                "\\x1b\\x1b\\x1b\\x1b\\x1b\\x1b\\x1b\\x1b\\x1b\n\\x1b\\x1b\\x1b\\x1b\\x1b\\x1b\\x1b\\x1b\\x2b\n",
                0,
            ),
            // Other escapes of a string, and what comes together where one stood, are not looked into.
            ("1\\n\\r\\t\\\"\\'\\/1\n2\\n\\r\\t\\\"\\'\\/2\n", 15),
            ("\\u0020\n\\u0020\n", 0),
            ("\\u005cu0020\n\\u005cu0020\n", 0),
            ("\\x20\n\\x20\n", 0),
            ("\\\\u001b\n\\\\u001b\n", 0),
            ("\\q\n\\q\n", 0),
            ("\\\n\\\n", 0),
            ("\x1b[1m1\n\x1b[2m2\n", 6),
            ("\x1b[1m\\n\n\x1b[1m\\n\n", 7),
            ("\\\x1b[1mn\n\\\x1b[1mn\n", 0),
            ("\x1b[1m>\n\x1b[1m>\n", 0),
            ("\\u001b[1m>\n\\u001b[1m>\n", 0),
        ] {
            assert_eq!(said(text), length, "{text:?}");
        }
    }

    #[test]
    fn every_byte_of_a_line_is_compared() {
        for length in 1..140 {
            let line = "7".repeat(length);
            for at in 0..length {
                let mut other = line.clone();
                other.replace_range(at..=at, "x");
                assert_eq!(said(&format!("{line}\n{other}\n")), 0, "{length} {at}");
                other.replace_range(at..=at, "8");
                assert_eq!(said(&format!("{line}\n{other}\n")), length + 1, "{length} {at}");
            }
        }
    }

    #[test]
    fn a_line_of_each_length_is_kept() {
        let text = "a1\nb22\nc3\na5\n";
        let mut shapes = Shapes::new();
        let said =
            |shapes: &Shapes| [(0, 2), (3, 3), (10, 2)].map(|(at, n)| shapes.said(text.as_bytes(), at, n));
        assert_eq!(said(&shapes), [0, 3, 10], "none");
        shapes.keep_first(text.as_bytes(), 0, 2);
        shapes.keep(text.as_bytes(), 3, 3);
        assert_eq!(said(&shapes), [3, 7, 13]);
        // The first stays, where it is not to be another.
        shapes.keep_first(text.as_bytes(), 7, 2);
        assert_eq!(said(&shapes), [3, 7, 13]);
        shapes.keep(text.as_bytes(), 7, 2);
        assert_eq!(said(&shapes), [0, 7, 10]);
        // Lengths that share a place.
        let long = format!("{}\n{}\n", "x".repeat(3 + Shapes::ROOM), "abc\n".repeat(2));
        shapes.keep(long.as_bytes(), 0, 3 + Shapes::ROOM);
        assert_eq!(shapes.said(long.as_bytes(), 4 + Shapes::ROOM, 3), 4 + Shapes::ROOM);
        shapes.keep_first(long.as_bytes(), 4 + Shapes::ROOM, 3);
        assert_eq!(shapes.said(long.as_bytes(), 4 + Shapes::ROOM, 3), 12 + Shapes::ROOM);
    }
}
