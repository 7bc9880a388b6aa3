//! Every script that can be made is one that shells and a linter accept, and every word in it is read
//! by a shell as the bytes that it stands for.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/shell_words.rs"]
mod shell_words;
#[path = "common/skip.rs"]
mod skip;

use proptest::prelude::*;
use shell_words::{Part, Token, tokens};
use skip::need;
use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};
use unwedge::{
    core::{
        mountinfo::{Entry, MountTable},
        recipe::{self, Facts, Recipe, RecipeKind},
        state::{Access, Held, Owner, Probe, Space},
    },
    report::sh::{quote, script, typed},
};

const SHELLS: [&[&str]; 3] = [&["dash"], &["bash", "--posix"], &["busybox", "sh"]];

/// Those of [`SHELLS`] that this machine has; a word about each other.
fn shells() -> Vec<&'static [&'static str]> {
    let there = |shell: &&&[&str]| {
        let arguments: Vec<&str> = shell[1..].iter().copied().chain(["-c", ":"]).collect();
        need(skip::program(shell[0], &arguments)).is_some()
    };
    SHELLS.iter().filter(there).copied().collect()
}

fn directories() -> Vec<Option<Vec<u8>>> {
    let mut all = vec![None];
    for directory in [
        &b"/home/dev/.docker/buildx"[..],
        b"/a b/it's \"x\"/\\040/$(touch pwned)`touch pwned`",
        b"/new\nline\n",
        b"/\xff\xc3\x28\x81\x88/\x01\r\x1b[31m\x7f",
        "/\u{202e}\u{101}\u{1f433}/\u{85}\u{2028}".as_bytes(),
        b"/-rf/*?[a]~#!{}&;|<>()%%",
        b"/'",
        b"",
        b"/",
        b"relative",
    ] {
        all.push(Some(directory.to_vec()));
    }
    all
}

fn held(point: &[u8]) -> Entry {
    let line = b"36 35 98:0 / / ro,noatime - ext3 /dev/root ro,errors=continue\n";
    let mut entry = MountTable::parse(line).unwrap().entries()[0].clone();
    entry.mount_point = point.to_vec();
    entry
}

/// Facts of many kinds: each directory, without a probe and with those that make the recipes differ.
fn facts() -> Vec<Facts> {
    let mut all = Vec::new();
    let accesses = [
        Access::Writable,
        Access::ReadOnly,
        Access::Full,
        Access::Denied,
        Access::NotPermitted,
        Access::Failed("odd\n'".into()),
    ];
    for (i, directory) in directories().into_iter().enumerate() {
        let path = directory.clone().unwrap_or_default();
        all.push(Facts { state_directory: directory.clone(), ..Facts::default() });
        let access = accesses[i % accesses.len()].clone();
        let below = i % 2 == 0;
        let point = if below { [&path[..], b"/activity"].concat() } else { path.clone() };
        all.push(Facts {
            probe: Some(Probe {
                directory: path.clone(),
                probed: if i % 3 == 0 { b"/".to_vec() } else { point.clone() },
                access,
                held: Some(Held { mount: held(&point), below }),
                space: Some(Space { bytes: 0, inodes: (i % 2 == 0).then_some(7) }),
                owner: Some(Owner { uid: 0, gid: 0, mode: 0o40755 }),
                asker: if i % 3 == 1 { (0, 0) } else { (1000, 100) },
            }),
            leaked: directories()
                .into_iter()
                .flatten()
                .map(|d| [&d[..], b"/buildkit-mount1"].concat())
                .collect(),
            others: u64::from(below) * 7,
            context: below.then(|| "else'where\n$(touch pwned)".into()),
            state_directory: directory,
        });
    }
    all
}

/// Every script, in a folder.
fn scripts() -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (i, facts) in facts().iter().enumerate() {
        for kind in RecipeKind::ALL {
            let path = folder.path().join(format!("{}-{i}.sh", kind.slug()));
            fs::write(&path, script(&Recipe::new(kind, facts))).unwrap();
            paths.push(path);
        }
    }
    (folder, paths)
}

