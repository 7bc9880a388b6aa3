#!/usr/bin/env python3
"""Derives cases from observed ones: the same bytes as a transport, a CI system or a terminal hands them on.

    corpus/derive.py            makes the cases that are listed below, and their lines in cases.jsonl
    corpus/derive.py --check    fails where one of them is not what this program makes
    corpus/derive.py FORM < FILE > OTHER    one form, by itself

A label is that of the case it comes from, on the lines where its own lines went; it is never asked of
unwedge. Where a form changes what the stream shows, the form says so, here.
"""

import json
import pathlib
import sys
from datetime import datetime, timedelta, timezone

HERE = pathlib.Path(__file__).parent
MANIFEST = HERE / "cases.jsonl"
COMMAND = "corpus/derive.py "
SENTINELS = (b"failed to update builder last activity time", b"read-only file system")
START = datetime(2026, 11, 23, 21, 39, 0, 123456, timezone.utc)
MOUNTS = [37, 0, None, 1, 9, 10, 2, 146]


def at(number):
    """When a line was printed."""
    return START + timedelta(milliseconds=137 * number)


def iso(number, digits):
    fraction = f"{at(number).microsecond:06d}0"[:digits]
    return at(number).strftime("%Y-%m-%dT%H:%M:%S.") + fraction.ljust(digits, "0") + "Z"


def split(raw):
    """The lines without their ends."""
    lines = raw.split(b"\n")
    return lines[:-1] if lines[-1] == b"" else lines


def text(line):
    return line.decode("utf-8", "replace")


def dumps(value):
    return json.dumps(value, ensure_ascii=False)


def each(lines, change):
    """A line for each line."""
    made = [change(number, line) for number, line in enumerate(lines)]
    return b"".join(line.encode() if isinstance(line, str) else line for line in made), lambda n: n


def framed(before, lines, behind):
    """Lines before and behind."""
    made, where = each(lines, lambda n, line: line + b"\n")
    head = "".join(line + "\n" for line in before).encode()
    tail = "".join(line + "\n" for line in behind).encode()
    return head + made + tail, lambda n: where(n) + len(before)


def github(lines):
    before = ["##[group]Run docker compose build", "\x1b[36;1mdocker compose build\x1b[0m",
              "shell: /usr/bin/bash -e {0}", "##[endgroup]"]
    body, where = framed(before, lines, ["##[error]Process completed with exit code 1."])
    made, _ = each(split(body), lambda n, line: iso(n, 7).encode() + b" " + line + b"\n")
    return made, where


def gh_run_view(lines):
    return each(lines, lambda n, line: b"build\tBuild images\t" + iso(n, 7).encode() + b" " + line + b"\n")


def gitlab(lines):
    before = ["section_start:1795473540:step_script\r\x1b[0K\x1b[0K\x1b[36;1mExecuting \"step_script\" stage\x1b[0;m",
              "\x1b[32;1m$ docker compose build\x1b[0;m"]
    behind = ["section_end:1795473541:step_script\r\x1b[0K\x1b[31;1mERROR: Job failed: exit code 1", "\x1b[0;m"]
    return framed(before, lines, behind)


def gitlab_stamped(lines):
    return each(lines, lambda n, line: iso(n, 6).encode() + b" 01E " + line + b"\n")


def jenkins(lines):
    before = ["[Pipeline] sh", "+ docker compose build"]
    behind = ["[Pipeline] }", "[Pipeline] // stage", "ERROR: script returned exit code 1", "Finished: FAILURE"]
    body, where = framed(before, lines, behind)
    made, _ = each(split(body), lambda n, line: b"[" + iso(n, 3).encode() + b"] " + line + b"\n")
    return made, where


def jenkins_parallel(lines):
    return each(lines, lambda n, line: b"[linux-amd64] " + line + b"\n")


def buildkite(lines):
    return each(lines, lambda n, line: f"\x1b_bk;t={1795473540123 + 137 * n}\x07".encode() + line + b"\r\n")


