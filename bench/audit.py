"""Measures how fast events are recorded one by one, and verified: bin/bench audit [EVENTS]. Uses its own database."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time

EVENTS = int(sys.argv[1]) if len(sys.argv) > 1 else 5000


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
    recorded, verified = measure()
    found = {
        "bench": "audit",
        "engine": connection.vendor,
        "events": EVENTS,
        "recorded_per_second": round(recorded),
        "verified_per_second": round(verified),
        "machine": f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}",
    }
    connection.close()
    folder.cleanup()
    for name, value in found.items():
        print(f"{name:20} {value}")
    print(json.dumps(found))


def measure() -> tuple[float, float]:
    """Events recorded per second, each in a separate transaction, and events verified per second."""
    from audit.trail import Actor, audited_atomic, record
    from audit.verify import verify

    actor = Actor.system("bench")
    began = time.perf_counter()
    for number in range(EVENTS):
        with audited_atomic():
            subject, changes = ("bench.thing", str(number)), {"status": ["queued", "running"]}
            record(action="jobs.job.retried", actor=actor, stream="BENCH", subject=subject, changes=changes)
    recorded = time.perf_counter()
    report = verify()
    ended = time.perf_counter()
    if not report.intact or report.events != EVENTS:
        raise SystemExit(f"The audit trail is not intact: {report.findings[:1]}")
    return EVENTS / (recorded - began), EVENTS / (ended - recorded)


if __name__ == "__main__":
    main()
