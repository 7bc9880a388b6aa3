//! The naive oracle: "The signature" of DESIGN.md once more, rule by rule and in its order, with the
//! whole stream in memory. It shares the result types and the named bounds with the crate, and no
//! rule: where the scanner and the oracle differ, one of them is wrong.

use regex::bytes::{Captures, Regex};
use std::{ops::Range, sync::LazyLock};
use unwedge::core::{
    line::{AFTER, BEFORE, ENVELOPES_MAX, EXCERPT_MAX, PREFIXES_MAX, VIEW},
    sentinel::Sentinel,
    verdict::{
        CAUSE_MAX, Cause, CauseKind, Link, NearMiss, NearMissKind, QUOTE_MAX, Quote, Sighting, Verdict, Wedge,
    },
};

// Named, so that the fuzz target finds them too.
#[macro_use]
#[path = "oracle/patterns.rs"]
mod patterns;
#[path = "oracle/envelope.rs"]
mod envelope;
use envelope::{Envelope, open};

/// A byte of a line, and its offset in the line: what is left of a line keeps its offsets.
type Byte = (u8, usize);

fn bytes(text: &[Byte]) -> Vec<u8> {
    text.iter().map(|(byte, _)| *byte).collect()
}

/// How a sentinel stands on its line: what takes a sighting away, or nothing.
#[derive(Clone, PartialEq)]
enum Standing {
    Stated,
    OtherCause(Cause),
    BesideOtherCause,
    Mentioned,
    Container,
}

#[derive(Clone)]
struct Found {
    sighting: Sighting,
    quote: Quote,
    standing: Standing,
    /// For EROFS: whether an activity sentinel stands beside it, and whether it is about a path of
    /// the state directory.
    beside_activity: bool,
    state_dir: bool,
}

/// The verdict on a stream.
pub fn judged(stream: &[u8], require_same_line: bool) -> Verdict {
    let mut found = Vec::new();
    let mut heads = Vec::new();
    let mut start = 0;
    for (line, number) in stream.split(|byte| *byte == b'\n').zip(1..) {
        for mut one in on_line(line, &mut heads) {
            one.sighting.offset += start;
            one.sighting.line = number;
            found.push(one);
        }
        start += line.len() as u64 + 1;
    }
    found.sort_by_key(|one| one.sighting.offset);
    match wedge(&found, require_same_line) {
        Some(wedge) => Verdict::Wedge(wedge),
        None => Verdict::Clear(near_misses(&found)),
    }
}

/// A wedge: both sentinels have a sighting that counts. It is known at the end of the first line with
/// which that holds; two on that line are the stronger evidence.
fn wedge(found: &[Found], require_same_line: bool) -> Option<Wedge> {
    let stated = |sentinel, from, to| {
        let mut counts = found.iter().filter(|one| one.standing == Standing::Stated);
        counts.find(|one| one.sighting.sentinel == sentinel && (from..=to).contains(&one.sighting.line))
    };
    let both = |from, to| stated(Sentinel::Activity, from, to).zip(stated(Sentinel::Erofs, from, to));
    found.iter().map(|one| one.sighting.line).find_map(|line| {
        let (link, (activity, erofs)) = match (both(line, line), both(1, line)) {
            (Some(pair), _) => (Link::Line, pair),
            (None, pair) => (Link::Stream, pair.filter(|_| !require_same_line)?),
        };
        let (activity, erofs, quote) = (activity.sighting, erofs.sighting, activity.quote.clone());
        Some(Wedge { activity, erofs, link, quote })
    })
}