#[test]
fn every_script_passes_shellcheck() {
    if need(skip::program("shellcheck", &["--version"])).is_none() {
        return;
    }
    let (_folder, paths) = scripts();
    // It is slow, and works on one file at a time.
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for part in paths.chunks(paths.len().div_ceil(workers)) {
            scope.spawn(move || {
                let output = Command::new("shellcheck").args(["-s", "sh"]).args(part).output().unwrap();
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
            });
        }
    });
}

#[test]
fn every_script_is_read_by_every_shell() {
    let (_folder, paths) = scripts();
    for shell in shells() {
        for path in &paths {
            let output = Command::new(shell[0]).args(&shell[1..]).arg("-n").arg(path).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && said.is_empty(), "{shell:?} {}: {said}", path.display());
        }
    }
}

/// What a shell reads, word by word.
fn read_by(shell: &[&str], words: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let quoted: Vec<String> = words.iter().map(|word| quote(word)).collect();
    // The naive reader that the fuzz target trusts is held against real shells here.
    let text = |word: &Vec<u8>| Some(Part::Text(word.clone())).filter(|_| !word.is_empty());
    let naive: Vec<Token> = words.iter().map(|word| Token::Word(text(word).into_iter().collect())).collect();
    assert_eq!(tokens(quoted.join(" ").as_bytes()), Ok(naive));
    let mut child = Command::new(shell[0])
        .args(&shell[1..])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // By themselves, and as the arguments of a command.
    let argv = [b"printf".to_vec(), b"%s\\0".to_vec()].into_iter().chain(words.iter().cloned()).collect();
    let command = typed(&recipe::Command::Run { argv, tolerated: &[] });
    let text = format!("printf '%s\\0' {}\n{}\n", quoted.join(" "), command.join("\n"));
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let mut read: Vec<Vec<u8>> = output.stdout.split(|b| *b == 0).map(<[u8]>::to_vec).collect();
    assert_eq!(read.pop(), Some(Vec::new()));
    let arguments = read.split_off(read.len() / 2);
    assert_eq!(read, arguments);
    read
}

#[test]
fn every_byte_and_every_pair_of_special_ones_is_read_as_it_is() {
    let special = b"'\"\\$`!\n\t\r\x01\x7f\x81\x88\xc4\xff -~*=%xn0#";
    let mut words: Vec<Vec<u8>> = (1..=255u8).map(|byte| vec![byte]).collect();
    words.push(Vec::new());
    for first in special {
        words.extend(special.iter().map(|second| vec![*first, *second]));
    }
    for shell in shells() {
        for (word, read) in words.iter().zip(read_by(shell, &words)) {
            assert_eq!(&read, word, "{shell:?} reads {}", quote(word));
        }
    }
}

/// What the reader finds that is not read as it stands.
fn live_in(text: &str) -> Vec<String> {
    let live = |part| match part {
        Part::Live(live) => Some(String::from_utf8(live).unwrap()),
        Part::Text(_) => None,
    };
    let words = tokens(text.as_bytes()).unwrap().into_iter();
    words
        .flat_map(|token| match token {
            Token::Word(parts) => parts.into_iter().filter_map(live).collect(),
            Token::Operator(byte) => vec![char::from(byte).to_string()],
        })
        .collect()
}

