//! Bytes without people: every name, address and token gives way to as many bytes of the same kind.

use crate::core::sentinel::Sentinel;
use regex::bytes::{Regex, RegexBuilder};
use std::ops::Range;

/// What is replaced: in each match the groups, or all of it where it has none.
const RULES: [&str; 18] = [
    // Addresses with credentials: `https://user:secret@host`.
    r#"[a-z][a-z0-9+.-]*://([^\s/@:"']+)(?::([^\s/@"']*))?@"#,
    // Mail addresses; a shell's prompt.
    r"\b([a-z0-9._%+-]+)@([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})\b",
    r"\b([a-z_][a-z0-9_-]*)@([a-z0-9-]+):[~/]",
    // IPv4, IPv6, Ethernet.
    r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b",
    r"\b[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){7}\b",
    r"\b(?:[0-9a-f]{1,4}:)+:(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?",
    r"\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b",
    // Tokens by their looks.
    r"\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|dckr_pat_|npm_|sk-|hvs\.|ya29\.)([\w./-]{8,})",
    r"\b(?:AKIA|ASIA)([0-9A-Z]{16})\b",
    r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*",
    // Tokens by what stands in front of them.
    r"\b(?:bearer|basic)\s+([\w.~+/=-]{8,})",
    r#"(?:passw(?:or)?d|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential|auth)s?=["']?([^\s"'&;,]{4,})"#,
    r#"(?:passw(?:or)?d|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential|auth)s?\\?["']\s*:\s*\\?["']([^"'\\]{4,})"#,
    r"--(?:password|token|secret)\s+(\S{4,})",
    // Hosts in the columns of a journal.
    r"(?m)^(?:<\d+>)?[a-z]{3} [ \d]?\d \d\d:\d\d:\d\d(?:\.\d+)? ([\w.-]+) [\w.@-]+(?:\[\d+\])?: ",
    r"(?m)^\d{4}-\d\d-\d\dT[\d:.,Z+-]+ ([\w.-]+) [\w.@-]+\[\d+\]: ",
    r"(?m)^<\d+>1 \S+ ([\w.-]+) ",
    r#"["'](?:_hostname|host|hostname|node|node_name)["']\s*:\s*["']([^"']+)"#,
];