/// The sightings of a line. One that is longer than the bounds is judged view by view; only its first
/// view is freed of prefixes and envelopes, and what lies beyond a view counts as no cause.
fn on_line(line: &[u8], heads: &mut Vec<Head>) -> Vec<Found> {
    let mut view = View { line, end: 0, complete: false, heads, container: false, found: Vec::new() };
    while !view.complete {
        let own = view.end;
        view.complete = line.len() <= own + VIEW + AFTER;
        view.end = if view.complete { line.len() } else { own + VIEW };
        let seen = own.saturating_sub(BEFORE)..line.len().min(own + VIEW + AFTER);
        let text: Vec<Byte> = line[seen.clone()].iter().copied().zip(seen).collect();
        let before = std::mem::take(&mut view.found);
        if own == 0 {
            view.lines(&text, 0);
        } else {
            view.sightings(&without_escapes(&text));
        }
        view.found.retain(|one| (own..view.end).contains(&usize::try_from(one.sighting.offset).unwrap()));
        view.found.extend(before);
    }
    view.found
}

/// What the excerpt looks at in a line.
#[derive(Clone, Copy, PartialEq)]
enum Head {
    Rule,
    Step,
    Other,
}

struct View<'v> {
    line: &'v [u8],
    /// Where the view ends, and whether the line ends there.
    end: usize,
    complete: bool,
    heads: &'v mut Vec<Head>,
    container: bool,
    found: Vec<Found>,
}

impl View<'_> {
    /// "Each line is first freed of what its transport put in front of it or around it." An envelope
    /// can hold several lines; a carriage return ends none, so that what a step prints behind it stays
    /// container output.
    fn lines(&mut self, text: &[Byte], depth: usize) {
        for line in text.split(|(byte, _)| *byte == b'\n') {
            let mut container = false;
            for (i, segment) in without_escapes(line).split(|(byte, _)| *byte == b'\r').enumerate() {
                let text = without_prefixes(segment);
                let head = without_indent(text);
                container |= is_container(&bytes(head));
                let envelope = if container || depth == ENVELOPES_MAX { None } else { open(head) };
                if let Some(Envelope { in_front, said }) = envelope {
                    // The words in front of an envelope can be a step's; its own lines stand for themselves.
                    self.container = container || in_excerpt(self.heads, Head::Other);
                    self.sightings(&text[..text.len() - head.len() + in_front]);
                    self.lines(&said, depth + 1);
                    continue;
                }
                if i == 0 {
                    let head = self.head(head);
                    container |= in_excerpt(self.heads, head);
                    self.heads.push(head);
                }
                self.container = container;
                self.sightings(text);
                container |= is_handed_to_container(&bytes(text), text.len());
            }
        }
    }

    fn head(&self, head: &[Byte]) -> Head {
        let all = bytes(head);
        let rule = re!("^(?:|.*", boundary!(), r")(?P<rule>------)[^!-~]*\z").captures(&all);
        let rule = rule.map(|rule| rule.name("rule").unwrap().range());
        let marker = marker(&all);
        // Behind a container's mark, or the seconds of a step, both are the container's.
        let own = |at: usize| {
            let timed = re!(" ", seconds!()).is_match(&all[..at]);
            !is_container(&all) && marker.is_none_or(|marker| marker >= at) && !timed
        };
        if rule.is_some_and(|rule| self.is_whole_rule(&head[rule.clone()]) && own(rule.start)) {
            Head::Rule
        } else if all.starts_with(b"> ") || marker.is_some_and(|at| all[at..].starts_with(b"> [") && own(at))
        {
            Head::Step
        } else {
            Head::Other
        }
    }

    /// Where the first view ends with it a longer line may go on with more dashes.
    fn is_whole_rule(&self, rule: &[Byte]) -> bool {
        self.is_raw(rule) && (self.complete || rule.last().unwrap().1 + 1 < VIEW + AFTER)
    }

    /// Lines without a sentinel and without a rule must cost nothing, so both are searched for in the
    /// raw bytes: `Sentinel::core` and a rule count where no escape stands in them.
    fn is_raw(&self, text: &[Byte]) -> bool {
        self.line[text[0].1..].starts_with(&bytes(text))
    }

    /// The sentinels of a text in one voice, "compared ASCII case-insensitively".
    fn sightings(&mut self, text: &[Byte]) {
        let all = bytes(text);
        let lower = all.to_ascii_lowercase();
        let mut here = Vec::new();
        for sentinel in Sentinel::ALL {
            let (phrase, (core, skip)) = (sentinel.phrase(), sentinel.core());
            // The first byte by itself: the fuzzer looks at every comparison of more than one.
            let stands = |at: &usize| lower[*at] == phrase[0] && lower[*at..].starts_with(phrase);
            for at in (0..lower.len()).filter(stands) {
                if self.is_raw(&text[at + skip..at + skip + core.len()]) {
                    here.push(Found {
                        sighting: Sighting { sentinel, offset: text[at].1 as u64, line: 0 },
                        quote: quote(self.line, text[at].1),
                        standing: self.standing(sentinel, &all, at),
                        beside_activity: false,
                        state_dir: sentinel == Sentinel::Erofs && names_state_dir(&lower[..at]),
                    });
                }
            }
        }
        // Rule 3, "even when the path contains those words".
        let activity = here.iter().any(|one| one.sighting.sentinel == Sentinel::Activity);
        let other_cause = here.iter().any(|one| matches!(one.standing, Standing::OtherCause(_)));
        for one in here.iter_mut().filter(|one| one.sighting.sentinel == Sentinel::Erofs) {
            one.beside_activity = activity;
            one.state_dir &= !activity;
            if other_cause && one.standing == Standing::Stated {
                one.standing = Standing::BesideOtherCause;
            }
        }
        self.found.extend(here);
        // A command that is quoted beyond the view.
        let own = text.iter().take_while(|(_, at)| *at < self.end).count();
        self.container |= is_handed_to_container(&all[..own], own);
    }

    /// The three rules, in their order.
    fn standing(&self, sentinel: Sentinel, text: &[u8], at: usize) -> Standing {
        let (before, behind) = (&text[..at], &text[at + sentinel.phrase().len()..]);
        if self.container || is_handed_to_container(text, at) {
            Standing::Container
        } else if is_mentioned(before, behind) {
            Standing::Mentioned
        } else if sentinel == Sentinel::Activity && self.complete {
            other_cause(behind).map_or(Standing::Stated, Standing::OtherCause)
        } else {
            Standing::Stated
        }
    }
}