def circleci(lines):
    said = "".join(text(line) + "\r\n" for line in lines)
    entry = {"message": said, "time": iso(0, 6), "type": "out"}
    return (dumps([entry]) + "\n").encode(), lambda n: 1


def azure(lines):
    return each(lines, lambda n, line: iso(n, 7).encode() + b" ##[error]" + line + b"\n")


def teamcity(lines):
    def quoted(line):
        for plain, escaped in [("|", "||"), ("'", "|'"), ("[", "|["), ("]", "|]"), ("\r", "|r")]:
            line = line.replace(plain, escaped)
        return line

    return each(lines, lambda n, line: f"##teamcity[message text='{quoted(text(line))}' status='ERROR']\n")


def drone(lines):
    return each(lines, lambda n, line: f"[build:{n}] ".encode() + line + b"\n")


def journald(lines):
    stamp = "%b %d %H:%M:%S"
    return each(lines, lambda n, line: f"{at(n).strftime(stamp)} build-host compose-up[4711]: ".encode() + line + b"\n")


def journald_iso(lines):
    stamp = "%Y-%m-%dT%H:%M:%S+0000"
    return each(lines, lambda n, line: f"{at(n).strftime(stamp)} build-host docker[4711]: ".encode() + line + b"\n")


def journald_json(lines):
    def entry(number, line):
        return dumps({"__REALTIME_TIMESTAMP": str(1795473540123456 + 137000 * number), "_HOSTNAME": "build-host",
                      "SYSLOG_IDENTIFIER": "compose-up", "PRIORITY": "3", "_PID": "4711", "MESSAGE": text(line)}) + "\n"

    return each(lines, entry)


def rsyslog(lines):
    return each(lines, lambda n, line: f"<27>1 {iso(n, 6)} build-host compose-up 4711 - - ".encode() + line + b"\n")


def json_file(lines):
    def entry(number, line):
        return dumps({"log": text(line) + "\n", "stream": "stderr", "time": iso(number, 9)}) + "\n"

    return each(lines, entry)


def kubernetes(lines):
    return each(lines, lambda n, line: iso(n, 9).encode() + b" stderr F " + line + b"\n")


def kubectl(lines):
    return each(lines, lambda n, line: b"[pod/ci-build-7d9f/build] " + line + b"\n")


def logfmt(lines):
    return each(lines, lambda n, line: f"time={iso(n, 3)} level=error component=ci msg={dumps(text(line))}\n")


def zap(lines):
    return each(lines, lambda n, line: dumps({"level": "error", "ts": 1795473540.1 + n, "caller": "ci/run.go:88",
                                              "msg": text(line)}) + "\n")


def fluentd(lines):
    return each(lines, lambda n, line: at(n).strftime("%Y-%m-%d %H:%M:%S.000000000 +0000 docker.ci: ")
                + dumps({"container_name": "/ci", "source": "stderr", "log": text(line)}) + "\n")


def ansible(lines):
    said = [text(line) for line in lines]
    result = {"changed": True, "cmd": "docker compose build", "msg": "non-zero return code", "rc": 1,
              "start": "2026-11-23 21:39:00", "stderr": "\n".join(said), "stderr_lines": said, "stdout": ""}
    return f"fatal: [build-host]: FAILED! => {json.dumps(result)}\n".encode(), lambda n: 1


def parallel_tag(lines):
    return each(lines, lambda n, line: b"[build-host] " + line + b"\n")


def moreutils_ts(lines):
    return each(lines, lambda n, line: at(n).strftime("%b %d %H:%M:%S ").encode() + line + b"\n")


def xtrace(lines):
    """`bash -x ci.sh 2>&1 | tee`"""
    before = ["+ set -euo pipefail", "+ export DOCKER_BUILDKIT=1", "+ DOCKER_BUILDKIT=1", "+ docker compose build"]
    return framed(before, lines, ["+ echo 'exit 1'"])