/// Where names of people stand.
const HOMES: [&str; 2] = [r#"/(?:home|users)/([^/\s:"'\\,;)\]]+)"#, r#"[a-z]:\\+users\\+([^\\\s:"',;)\]]+)"#];

/// Names that tell nobody: accounts that images and CI systems come with.
const ANYONE: [&str; 18] = [
    "app",
    "build",
    "builder",
    "circleci",
    "ci",
    "dev",
    "docker",
    "ec2-user",
    "gitlab-runner",
    "jenkins",
    "localhost",
    "node",
    "root",
    "runner",
    "ubuntu",
    "user",
    "vagrant",
    "vscode",
];

/// Addresses that tell nothing.
const NOWHERE: [&[u8]; 3] = [b"127.", b"0.0.0.0", b"255.255.255."];

/// Finds what tells about people and their machines.
///
/// It finds what looks like that; it cannot know a name that nobody told it. Sentinels are never touched.
#[derive(Debug)]
pub struct Redactor {
    rules: Vec<Regex>,
    homes: Vec<Regex>,
    names: Vec<Vec<u8>>,
}

impl Redactor {
    /// A redactor that also knows these names, wherever they stand as a word: those of the user and of the
    /// host. Names of fewer than three bytes and those that any machine has are not looked for.
    #[must_use]
    pub fn new(names: &[String]) -> Self {
        let known = |name: &&String| is_name(name.as_bytes());
        Self {
            rules: RULES.iter().map(|rule| compiled(rule)).collect(),
            homes: HOMES.iter().map(|rule| compiled(rule)).collect(),
            names: names.iter().filter(known).map(|name| name.clone().into_bytes()).collect(),
        }
    }

    /// The same number of bytes and lines: letters give way to `x` and `X`, digits to `0`, what is no
    /// ASCII to `x`; everything else stays. Twice is as good as once.
    #[must_use]
    pub fn redact(&self, bytes: &[u8]) -> Vec<u8> {
        let mut redacted = bytes.to_vec();
        for place in self.places(bytes, is_anyone) {
            redacted[place].iter_mut().for_each(|byte| *byte = masked(*byte));
        }
        redacted
    }

    /// What is left when all that is taken out, temporary names and line ends of a terminal as well: two
    /// streams that leave the same show the same.
    #[must_use]
    pub fn essence(&self, bytes: &[u8]) -> Vec<u8> {
        let mut left = Vec::with_capacity(bytes.len());
        let mut from = 0;
        for place in self.places(bytes, |_| false) {
            left.extend_from_slice(&bytes[from.min(place.start)..place.start]);
            from = from.max(place.end);
        }
        left.extend_from_slice(&bytes[from..]);
        for temporary in [
            r#"\.tmp-[^\s:/"']+"#,
            r#"/tmp/[^\s:"']+"#,
            r"buildkit-mount\d+",
            r"metadatafile-[0-9a-f-]+",
            r"\r+$",
        ] {
            left = compiled(&format!("(?m){temporary}")).replace_all(&left, &b""[..]).into_owned();
        }
        left
    }

    /// What is to be replaced, in order, without overlaps with each other or with a sentinel.
    fn places(&self, bytes: &[u8], spared: impl Fn(&[u8]) -> bool) -> Vec<Range<usize>> {
        let mut places: Vec<Range<usize>> = Vec::new();
        let mut names = self.names.clone();
        for capture in self.homes.iter().flat_map(|rule| rule.captures_iter(bytes)) {
            let Some(name) = capture.get(1).filter(|name| !spared(name.as_bytes())) else { continue };
            places.push(name.range());
            if is_name(name.as_bytes()) {
                names.push(name.as_bytes().to_vec());
            }
        }
        for capture in self.rules.iter().flat_map(|rule| rule.captures_iter(bytes)) {
            let from = usize::from(capture.len() > 1);
            let groups = (from..capture.len()).filter_map(|group| capture.get(group));
            let told = groups.filter(|group| !spared(group.as_bytes()));
            places.extend(told.map(|group| group.range()));
        }
        for name in names {
            let found = memchr::memmem::find_iter(bytes, &name).map(|at| at..at + name.len());
            places.extend(found.filter(|place| is_word(bytes, place)));
        }
        let sentinels = sentinels(bytes);
        places.retain(|place| !sentinels.iter().any(|s| s.start < place.end && place.start < s.end));
        places.sort_unstable_by_key(|place| place.start);
        places
    }
}

/// A rule that is a constant of this file.
fn compiled(rule: &str) -> Regex {
    #[expect(clippy::expect_used, reason = "a constant; a test compiles them all")]
    RegexBuilder::new(rule).unicode(false).case_insensitive(true).build().expect("a rule of this file")
}

fn masked(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => b'0',
        b'A'..=b'Z' => b'X',
        b'a'..=b'z' | 0x80.. => b'x',
        _ => byte,
    }
}

fn is_anyone(text: &[u8]) -> bool {
    ANYONE.iter().any(|name| name.as_bytes().eq_ignore_ascii_case(text))
        || NOWHERE.iter().any(|address| text.starts_with(address))
}

/// Whether a word that stands for a person or a host can be looked for everywhere.
fn is_name(name: &[u8]) -> bool {
    name.len() >= 3 && !is_anyone(name) && !name.iter().all(u8::is_ascii_digit)
}

fn is_word(bytes: &[u8], place: &Range<usize>) -> bool {
    let part = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    !part(bytes[..place.start].last()) && !part(bytes.get(place.end))
}