/// The line around a sighting: half of what is kept stands in front of it, where there is so much.
fn quote(line: &[u8], at: usize) -> Quote {
    let from = at.saturating_sub(QUOTE_MAX / 2);
    let bytes = line[from..].iter().take(QUOTE_MAX).copied().collect::<Vec<u8>>();
    let cut = bytes.len() < line.len();
    Quote { bytes, cut }
}

/// "ANSI escapes": CSI, the strings up to BEL or ST (of one without an end the introducer), the rest.
fn without_escapes(text: &[Byte]) -> Vec<Byte> {
    let escape = re!(r"\x1B(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_](?:.*?(?:\x07|\x1B\\))?|[ -/]+[0-~]?|[0-~])?");
    let mut freed = text.to_vec();
    let escapes: Vec<_> = escape.find_iter(&bytes(text)).map(|found| found.range()).collect();
    escapes.into_iter().rev().for_each(|escape| drop(freed.drain(escape)));
    freed
}

/// What nobody means to say: blanks, controls, a byte-order mark, symbols.
fn without_indent(text: &[Byte]) -> &[Byte] {
    let length = text.iter().take_while(|(byte, _)| !byte.is_ascii_graphic()).count();
    &text[length..]
}

/// "CI, journal and syslog prefixes", up to a head that is container output. What holds a marker is none.
fn without_prefixes(mut text: &[Byte]) -> &[Byte] {
    let stamp = re!("^(?:[\\[(]", time!(), "[\\])] *\t*|", time!(), "(?: +\t*|\t+|\\z))");
    // These follow a timestamp: the columns of GitLab and Kubernetes, syslog (RFC 5424, RFC 3164).
    let stamped: [&Regex; 4] = [
        re!("^\\d\\d[OE][ +]"),
        re!("^std(?:out|err) [FP] "),
        re!("^(?:[!-~]+ ){4}- "),
        re!("^", name!(), r" (?:[!-9;-Z\\-~]+\[\d+\]|[!-.0-9;-Z\\-~]+): "),
    ];
    // A priority, `##[error]`, `[build] | `, `build | `, the columns of `gh run view --log`.
    let others: [&Regex; 5] = [
        re!("^<\\d{1,3}>(?:1 )?"),
        re!("^##\\[[A-Za-z]+\\]"),
        re!("^\\[[^\\]\"']{0,62}\\] *[|:]? *"),
        re!("^", name!(), " ?\\| "),
        re!("^[^\t]*\t[^\t]*\t[^!-~]*(?P<stamp>[\\[(]", iso!(), "[\\])]|", iso!(), "(?:[ \t]|\\z))"),
    ];
    let mut seen_stamp = false;
    for _ in 0..PREFIXES_MAX {
        let head = bytes(without_indent(text));
        let after_stamp = stamped.iter().filter(|_| seen_stamp);
        let prefix = [stamp].iter().chain(after_stamp).chain(&others).find_map(|re| re.captures(&head));
        let Some(prefix) = prefix.filter(|_| !is_container(&head)) else { break };
        seen_stamp |= stamp.is_match(&head);
        let end = prefix.name("stamp").map_or(prefix[0].len(), |stamp| stamp.start());
        if marker(&head).is_some_and(|marker| marker < end) {
            break;
        }
        text = &without_indent(text)[end..];
    }
    text
}