def script(lines):
    """The file that script(1) leaves."""
    before = ['Script started on 2026-11-23 21:39:00+00:00 [COMMAND="docker compose build" TERM="xterm-256color" '
              'TTY="/dev/pts/0" COLUMNS="120" LINES="40"]']
    ended = [line + (b"" if line.endswith(b"\r") else b"\r") for line in lines]
    return framed(before, ended, ["", 'Script done on 2026-11-23 21:39:02+00:00 [COMMAND_EXIT_CODE="1"]'])


def asciinema(lines):
    entries = [dumps({"version": 2, "width": 120, "height": 40, "timestamp": 1795473540, "env": {"TERM": "xterm"}})]
    entries += [dumps([round(0.2 + 0.137 * n, 3), "o", text(line).rstrip("\r") + "\r\n"]) for n, line in enumerate(lines)]
    return "".join(entry + "\n" for entry in entries).encode(), lambda n: n + 1


def wrapped(columns):
    """What `tmux capture-pane -p -S -` gives of a pane so wide: a line that is longer goes on in the next."""

    def form(lines):
        made, first = [], []
        for line in lines:
            line = line.rstrip(b"\r")
            first.append(len(made))
            made += [line[i:i + columns].rstrip(b" ") for i in range(0, len(line), columns)] or [b""]
        return b"".join(line + b"\n" for line in made), lambda n: first[n - 1] + 1

    return form


def service(lines):
    """`docker compose up` of a service that is a CI runner: whatever it says, it is a container's."""
    before = ["Attaching to runner-1", "runner-1  | Running with gitlab-runner 17.5.3 (12030cf4)"]
    made, _ = each(lines, lambda n, line: b"runner-1  | " + line + b"\n")
    return "".join(line + "\n" for line in before).encode() + made + b"runner-1 exited with code 1\n", lambda n: n + 2


def service_bare(lines):
    """`docker compose up --no-log-prefix` of the same: nothing tells its lines from the client's."""
    return framed(["Attaching to runner-1", "Running with gitlab-runner 17.5.3 (12030cf4)"], lines,
                  ["runner-1 exited with code 1"])


# What each form is, as the provenance says it.
FORMS = {
    "github": (github, "log of a GitHub Actions step"),
    "gh-run-view": (gh_run_view, "gh run view --log"),
    "gitlab": (gitlab, "log of a GitLab job"),
    "gitlab-stamped": (gitlab_stamped, "log of a GitLab job with FF_TIMESTAMPS"),
    "jenkins": (jenkins, "console of a Jenkins pipeline with timestamps"),
    "jenkins-parallel": (jenkins_parallel, "console of a parallel Jenkins stage"),
    "buildkite": (buildkite, "log of a Buildkite job"),
    "circleci": (circleci, "output of a CircleCI step, as its API gives it"),
    "azure": (azure, "log of an Azure Pipelines task, standard error"),
    "teamcity": (teamcity, "service messages of TeamCity"),
    "drone": (drone, "log of a Drone step"),
    "journald": (journald, "journalctl -u compose-up"),
    "journald-iso": (journald_iso, "journalctl -o short-iso"),
    "journald-json": (journald_json, "journalctl -o json"),
    "rsyslog": (rsyslog, "RFC 5424, as rsyslog forwards it"),
    "json-file": (json_file, "docker's json-file log of a CI container"),
    "kubernetes": (kubernetes, "log file of a Kubernetes container (CRI)"),
    "kubectl": (kubectl, "kubectl logs --prefix"),
    "logfmt": (logfmt, "a runner that logs logfmt"),
    "zap": (zap, "a runner that logs NDJSON"),
    "fluentd": (fluentd, "fluentd, out_file"),
    "ansible": (ansible, "ansible's shell module, failed"),
    "parallel-tag": (parallel_tag, "parallel-ssh, inline"),
    "ts": (moreutils_ts, "2>&1 | ts"),
    "xtrace": (xtrace, "bash -x, merged"),
    "script": (script, "typescript of script(1)"),
    "asciinema": (asciinema, "recording of asciinema"),
    "tmux-80": (wrapped(80), "tmux capture-pane, 80 columns"),
    "tmux-100": (wrapped(100), "tmux capture-pane, 100 columns"),
    "fold-132": (wrapped(132), "fold -w 132"),
    "service": (service, "log of a service of docker compose up, a CI runner"),
    "service-bare": (service_bare, "docker compose up --no-log-prefix of a CI runner"),
}

