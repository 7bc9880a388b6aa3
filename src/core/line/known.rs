//! Lines that tell nothing new, told by who they are from, or by what does not stand on them.

use super::{
    Asked, FIRST, Signs, envelope, freed, is_plain,
    text::{ESC, Text},
    voice,
};
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

    /// What is asked of lines outside of excerpts that are passed over, if some are: [`plain`](fn@super::plain).
    pub(crate) fn asks(self) -> Option<Asked> {
        self.client
    }

    /// Whether a whole line tells nothing else because a container said it, by its head alone. Its signs are those of
    /// [`Looks::extent`](super::Looks::extent), or more.
    pub(crate) fn covers_container(self, line: &[u8], signs: Signs) -> bool {
        !signs.have(self.container) && is_container(line)
    }

    /// Whether no line that a container said tells anything else.
    pub(crate) fn knows_containers(self) -> bool {
        self.container == Signs::NONE
    }

    /// The cores by which a line that a container said may tell something else, if not by both.
    pub(crate) fn of_containers(self) -> Option<Signs> {
        const BOTH: Signs = Signs::ACTIVITY.or(Signs::EROFS);
        (self.container != BOTH).then_some(self.container)
    }

    /// Where the lines of a text end, from the one at `from` on, that tell nothing else because a container said them, whatever it says.
    /// Linear, and as fast as their ends are found and their heads are told.
    pub(crate) fn containers(self, text: &[u8], from: usize) -> usize {
        let mut end = from;
        if !self.knows_containers() {
            return end;
        }
        while let Some(length) = memchr::memchr(b'\n', &text[end..]) {
            if !is_container(&text[end..end + length]) {
                break;
            }
            end += length + 1;
        }
        end
    }

    /// Whether a whole line with these signs tells nothing else that is not passed over; `in_excerpt` says whether it may stand in
    /// an excerpt. Linear, and takes much less than to judge it. Where it is not sure it says no.
    pub(crate) fn covers(self, level: Level, line: &[u8], signs: Signs, in_excerpt: bool) -> bool {
        // What stands apart can come together where an escape sequence goes.
        if signs.have(Signs::ESCAPE) {
            return false;
        }
        // In an excerpt it is the client's, or a container's after all.
        let is_known = in_excerpt && !self.container.have(Signs::EROFS);
        let string = if in_excerpt { None } else { envelope::first_string(line) };
        self.client.is_some_and(|asked| {
            (is_known || string.is_some()) && is_plain(level, line, string.unwrap_or(0), asked)
        })
    }
}

/// Whether a whole line is a container's by its head, up to the first carriage return. Where escape sequences may have a part in that it says
/// no.
fn is_container(line: &[u8]) -> bool {
    if voice::is_progress(line) {
        return true;
    }
    let first = &line[..line.len().min(FIRST)];
    let head = match memchr::memchr2(ESC, b'\r', first) {
        Some(at) if first[at] == ESC => return false,
        Some(at) => &first[..at],
        None => first,
    };
    freed(Text::raw(head), Signs::ALL).1
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
        let covers = |kinds: &[Kinds], line: &str| {
            let kinds = kinds.iter().fold(Kinds::NONE, |kinds, kind| kinds.or(*kind));
            let (length, signs) = Looks::at(line.as_bytes(), Level::new()).extent(0);
            Known::of(kinds).covers_container(&line.as_bytes()[..length], signs)
        };
        for head in [
            "=> # ",
            "0.41 ",
            "web-1  | ",
            "21:39:00 =>\x20",
            "0.41 x\r",
            "0.41 x\rx: \r",
            "0.41\x20\r\x1b[1m",
            "#7 0.41 x\x1b[1m",
        ] {
            for (words, demanded) in
                [(E, &all[..1]), (A, &all[1..]), (&format!("{A}: {E}"), &all), ("x", &[])]
            {
                for seen in [&[][..], &all[..1], &all[1..], &all] {
                    let is_seen = demanded.iter().all(|kind| seen.contains(kind));
                    for end in ["", "\r", "\n", "\nx"] {
                        let line = format!("{head}{words}{end}");
                        assert_eq!(covers(seen, &line), is_seen, "{line:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_may_be_no_container_s_is_not_covered_as_one() {
        for line in [
            "",
            "x",
            "x #7 0.41 x",
            "#7 ERROR: x",
            "0.41\x1b[1m x",
            "web-1 |\x1b[1mx",
            "\x1b[1m0.41 x",
            "x\r0.41 x",
            "2026-11-23T21:39:00Z x",
            "{\"log\":\"0.41 x\"}",
        ] {
            assert!(!is_container(line.as_bytes()), "{line:?}");
        }
        // A line may be longer than what is judged of it at once.
        let long = format!("0.41 {}", "x".repeat(2 * FIRST));
        assert!(is_container(long.as_bytes()));
        let late = format!("{}0.41 x", " ".repeat(FIRST - 2));
        assert!(!is_container(late.as_bytes()));
    }

    #[test]
    fn what_a_container_said_tells_which_cores_are_new() {
        let (erofs, activity) = (Kinds::CONTAINER_EROFS, Kinds::CONTAINER_ACTIVITY);
        for (kinds, cores) in [
            (Kinds::NONE, None),
            (Kinds::ELSEWHERE, None),
            (erofs, Some(Signs::ACTIVITY)),
            (activity, Some(Signs::EROFS)),
            (erofs.or(activity), Some(Signs::NONE)),
        ] {
            assert_eq!(Known::of(kinds).of_containers(), cores, "{kinds:?}");
        }
    }

    #[test]
    fn containers_are_told_from_line_to_line() {
        let known = Known::of(Kinds::CONTAINER_EROFS.or(Kinds::CONTAINER_ACTIVITY));
        for (text, end) in [
            ("", 0),
            ("x\n#7 0.4 x\n", 0),
            ("#7 0.4 x", 0),
            ("#7 0.4 x\n", 9),
            ("#7 0.4 x\n#8 [1/2] RUN x\n#7 \n\n#7 x\n", 28),
            ("#7 0.4 x\n#7 ERROR: x\n#7 x\n", 9),
            ("#7 0.4 x\n0.4 y\nweb-1  | z\n=> [3/3] x\nx\n", 37),
        ] {
            assert_eq!(known.containers(text.as_bytes(), 0), end, "{text:?}");
            assert_eq!(Known::of(Kinds::CONTAINER_EROFS).containers(text.as_bytes(), 0), 0);
        }
        assert_eq!(known.containers(b"x\n#7 0.4 x\n", 2), 11);
    }

    #[test]
    fn in_an_excerpt_a_line_is_the_client_s_or_a_container_s() {
        let both = [Kinds::ELSEWHERE, Kinds::CONTAINER_EROFS];
        for (line, is_covered) in [
            (format!("cp: x: {E}"), true),
            (format!("app: '#7 0.4 x': {E}"), true),
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
