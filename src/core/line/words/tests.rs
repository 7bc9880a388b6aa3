use super::{
    vocabulary::KNOWN,
    word::{self, Number, number},
    *,
};
use crate::core::line::TAG_MAX;

/// How long the lines are behind the first that say what it says, if it was kept.
fn said(text: &str) -> usize {
    let lengths = [Level::new(), Level::baseline()].map(|level| {
        let mut words = Words::new();
        let length = text.find('\n').unwrap_or(text.len());
        words.keep(text.as_bytes(), 0, length);
        words.said(level, text.as_bytes(), length + 1) - length - 1
    });
    assert_eq!(lengths[0], lengths[1]);
    lengths[0]
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
        ("a1\na+2\n", 0),
        ("ab\na1\n", 0),
        ("ab\nab\n", 3),
        ("ab\nAb\n", 0),
        ("a0\na/\n", 0),
        ("a9\na:\n", 0),
        ("a:\na9\n", 0),
        ("\n\n\n", 0),
        ("\nx\n", 0),
        ("é1\né2\n", 4),
        // Digits that a rule may ask for.
        ("1\\u001b[1m1\n2\\u001B[1m2\n", 0),
        ("1\\u001b[1m1\n2\\u001b[2m2\n", 12),
        ("1\\u001B[1m1\n2\\u001B[2m2\n", 12),
        ("1\\u001b[1m1\n1\\u002b[1m1\n", 0),
        ("1\\x1b[1m1\n2\\x1b[2m2\n", 10),
        ("1\\x1b[1m1\n1\\x2b[1m1\n", 0),
        ("<34>1 x\n<56>1 x\n", 8),
        ("<34>1 x\n<34>2 x\n", 0),
        ("<34>11\n<56>12\n", 7),
        ("<34>x1\n<56>x2\n", 7),
        ("<34>\n<56>\n", 5),
        // Other escapes of a string, and what comes together where one stood, are not looked into.
        ("1\\n\\r\\t\\\"\\'\\/ x y 1\n2\\n\\r\\t\\\"\\'\\/ x y 2\n", 20),
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
        ("\x1b[1m>\x1b[0m\n\x1b[1m>\x1b[0m\n", 0),
        ("\\u001b[1m>\n\\u001b[1m>\n", 0),
        // Nor are other sequences.
        ("\x1b7\n\x1b7\n", 0),
        ("\x1b[?25h\n\x1b[?25h\n", 0),
        ("\x1b[1\n\x1b[1\n", 0),
        ("\\u001b]8;;x\n\\u001b]8;;x\n", 0),
    ] {
        assert_eq!(said(text), length, "{text:?}");
    }
}

/// Whether the second line says what the first says.
fn say_the_same(lines: &[(&str, &str, bool)]) {
    for (one, other, is_same) in lines {
        let text = format!("{one}\n{other}\n");
        let length = if *is_same { other.len() + 1 } else { 0 };
        assert_eq!(said(&text), length, "{text:?}");
        // Wherever they begin in what is looked at.
        for before in [1, 5, 31, 32, 33, 64, 100] {
            let before = "y ".repeat(before);
            let text = format!("{before}{one}\n{before}{other}\n{before}{other}\n");
            let length = if *is_same { 2 * (before.len() + other.len() + 1) } else { 0 };
            assert_eq!(said(&text), length, "{text:?}");
        }
    }
}

