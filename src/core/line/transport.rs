//! What a transport puts in front of a line: timestamps, tags, priorities.

use super::{
    Signs, TAG_MAX,
    voice::{digits, name},
};

/// The length of what no pattern should stumble over: blanks, controls, a byte-order mark, symbols
/// outside ASCII.
pub(crate) fn indent(text: &[u8]) -> usize {
    text.iter().take_while(|b| !b.is_ascii_graphic()).count()
}

/// The length of one transport prefix at the head of `text`, 0 where there is none. `stamped` says
/// whether a timestamp was taken off before it (only then a syslog host and tag can follow), `signs` are those of the
/// text, or more.
pub(crate) fn prefix(text: &[u8], signs: Signs, stamped: &mut bool) -> usize {
    let stamp = timestamp(text);
    if stamp > 0 {
        *stamped = true;
        return stamp;
    }
    if *stamped {
        let length = tagged(text);
        if length > 0 {
            return length;
        }
    }
    let columns = |text| if signs.have(Signs::TAB) { github_columns(text) } else { 0 };
    let marked = || [workflow_tag, bracketed, barred].iter().map(|rule| rule(text)).find(|n| *n > 0);
    match priority(text) {
        0 if signs.have(Signs::MARK) => marked().unwrap_or_else(|| columns(text)),
        0 => columns(text),
        length => length,
    }
}

/// The length of a timestamp of ISO 8601 at the head of `text`, and of the blanks behind it. What begins with one is no
/// container's by its head.
pub(crate) fn leading_iso(text: &[u8]) -> usize {
    if text.first().is_some_and(u8::is_ascii_digit) { bracketable(text, iso).unwrap_or(0) } else { 0 }
}

/// The length of a prefix that only stands behind a timestamp.
fn tagged(text: &[u8]) -> usize {
    [gitlab, cri, rfc5424, syslog].iter().map(|rule| rule(text)).find(|length| *length > 0).unwrap_or(0)
}

/// A position in a text, moved on by what matches.
struct Cursor<'t>(&'t [u8], usize);

impl Cursor<'_> {
    fn rest(&self) -> &[u8] {
        &self.0[self.1..]
    }
    /// Exactly `count` digits.
    fn number(&mut self, count: usize) -> Option<()> {
        let rest = self.rest();
        (rest.len() >= count && rest[..count].iter().all(u8::is_ascii_digit)).then(|| self.1 += count)
    }
    fn one_of(&mut self, bytes: &[u8]) -> Option<()> {
        self.rest().first().is_some_and(|b| bytes.contains(b)).then(|| self.1 += 1)
    }
    fn skip(&mut self, byte: u8) {
        self.1 += self.rest().iter().take_while(|b| **b == byte).count();
    }
    /// `.123456` or `,123`.
    fn fraction(&mut self) {
        let rest = self.rest();
        if matches!(rest.first(), Some(b'.' | b',')) && digits(&rest[1..]) > 0 {
            self.1 += 1 + digits(&rest[1..]);
        }
    }
}

/// A timestamp, bare or in brackets, and the blanks behind it: ISO 8601 (GitHub Actions, Jenkins,
/// GitLab, journald, docker, Kubernetes), `HH:MM:SS`, `Nov 23 21:39:00` (syslog, `ts`), seconds
/// since the epoch.
fn timestamp(text: &[u8]) -> usize {
    if !text.first().is_some_and(|b| b.is_ascii_digit() || b"[(JFMASOND".contains(b)) {
        return 0;
    }
    [iso, clock, bsd, epoch].iter().find_map(|rule| bracketable(text, *rule)).unwrap_or(0)
}

fn bracketable(text: &[u8], rule: fn(&mut Cursor) -> Option<()>) -> Option<usize> {
    let mut cursor = Cursor(text, 0);
    let bracket = cursor.one_of(b"[(").is_some();
    rule(&mut cursor)?;
    if bracket {
        cursor.one_of(b"])")?;
    }
    let end = cursor.1;
    cursor.skip(b' ');
    cursor.skip(b'\t');
    (bracket || cursor.1 > end || cursor.rest().is_empty()).then_some(cursor.1)
}