/// Rule 1, where the head of the line tells.
fn is_container(head: &[u8]) -> bool {
    // "`ERROR:` lines and lines such as `#3 ERROR: …` are the client's own voice."
    (re!(r"^#\d+ ").is_match(head) && !re!(r"^#\d+ ERROR: ").is_match(head))
        // Their tty forms, and the first line of an excerpt.
        || re!(r"^(?:=> |> \[)").is_match(head)
        // `0.412 text`; more digits are the seconds of a transport.
        || re!("^", seconds!()).is_match(head)
        // `   3 | >>> RUN …`.
        || re!(r"^\d+ \|(?: |\z)").is_match(head)
        // Progress JSON, on one line or on several (`"name": "[3/3] RUN …`).
        || re!("^", progress_json!()).is_match(head)
        || re!("^\"(?:name|id|short|detail)\"", blanks!(), ":", blanks!(), r#"["\[{]"#).is_match(head)
        // `web-1  | text`: two blanks, or one behind an index.
        || re!("^(?:", name!(), "  +|[0-9A-Za-z][0-9A-Za-z._@-]*[-_][0-9]+ )\\|(?: |\\z)").is_match(head)
        // What `--debug` echoes; a version of one's own making is none or has a digit.
        || re!("^", pid_and_version!()).is_match(head)
        || re!(r"^\d{1,7} (?:[^ ]*\d[^ ]*)? ", docker!()).is_match(head)
        // How the builder before BuildKit names a step.
        || re!(r"^Step \d+/\d+ : ").is_match(head)
}

/// Rule 1, the excerpt: the line of the step behind a rule, and no more lines than buildx prints.
fn in_excerpt(before: &[Head], head: Head) -> bool {
    let near = before.len().saturating_sub(1 + usize::from(EXCERPT_MAX));
    let heads = [&before[near..], &[head]].concat();
    (1..heads.len()).any(|step| {
        heads[step - 1..].starts_with(&[Head::Rule, Head::Step]) && !heads[step..].contains(&Head::Rule)
    })
}

/// Where the first of the unmistakable forms of container output stands, behind a prefix that nobody knows.
fn marker(text: &[u8]) -> Option<usize> {
    let forms = re!(
        // `web-1  | text`, told by its index.
        r"[0-9A-Za-z][-_]\d+[\t\n\x0C\r ]+(?P<bar>\|)(?: |\z)|",
        boundary!(),
        concat!(r"(?P<form>#\d+ (?:", seconds!(), "|", step!(), ")"),
        concat!("|=> (?:=> # |[A-Z ]*", step!(), ")"),
        concat!("|> ", step!()),
        concat!("|", progress_json!()),
        r"|\d+ \| (?:>>> |    )",
        concat!("|", pid_and_version!(), docker!()),
        concat!(")|\"(?P<name>", step!(), ")")
    );
    let found = forms.captures(text)?;
    ["bar", "form", "name"].iter().find_map(|kind| found.name(kind)).map(|form| form.start())
}

/// Rule 1, where what stands in front of a place tells: a marker, or a command that is quoted back and not
/// closed there.
fn is_handed_to_container(text: &[u8], at: usize) -> bool {
    let commands = || [commands(text), older_commands(text)].concat();
    marker(text).is_some_and(|marker| marker < at) || commands().iter().any(|it| it.contains(&at))
}

/// `process "…"`, up to the quote that closes it; one that is not closed goes to the end. What the command
/// holds is escaped. In an envelope that was not opened so is everything: the closing quote like the opening
/// one, with so many backslashes in front, and each backslash of the command with one more than these.
fn commands(text: &[u8]) -> Vec<Range<usize>> {
    let mut commands: Vec<Range<usize>> = Vec::new();
    for opening in re!(r#"(?i)process (?P<escape>\\*)""#).captures_iter(text) {
        let (start, end) = (opening.get(0).unwrap().start(), opening.get(0).unwrap().end());
        if commands.last().is_some_and(|last| start < last.end) {
            continue;
        }
        let level = opening["escape"].len();
        let closing = re!(r#"\\*""#).find_iter(&text[end..]).find(|quote| {
            // The command's own backslashes come in twos, else the quote is its own as well.
            let backslashes = quote.len() - 1;
            backslashes >= level && (backslashes - level) % (2 * (level + 1)) == 0
        });
        commands.push(start..closing.map_or(usize::MAX, |quote| end + quote.end() - 1));
    }
    commands
}

