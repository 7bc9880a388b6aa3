//! Phrases of a failed attempt that tell whether another one is worth while.

use crate::core::line::{self, Excerpt, VIEW};
use aho_corasick::AhoCorasick;

/// What no retry cures: the registry does not have it or does not give it, or the file or the command
/// line is wrong. Compared ASCII case-insensitively, and only where the client states it. A bare
/// `not found` is none: a proxy or a mirror that is about to come up says it too.
pub const PERMANENT: [&str; 13] = [
    // The registry: `docker pull`, and `BuildKit` when it resolves an image.
    "manifest unknown",
    "pull access denied",
    "repository does not exist",
    // `distribution/reference`, for an image or a tag.
    "invalid reference format",
    // The flags of docker, compose and buildx (`spf13/pflag`).
    "unknown flag",
    "unknown shorthand flag",
    // A Dockerfile that does not parse (`frontend/dockerfile/parser`).
    "dockerfile parse error",
    // A compose file that does not parse (`compose-go`, by way of its YAML libraries) or has no such key.
    "yaml: line ",
    "yaml: unmarshal errors",
    "go-yaml load error",
    "top-level object must be a mapping",
    "additional property ",
    "additional properties '",
];

/// Phrases to look for.
#[derive(Clone, Debug)]
pub struct Phrases {
    /// In lower case.
    permanent: Vec<Vec<u8>>,
    retry_on: Vec<Vec<u8>>,
    automaton: AhoCorasick,
}

/// Too many or too long phrases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

impl Phrases {
    /// [`PERMANENT`] and `permanent`, which count in the client's voice, and `retry_on`, which count
    /// wherever they stand. None may be empty: an empty phrase is left out.
    ///
    /// # Errors
    ///
    /// Phrases of many megabytes.
    pub fn new(permanent: &[Vec<u8>], retry_on: &[Vec<u8>]) -> Result<Self, TooMany> {
        let lower = |phrases: &[Vec<u8>]| -> Vec<Vec<u8>> {
            phrases.iter().filter(|p| !p.is_empty()).map(|p| p.to_ascii_lowercase()).collect()
        };
        let known = PERMANENT.iter().map(|phrase| phrase.as_bytes().to_vec());
        let permanent: Vec<Vec<u8>> = known.chain(lower(permanent)).collect();
        let retry_on = lower(retry_on);
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(permanent.iter().chain(&retry_on))
            .map_err(|_| TooMany)?;
        Ok(Self { permanent, retry_on, automaton })
    }
}

/// What was found in a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The first permanent phrase that the client stated, in lower case.
    pub permanent: Option<Vec<u8>>,
    /// The first phrase to retry on, in lower case.
    pub retry_on: Option<Vec<u8>>,
}

/// Looks for phrases in a stream that arrives in pieces.
///
/// What is found does not depend on how the stream is cut. A phrase counts in the first [`VIEW`] bytes of
/// a line, and does not reach across lines. Memory: that much. Time: linear.
#[derive(Clone, Debug)]
pub struct PhraseScanner {
    phrases: Phrases,
    /// The unfinished line, as far as it is kept.
    kept: Vec<u8>,
    excerpt: Excerpt,
    found: Found,
}

impl PhraseScanner {
    /// A scanner at the start of a stream.
    #[must_use]
    pub fn new(phrases: Phrases) -> Self {
        Self { phrases, kept: Vec::new(), excerpt: Excerpt::default(), found: Found::default() }
    }