fn clock(cursor: &mut Cursor) -> Option<()> {
    cursor.number(2)?;
    cursor.one_of(b":")?;
    cursor.number(2)?;
    cursor.one_of(b":")?;
    cursor.number(2)?;
    cursor.fraction();
    Some(())
}

fn iso(cursor: &mut Cursor) -> Option<()> {
    let minutes = cursor.rest().first_chunk()?;
    if !is_date_and_minutes(minutes) {
        return None;
    }
    cursor.1 += 16;
    cursor.one_of(b":")?;
    cursor.number(2)?;
    cursor.fraction();
    if cursor.one_of(b"Z").is_none() && cursor.one_of(b"+-").is_some() {
        cursor.number(2)?;
        let _colon = cursor.one_of(b":");
        let _minutes = cursor.number(2);
    }
    Some(())
}

/// `2026-11-23T21:39`, also with slashes and a blank: all bytes at once.
fn is_date_and_minutes(bytes: &[u8; 16]) -> bool {
    const fn each(pattern: &[u8; 16]) -> u128 {
        u128::from_le_bytes(*pattern)
    }
    const ZEROS: u128 = each(b"0000-00-00T00:00");
    // 0x7f where a digit stands; of the others the bits that must be the same.
    const DIGITS: u128 = each(b"\x7f\x7f\x7f\x7f\0\x7f\x7f\0\x7f\x7f\0\x7f\x7f\0\x7f\x7f");
    const SAME: u128 = each(b"\0\0\0\0\xfd\0\0\xfd\0\0\0\0\0\xff\0\0");
    const HIGH: u128 = each(&[0x80; 16]);
    // What a digit is off its zero is no more than 9: with so much more its high bit stays clear.
    let off = u128::from_le_bytes(*bytes) ^ ZEROS;
    let is_more = (off & DIGITS) + (each(&[0x76; 16]) & DIGITS);
    (off | is_more) & HIGH == 0 && off & SAME == 0 && matches!(bytes[10], b'T' | b' ')
}

fn bsd(cursor: &mut Cursor) -> Option<()> {
    const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = cursor.rest().get(..3).filter(|month| month[0].is_ascii_uppercase())?;
    MONTHS.chunks(3).any(|known| known == month).then(|| cursor.1 += 3)?;
    cursor.one_of(b" ")?;
    cursor.skip(b' ');
    let day = digits(cursor.rest());
    (1..=2).contains(&day).then(|| cursor.1 += day)?;
    cursor.one_of(b" ")?;
    clock(cursor)
}

fn epoch(cursor: &mut Cursor) -> Option<()> {
    let seconds = digits(cursor.rest());
    (9..=13).contains(&seconds).then(|| cursor.1 += seconds)?;
    cursor.fraction();
    Some(())
}

/// `00O ` or `01E+`: the stream column of a GitLab runner.
fn gitlab(text: &[u8]) -> usize {
    let column = text.len() >= 4
        && text[..2].iter().all(u8::is_ascii_digit)
        && matches!(text[2], b'O' | b'E')
        && matches!(text[3], b' ' | b'+');
    if column { 4 } else { 0 }
}

/// `stderr F `: the columns of a Kubernetes container log.
fn cri(text: &[u8]) -> usize {
    let columns = [&b"stdout F "[..], b"stdout P ", b"stderr F ", b"stderr P "];
    if columns.iter().any(|c| text.starts_with(c)) { 9 } else { 0 }
}

