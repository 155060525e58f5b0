"""What those do who read nothing: sites send films, coordinators run campaigns, two people lock, auditors look."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cache

from reading.models import DisplayedFilm, Read
from tests.blinding.addresses import AddressValues
from tests.blinding.asking import WorldRequest
from tests.blinding.scripts import JSON, reader_steps
from tests.blinding.worlds import PASSWORD, World
from tests.studies.films import dx, file_of, picture

RETURNED = {"reason": "incomplete", "note": "left", "password": PASSWORD}


def site_steps(world: World, who: str, found: AddressValues) -> list[WorldRequest]:
    """What a site sends and answers, and what it asks about others."""
    base = "/trials/TWO/site/"
    own = found.values["pk"]
    steps = [WorldRequest("studies:site", base), WorldRequest("studies:site_films", f"{base}films/?format=csv")]
    for pk in (*own, 2, 3):
        steps += [
            WorldRequest("studies:site_film", f"{base}films/{pk}/"),
            WorldRequest("studies:site_question", f"{base}questions/{pk}/"),
            WorldRequest("studies:confirm_day", f"{base}films/{pk}/day/", "post", {"film_date": "2025-02-03"}),
            WorldRequest(
                "studies:confirm_days", f"{base}films/day/", "post", {"film": [pk], "film_date": "2025-02-03"}
            ),
            WorldRequest("studies:site_question", f"{base}questions/{pk}/", "post", {"message": "It is right."}),
        ]
    return [
        *steps,
        *upload_steps(world, base),
        WorldRequest("studies:site_films", f"{base}films/"),
        WorldRequest("studies:site", base),
    ]


@cache
def small_film() -> bytes:
    """A film as a scanner writes it, the same in every world."""
    return file_of(dx(picture(rows=40, columns=32)))


def upload_steps(world: World, base: str) -> list[WorldRequest]:
    """A film on its way in by the browser's route: half of it, where it stands, the rest, what became of it."""
    content = small_film()
    half, fingerprint = len(content) // 2, hashlib.sha256(content).hexdigest()
    file = f"{base}upload/files/{fingerprint}/"
    said = {"transmittal": "@transmittal", "name": "left hand.dcm", "size": len(content)}
    said |= {"visit": world.subjects[0].visits.order_by("pk")[0].pk, "film_date": "2026-02-27"}
    return [
        WorldRequest("studies:upload_start", f"{base}upload/start/", "post", "{}", JSON),
        WorldRequest("studies:upload_piece", f"{file}0/", "put", content[:half]),
        WorldRequest("studies:upload_here", file),
        WorldRequest("studies:upload_finish", f"{file}finish/", "post", json.dumps(said), JSON),
        WorldRequest("studies:upload_piece", f"{file}{half}/", "put", content[half:]),
        WorldRequest("studies:upload_finish", f"{file}finish/", "post", json.dumps(said), JSON, work=True),
        WorldRequest("studies:site_upload", f"{base}upload/"),
        WorldRequest("studies:upload_start", f"{base}upload/start/", "post", "{}", JSON),
        WorldRequest("studies:upload_piece", f"{file}0/", "put", content),
        WorldRequest("studies:upload_finish", f"{file}finish/", "post", json.dumps(said), JSON, work=True),
        WorldRequest("studies:site_upload", f"{base}upload/"),
    ]


