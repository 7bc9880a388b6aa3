//! Lines that tell nothing new, told by who they are from, or by what does not stand on them.

use super::{Asked, FIRST, Signs, envelope, freed, is_plain, text::Text, voice};
use fearless_simd::Level;

/// How EROFS stood on lines, and the activity failure: some of these ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kinds(u8);

impl Kinds {
    pub(crate) const NONE: Self = Self(0);
    /// EROFS, stated by the client: elsewhere, or of the state directory; or mentioned.
    pub(crate) const ELSEWHERE: Self = Self(1);
    pub(crate) const STATE_DIR: Self = Self(1 << 1);
    pub(crate) const MENTIONED: Self = Self(1 << 2);
    /// In a container's words: EROFS, and the activity failure.
    pub(crate) const CONTAINER_EROFS: Self = Self(1 << 3);
    pub(crate) const CONTAINER_ACTIVITY: Self = Self(1 << 4);

    fn have(self, all: Self) -> bool {
        all.0 & !self.0 == 0
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What was said before: to who knows it, a line that says it tells nothing new.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    /// The cores by which a container's line may tell something else.
    container: Signs,
    /// What may make of an EROFS that the client states something else; none where that itself is something else.
    client: Option<Asked>,
}

impl Known {
    /// Sentinels have stood like this.
    pub(crate) fn of(kinds: Kinds) -> Self {
        let unless = |kind, sign| if kinds.have(kind) { Signs::NONE } else { sign };
        let container = unless(Kinds::CONTAINER_ACTIVITY, Signs::ACTIVITY)
            .or(unless(Kinds::CONTAINER_EROFS, Signs::EROFS));
        let asks = |kind| !kinds.have(kind);
        let asked = Asked::of(asks(Kinds::CONTAINER_EROFS), asks(Kinds::STATE_DIR), asks(Kinds::MENTIONED));
        Self { container, client: kinds.have(Kinds::ELSEWHERE).then_some(asked) }
    }

    /// What is asked of lines outside of excerpts that are passed over, if some are: [`plain`](super::plain).
    pub(crate) fn asks(self) -> Option<Asked> {
        self.client
    }

    /// Whether a whole line tells nothing else, by its head alone. Its signs are those of [`Looks::extent`](super::Looks::extent).
    pub(crate) fn covers_progress(self, line: &[u8], signs: Signs) -> bool {
        !signs.have(self.container) && voice::is_progress(line)
    }

    /// Whether no line of plain progress tells anything else.
    pub(crate) fn knows_progress(self) -> bool {
        self.container == Signs::NONE
    }

    /// Whether a whole line with these signs tells nothing else that is not passed over; `in_excerpt` says whether it may stand in
    /// an excerpt. Linear, and takes much less than to judge it. Where it is not sure it says no.
    pub(crate) fn covers(self, level: Level, line: &[u8], signs: Signs, in_excerpt: bool) -> bool {
        // What stands apart can come together where an escape sequence goes.
        if signs.have(Signs::ESCAPE) {
            return false;
        }
        if begins_container(line, signs) {
            return !signs.have(self.container);
        }
        // In an excerpt it is the client's, or a container's after all.
        let is_known = in_excerpt && !self.container.have(Signs::EROFS);
        let string = if in_excerpt { None } else { envelope::first_string(line) };
        self.client.is_some_and(|asked| {
            (is_known || string.is_some()) && is_plain(level, line, string.unwrap_or(0), asked)
        })
    }
}

/// Whether a line is a container's by its head, up to the first carriage return.
fn begins_container(line: &[u8], signs: Signs) -> bool {
    let mut first = &line[..line.len().min(FIRST)];
    if signs.have(Signs::RETURN) {
        first = &first[..memchr::memchr(b'\r', first).unwrap_or(first.len())];
    }
    freed(Text::raw(first.strip_suffix(b"\r").unwrap_or(first)), signs).1
}

#[cfg(test)]
mod tests {
    use super::{super::Looks, *};

    const E: &str = "read-only file system";
    const A: &str = "failed to update builder last activity time";

