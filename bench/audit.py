"""Measures how fast events are recorded and verified, and in how much memory: bin/bench audit [EVENTS].

Uses its own database. The rate of recording is that of the first 5,000 events, each in its own transaction; the others
are recorded a thousand at a time.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import sys
import tempfile
import time

ONE_BY_ONE, AT_ONCE = 5000, 1000
EVENTS = int(sys.argv[1]) if len(sys.argv) > 1 else ONE_BY_ONE


def main() -> None:
    """Prints a table, then one line of JSON."""
    folder = tempfile.TemporaryDirectory(prefix="blindread-bench-")
    own = {"BLINDREAD_MODE": "test", "BLINDREAD_VAR": folder.name, "DJANGO_SETTINGS_MODULE": "config.settings"}
    os.environ.update(own)
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder.name}/bench.sqlite3")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    recorded, seconds, memory = measure()
    found = {
        "bench": "audit",
        "engine": connection.vendor,
        "events": EVENTS,
        "recorded_per_second": round(recorded),
        "verified_per_second": round(EVENTS / seconds),
        "verified_in_s": round(seconds, 1),
        "memory_added_by_verifying_mb": round(memory, 1),
        "machine": f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}",
    }
    connection.close()
    folder.cleanup()
    for name, value in found.items():
        print(f"{name:20} {value}")
    print(json.dumps(found))


def measure() -> tuple[float, float, float]:
    """Events recorded per second, seconds for verifying all, and by how many MB that raised the peak of memory."""
    from audit.verify import verify

    alone = min(EVENTS, ONE_BY_ONE)
    began = time.perf_counter()
    for number in range(alone):
        record_some(number, number + 1)
    recorded = alone / (time.perf_counter() - began)
    for first in range(alone, EVENTS, AT_ONCE):
        record_some(first, min(first + AT_ONCE, EVENTS))
    peak, began = peak_mb(), time.perf_counter()
    report = verify()
    seconds = time.perf_counter() - began
    if not report.intact or report.events != EVENTS:
        raise SystemExit(f"The audit trail is not intact: {report.findings[:1]}")
    return recorded, seconds, peak_mb() - peak


def record_some(first: int, end: int) -> None:
    """Records these events in one transaction."""
    from audit.trail import Actor, audited_atomic, record

    with audited_atomic():
        for number in range(first, end):
            subject, changes = ("bench.thing", str(number)), {"status": ["queued", "running"]}
            action, actor = "jobs.job.retried", Actor.system("bench")
            record(action=action, actor=actor, stream="BENCH", subject=subject, changes=changes)


def peak_mb() -> float:
    """The largest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