def manager_steps(world: World, who: str, found: AddressValues) -> list[WorldRequest]:
    """Those who run campaigns: every list as a page, as a file and searched; verbs that need no film."""
    base = "/trials/TWO/campaigns/C1/"
    reads = list(Read.objects.order_by("pk").values_list("pk", flat=True))
    steps = [WorldRequest("reading:campaign", base), WorldRequest("reading:close", f"{base}close/", "post")]
    for name in ("cases", "reads"):
        for search in ("", "?format=csv", "?q=reader", "?sort=-status", "?status=discordant", "?kind=adjudication"):
            steps.append(WorldRequest(f"reading:{name}", f"{base}{name}/{search}"))
    for pk in reads[:3]:
        steps.append(WorldRequest("reading:return", f"{base}reads/{pk}/return/"))
        steps.append(WorldRequest("reading:replace", f"{base}reads/{pk}/replace/", "post", {"reason": "away"}))
    steps.append(WorldRequest("reading:return", f"{base}reads/{reads[0]}/return/", "post", RETURNED))
    listed = {"text": "subject,visit,date\nX-1,W00,2025-01-01\n"}
    steps.append(WorldRequest("scoring:edc", "/trials/TWO/edc/", "post", listed))
    steps += [WorldRequest("scoring:edc", f"/trials/TWO/edc/{search}") for search in ("", "?format=csv", "1/")]
    remind = WorldRequest("reading:remind", f"{base}remind/", "post")
    return [*steps, remind, WorldRequest("reading:reads", f"{base}reads/"), WorldRequest("reading:campaign", base)]


def trail_steps(world: World, who: str, found: AddressValues) -> list[WorldRequest]:
    """The audit trail event by event, its exports, searches and record histories."""
    base = "/trials/TWO/audit/"
    steps = [WorldRequest("audit:event", f"{base}trial/{seq}/") for seq in range(1, 60)]
    steps += [
        WorldRequest("audit:trail", f"{base}{search}") for search in ("", "?format=csv", "?q=reader", "?size=100")
    ]
    for kind in ("reading.case", "reading.read", "reading.batch", "studies.film", "accounts.signature"):
        steps += [WorldRequest("audit:record", f"{base}trial/{kind}/{key}/") for key in (1, 2, 3)]
    history = [
        WorldRequest("scoring:scores", f"{base}scores/{search}") for search in ("", "?format=csv", "?after=True")
    ]
    steps += [*history, WorldRequest("scoring:review_scores", f"{base}scores/review/")]
    return [
        *steps,
        WorldRequest("audit:export", f"{base}trial/export.json"),
        WorldRequest("audit:export", f"{base}system/export.json"),
    ]


def statistician_steps(world: World, who: str, found: AddressValues) -> list[WorldRequest]:
    """From the agreement of readers to the dataset, its bytes, the first signature, and the arms asked for."""
    base = "/trials/TWO/results/"
    sets = f"{base}C1/datasets/"
    return [
        WorldRequest("scoring:results", base),
        WorldRequest("scoring:agreement", f"{base}C1/agreement/?group=total", work=True),
        WorldRequest("scoring:agreement", f"{base}C1/agreement/?group=total"),
        WorldRequest("scoring:figure", f"{base}C1/figures/bland-altman.svg"),
        WorldRequest("scoring:thresholds", f"{base}C1/thresholds/"),
        WorldRequest("scoring:threshold_figure", f"{base}C1/thresholds.svg"),
        WorldRequest("scoring:differences", f"{base}C1/differences/?format=csv"),
        WorldRequest("scoring:events", f"{base}C1/events/", "post", {"text": "subject,kind,date,source\n"}),
        WorldRequest("scoring:events", f"{base}C1/events/"),
        WorldRequest("scoring:event_list", f"{base}C1/events/1.csv"),
        WorldRequest("scoring:build", f"{sets}build/", "post", work=True),
        WorldRequest("scoring:datasets", sets),
        WorldRequest("scoring:dataset", f"{sets}1/"),
        WorldRequest("scoring:download", f"{sets}1/zip/"),
        WorldRequest("scoring:endpoint", f"{sets}1/results/"),
        WorldRequest("scoring:endpoint_table", f"{sets}1/results/total_changes.csv"),
        WorldRequest("scoring:endpoint_drawing", f"{sets}1/results/total_mean_change.svg"),
        WorldRequest("scoring:dataset", f"{sets}1/", "post", {"password": "not the password"}),
        WorldRequest("scoring:dataset", f"{sets}1/", "post", {"password": PASSWORD}),
        WorldRequest("scoring:datasets", sets),
        WorldRequest("scoring:ask_arms", f"{base}C1/arms/"),
        WorldRequest("scoring:seeds", f"{base}C1/seeds/", "post"),
        WorldRequest(
            "scoring:unlock",
            f"{base}C1/locks/1/unlock/",
            "post",
            {"reason": "a joint was overlooked", "password": PASSWORD},
        ),
        WorldRequest("scoring:datasets", sets),
    ]


