//! What several rules of the oracle look for, as regular expressions.

/// A regular expression on bytes (`.` is any of them), made once.
macro_rules! re {
    ($($pattern:expr),+) => {{
        static RE: LazyLock<Regex> = LazyLock::new(|| Regex::new(concat!("(?s-u)", $($pattern),+)).unwrap());
        &*RE
    }};
}

/// What JSON may have between its tokens.
macro_rules! blanks {
    () => {
        r"[\t\n\x0C\r ]*"
    };
}

/// A string in quotes, which the end of the line can cut off.
macro_rules! string {
    ($name:expr, $quote:expr, $escape:expr) => {
        concat!(
            $quote, "(?P<", $name, ">(?:[^", $quote, $escape, "]|", $escape, ".)*)(?:", $quote, "|", $escape,
            r"?\z)"
        )
    };
}

/// A string in quotes of either kind.
macro_rules! either_string {
    () => {
        concat!(string!("double", "\"", r"\\"), "|", string!("single", "'", r"\\"))
    };
}

/// What may stand behind a value on a line of its own.
macro_rules! element_end {
    () => {
        concat!(blanks!(), r"[,\]]?", blanks!(), r"\z")
    };
}

/// The time in ISO 8601, with its zone or without.
macro_rules! iso {
    () => {
        r"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?(?:\d\d)?)?"
    };
}

/// A timestamp: ISO 8601, a clock, syslog's, or seconds since the epoch.
macro_rules! time {
    () => {
        concat!(
            "(?:",
            iso!(),
            r"|\d\d:\d\d:\d\d(?:[.,]\d+)?",
            r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} \d\d:\d\d:\d\d(?:[.,]\d+)?",
            r"|\d{9,13}(?:[.,]\d+)?)"
        )
    };
}

/// The name of a host, a container or a service.
macro_rules! name {
    () => {
        "[0-9A-Za-z][0-9A-Za-z._@-]*"
    };
}

/// Where something new can begin: behind a blank, the punctuation of a prefix or an envelope, or the
/// escape of a line's end.
macro_rules! boundary {
    () => {
        r#"(?:^|[\x00- \x7F:|\]>"'(\[,]|[\\|]n)"#
    };
}

/// The name of a step: `[3/3]`, `[base 2/3]`, `[linux/amd64 internal]`.
macro_rules! step {
    () => {
        r"\[(?:[^\[\]]* )?(?:\d+/\d+|internal)\]"
    };
}

/// The seconds that `BuildKit` puts in front of what a step prints.
macro_rules! seconds {
    () => {
        r"\d{1,8}\.\d{1,3} "
    };
}

/// What `--debug` echoes: process id and version; and the program behind them.
macro_rules! pid_and_version {
    () => {
        r"\d{1,7} v?\d[^ .]*\.\d[^ .]*\.[^ ]* "
    };
}
macro_rules! docker {
    () => {
        r"(?:[^ ]*/)?(?:docker|buildx|buildkitd)[^ /]*(?: |\z)"
    };
}

/// What `--progress rawjson` prints.
macro_rules! progress_json {
    () => {
        concat!(r"\{", blanks!(), r#""(?i:vertexes|statuses|logs|warnings)""#)
    };
}