/// Older builders escape nothing: only the last of what looks like an end can be one.
fn older_commands(text: &[u8]) -> Vec<Range<usize>> {
    let forms = [
        re!(r"(?i)executor failed running \[(?:.*(?P<end>\]: )|.*)"),
        re!(r"(?i)the command '(?:.*(?P<end>' returned a non-zero code)|.*)"),
    ];
    let commands = forms.iter().filter_map(|form| form.captures(text));
    let range =
        |it: Captures| it.get(0).unwrap().start()..it.name("end").map_or(usize::MAX, |end| end.start());
    commands.map(range).collect()
}

/// Rule 2: a quote, a slash, an equals sign, a hyphen or a word character in front; or a path goes on.
fn is_mentioned(before: &[u8], behind: &[u8]) -> bool {
    let last = String::from_utf8_lossy(&before[before.len().saturating_sub(4)..]).chars().next_back();
    let joins = |c: char| c.is_alphanumeric() || "/\\=_-\"'`‘’‚‛“”„‟«»‹›´＂＇".contains(c);
    last.is_some_and(joins) || re!(r"^(?:[/\\]|\.[0-9A-Za-z])").is_match(behind)
}

/// Rule 3: "the cause is what follows the last `: ` of the line". None where that is EROFS, or where
/// the line was cut off: in front of the cause, in it, or in the operation and path.
fn other_cause(behind: &[u8]) -> Option<Cause> {
    let trim = |text: &[u8]| re!(r"^[\x00- \x7F]+|[\x00- \x7F]+\z").replace_all(text, &b""[..]).into_owned();
    // What containerd and shells put behind a cause.
    let rest = re!(r"(?i)(?:: unknown|: exit status \d{1,3}|[:,] exit code: \d{1,3})\z")
        .replace(&trim(behind), &b""[..])
        .into_owned();
    let colon = (0..rest.len()).rfind(|at| rest[*at..].starts_with(b": "))?;
    let text = trim(&rest[colon + 2..]);
    let lower = text.to_ascii_lowercase();
    let erofs = Sentinel::Erofs.phrase();
    if lower.starts_with(erofs) || erofs.starts_with(&lower) || (colon == 0 && is_operation(&lower)) {
        return None;
    }
    let kind = if re!("^(?:no space left on device|disk quota exceeded)").is_match(&lower) {
        CauseKind::DiskFull
    } else if lower.starts_with(b"permission denied") {
        CauseKind::Ownership
    } else if lower.starts_with(b"operation not permitted") {
        CauseKind::NotPermitted
    } else {
        CauseKind::Other
    };
    Some(Cause { text: text.into_iter().take(CAUSE_MAX).collect(), kind })
}

