"""Receives films from folders and zip files; each file gets a result, and no worker needs to run."""

from __future__ import annotations

import json
import os
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.trail import Actor
from config.days import day_from
from config.errors import Refusal
from config.wording import counted, either
from studies.arrival import bulk
from studies.arrival.intake import IntakeReceipt, open_transmittal
from studies.models import Film, Site, Subject, Trial, Visit

AGAIN = (
    "for use after an upgrade: without paths, every film of the site that was refused as unreadable is read again;"
    " with paths, files that were refused before are received again"
)
ACTOR = Actor.system("intake command")
Received = tuple[str, IntakeReceipt | Film | str]


class Command(BaseCommand):
    """The exit code is 0 if every file has a result of any kind, and 1 if one could not be processed."""

    help = "Receive films from files, folders and zip files; --json prints one line for each file."

    def add_arguments(self, parser: CommandParser) -> None:
        """The files to receive, and the declarations for all of them."""
        parser.add_argument("paths", nargs="*", type=Path, help="files, folders and zip files")
        parser.add_argument("--trial", required=True, help="the code of the trial")
        parser.add_argument("--site", required=True, help="the code of the site")
        parser.add_argument("--subject", default="", help="the code of the subject, if all films are of one subject")
        parser.add_argument("--visit", default="", help="the code of the visit, if all films are of one visit")
        parser.add_argument("--date", type=day_from, help="the date of all films, YYYY-MM-DD")
        parser.add_argument("--json", action="store_true", help="print one line of JSON for each file")
        parser.add_argument("--again", action="store_true", help=AGAIN)
        parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1, help="films processed at once")

    def handle(self, *args: Any, **options: Any) -> None:
        """Receives everything and prints the results in the order of the files."""
        if not options["paths"] and not options["again"]:
            raise CommandError("No path was given. Name files, folders or zip files, or use --again without paths.")
        try:
            counts = self._bring_in(options)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        if not options["json"]:
            self.stdout.write(
                ", ".join(f"{count} {word}" for word, count in sorted(counts.items())) or "No file was found."
            )
        if counts["failed"]:
            raise CommandError(
                f"{counted(counts['failed'], 'file')} could not be processed. Failed jobs can be tried again."
            )

    def _bring_in(self, options: dict[str, Any]) -> Counter[str]:
        site, declared = self._declared(options)
        counts: Counter[str] = Counter()
        for answer in self._answers(self._received(site, declared, options["paths"]), options["at_once"]):
            counts[answer.outcome] += 1
            if options["json"]:
                self.stdout.write(json.dumps(answer.as_dict()))
            else:
                self.stdout.write(f"{answer.outcome:16}{answer.name}  {answer.reason}".rstrip())
        return counts

    def _received(self, site: Site, declared: bulk.Declared, paths: list[Path]) -> Iterator[Received]:
        if not paths:
            return bulk.read_again(site, ACTOR)
        transmittal = open_transmittal(trial=site.trial, site=site, channel="command", actor=ACTOR)
        return bulk.deliver_all(transmittal, paths, declared, ACTOR)

    def _answers(self, received: Iterator[Received], at_once: int) -> Iterator[bulk.BulkResult]:
        """A single film is processed in this thread; with more, a few films wait while the next one is received."""
        if at_once == 1:
            yield from (bulk.answer(*pair) for pair in received)
            return
        waiting: deque[Future[bulk.BulkResult]] = deque()
        with ThreadPoolExecutor(at_once) as pool:
            for pair in received:
                waiting.append(pool.submit(bulk.answered, *pair))
                while len(waiting) > 4 * at_once:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _declared(self, options: dict[str, Any]) -> tuple[Site, bulk.Declared]:
        trial = Trial.objects.filter(code=options["trial"]).first()
        if trial is None:
            raise CommandError(f"There is no trial {options['trial']}. {choices(Trial.objects.all(), 'trial')}")
        site = Site.objects.filter(trial=trial, code=options["site"]).select_related("trial").first()
        if site is None:
            raise CommandError(f"Trial {trial} has no site {options['site']}. {choices(trial.sites.all(), 'site')}")
        subject, visit = None, None
        if options["subject"]:
            subject = Subject.objects.filter(site=site, code=options["subject"]).first()
            if subject is None:
                raise CommandError(
                    f"Site {site} has no subject {options['subject']}. {choices(site.subjects.all(), 'subject')}"
                )
        if options["visit"]:
            if subject is None:
                raise CommandError(f"Visit {options['visit']} is given without its subject. Choose it with --subject.")
            visit = Visit.objects.filter(subject=subject, code=options["visit"]).first()
            if visit is None:
                allowed = choices(subject.visits.all(), "visit")
                raise CommandError(f"Subject {subject.code} has no visit {options['visit']}. {allowed}")
        return site, bulk.Declared(subject, visit, options["date"], options["again"])


def choices(found: Any, kind: str) -> str:
    codes = list(found.values_list("code", flat=True)[:20])
    return f"Choose {either(codes)}." if codes else f"Create the {kind} first: none exists yet."