/// `host tag[123]: ` of syslog (RFC 3164) and journald.
fn syslog(text: &[u8]) -> usize {
    let host = name(text);
    if host == 0 || text.get(host) != Some(&b' ') {
        return 0;
    }
    let tag =
        text[host + 1..].iter().take_while(|b| b.is_ascii_graphic() && !matches!(b, b':' | b'[')).count();
    let mut end = host + 1 + tag;
    let path = memchr::memchr(b'/', &text[..end]).is_some();
    if path && text.get(end) != Some(&b'[') {
        // `mkdir /home/dev/.docker: …` is a statement.
        return 0;
    }
    if text.get(end) == Some(&b'[') {
        let pid = digits(&text[end + 1..]);
        if pid == 0 || text.get(end + 1 + pid) != Some(&b']') {
            return 0;
        }
        end += pid + 2;
    }
    if tag > 0 && text[end..].starts_with(b": ") { end + 2 } else { 0 }
}

/// `host app procid msgid - ` of syslog (RFC 5424), behind its priority and timestamp.
fn rfc5424(text: &[u8]) -> usize {
    let mut end = 0;
    for _ in 0..4 {
        let word = text[end..].iter().take_while(|b| b.is_ascii_graphic()).count();
        if word == 0 || text.get(end + word) != Some(&b' ') {
            return 0;
        }
        end += word + 1;
    }
    if text[end..].starts_with(b"- ") { end + 2 } else { 0 }
}

/// `<34>` or `<34>1 `: a syslog priority.
fn priority(text: &[u8]) -> usize {
    let Some(rest) = text.strip_prefix(b"<") else { return 0 };
    let number = digits(rest);
    if !(1..=3).contains(&number) || rest.get(number) != Some(&b'>') {
        return 0;
    }
    number + if rest[number + 1..].starts_with(b"1 ") { 4 } else { 2 }
}

/// `##[error]` of GitHub Actions and Azure Pipelines.
fn workflow_tag(text: &[u8]) -> usize {
    let Some(rest) = text.strip_prefix(b"##[") else { return 0 };
    let word = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    if word > 0 && rest.get(word) == Some(&b']') { word + 4 } else { 0 }
}

/// `[build] | `, `[web] `, `[  12.345678] `: a tag in brackets, with a bar or a colon or neither.
fn bracketed(text: &[u8]) -> usize {
    if text.first() != Some(&b'[') {
        return 0;
    }
    let tag = &text[..text.len().min(TAG_MAX)];
    let Some(close) = memchr::memchr(b']', tag) else { return 0 };
    if memchr::memchr2(b'"', b'\'', &tag[..close]).is_some() {
        // `[1.5, "o", "text"]` is an envelope.
        return 0;
    }
    let mut end = close + 1;
    end += text[end..].iter().take_while(|b| **b == b' ').count();
    end += usize::from(matches!(text.get(end), Some(b'|' | b':')));
    end + text[end..].iter().take_while(|b| **b == b' ').count()
}

/// `build | `: a name and a bar, where it is not compose's own (that is container output).
fn barred(text: &[u8]) -> usize {
    let name = name(text);
    let rest = &text[name..];
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    if name > 0 && rest.starts_with(b"| ") { text.len() - rest.len() + 2 } else { 0 }
}