# Observed wedges, of which each form gets two.
WEDGES = [
    "A-bake-compose-actro-bx36_1", "A-build-plain-actro-bx12_1", "A-build-auto-tty80-actro-bx23_0",
    "A-build-fuse-rename-EROFS-bx36_1", "A-retry-wrapper-bx23_0", "A-build-debug-actro-bx36_1",
    "A-dialstdio-actro-bx23_0", "D-wedge-and-erofsrun-concurrent-bx12_1", "A-build-plain-actro-bx23_0",
    "A-makefile-bx36_1", "D-cfgname-erofs-bx12_1", "A-bake-compose-actro-bx12_1", "D-ok-then-wedge-bx36_1",
    "A-build-fuse-write-EROFS-bx12_1", "A-bake-tty80-actro-bx36_1", "D-wedge-then-ok-bx23_0",
    "A-default-root-actro-bx36_1",
]

# Observed clear cases, of each near miss some; each form gets one of two kinds.
CLEARS = [
    ["B-bake-enospc-compose-bx36_1", "B-build-eperm-immutable-bx23_0", "B-bake-eacces-compose-bx12_1",
     "B-build-fuse-create-EIO-bx36_1", "B-build-fuse-create-EDQUOT-bx12_1", "D-seq-enospc-then-erofs-bx36_1"],
    ["D-echo-error-line-fail-plain-bx36_1", "D-cat-doc-fail-plain-bx23_0", "D-buildarg-debug-fail-bx36_1",
     "D-echo-error-line-plain-bx12_1", "D-cat-two-plain-bx36_1"],
    ["D-badtag-bx36_1", "D-nocontext-bx12_1", "D-badtarget-bx36_1", "D-metadata-name-bx23_0"],
    ["C-run-robind-plain-bx36_1", "C-out-tar-plain-bx36_1", "C-buildkitd-tmpro-plain-bx23_0",
     "C-run-rosoft-plain-bx12_1", "C-out-metadata-quiet-bx36_1"],
    ["C-create-actro-bx36_1", "C-refs-ro-bx36_1", "C-create-actro-bx12_1"],
]

WRAPPING = {"tmux-80", "tmux-100", "fold-132"}
SPECIAL = WRAPPING | {"service", "service-bare"}
WRAPPED = ["A-bake-compose-actro-bx36_1", "A-build-plain-actro-bx12_1", "A-build-plain-actro-bx36_1",
           "A-default-root-actro-bx23_0", "D-ok-then-wedge-bx23_0"]