    fn covers(kinds: &[Kinds], line: &str, in_excerpt: bool) -> bool {
        let kinds = kinds.iter().fold(Kinds::NONE, |kinds, kind| kinds.or(*kind));
        let (level, line) = (Level::new(), format!("{line}\n"));
        let (length, signs) = Looks::at(line.as_bytes(), level).line(0);
        Known::of(kinds).covers(level, &line.as_bytes()[..length], signs, in_excerpt)
    }

    #[test]
    fn what_a_container_says_is_covered_by_what_one_said() {
        let all = [Kinds::CONTAINER_EROFS, Kinds::CONTAINER_ACTIVITY];
        for head in ["=> # ", "0.41 ", "web-1  | ", "21:39:00 =>\x20", "0.41 x\r", "0.41 x\rx: \r"] {
            for (words, demanded) in
                [(E, &all[..1]), (A, &all[1..]), (&format!("{A}: {E}"), &all), ("x", &[])]
            {
                for seen in [&[][..], &all[..1], &all[1..], &all] {
                    let is_seen = demanded.iter().all(|kind| seen.contains(kind));
                    for in_excerpt in [false, true] {
                        assert_eq!(
                            covers(seen, &format!("{head}{words}"), in_excerpt),
                            is_seen,
                            "{head}{words}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn in_an_excerpt_a_line_is_the_client_s_or_a_container_s() {
        let both = [Kinds::ELSEWHERE, Kinds::CONTAINER_EROFS];
        for (line, is_covered) in [
            (format!("cp: x: {E}"), true),
            (format!("app: #7 0.4 x: {E}"), true),
            (format!("cp: x/{E}"), false),
            (format!("mkdir /x/.docker: {E}"), false),
            (format!("x: {A}"), false),
            (format!("\x1b[1mcp: x: {E}"), false),
            ("------".to_owned(), false),
        ] {
            assert_eq!(covers(&both, &line, true), is_covered, "{line}");
            assert!(!covers(&both[..1], &line, true) && !covers(&both[1..], &line, true), "{line}");
            let all = [both[0], both[1], Kinds::STATE_DIR, Kinds::MENTIONED];
            let is_plain = !line.contains(A) && !line.contains('\x1b') && !line.contains("---");
            assert_eq!(covers(&all, &line, true), is_plain, "{line}");
        }
    }

    #[test]
    fn the_first_string_of_an_object_is_opened() {
        for (line, is_covered) in [
            (format!("{{\"log\":\"cp: x: {E}\\n\"}}"), true),
            (format!("{{\"error\":\"cp: x: {E}\\t {E}\\r\\n\",\"stream\":\"stderr\"}}"), true),
            (format!("{{\"msg\":\"{{\\\"log\\\":\\\"x: {E}\\\"}}\\n\"}}"), true),
            (format!("{{\"log\":\"cp: x: {E}\\x\"}}"), false),
            (format!("{{\"log\":\"cp: x/{E}\\n\"}}"), false),
            (format!("{{\"log\":\"#7 0.1 x: {E}\\n\"}}"), false),
            (format!("{{\"log\":\"mkdir /x/.docker: {E}\\n\"}}"), false),
            (format!("{{\"log\":\"cp: x: {E}\\n\":1}}"), false),
            (format!("{{\"log\":\"cp: x: {E}\\n"), false),
            (format!("{{\"log\": \"cp: x: {E}\\n\"}}"), false),
            (format!("{{\"k\":\"cp: x: {E}\\n\"}}"), false),
            (format!("{{\"log\":\"x\",\"log\":\"cp: x: {E}\\n\"}}"), false),
            (format!("x {{\"log\":\"cp: x: {E}\\n\"}}"), false),
            (format!("cp: x: {E}"), false),
        ] {
            assert_eq!(covers(&[Kinds::ELSEWHERE], &line, false), is_covered, "{line}");
            assert!(!covers(&[Kinds::CONTAINER_EROFS], &line, false), "{line}");
        }
    }
}
