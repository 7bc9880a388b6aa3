//! A host to break: mount and pid namespaces of their own, in which scripts run for real, with
//! stand-ins for what would reach out of them.

#![allow(dead_code, reason = "not every test binary needs all of it")]

use std::{
    fmt::Write as _,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// The stand-in: logs each call, with how many leaked mounts there are where it starts something, and
/// what docker sees of its environment; then does what `FAIL` (a call and its status) and `HOOK` (a
/// call and shell text) say.
const STAND_IN: &str = r#"#!/bin/sh
call="${0##*/}$(printf ' %s' "$@")"
note=
case $call in
'systemctl start '*) note=" (leaked: $(awk '$5 ~ /\/buildkit-mount/ { n++ } END { print n + 0 }' /proc/self/mountinfo))" ;;
'docker '*) printf '%s\0' "${BUILDX_CONFIG-}" "${DOCKER_CONTEXT-}" "${DOCKER_HOST-}" "${BUILDX_BUILDER-}" "$(id -u)" >>"$SCRATCH/docker" ;;
esac
printf '%s\n' "$call$note" >>"$SCRATCH/calls"
[ "$call" != "${HOOK_CALL-}" ] || eval "$HOOK"
[ "$call" != "${FAIL_CALL-}" ] || exit "$FAIL_STATUS"
"#;

/// What came out.
pub(crate) struct Outcome {
    /// The exit status of the script.
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The calls of stand-ins, in order.
    pub(crate) calls: Vec<String>,
    /// The five variables of each call of docker: `BUILDX_CONFIG`, `DOCKER_CONTEXT`, `DOCKER_HOST`,
    /// `BUILDX_BUILDER`, user id.
    pub(crate) docker: Vec<Vec<Vec<u8>>>,
}