/// `open /home/…`, or a line that ends within `open`.
fn is_operation(text: &[u8]) -> bool {
    let known =
        "open write sync close chmod rename mkdir remove unlinkat stat lstat chown lchown fsync link read";
    let text = String::from_utf8_lossy(text);
    let (word, path) = text.split_once(' ').map_or((&*text, false), |(word, _)| (word, true));
    let word = word.strip_suffix(':').unwrap_or(word);
    known.split(' ').any(|known| if path { known == word } else { known.starts_with(word) })
}

/// The first near miss of each kind, in the order of the stream.
fn near_misses(found: &[Found]) -> Vec<NearMiss> {
    let first = |sentinel, holds: fn(&Found) -> bool| {
        found.iter().find(|one| one.sighting.sentinel == sentinel && holds(one))
    };
    let activity = |holds| first(Sentinel::Activity, holds);
    let erofs = |holds| first(Sentinel::Erofs, holds);
    // A full signature takes both sentinels; a quotation often begins with the first of them.
    let container = activity(|one| one.standing == Standing::Container);
    let in_container = erofs(|one| one.standing == Standing::Container);
    let mentioned = activity(|one| one.standing == Standing::Mentioned);
    let beside = erofs(|one| {
        one.standing == Standing::Mentioned || one.standing == Standing::Stated && one.beside_activity
    });
    let elsewhere = erofs(|one| one.standing == Standing::Stated && !one.beside_activity && !one.state_dir);
    let mut misses: Vec<NearMiss> = [
        // One that names its cause says more than one that does not.
        (
            NearMissKind::ActivityFailure,
            activity(|one| matches!(one.standing, Standing::OtherCause(_)))
                .or(activity(|one| one.standing == Standing::Stated)),
        ),
        (NearMissKind::StateDirUnwritable, erofs(|one| one.standing == Standing::Stated && one.state_dir)),
        (NearMissKind::ContainerOutput, container.filter(|_| in_container.is_some())),
        (NearMissKind::Mentioned, mentioned.filter(|_| beside.is_some())),
        (
            NearMissKind::ReadOnlyElsewhere,
            [elsewhere, in_container.filter(|_| container.is_none())]
                .into_iter()
                .flatten()
                .min_by_key(|one| one.sighting.offset),
        ),
    ]
    .into_iter()
    .filter_map(|(kind, one)| {
        let Found { sighting, quote, standing, .. } = one?.clone();
        let cause = if let Standing::OtherCause(cause) = standing { Some(cause) } else { None };
        Some(NearMiss { kind, sighting, quote, cause })
    })
    .collect();
    misses.sort_by_key(|miss| miss.sighting.offset);
    misses
}

/// `state-dir-unwritable`: the statement in front of `: read-only file system` ends in a path of the
/// state directory, of its parent `.docker`, or of a file that buildx keeps in it.
fn names_state_dir(before: &[u8]) -> bool {
    let Some(before) = before.strip_suffix(b": ") else { return false };
    let statement = re!(": ").split(before).last().unwrap();
    re!(
        r"/\.docker\z|/\.docker/buildx(?:/|\z)|/buildx\z|/(?:buildx|activity)/\.tmp-",
        r"|/buildx/(?:activity|refs|instances|defaults|current|\.lock|\.buildnodeid)(?:/|\z)"
    )
    .is_match(&re!(r"\\").replace_all(statement, &b"/"[..]))
}