/// `job\tstep\t` in front of a timestamp, of `gh run view --log`.
fn github_columns(text: &[u8]) -> usize {
    let mut tabs = memchr::memchr_iter(b'\t', text);
    let (Some(_), Some(second)) = (tabs.next(), tabs.next()) else { return 0 };
    let rest = second + 1 + indent(&text[second + 1..]);
    if bracketable(&text[rest..], iso).is_some() { rest } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::{super::PREFIXES_MAX, *};

    fn freed(mut text: &[u8]) -> &[u8] {
        let mut stamped = false;
        for _ in 0..PREFIXES_MAX {
            text = &text[indent(text)..];
            let length = prefix(text, Signs::of(text), &mut stamped);
            if length == 0 {
                break;
            }
            text = &text[length..];
        }
        text
    }

    #[test]
    fn prefixes_come_off() {
        for prefixed in [
            "2026-11-23T21:39:00.1234567Z text",
            "\u{feff}2026-11-23T21:39:00.1234567Z text",
            "2026-11-23T21:39:00Z ##[error]text",
            "build\tRun docker\t2026-11-23T21:39:00.1234567Z text",
            "build\tRun docker\t\u{feff}2026-11-23T21:39:00.1234567Z text",
            "2026-11-23T21:39:00.123456Z 00O text",
            "2026-11-23T21:39:00.123456Z 01E+text",
            "2026-11-23T21:39:00.123456789Z stderr F text",
            "[2026-11-23T21:39:00.123Z] text",
            "2026-11-23 21:39:00,123 text",
            "2026/11/23 21:39:00 text",
            "2026-11-23T21:39:00+0100 host unit[12]: text",
            "2026-11-23T21:39:00.123456+01:00 host docker: text",
            "21:39:00 text",
            "[21:39:00] text",
            "00:00:12.345  text",
            "Nov 23 21:39:00 host compose[123]: text",
            "Nov  3 21:39:00 host docker: text",
            "Nov 23 21:39:00 text",
            "Nov 23 21:39:00 host /usr/bin/docker[123]: text",
            "<34>1 2026-11-23T21:39:00Z host app 12 ID47 - text",
            "<13>Nov 23 21:39:00 host docker[1]: text",
            "1700000000.123456 text",
            "1700000000.123 text",
            "[  123.456789] host docker[12]: text",
            "[build] | text",
            "[pod/foo/bar] text",
            "[web]: text",
            "build | text",
            "│ text",
            "\0\u{200b}text",
        ] {
            // `[  123.4] host …` carries no timestamp that opens the way for host and tag.
            let expected = if prefixed.starts_with("[  123") { "host docker[12]: text" } else { "text" };
            assert_eq!(String::from_utf8_lossy(freed(prefixed.as_bytes())), expected, "{prefixed}");
        }
    }

    #[test]
    fn dates_and_minutes() {
        for text in [b"2026-11-23T21:39", b"0000/99/09 00:59", b"9999-00/00T99:99"] {
            assert!(is_date_and_minutes(text));
            for (at, was) in text.iter().enumerate() {
                for byte in 0..=u8::MAX {
                    let mut other = *text;
                    other[at] = byte;
                    let is = match was {
                        b'0'..=b'9' => byte.is_ascii_digit(),
                        b'-' | b'/' => matches!(byte, b'-' | b'/'),
                        b'T' | b' ' => matches!(byte, b'T' | b' '),
                        _ => byte == b':',
                    };
                    assert_eq!(is_date_and_minutes(&other), is, "{}", String::from_utf8_lossy(&other));
                }
            }
        }
    }

    #[test]
    fn what_is_no_prefix_stays() {
        for text in [
            "ERROR: text",
            "docker build: text",
            "12 text",
            "a\tb\ttext",
            "<b>text",
            "x || y",
            "##[x text",
            "##[]text",
            "<>text",
            "<12 text",
            "<1234>text",
            "1700000000.",
            "21:39:00text",
            "21:39:00. text",
            "21:39:00x5 text",
            "Foo 23 21:39:00 text",
        ] {
            assert_eq!(String::from_utf8_lossy(freed(text.as_bytes())), text);
        }
        for statement in
            ["mkdir /home/dev/.docker: text", "host docker[]: text", "host docker[12x: text", "host : text"]
        {
            let stamped = format!("2026-11-23T21:39:00Z {statement}");
            assert_eq!(String::from_utf8_lossy(freed(stamped.as_bytes())), statement);
        }
    }

    #[test]
    fn a_prefix_ends_where_the_text_begins() {
        for prefixed in
            ["build | text", "build| text", "[build] | text", "##[error]text", "<34>text", "<34>1 text"]
        {
            assert_eq!(
                prefix(prefixed.as_bytes(), Signs::ALL, &mut false),
                prefixed.len() - "text".len(),
                "{prefixed}"
            );
        }
    }

    #[test]
    fn a_line_can_be_a_prefix_and_nothing_else() {
        for prefix in ["21:39:00", "2026-11-23T21:39:00Z", "1700000000", "[web]"] {
            assert_eq!(freed(prefix.as_bytes()), b"", "{prefix}");
        }
    }
}