/// A host.
pub(crate) struct Host {
    unshare: Vec<&'static str>,
    scratch: tempfile::TempDir,
    setup: String,
    variables: Vec<(&'static str, String)>,
}

impl Host {
    /// A host with `/var/lib`, `/run`, `/mnt` of its own and stand-ins for `systemctl`, `docker` and
    /// `pkill`; `HOME` is `/var/lib/home`.
    ///
    /// # Errors
    ///
    /// The machine gives no namespaces.
    pub(crate) fn new() -> Result<Self, String> {
        let own = ["-m", "-p", "--fork", "--mount-proc", "--propagation", "private"];
        let mapped = [&["-r"], &own[..]].concat();
        let works = |flags: &[&'static str]| -> Result<(), String> {
            let output = Command::new("unshare")
                .args(flags)
                .args(["sh", "-c", "mount -t tmpfs none /mnt"])
                .stdin(Stdio::null())
                .output()
                .map_err(|error| format!("unshare: {error}"))?;
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            if output.status.success() { Ok(()) } else { Err(format!("no namespaces: {said}")) }
        };
        let unshare = match works(&own) {
            Ok(()) => own.to_vec(),
            Err(_) => works(&mapped).map(|()| mapped)?,
        };
        let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
        // Others than root have to reach the binary's copy and the log.
        fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o755)).unwrap();
        for folder in ["bin", "stand-ins"] {
            fs::create_dir(scratch.path().join(folder)).unwrap();
        }
        for log in ["calls", "docker"] {
            fs::write(scratch.path().join(log), b"").unwrap();
            fs::set_permissions(scratch.path().join(log), fs::Permissions::from_mode(0o666)).unwrap();
        }
        // What is executed is copied in there: a file that this process wrote can be open in a child
        // that another test is about to start, and then it is busy (ETXTBSY).
        let setup = "set -eu\n[ -e $SCRATCH/bin/unwedge ] || cp \"$UNWEDGE\" $SCRATCH/bin/unwedge\n\
                     for f in $SCRATCH/stand-ins/*; do rm -f $SCRATCH/bin/${f##*/}; cp $f $SCRATCH/bin; done\n\
                     chmod 755 $SCRATCH/bin/*\n\
                     await() { n=0; until eval \"$1\"; do [ $((n += 1)) -lt 600 ] || exit 99; sleep 0.1; done; }\nfor d in /var/lib /run /mnt; do mount -t tmpfs none $d; done\n\
                     mkdir -p /var/lib/home/.docker/buildx/activity\necho now >$HOME/.docker/buildx/activity/default\n";
        let mut host = Self { unshare, scratch, setup: setup.into(), variables: Vec::new() };
        for name in ["systemctl", "docker", "pkill"] {
            host.stand_in(name, STAND_IN);
        }
        host.set("HOME", "/var/lib/home");
        Ok(host)
    }

    /// The same, for tests that become another user or remount: not where root is only mapped.
    ///
    /// # Errors
    ///
    /// The machine gives no namespaces, or no other users.
    pub(crate) fn with_users() -> Result<Self, String> {
        let host = Self::new()?;
        let flags = host.unshare.iter().chain(&["setpriv"]);
        let output = Command::new("unshare")
            .args(flags)
            .args(["--reuid=65534", "--regid=65534", "--clear-groups", "true"])
            .output()
            .map_err(|error| error.to_string())?;
        if output.status.success() { Ok(host) } else { Err("no other users in a namespace".into()) }
    }

    /// A program that is found before that of the machine.
    pub(crate) fn stand_in(&mut self, name: &str, text: &str) {
        fs::write(self.scratch.path().join("stand-ins").join(name), text).unwrap();
    }

    /// Where a script can leave what it found.
    pub(crate) fn scratch(&self) -> &Path {
        self.scratch.path()
    }

    /// Sets a variable.
    pub(crate) fn set(&mut self, name: &'static str, value: &str) {
        self.variables.retain(|(known, _)| *known != name);
        self.variables.push((name, value.into()));
    }

    /// This call of a stand-in ends with this status.
    pub(crate) fn fail(&mut self, call: &str, status: u8) {
        self.set("FAIL_CALL", call);
        self.set("FAIL_STATUS", &status.to_string());
    }

    /// This call of a stand-in runs this first.
    pub(crate) fn hook(&mut self, call: &str, text: &str) {
        self.set("HOOK_CALL", call);
        self.set("HOOK", text);
    }

    /// More to be done, by sh, before what [`Host::run`] runs.
    pub(crate) fn setup(&mut self, text: &str) -> &mut Self {
        self.setup.push_str(text);
        self.setup.push('\n');
        self
    }

    /// Sets the shell variable `p` to these bytes.
    pub(crate) fn path(&mut self, bytes: &[u8]) -> &mut Self {
        let octal = bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "\\{byte:03o}").unwrap();
            text
        });
        // The x keeps a newline at the end.
        self.setup(&format!("p=$(printf '{octal}x'); p=${{p%x}}"))
    }

    /// Mounts something on these paths, in order, making them first.
    pub(crate) fn mount(&mut self, paths: &[&[u8]]) -> &mut Self {
        for path in paths {
            self.path(path).setup("mkdir -p -- \"$p\"; mount -t tmpfs none \"$p\"");
        }
        self
    }

    /// Sets the host up and runs `text` in it by sh, as in `sh -c`.
    pub(crate) fn run(&self, text: &str) -> Outcome {
        for log in ["calls", "docker"] {
            fs::write(self.scratch.path().join(log), b"").unwrap();
        }
        let output = self.output(text);
        let read = |name: &str| fs::read(self.scratch.path().join(name)).unwrap();
        let calls = String::from_utf8(read("calls")).unwrap();
        let seen = read("docker");
        let mut seen: Vec<Vec<u8>> = seen.split(|b| *b == 0).map(<[u8]>::to_vec).collect();
        assert_eq!(seen.pop(), Some(Vec::new()));
        Outcome {
            status: output.status.code().expect("ended by a signal"),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            calls: calls.lines().map(str::to_owned).collect(),
            docker: seen.chunks(5).map(<[Vec<u8>]>::to_vec).collect(),
        }
    }

    fn output(&self, text: &str) -> Output {
        let path = std::env::var("PATH").unwrap();
        let main = self.scratch.path().join("main.sh");
        fs::write(&main, format!("{}set +e\n{text}\n", self.setup)).unwrap();
        let mut command = Command::new("unshare");
        command
            .args(&self.unshare)
            .arg("sh")
            .arg(&main)
            .stdin(Stdio::null())
            .env_clear()
            .env("PATH", format!("{}:{path}:/usr/sbin:/sbin", self.bin().display()))
            .env("SCRATCH", self.scratch.path())
            .env("UNWEDGE", env!("CARGO_BIN_EXE_unwedge"))
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.output().unwrap()
    }

    fn bin(&self) -> PathBuf {
        self.scratch.path().join("bin")
    }
}

/// Runs a recipe as a script, in the shell `$RECIPE_SHELL` or sh.
pub(crate) fn recipe(kind: &str) -> String {
    format!(
        "unwedge recipe --for {kind} --format sh >$SCRATCH/recipe.sh || exit 98; ${{RECIPE_SHELL:-sh}} $SCRATCH/recipe.sh"
    )
}