def lead_steps(world: World, who: str, found: AddressValues) -> list[WorldRequest]:
    """The imaging lead follows campaign and readers, and opens every signed read with its films."""
    base = "/trials/TWO/results/C1/checks/"
    reads = Read.objects.filter(status="signed").order_by("pk")
    steps = [WorldRequest("reading:progress", f"/trials/TWO/progress/{search}") for search in ("", "?format=csv")]
    steps += [WorldRequest("home", "/"), WorldRequest("reading:cases", "/trials/TWO/campaigns/C1/cases/")]
    steps += [WorldRequest("scoring:reading_times", "/trials/TWO/results/C1/times/")]
    steps += [WorldRequest("scoring:scores", f"/trials/TWO/audit/scores/{search}") for search in ("", "?format=csv")]
    steps += [WorldRequest("scoring:checks", f"{base}{search}") for search in ("", "?format=csv", "?q=reader")]
    steps += [WorldRequest("scoring:alarms", f"/trials/TWO/alarms/{search}") for search in ("", "?format=csv")]
    readers = "/trials/TWO/results/C1/readers/"
    steps += [WorldRequest("scoring:readers", f"{readers}{search}") for search in ("", "?format=csv")]
    steps += [WorldRequest("scoring:reader", f"{readers}1/{search}") for search in ("", "?drift-format=csv")]
    steps += [WorldRequest("scoring:reader_figure", f"{readers}1/reads.svg")]
    steps += [WorldRequest("scoring:comparisons", "/trials/TWO/results/C1/comparison/")]
    steps += [WorldRequest("scoring:query_outcomes", "/trials/TWO/results/C1/queries/")]
    for read in reads:
        steps.append(WorldRequest("scoring:check", f"{base}{read.token}/"))
        films = DisplayedFilm.objects.filter(timepoint__step__read=read).order_by("pk")[:2]
        steps += [WorldRequest("scoring:check_film", f"{base}films/{film.token}.jpg") for film in films]
    return steps


def signer_steps(world: World, who: str, found: AddressValues) -> list[WorldRequest]:
    """What waits for the second signature, the summary, a wrong password, the lock."""
    sets = "/trials/TWO/results/C1/datasets/"
    return [
        WorldRequest("home", "/"),
        WorldRequest("scoring:locks", "/trials/TWO/locks/"),
        WorldRequest("scoring:datasets", sets),
        WorldRequest("scoring:dataset", f"{sets}1/"),
        WorldRequest("scoring:download", f"{sets}1/zip/"),
        WorldRequest("scoring:decline", f"{sets}1/decline/"),
        WorldRequest("scoring:dataset", f"{sets}1/", "post", {"password": "not the password"}),
        WorldRequest("scoring:dataset", f"{sets}1/", "post", {"password": PASSWORD}),
        WorldRequest("scoring:dataset", f"{sets}1/"),
        WorldRequest("scoring:datasets", sets),
        WorldRequest("scoring:locks", "/trials/TWO/locks/"),
    ]


def no_steps(world: World, who: str, found: AddressValues) -> list[WorldRequest]:
    """Nothing beyond the pages."""
    return []


SCRIPTS: dict[str, Callable[[World, str, AddressValues], list[WorldRequest]]] = {
    "reader": reader_steps,
    "adjudicator": reader_steps,
    "site": site_steps,
    "coordinator": manager_steps,
    "lead": lead_steps,
    "statistician": statistician_steps,
    "signer": signer_steps,
    "auditor": trail_steps,
}