#[test]
fn the_naive_reader_knows_what_a_shell_would_expand_or_obey() {
    for (text, live) in [
        ("echo a 'b $(c) `d`' \\$ \\;", &[][..]),
        ("echo a# 'b' # $(c) ; d", &[]),
        ("echo \"a\\$b\" \"\\\"; c\"", &[]),
        ("echo $(touch 'x)' \"y)\" (z)) b", &["$(touch 'x)' \"y)\" (z))"]),
        ("echo \"$(touch x)\"`touch y`", &["$(touch x)", "`touch y`"]),
        ("echo \"$(printf '\\101\\012')\"", &[]),
        ("echo $(printf '\\101') \"$(printf '\\101';x)\"", &["$(printf '\\101')", "$(printf '\\101';x)"]),
        ("a=$b c=${d} *?~ $1", &["$b", "${d}", "*", "?", "~", "$1"]),
        ("a;b&c|d>e<f(g)\n\nh", &[";", "&", "|", ">", "<", "(", ")", "\n"]),
    ] {
        assert_eq!(live_in(text), live, "{text}");
    }
    for open in ["'a", "\"a", "\"$(b\"", "a\\", "`a", "${a", "$(a\\"] {
        assert!(tokens(open.as_bytes()).is_err(), "{open}");
    }
}

/// Bytes of any kind, and text of the characters that mean something.
fn word() -> impl Strategy<Value = Vec<u8>> {
    let special = proptest::collection::vec(
        prop::sample::select(vec![
            '\'', '"', '\\', '$', '`', '\n', '\r', ' ', '(', ')', 'a', '0', '\u{101}', '\u{202e}',
        ]),
        0..12,
    );
    prop_oneof![
        proptest::collection::vec(1..=255u8, 0..40),
        special.clone().prop_map(|characters| format!(
            "--name={}",
            characters.into_iter().collect::<String>()
        )
        .into_bytes()),
        special.prop_map(|characters| characters.into_iter().collect::<String>().into_bytes()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_word_is_read_as_it_is(words in proptest::collection::vec(word(), 1..24)) {
        // The other shells are held against each byte, above.
        prop_assert_eq!(read_by(&["sh"], &words), words);
    }

    /// A path of the environment comes out of a command as it went in, in text and in scripts.
    #[test]
    fn a_state_directory_stays_one_word(name in word()) {
        let directory = [b"/s/", &name[..]].concat();
        let facts = Facts { state_directory: Some(directory.clone()), ..Facts::default() };
        let made = Recipe::new(RecipeKind::DriverState, &facts);
        let words = vec![[&directory[..], b"/activity"].concat(), [&directory[..], b"/instances/default"].concat()];
        let quoted: Vec<String> = words.iter().map(|word| quote(word)).collect();
        let shown = typed(&made.steps[0].commands[0]);
        prop_assert_eq!(shown, vec![format!("rm -rf {}", quoted.join(" "))]);
        let line = format!("\nremove {}\n", quoted.join(" "));
        prop_assert!(script(&made).contains(&line));
        prop_assert_eq!(read_by(&["sh"], &words), words);
    }
}

#[test]
fn nothing_is_removed_on_a_guess() {
    for directory in [None, Some(&b""[..]), Some(b"/"), Some(b"///"), Some(b"relative"), Some(b"./x")] {
        let facts = Facts { state_directory: directory.map(<[u8]>::to_vec), ..Facts::default() };
        for kind in RecipeKind::ALL {
            let text = script(&Recipe::new(kind, &facts));
            let run = text.lines().filter(|line| !line.starts_with(['#', ' ']));
            for line in run.filter(|line| !line.starts_with("by_hand ")) {
                for word in ["remove /", "chown", "mv ", "create_file_in "] {
                    assert!(!line.starts_with(word), "{kind:?} {directory:?}: {line}");
                }
            }
        }
    }
}

#[test]
fn whatever_destroys_says_so() {
    for facts in facts() {
        for kind in RecipeKind::ALL {
            for step in Recipe::new(kind, &facts).steps {
                let destroys = step.commands.iter().any(|command| match command {
                    recipe::Command::Run { argv, .. } => argv
                        .iter()
                        .any(|word| word == b"rm" || word == b"pkill" || word == b"stop" || word == b"prune"),
                    _ => false,
                });
                assert_eq!(
                    destroys || step.destroys.is_some(),
                    step.destroys.is_some(),
                    "{kind:?} {}",
                    step.id
                );
            }
        }
    }
}