#[test]
fn lines_with_other_words_say_the_same() {
    say_the_same(&[
        ("x abc: y", "x vwxyzabc: y", true),
        ("x abc: y", "x abcd: y", true),
        ("abc: y", "aut: y", true),
        ("x: abc", "x: vuts", true),
        ("x abc 1", "x vuts 2", true),
        ("abc vuts.abc", "aut abc.vuts", true),
        ("abc=abc,abc=abc_abc-abc", "aut=abc,vuts=abc_abc-abc", true),
        ("abc_abc-abc", "abc_vuts-vuts", true),
        (r#"{"abc":"abc","abc":1}"#, r#"{"vuts":"vuts","vuts":1}"#, true),
        (r#"{"abc":"abc\n"}"#, r#"{"abc":"vuts\n"}"#, true),
        ("x 'abc' (abc)", "x 'abc' (vuts)", true),
        ("[x] abc: y", "[x] vuts: y", true),
        ("x\tabc\t: y", "x\tvuts\t: y", true),
        ("x\rabc\r: y", "x\rvuts\r: y", true),
        ("x Xabc: y", "x vutS: y", true),
        ("x AbcdE: y", "x WXYz: y", true),
        // A step may be in that state.
        ("x AbcdE: y", "x WXYZ: y", false),
        ("x WXYZ: y", "x AbcdE: y", false),
        // They are short, and could be a month.
        ("x Abc: y", "x Xyz: y", false),
        ("x Abcd: y", "x Xyz: y", false),
        ("x abcd: y", "x xyZ: y", false),
        ("x ab: y", "x cd: y", false),
        ("x abc: y", "x ab: y", false),
        ("x abc: y", "x : y", false),
        ("x  y", "x abc y", false),
        // What is behind a word is another character.
        ("x abc: y", "x aut, y", false),
        ("x abc: y", "x vu, y", false),
        ("x abc: y", "x vuts, y", false),
        ("abc: y", "a, y", false),
        // Something else stands beside them.
        ("x éabc: y", "x évuts: y", true),
        ("x abcé: y", "x vutsé: y", true),
        (r"x \nabc: y", r"x \nvuts: y", false),
        ("x |abc: y", "x |vuts: y", false),
        ("x \x1b[1mabc: y", "x \x1b[1mvuts: y", false),
        ("x \x1b[mabc: y", "x \x1b[mvuts: y", false),
        (r"x \u001b[mabc: y", r"x \u001b[mvuts: y", false),
        ("x abc\x1b[1m: y", "x vuts\x1b[1m: y", false),
        (r"x abc\u001b[1m: y", r"x vuts\u001b[1m: y", false),
        (r"x abc\x1B[1m: y", r"x vuts\x1B[1m: y", false),
        ("x [abc] y", "x [vuts] y", true),
        ("[x abc: y]", "[x vuts: y]", true),
        ("x abc: [y", "x vuts: [y", true),
        ("x abc[y]", "x vuts[y]", true),
        ("[y]abc", "[y]vuts", true),
        ("[x abc: y", "[x vuts: y", false),
        ("x abc1: y", "x vuts: y", false),
        ("x abc: y", "x 123: y", false),
    ]);
}

#[test]
fn lines_with_other_paths_say_the_same() {
    say_the_same(&[
        // In a path that begins at a root there may be anything of a name.
        ("x /abc1: y", "x /2: y", true),
        ("x /a: y", "x /A-b/c_d/1.2: y", true),
        ("x /a/b: y", "x /a: y", true),
        ("x (/a: y", "x (/b: y", true),
        ("x '/a': y", "x '/b/': y", true),
        (r#"x "/a": y"#, r#"x "//": y"#, true),
        (
            r#"x "/a
": y"#,
            r#"x "/b
": y"#,
            false,
        ),
        ("/a: y", "/b: y", true),
        ("x /log: y", "x /process: y", true),
        ("x /a: y", "x a: y", false),
        ("x a: y", "x /a: y", false),
        ("x /a: y", "x : y", false),
        ("x : y", "x /a: y", false),
        ("x a/b: y", "x a/c: y", false),
        ("x=/a: y", "x=/b: y", true),
        ("x\t/a: y", "x\t/b: y", false),
        ("x /a y", "x /b y", true),
        ("x /a, y", "x /b, y", true),
        ("(x /a)", "(x /b)", true),
        ("x /a", "x /b", true),
        ("x /a; y", "x /b; y", false),
        ("x:/a: y", "x:/b: y", false),
        ("x /a: y", "x /b y", false),
        ("x /a-1 y", "x /b y", true),
        ("x /a y", "x /1 y", true),
        ("x /a: y", "x /b\": y", false),
        ("x /a: y", "x /b+: y", false),
        ("x /abc x: y", "x /quux x: y", true),
        ("x /abc", "x /quux", true),
        // But what is the path of a program, or of the state directory.
        ("x /a: y", "x /docker: y", false),
        ("x /a: y", "x /x/.DockeR/x: y", false),
        ("x /a: y", "x /buildx/refs: y", false),
        ("x /a: y", "x /x/ACTIVITY: y", false),
        ("x /docker: y", "x /a: y", false),
        ("x /a: docker", "x /1: docker", true),
        ("docker x /a: y", "docker x /1: y", true),
        ("1 /a: y", "1 /1: y", false),
        ("1 x'/a': y", "1 x'/b': y", false),
        ("1  /a: y", "1  /b: y", true),
        ("12:30 /a: docker", "12:30 /b: docker", false),
        ("12:30 /a: y", "12:30 /b: y", true),
        ("12:30 /a: build", "12:30 /1: build", false),
    ]);
}

#[test]
fn lines_with_other_names_say_the_same() {
    say_the_same(&[
        ("x a1b: y", "x 1AB-2_c: y", true),
        ("x a1b y", "x c0ffee y", true),
        ("x=a1b,y", "x=c0ffee,y", true),
        ("x \"a1b\" (a1b) '/a1b/'", "x \"ab2\" (ab2) '/ab2/'", true),
        ("x a1b.example", "x ab2.example", true),
        (r#"{"x":"a1b\n"}"#, r#"{"x":"ab2\n"}"#, true),
        ("web-1a2b-x9k: y", "web-1-x: y", true),
        ("a1b: y", "ab2: y", true),
        // One has no digit, or next to no letters.
        ("x a1b: y", "x abc: y", false),
        ("x a1b: y", "x 123: y", false),
        ("x a1b: y", "x 12a: y", true),
        ("x a1b: y", "x 12A: y", false),
        ("x a1b: y", "x 12AB: y", true),
        ("x a-1-b: y", "x 2026-11-23T21: y", false),
        // It begins or ends with something else.
        ("x a1b: y", "x -ab2: y", false),
        ("x a1b: y", "x _ab2: y", false),
        ("x a1b: y", "x ab2-: y", true),
        ("x a1b: y", "x ab-2: y", true),
        // It may be the index of a service.
        ("x a1b | y", "x ab-2 | y", false),
        ("x a1b  | y", "x ab2  | y", false),
        ("x a1b \x1b[0m| y", "x ab2 \x1b[0m| y", false),
        (r"x a1b\t| y", r"x ab2\t| y", false),
        (r"x a1b \u001b[0m| y", r"x ab2 \u001b[0m| y", false),
        (r"x a1b\n| y", r"x ab2\n| y", true),
        (r"x a1b\u001b[0my", r"x ab2\u001b[0my", false),
        (r"x /a \n| y", r"x /b \n| y", true),
        // What stands around it may be something else, where an escape sequence goes.
        (r"x\u001b[0m a1b y", r"x\u001b[0m ab2 y", false),
        ("x a1b y \x1b[0m", "x ab2 y \x1b[0m", false),
        ("x /a | y", "x /b | y", false),
        // Its last name may be the first word of a phrase.
        ("x /a to update y", "x /b to update y", false),
        ("x /a to y", "x /b to y", true),
        ("x /a File System", "x /b File System", false),
        ("x /a failed running [y", "x /b failed running [y", false),
        ("x /a command y", "x /b command y", false),
        (r#"x /a "y"#, r#"x /b "y"#, false),
        (r#"x /a \"y"#, r#"x /b \"y"#, false),
        (r#"x /a \\"y"#, r#"x /b \\"y"#, false),
        // Something else stands beside it.
        ("x .a1b: y", "x .ab2: y", true),
        ("x |a1b: y", "x |ab2: y", false),
        ("x a1b|: y", "x ab2|: y", false),
        ("x éa1b: y", "x éab2: y", true),
        (r"x \ta1b: y", r"x \tab2: y", false),
        ("x [a1b] y", "x [ab2] y", true),
        // An array may begin there.
        ("x [a1b] y", "x [1ab] y", false),
        ("x [ a1b] y", "x [ 1ab] y", false),
        ("x [y, a1b] y", "x [y, 1ab] y", true),
        // It may be part of a version.
        ("1 a1b: y", "1 ab2: y", false),
        ("x1 a1b: y", "x1 ab2: y", false),
        ("1  a1b: y", "1  ab2: y", true),
        ("12:30 a1b: y", "12:30 ab2: y", true),
        ("12:30 a1b: docker", "12:30 ab2: docker", false),
        // A rule knows what stands in it.
        ("x a1b: y", "x a1b-Process: y", false),
        ("x a1b-process: y", "x a1b: y", false),
        ("x a1b: y", "x Log1: y", false),
        ("x a1b: y", "x activity1: y", false),
        ("x a1b: y", "x proces1: y", true),
    ]);
}

#[test]
fn lines_with_longer_numbers_say_the_same() {
    say_the_same(&[
        ("x 1 y", "x 1234567 y", true),
        ("x 1234567 y", "x 12345678 y", false),
        ("x 12345678 y", "x 1 y", false),
        ("1 y", "12 y", true),
        ("x=1,y=12", "x=123,y=1234", true),
        (r#"{"x":1,"y": 12}"#, r#"{"x":123,"y": 1234}"#, true),
        ("x (1) [2] *3 #4", "x (12) [23] *34 #45", true),
        ("pool-1-thread-2 y", "pool-12-thread-23 y", true),
        ("x_1: y", "x_12: y", true),
        ("x 1", "x 12", true),
        ("x 1: y", "x 12: y", true),
        ("x 1%, y", "x 12%, y", true),
        // A part of a time or a date.
        ("x 1:00 y", "x 12:00 y", false),
        ("x 00:1 y", "x 00:12 y", false),
        ("x=1:00 y", "x=12:00 y", false),
        ("x 1-2 y", "x 12-2 y", false),
        ("x 1/2 y", "x 12/2 y", false),
        (r"x 1\/2 y", r"x 12\/2 y", false),
        (r"x 1\n2 y", r"x 12\n2 y", true),
        ("x 2-1 y", "x 2-12 y", false),
        ("Nov 1 y", "Nov 12 y", false),
        ("Nov  1 y", "Nov  12 y", false),
        ("nov 1 y", "nov 12 y", true),
        ("x+1 y", "x+12 y", false),
        // What a step takes.
        ("x 1.5 y", "x 12.5 y", false),
        ("x 0.5 y", "x 0.55 y", false),
        ("x 12.5 y", "x 12.55 y", false),
        ("x 5.12 y", "x 55.12 y", false),
        ("x (1:\x1b[0m00", "x (12:\x1b[0m00", false),
        ("0.5 y", "0.55 y", false),
        (r#"{"x":"0.5 y"}"#, r#"{"x":"0.55 y"}"#, false),
        ("x 1.5, y", "x 12.55, y", true),
        ("x 0.5", "x 0.55", true),
        ("x=1.5 y", "x=12.55 y", true),
        ("x (1.5 y)", "x (12.5 y)", true),
        ("x 1.2.3.4 y", "x 10.20.30.40 y", true),
        // An exit status.
        ("x status 1", "x status 1234", false),
        (r"x (1\u001b[0m:00", r"x (12\u001b[0m:00", false),
        ("x STATUS 1", "x STATUS 1234", false),
        ("x code: 1", "x code: 1234", false),
        ("x statu\x1b[0ms\x1b[0m 1", "x statu\x1b[0ms\x1b[0m 1234", false),
        (r#"{"x":"y\u001b[0m z 1"}"#, r#"{"x":"y\u001b[0m z 1234"}"#, false),
        // Part of a word, or of an escape sequence.
        ("x\x1b[1;1m y", "x\x1b[1;12m y", false),
        ("x1x y", "x12x y", true),
        ("x~1 y", "x~12 y", false),
        ("x 1~ y", "x 12~ y", false),
    ]);
}

#[test]
fn lines_with_other_letters_than_those_of_ascii_say_the_same() {
    say_the_same(&[
        ("x é: y", "x дом: y", true),
        ("é y", "“ y", true),
        ("x/é/y", "x/дом/y", true),
        ("xé y", "xдом y", true),
        ("7é y", "8дом y", true),
        ("x é", "x дом", true),
        // A sentinel may stand there.
        ("x éy", "x домy", false),
        ("x éY", "x домY", false),
        ("x é7", "x дом7", false),
        (r"x é\u001b[0my", r"x дом\u001b[0my", false),
        ("x é y", "x e y", false),
        ("x e y", "x é y", false),
        ("x é y", "x  y", false),
    ]);
}

#[test]
fn a_tag_has_its_length() {
    for (tag, longer, is_same) in
        [(20, 5, true), (20, 6, false), (56, 1, true), (57, 1, false), (64, 0, true), (65, 0, false)]
    {
        let one = format!("[{} abcd] y", "x".repeat(tag - "[ abcd]".len()));
        let other = one.replace("abcd", &"j".repeat(4 + longer));
        let text = format!("{one}\n{other}\n");
        assert_eq!(said(&text) > 0, is_same, "{tag} {longer}");
        let text = format!("[x] {one}\n[x] {other}\n");
        assert_eq!(said(&text) > 0, is_same, "{tag} {longer}");
        // In none it may be as long as any.
        let text = format!("{one} abc\n{one} {}\n", "j".repeat(100));
        assert!(said(&text) > 0);
    }
    for (before, behind, room) in [
        ("x ", " y", Some(Word::LONG)),
        ("[x] ", " [y]", Some(Word::LONG)),
        ("\x1b[1m", " y", Some(Word::LONG)),
        ("[x ", " y", None),
        ("[x [y ", "] z]", Some((TAG_MAX - 11) / Kept::OTHERS)),
        ("[\x1b[1m", "] y", Some((TAG_MAX - 9) / Kept::OTHERS)),
    ] {
        assert_eq!(word::room(before.as_bytes(), b"word", behind.as_bytes()), room, "{before}{behind}");
    }
}

#[test]
fn words_that_a_rule_knows_say_something_else() {
    say_the_same(&[
        // A rule knows them, or what they may be the beginning of.
        ("x abc: y", "x process: y", false),
        ("x process: y", "x abc: y", false),
        ("x abc: y", "x abcprocessabc: y", false),
        ("x abc: y", "x abcprocess: y", false),
        ("x abc: y", "x processabc: y", false),
        ("x abc: y", "x proces: y", false),
        ("x abc: y", "x procesx: y", true),
        ("x abc: y", "x abcproces: y", true),
        ("x abc: y", "x pro: y", false),
        ("x/abc: y", "x/pro: y", false),
        ("x abc: y", "x unlin: y", false),
        ("x abc: y", "x instances: y", false),
        ("x abc: y", "x instance: y", false),
        ("x abc: y", "x activity: y", false),
        ("x abc: y", "x zero: y", false),
        ("x abc: y", "x Process: y", false),
        ("x PROCESS: y", "x Abcd: y", false),
        ("x abc: y", "x PROC: y", false),
    ]);
}

/// Of one that is looked at in several turns, too.
#[test]
fn a_word_of_letters_has_no_digit() {
    let with = |digits: &[usize]| {
        let byte = |at| if digits.contains(&at) { '1' } else { 'q' };
        format!("x {}: y\n", (0..70).map(byte).collect::<String>())
    };
    let kept = with(&[]).replace('q', "k");
    assert!(said(&(kept.clone() + &with(&[]))) > 0);
    for digits in [&[5][..], &[40], &[69], &[5, 40], &[5, 69], &[5, 40, 69]] {
        assert_eq!(said(&(kept.clone() + &with(digits))), 0, "{digits:?}");
    }
}

/// A short line may end there.
#[test]
fn nobody_looks_far_behind_a_word() {
    for (one, other, behind) in [("x a1b", "x ab2", " "), ("x 1", "x 22", ".")] {
        for (length, is_same) in [(Word::LONG - 1, true), (Word::LONG, false), (10_000, false)] {
            let behind = behind.repeat(length);
            let text = format!("{one}{behind}, y\n{other}{behind}, y\n");
            assert_eq!(said(&text) > 0, is_same, "{one} {length}");
        }
    }
}

#[test]
fn a_number_in_front_of_a_word() {
    use Number::{Alone, Part};
    let long = "x".repeat(Word::LONG);
    for (before, found) in [
        ("", None),
        ("1", None),
        (" ", None),
        ("x ", None),
        ("x x", None),
        ("1 ", Some(Alone)),
        ("1 x", Some(Alone)),
        ("1  ", None),
        ("x 12 x", Some(Alone)),
        ("x12 x", Some(Alone)),
        ("]12 x", Some(Alone)),
        ("12:30 x", Some(Part)),
        (":30 x", Some(Alone)),
        ("x:30 x", Some(Alone)),
        ("]:30 x", Some(Alone)),
        ("2026-11-23 x", Some(Part)),
        ("2026/11/23 x", Some(Part)),
        (".3 x", Some(Part)),
        (",3 x", Some(Part)),
        ("x=3 x", Some(Part)),
        ("x_3 x", Some(Part)),
        ("3: x", None),
        // It is not sure where so much stands between.
        (&format!("1 {long}"), Some(Alone)),
        (&format!("1 {}", &long[1..]), Some(Alone)),
        (&format!("x {long}"), Some(Alone)),
        (&format!("x {}", &long[1..]), Some(Alone)),
        (&format!("x {}", &long[2..]), None),
        (&format!(" {}", &long[1..]), None),
    ] {
        assert_eq!(number(before.as_bytes()), found, "{before}");
    }
}

#[test]
fn every_known_word_is_known() {
    let long = "j".repeat(40);
    for known in KNOWN {
        let known: Vec<u8> = known.into_iter().take_while(|byte| *byte > 0).collect();
        let known = String::from_utf8_lossy(&known);
        assert!(known.len() > 2 && known.bytes().all(|byte| byte.is_ascii_lowercase()), "{known}");
        for before in ["", "q", "quit", &"j".repeat(30), &"j".repeat(31), &"j".repeat(32), &"j".repeat(70)] {
            let known = [known.to_string(), known.to_ascii_uppercase()];
            for (known, behind) in
                known.iter().flat_map(|known| ["", "q", &long, "1"].map(|behind| (known, behind)))
            {
                let other = if behind == "1" { "jj1" } else { "jjj" };
                let text = format!("x {other}: y\nx {before}{known}{behind}: y\nx {before}{other}: y\n");
                assert_eq!(said(&text), 0, "{text}");
            }
        }
        for length in 3..known.len() {
            assert_eq!(said(&format!("x jjj: y\nx {}: y\n", &known[..length])), 0, "{known} {length}");
        }
    }
}

#[test]
fn no_long_word_says_the_same() {
    for (length, is_same) in [(127, true), (128, true), (129, false), (200, false), (1000, false)] {
        let long = "j".repeat(length);
        for text in [format!("x jjj: y\nx {long}: y\n"), format!("x {long}: y\nx jjj: y\n")] {
            assert_eq!(said(&text) > 0, is_same, "{length}");
        }
        let long = ".".repeat(length - 2);
        for (one, other) in [("a", "b"), ("", "b"), ("a", "")] {
            let text = format!("x /{long}{one}: y\nx /{long}{other}: y\n");
            assert_eq!(said(&text) > 0, is_same, "{length} {one} {other}");
        }
    }
}

#[test]
fn every_byte_of_a_line_is_compared() {
    for length in 1..140 {
        let line = "7".repeat(length);
        for at in 0..length {
            let mut other = line.clone();
            other.replace_range(at..=at, "!");
            assert_eq!(said(&format!("x{line}\nx{other}\n")), 0, "{length} {at}");
            other.replace_range(at..=at, "8");
            assert_eq!(said(&format!("x{line}\nx{other}\n")), length + 2, "{length} {at}");
        }
    }
}

#[test]
fn digits_are_asked_for_wherever_they_stand() {
    for before in 0..140 {
        let before = "x".repeat(before);
        for (one, other, is_same) in [
            ("\\u001b[1m", "\\u002b[1m", false),
            ("\\u001b[1m", "\\u000b[1m", false),
            ("\\u001b[1m", "\\u101b[1m", false),
            ("\\u001b[1m", "\\u011b[1m", false),
            ("\\u001b[1m", "\\u001b[2m", true),
            ("\\x1b[m1", "\\x2b[m1", false),
            // Behind another escape, whose own digits would stand there.
            ("\\n\\x1b[m1", "\\n\\x2b[m1", false),
            ("\\n\\u001b[1m", "\\n\\u101b[1m", false),
            (">1 ", ">2 ", false),
            ("> 1", "> 2", true),
            ("1>", "2>", true),
        ] {
            let text = format!("x{before}{one}\nx{before}{other}\n");
            assert_eq!(said(&text) > 0, is_same, "{text:?}");
        }
    }
}

#[test]
fn a_few_lines_are_kept_that_begin_alike() {
    const LINES: [&str; 6] = ["a: 1\n", "a, 1\n", "a. 1\n", "a= 1\n", "a/ 1\n", "b: 1\n"];
    let text = LINES.concat() + "x\n";
    let mut words = Words::new();
    // Of each line: which are said.
    let said = |words: &mut Words| {
        LINES.map(|line| {
            let own = format!("{text}{line}");
            words.said(Level::new(), own.as_bytes(), text.len()) > text.len()
        })
    };
    assert_eq!(said(&mut words), [false; 6]);
    for line in [0, 5, 1, 2, 3] {
        words.keep(text.as_bytes(), 5 * line, 4);
        assert!(said(&mut words)[line], "{line}");
    }
    assert_eq!(said(&mut words), [true, true, true, true, false, true]);
    // Those that are in use stay.
    let again = format!("{text}a: 2\na= 2\na, 2\n");
    assert_eq!(words.said(Level::new(), again.as_bytes(), text.len()), again.len());
    words.keep(text.as_bytes(), 20, 4);
    assert_eq!(said(&mut words), [true, true, false, true, true, true]);
    // The last is not kept: nobody asks behind it.
    let mut words = Words::new();
    words.keep(b"a: 1\n", 0, 4);
    assert_eq!(words.said(Level::new(), b"a: 1\na: 2\n", 5), 5);
}

#[test]
fn where_no_two_lines_are_alike_few_are_looked_at() {
    let text = "a: 1\na: 2\n".as_bytes();
    let mut words = Words::new();
    let is_said = |words: &mut Words| words.said(Level::new(), text, 5) == text.len();
    for _ in 0..Words::TRIED {
        words.keep(text, 0, 4);
    }
    for left in (0..Words::RESTED).rev() {
        assert!(!is_said(&mut words));
        if left > 0 {
            words.keep(b"b: 1\nb: 2\n", 0, 4);
        }
    }
    // Then it begins anew, with what was kept.
    assert!(is_said(&mut words));
    assert_eq!(words.said(Level::new(), b"b: 1\nb: 2\n", 5), 5);
    // What is said again makes up for what is not,
    for _ in 0..4 * Words::TRIED {
        words.keep(text, 0, 4);
        for _ in 0..Words::WEIGHT {
            assert!(is_said(&mut words));
        }
    }
    // up to twice as much.
    for _ in 0..100 {
        assert!(is_said(&mut words));
    }
    for _ in 0..2 * Words::TRIED {
        assert!(words.rest == 0);
        words.keep(text, 0, 4);
    }
    assert!(!is_said(&mut words));
}

#[test]
fn more_than_a_few_other_words_are_too_many() {
    for (count, is_same) in [(1, true), (Kept::OTHERS, true), (Kept::OTHERS + 1, false)] {
        let text = format!("x{}\nx{}\n", " abc".repeat(count), " quux".repeat(count));
        assert_eq!(said(&text) > 0, is_same, "{count}");
    }
}

#[test]
fn a_line_of_more_than_one_view_says_nothing_again() {
    for (length, is_same) in [(FIRST - 1, true), (FIRST, true), (FIRST + 1, false)] {
        let line = "x".repeat(length);
        assert_eq!(said(&format!("{line}\n{line}\n")) > 0, is_same, "{length}");
        let (one, other) = (" y".repeat(length / 2), "x".repeat(length % 2));
        let text = format!("x jjj{other}{}\nx jjjj{other}{}\n", &one[6..], &one[6..]);
        assert_eq!(text.lines().nth(1).map(str::len), Some(length));
        assert_eq!(said(&text) > 0, is_same, "{length}");
        let text = format!("x jjjj{other}{}\nx jjj{other}{}\n", &one[6..], &one[6..]);
        assert_eq!(said(&text) > 0, is_same, "{length}");
    }
}