fn sentinels(bytes: &[u8]) -> Vec<Range<usize>> {
    let lower = bytes.to_ascii_lowercase();
    let places = |sentinel: Sentinel| {
        let phrase = sentinel.phrase();
        memchr::memmem::find_iter(&lower, phrase).map(|at| at..at + phrase.len()).collect::<Vec<_>>()
    };
    Sentinel::ALL.into_iter().flat_map(places).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn redacted(text: &str) -> String {
        let redactor = Redactor::new(&["marlene".into(), "forge-17".into(), "io".into(), "root".into()]);
        let once = redactor.redact(text.as_bytes());
        assert_eq!(once.len(), text.len());
        assert_eq!(redactor.redact(&once), once, "twice is not as good as once: {text}");
        String::from_utf8(once).unwrap()
    }

    #[test]
    fn what_tells_about_people_is_masked() {
        for (text, masked) in [
            ("open /home/jdoe/.docker: by jdoe, not jdoes", "open /home/xxxx/.docker: by xxxx, not jdoes"),
            ("/Users/Jane D/x", "/Users/Xxxx D/x"),
            (r"C:\Users\jdoe\x", r"C:\Users\xxxx\x"),
            ("/home/jörg/x", "/home/xxxxx/x"),
            ("/home/dev/x /home/runner/work /root/x", "/home/dev/x /home/runner/work /root/x"),
            ("marlene on forge-17, io", "xxxxxxx on xxxxx-00, io"),
            (
                "10.12.0.3:5000 [fe80::1c2d:3e4f] 02:42:ac:11:00:02",
                "00.00.0.0:5000 [xx00::0x0x:0x0x] 00:00:xx:00:00:00",
            ),
            ("127.0.0.1 0.0.0.0 21:39:00 v0.12.1", "127.0.0.1 0.0.0.0 21:39:00 v0.12.1"),
            ("Jane.Doe@example.com", "Xxxx.Xxx@xxxxxxx.xxx"),
            ("inflight@1.0.6 node@sha256:6e80", "inflight@1.0.6 node@sha256:6e80"),
            ("bob@forge:~$ ls", "xxx@xxxxx:~$ ls"),
            ("https://bob:hunter2@example.org/x", "https://xxx:xxxxxx0@xxxxxxx.xxx/x"),
            ("ghp_abcDEF123456789", "ghp_xxxXXX000000000"),
            ("AKIAABCDEFGHIJKLMN12", "AKIAXXXXXXXXXXXXXX00"),
            ("Authorization: Bearer abc.def-123", "Authorization: Bearer xxx.xxx-000"),
            ("NPM_TOKEN=abcd1234 --password hunter2", "NPM_TOKEN=xxxx0000 --password xxxxxx0"),
            (r#"{"auth":"abcd==","hostname":"forge9"}"#, r#"{"auth":"xxxx==","hostname":"xxxxx0"}"#),
            ("oauth token: unexpected status", "oauth token: unexpected status"),
            ("Nov 23 21:39:00 forge docker[12]: x", "Nov 23 21:39:00 xxxxx docker[12]: x"),
            (
                "<28>1 2026-11-23T21:39:00Z forge docker 12 - - x",
                "<28>1 2026-11-23T21:39:00Z xxxxx docker 12 - - x",
            ),
            ("2026-11-23T21:39:00+0100 forge docker[1]: x", "2026-11-23T21:39:00+0100 xxxxx docker[1]: x"),
        ] {
            assert_eq!(redacted(text), masked);
        }
    }

    #[test]
    fn sentinels_and_lines_stay() {
        let line = "failed to update builder last activity time: open /home/time/x: read-only file system\n";
        let masked = line.replace("/time/", "/xxxx/");
        assert_eq!(redacted(&line.repeat(2)), masked.repeat(2));
    }

    #[test]
    fn the_essence_forgets_who_and_which_temporary_file() {
        let redactor = Redactor::new(&[]);
        let of = |text: &str| redactor.essence(text.as_bytes());
        let one = "open /home/dev/.docker/buildx/activity/.tmp-dev1: x\n";
        assert_eq!(of(one), of("open /home/someone/.docker/buildx/activity/.tmp-a23: x\r\n"));
        assert_eq!(of(one), of("open /home/xxxxxxx/.docker/buildx/activity/.tmp-a23: x\n"));
        assert_ne!(of(one), of("open /home/dev/.docker/buildx/activity/.tmp-dev1: y\n"));
        assert_ne!(of("a"), of("b"));
    }
}