def wanted():
    """(form, label and name of the source) of every case."""
    for i, form in enumerate(form for form in FORMS if form not in SPECIAL):
        for k in (0, 8):
            yield form, "wedge/" + WEDGES[(i + k) % len(WEDGES)]
        for k in (0, 2):
            kind = CLEARS[(i + k) % len(CLEARS)]
            yield form, "clear/" + kind[i // len(CLEARS) % len(kind)]
    for form in sorted(WRAPPING):
        for name in WRAPPED:
            yield form, "wedge/" + name
    for name in ["A-bake-compose-actro-bx23_0", "A-build-plain-actro-bx36_1", "D-wedge-then-ok-bx36_1"]:
        yield "service", "wedge/" + name
    yield "service", "clear/B-bake-enospc-compose-bx23_0"
    yield "service", "clear/C-run-robind-plain-bx23_0"
    yield "service-bare", "wedge/A-bake-compose-actro-bx36_1"


def derived(index, form, source):
    """The line of a case, and its bytes."""
    make, what = FORMS[form]
    raw = (HERE / source["file"]).read_bytes()
    made, where = make(split(raw))
    case = {"name": None, "file": None, "label": source["label"]}
    lines = made.lower().split(b"\n")
    why = source.get("why")
    mounts = MOUNTS[index % len(MOUNTS)]
    extra = {}
    if form == "service":
        # Whoever spoke is in a container.
        case["label"], why = "clear", "a service's log: the client in a container, not the one of this host"
        holds = [next((n for n, line in enumerate(lines, 1) if s in line), None) for s in SENTINELS]
        if all(holds):
            near = [("container-output", holds[0])]
        else:
            near = [("read-only-elsewhere", holds[1])] if holds[1] else []
        recipe = None
    elif form == "service-bare":
        case["label"], why = "clear", "a service's log without a prefix: nothing tells it from the client's line"
        near, recipe, extra = [("container-output", where(source["activity_line"]))], None, {"known_limit": True}
    elif case["label"] == "wedge":
        places = [where(source["activity_line"]), where(source["erofs_line"])]
        if form in WRAPPING:
            # The line goes on below; a phrase that is itself torn apart nobody can find again.
            places = [next((n for n, line in enumerate(lines, 1) if s in line), None) for s in SENTINELS]
            places[1] = next((n for n, line in enumerate(lines[places[0] - 1:], places[0]) if SENTINELS[1] in line), None)
        if None in places:
            extra = {"known_failure": "wrapped in the middle of a phrase"}
        else:
            case |= {"link": "line" if places[0] == places[1] else "stream",
                     "activity_line": places[0], "erofs_line": places[1]}
        recipe = None if mounts is None else "leaked-mounts" if mounts else "driver-state"
    else:
        near = [(kind, where(line)) for kind, line in zip(source["near_misses"], source["near_lines"])]
        recipe = source["recipe"]
    if case["label"] == "clear":
        case |= {"near_misses": [kind for kind, _ in near], "near_lines": [line for _, line in near]}
    name = f"T-{form}-{source['name'].split('/')[1]}"
    case["name"] = f"{case['label']}/{name}"
    case["file"] = f"{'limit' if 'known_limit' in extra else case['label']}/{name}.stderr"
    case |= {"mounts": mounts, "recipe": recipe}
    if case["label"] == "clear":
        case["why"] = why
    provenance = source["provenance"]
    case |= extra
    case["provenance"] = {
        "kind": "derived",
        "tool": provenance["tool"],
        "command": f"{COMMAND}{form} < {source['file']}",
        "produced": f"{what}, of {source['name']} (observed: {provenance['produced']})",
    }
    return case, made


def origin(case):
    """The name of the case that a case comes from."""
    return case["provenance"]["produced"].split(", of ")[1].split(" (observed: ")[0]


def main():
    if len(sys.argv) == 2 and sys.argv[1] in FORMS:
        sys.stdout.buffer.write(FORMS[sys.argv[1]][0](split(sys.stdin.buffer.read()))[0])
        return 0
    lines = MANIFEST.read_text().splitlines()
    kept = [line for line in lines if not json.loads(line)["provenance"]["command"].startswith(COMMAND)]
    sources = {case["name"]: case for case in map(json.loads, kept)}
    made = [derived(i, form, sources[name]) for i, (form, name) in enumerate(wanted())]
    # What is not wider than the terminal stays as it was.
    made = [(case, raw) for case, raw in made if raw != (HERE / sources[origin(case)]["file"]).read_bytes()]
    text = "".join(line + "\n" for line in kept + [json.dumps(case, ensure_ascii=False) for case, _ in made])
    if sys.argv[1:] == ["--check"]:
        wrong = [case["file"] for case, raw in made if (HERE / case["file"]).read_bytes() != raw]
        wrong += ["cases.jsonl"] if MANIFEST.read_text() != text else []
        for file in wrong:
            print(f"corpus/{file} is not what corpus/derive.py makes", file=sys.stderr)
        return 1 if wrong else 0
    for line in set(lines) - set(kept):
        (HERE / json.loads(line)["file"]).unlink(missing_ok=True)
    for case, raw in made:
        (HERE / case["file"]).write_bytes(raw)
    MANIFEST.write_text(text)
    print(f"{len(made)} cases derived")
    return 0


if __name__ == "__main__":
    sys.exit(main())
