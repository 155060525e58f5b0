"""manage.py verify_audit: confirms that the audit trail and the regulated rows are intact, or lists the faults."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError

from audit.trail import Actor
from audit.verify import record_event, verify
from audit.verify_files import check_files
from config.wording import counted


class Command(BaseCommand):
    help = "Verify the audit trail, the regulated rows and their protection. The exit code is 1 if anything is wrong."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the whole report as JSON")
        parser.add_argument("--from-anchor", type=Path, metavar="FILE", help="an anchor that was kept elsewhere")
        parser.add_argument("--files", action="store_true", help="check every stored file too; can be interrupted")
        parser.add_argument("--state", type=Path, metavar="FILE", help="the file that records how far --files has got")

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify(from_anchor=options["from_anchor"])
        if options["files"]:
            check_files(report, options["state"] or settings.VAR / "verify-files.json")
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), indent=1))
        else:
            for finding in report.findings:
                self.stdout.write(f"{finding.fault}: {finding}")
            faults = counted(len(report.findings), "fault")
            verdict = "intact" if report.intact else f"NOT INTACT: {faults}, in the order found"
            files = f", {counted(report.files, 'record')} with files" if options["files"] else ""
            self.stdout.write(f"{report.seen}{files}: {verdict}")
        try:
            record_event(report=report, actor=Actor.system("verify_audit"))
        except DatabaseError as error:
            self.stderr.write(f"The result could not be recorded in the audit trail: {type(error).__name__}.")
        if not report.intact:
            sys.exit(1)
