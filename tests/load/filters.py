#!/usr/bin/env python3
"""A thousand filters at once for a minute: each gets lines of its own, and gives back each byte of them, in order.

    tests/load/filters.py [FILTERS [SECONDS]]      1000 60

UNWEDGE is the program (target/release/unwedge). Half of the streams end in a wedge, and are judged so.
"""

import collections
import hashlib
import os
import random
import resource
import selectors
import subprocess
import sys
import time

WEDGE = (
    b"ERROR: failed to update builder last activity time: "
    b"open /root/.docker/buildx/activity/.tmp-d1: read-only file system\n"
)
LIMIT = 8192  # KiB that one may hold


class Filter:
    """One filter, and what went in and came out."""

    def __init__(self, number, program, environment):
        self.number = number
        self.process = subprocess.Popen(
            [program, "-q", "--mounts", "0"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self.into, self.out = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(self.into, False)
        os.set_blocking(self.out, False)
        self.sent, self.received = hashlib.sha256(), hashlib.sha256()
        self.bytes = self.returned = 0
        self.under_way = collections.deque()

    def send(self, data, now):
        """What of it can be sent without waiting."""
        try:
            n = os.write(self.into, data)
        except BlockingIOError:
            return
        self.sent.update(data[:n])
        self.bytes += n
        self.under_way.append((self.bytes, now))

    def end(self):
        """The last lines, and the end of the stream."""
        os.set_blocking(self.into, True)
        last = b"\n" + (WEDGE if self.number % 2 else b"done\n")
        self.process.stdin.write(last)
        self.process.stdin.close()
        self.sent.update(last)
        self.bytes += len(last)

    def take(self, now):
        """What came out, and how long the oldest of it took. None at the end."""
        try:
            data = os.read(self.out, 1 << 16)
        except BlockingIOError:
            return 0.0
        if not data:
            return None
        self.received.update(data)
        self.returned += len(data)
        slowest = 0.0
        while self.under_way and self.under_way[0][0] <= self.returned:
            slowest = max(slowest, now - self.under_way.popleft()[1])
        return slowest

    def peak(self):
        """The most memory that it held, in KiB."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60
    program = os.path.realpath(os.environ.get("UNWEDGE", "target/release/unwedge"))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DOCKER_")}
    filters = [Filter(number, program, environment) for number in range(count)]
    selector = selectors.DefaultSelector()
    for one in filters:
        selector.register(one.out, selectors.EVENT_READ, one)
    chance = random.Random(1)
    start = time.monotonic()
    slowest, peak, running = 0.0, 0, count
    order = list(filters)

    def take(timeout):
        nonlocal slowest, running
        for key, _ in selector.select(timeout):
            took = key.data.take(time.monotonic())
            if took is None:
                selector.unregister(key.fd)
                running -= 1
            else:
                slowest = max(slowest, took)

    while time.monotonic() - start < seconds:
        chance.shuffle(order)
        for one in order:
            line = b"#%d %.3f filter %d\n" % (one.number % 50, time.monotonic() - start, one.number)
            one.send(line * chance.randrange(1, 40), time.monotonic())
        # All that is to be had, then the next round.
        take(0.01)
        take(0)
    assert running == count, f"{count - running} filters ended early"
    peak = max(one.peak() for one in filters)
    for one in filters:
        one.end()
    while running:
        take(10)
    failed = []
    for one in filters:
        status = one.process.wait()
        if status != (10 if one.number % 2 else 0):
            failed.append(f"filter {one.number}: status {status}")
        if one.sent.digest() != one.received.digest() or one.bytes != one.returned:
            failed.append(f"filter {one.number}: bytes were changed, {one.bytes} in, {one.returned} out")
    total = sum(one.bytes for one in filters)
    if peak > LIMIT:
        failed.append(f"peak {peak} KiB")
    print(
        f"{count} filters, {seconds:g} s: {total} bytes, {total / count / seconds / 1e3:.1f} kB a second each, all as"
        f" they went in; the slowest took {slowest * 1e3:.0f} ms; peak {peak} KiB each"
    )
    if failed:
        sys.exit("\n".join(["FAILED", *failed[:20]]))


main()
