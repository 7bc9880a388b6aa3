//! What is kept of a stream: its head and its tail.

use std::collections::VecDeque;

/// The head and the tail of a stream, and how much stood between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The first bytes.
    pub head: Vec<u8>,
    /// How many bytes are left out behind them.
    pub left_out: u64,
    /// The last bytes; empty where nothing is left out.
    pub tail: Vec<u8>,
}

/// Keeps the head and the tail of a stream that arrives in pieces. Memory: what it may keep.
#[derive(Clone, Debug)]
pub struct Keeper {
    head_max: usize,
    tail_max: usize,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    left_out: u64,
    last: Option<u8>,
}

impl Keeper {
    /// Keeps `limit` bytes at most.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            head_max: limit.div_ceil(2),
            tail_max: limit / 2,
            head: Vec::new(),
            tail: VecDeque::new(),
            left_out: 0,
            last: None,
        }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.last = bytes.last().copied().or(self.last);
        let (head, rest) = bytes.split_at(bytes.len().min(self.head_max - self.head.len()));
        self.head.extend_from_slice(head);
        let over = (self.tail.len() + rest.len()).saturating_sub(self.tail_max);
        self.left_out += over as u64;
        let old = over.min(self.tail.len());
        self.tail.drain(..old);
        let new = &rest[over - old..];
        let length = self.tail.len() + new.len();
        if length > self.tail.capacity() {
            // A ring goes through all of its memory: it must not grow to twice of what it may keep.
            self.tail.reserve_exact((2 * length).min(self.tail_max) - self.tail.len());
        }
        self.tail.extend(new);
    }

    /// The last byte that was taken.
    #[must_use]
    pub fn last(&self) -> Option<u8> {
        self.last
    }

    /// Ends the stream. Where something is left out, no character of UTF-8 is cut in two.
    #[must_use]
    pub fn finish(self) -> Kept {
        let Self { mut head, mut tail, mut left_out, .. } = self;
        if left_out == 0 {
            head.extend(tail);
            return Kept { head, left_out, tail: Vec::new() };
        }
        let torn = torn_end(&head);
        head.truncate(head.len() - torn);
        let broken = tail.iter().take(3).take_while(|b| is_continuation(**b)).count();
        tail.drain(..broken);
        left_out += (torn + broken) as u64;
        Kept { head, left_out, tail: tail.into() }
    }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// The length of the unfinished character that `bytes` end in.
fn torn_end(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(4) {
        let byte = bytes[bytes.len() - back];
        if !is_continuation(byte) {
            let whole = match byte {
                0xc2..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf4 => 4,
                _ => 1,
            };
            return if whole > back { back } else { 0 };
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(limit: usize, pieces: &[&[u8]]) -> (Vec<u8>, u64, Vec<u8>) {
        let mut keeper = Keeper::new(limit);
        for piece in pieces {
            keeper.push(piece);
        }
        let Kept { head, left_out, tail } = keeper.finish();
        (head, left_out, tail)
    }

    #[test]
    fn head_and_tail() {
        for (limit, text, head, left_out, tail) in [
            (10, "", "", 0, ""),
            (10, "0123456789", "0123456789", 0, ""),
            (10, "0123456789a", "01234", 1, "6789a"),
            (3, "0123456789", "01", 7, "9"),
            (1, "0123", "0", 3, ""),
            (0, "0123", "", 4, ""),
            (4, "aéöüb", "a", 6, "b"),
        ] {
            let bytes = text.as_bytes();
            let expected = (head.into(), left_out, tail.into());
            assert_eq!(kept(limit, &[bytes]), expected, "{limit} {text}");
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            assert_eq!(kept(limit, &single), expected, "{limit} {text}, byte by byte");
        }
    }

    #[test]
    fn bytes_that_are_no_text_stay() {
        assert_eq!(kept(4, &[b"\xff\xfe\x80\x80\x80\x80\xfd\xfc"]).0.len(), 2);
    }
}