    /// Takes the next bytes of the stream.
    pub fn push(&mut self, mut bytes: &[u8]) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            // Nearly every piece has nothing in it: then only its last line is of interest.
            if self.kept.is_empty() && self.is_dull(bytes) {
                break;
            }
            self.keep(&bytes[..end]);
            self.end_line();
            bytes = &bytes[end + 1..];
        }
        self.keep(&bytes[memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1)..]);
    }

    /// Ends the stream.
    #[must_use]
    pub fn finish(mut self) -> Found {
        self.end_line();
        self.found
    }

    fn is_dull(&self, bytes: &[u8]) -> bool {
        self.excerpt == Excerpt::Outside
            && !self.phrases.automaton.is_match(bytes)
            && memchr::memmem::find(bytes, b"------").is_none()
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = VIEW - self.kept.len();
        self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn end_line(&mut self) {
        if !self.is_dull(&self.kept) {
            for text in line::client_texts(&self.kept, &mut self.excerpt) {
                self.permanent(&text.to_ascii_lowercase());
            }
            if self.found.retry_on.is_none() {
                let lower = self.kept.to_ascii_lowercase();
                let stands = |phrase: &&Vec<u8>| memchr::memmem::find(&lower, phrase).is_some();
                self.found.retry_on = self.phrases.retry_on.iter().find(stands).cloned();
            }
        }
        self.kept.clear();
    }

    fn permanent(&mut self, text: &[u8]) {
        if self.found.permanent.is_some() {
            return;
        }
        let stated = |phrase: &&Vec<u8>| {
            memchr::memmem::find_iter(text, phrase.as_slice())
                .any(|at| line::is_stated(text, at, at + phrase.len()))
        };
        self.found.permanent = self.phrases.permanent.iter().find(stated).cloned();
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn found(text: &[u8], permanent: &str, retry_on: &str) -> (Option<String>, Option<String>) {
        let phrases =
            Phrases::new(&[permanent.as_bytes().to_vec()], &[retry_on.as_bytes().to_vec()]).unwrap();
        let mut whole = PhraseScanner::new(phrases);
        let (mut single, mut halves) = (whole.clone(), whole.clone());
        whole.push(text);
        for byte in text.chunks(1) {
            single.push(byte);
        }
        for half in text.chunks(text.len() / 2 + 1) {
            halves.push(half);
        }
        let found = whole.finish();
        assert_eq!((&single.finish(), &halves.finish()), (&found, &found));
        let text = |phrase: Option<Vec<u8>>| phrase.map(|bytes| String::from_utf8(bytes).unwrap());
        (text(found.permanent), text(found.retry_on))
    }

    #[test]
    fn the_client_states_what_is_permanent() {
        for (text, phrase) in [
            ("manifest for x:9 not found: manifest unknown: manifest unknown\n", "manifest unknown"),
            (
                "ERROR: pull access denied, repository does not exist or may require authorization",
                "pull access denied",
            ),
            ("x\n#3 ERROR: docker.io/library/nope: pull access denied\n", "pull access denied"),
            ("repository does not exist", "repository does not exist"),
            ("ERROR: invalid tag \"UPPER/Case:\": invalid reference format\n", "invalid reference format"),
            ("unknown flag: --foo\n", "unknown flag"),
            ("unknown shorthand flag: 'z' in -z\n", "unknown shorthand flag"),
            (
                "ERROR: failed to solve: dockerfile parse error on line 3: unknown instruction: RUUN\n",
                "dockerfile parse error",
            ),
            ("ERROR: failed to solve: Dockerfile Parse Error line 3", "dockerfile parse error"),
            ("\x1b[31myaml: line 3: mapping values are not allowed\x1b[0m\r\n", "yaml: line "),
            ("yaml: unmarshal errors:\n  line 2\n", "yaml: unmarshal errors"),
            ("go-yaml load error in scanner at L4.C19\n", "go-yaml load error"),
            (
                "parsing /x/compose.yaml: Top-level object must be a mapping\n",
                "top-level object must be a mapping",
            ),
            ("(root) Additional property apache2 is not allowed\n", "additional property "),
            ("services.web additional properties 'cmd' not allowed\n", "additional properties '"),
            ("2026-01-01T00:00:00Z ERROR: manifest unknown\n", "manifest unknown"),
            (r#"{"log":"manifest unknown\n","stream":"stderr"}"#, "manifest unknown"),
            ("quota is used up\n", "quota is used up"),
        ] {
            assert_eq!(found(text.as_bytes(), "Quota is used up", "").0.as_deref(), Some(phrase), "{text}");
        }
    }

    #[test]
    fn others_do_not() {
        for text in [
            "",
            "ERROR: failed to solve: x: not found\n",
            "#7 0.412 manifest unknown\n",
            "#7 [2/3] RUN echo manifest unknown\n",
            "web-1  | unknown flag: --foo\n",
            " => => # pull access denied\n",
            "   3 | >>> RUN echo manifest unknown\n",
            "------\n > [3/3] RUN x:\nmanifest unknown\n------\n",
            "ERROR: process \"/bin/sh -c echo manifest unknown\" did not complete successfully\n",
            "ERROR: open /manifest unknown: no such file\n",
            "see 'manifest unknown'\n",
            "manifest\nunknown\n",
        ] {
            assert_eq!(found(text.as_bytes(), "", "").0, None, "{text}");
        }
    }

    /// Which a person chose: it can be anything.
    #[test]
    fn a_phrase_can_begin_with_what_makes_it_a_container_s() {
        assert_eq!(found(b"app: #7 0.412 quota\n", "#7 0.412 quota", "").0, None);
        assert_eq!(found(b"app: #7 quota\n", "#7 quota", "").0.as_deref(), Some("#7 quota"));
    }

    #[test]
    fn a_phrase_to_retry_on_may_stand_anywhere() {
        let said = |text: &str| found(text.as_bytes(), "", "TLS handshake timeout").1;
        assert_eq!(said("#7 0.1 net/http: tls handshake timeout\n"), Some("tls handshake timeout".into()));
        assert_eq!(said("x\ny: TLS Handshake Timeout"), Some("tls handshake timeout".into()));
        assert_eq!(said("TLS handshake\ntimeout"), None);
        assert_eq!(found(b"anything", "", "").1, None);
    }

    #[test]
    fn a_long_line_is_cut() {
        let far = [vec![b'x'; VIEW], b" manifest unknown\nmanifest unknown".to_vec()].concat();
        assert_eq!(found(&far[..far.len() - 17], "", ""), (None, None));
        assert_eq!(found(&far, "", "").0.as_deref(), Some("manifest unknown"));
        // All of them are bytes of that line.
        let near = [b"x\n".to_vec(), vec![b'x'; VIEW - 17], b" manifest unknown".to_vec()].concat();
        assert_eq!(found(&near, "", "").0.as_deref(), Some("manifest unknown"));
    }
}
