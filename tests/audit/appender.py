"""A process that records events one after the other: python -m tests.audit.appender STREAM COUNT."""

from __future__ import annotations

import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from audit.trail import Actor, audited_atomic, record

    for number in range(int(sys.argv[2])):
        with audited_atomic():
            for stream in (sys.argv[1], "system"):
                record(
                    action="audit.trail.verified",
                    actor=Actor.system("appender"),
                    stream=stream,
                    subject=("tests.appender", str(os.getpid())),
                    details={"number": number},
                )
