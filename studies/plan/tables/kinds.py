"""The four tables a trial is planned by: their columns, what each value may be, and who writes a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from audit.trail import Actor
from config.errors import BadInput
from studies.models import Trial, Visit
from studies.naming import checked_code, checked_subject_code, checked_text, checked_whole
from studies.plan.subjects import enrol
from studies.plan.trials import add_site
from studies.plan.visits import OUTSIDE_THE_PLAN, add_visit, plan_visit

Read = Callable[[str], Any]
Key = tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """One column: what reads it, what people are told of it; an optional one has a value to fall back on."""

    name: str
    read: Read
    says: str
    otherwise: str | None = None


@dataclass(frozen=True)
class Table:
    """A kind of table. `fields`, `taken` and `write` look at the trial as it is; `key` names what is unique."""

    slug: str
    label: str
    example: str
    key: tuple[str, ...]
    fields: Callable[[Trial], list[Field]]
    taken: Callable[[Trial], set[Key]]
    write: Callable[[Trial, Mapping[str, Any], Actor], object]


def code(thing: str) -> Read:
    """Reads a code."""
    return lambda text: checked_code(thing, text)


def whole(thing: str, least: int, most: int) -> Read:
    """Reads a whole number."""

    def read(text: str) -> int:
        if not text.removeprefix("-").isdecimal():
            raise BadInput(thing, text, f"a whole number from {least} to {most}")
        return checked_whole(thing, int(text), least=least, most=most)

    return read


def one_of(thing: str, known: Mapping[str, Any]) -> Read:
    """Reads the name of something that is there."""

    def read(text: str) -> Any:
        if text not in known:
            some = ", ".join(list(known)[:12]) + (", …" if len(known) > 12 else "")
            raise BadInput(thing, text, some or f"nothing yet: the trial has no {thing}")
        return known[text]

    return read


def site_fields(trial: Trial) -> list[Field]:
    """Columns of the table of sites."""
    return [
        Field("site", code("site"), "code of the site"),
        Field("name", lambda text: checked_text("name", text, longest=200, required=False), "hospital", otherwise=""),
    ]


def plan_fields(trial: Trial) -> list[Field]:
    """Columns of the table of planned visits."""
    return [
        Field("visit", code("visit"), "code of the visit"),
        Field("label", lambda text: checked_text("label", text, longest=80), "as people say it"),
        Field("target_day", whole("target_day", -365, 7305), "days from baseline, which is day 0"),
        Field("days_before", whole("days_before", 0, 365), "earliest, days before target", otherwise="14"),
        Field("days_after", whole("days_after", 0, 365), "latest, days after target", otherwise="14"),
    ]


def subject_fields(trial: Trial) -> list[Field]:
    """Columns of the table of subjects."""
    sites = {site.code: site for site in trial.sites.all()}
    return [
        Field("site", one_of("site", sites), "code of a site of this trial"),
        Field("subject", checked_subject_code, "code of the subject"),
    ]


def visit_fields(trial: Trial) -> list[Field]:
    """Columns of the table of visits outside the plan."""
    subjects = {subject.code: subject for subject in trial.subjects.select_related("trial")}
    return [
        Field("subject", one_of("subject", subjects), "code of a subject of this trial"),
        Field("visit", code_outside_plan(trial), "code of the visit, such as UNS-1"),
        Field("kind", one_of("kind", {kind.value: kind.value for kind in OUTSIDE_THE_PLAN}), "why it took place"),
    ]


def code_outside_plan(trial: Trial) -> Read:
    """Reads the code of a visit that no plan has."""
    planned = set(trial.visit_plans.values_list("code", flat=True))

    def read(text: str) -> str:
        if checked_code("visit", text) in planned:
            raise BadInput("visit", text, "a code that no planned visit has")
        return text.strip()

    return read


TABLES = {
    table.slug: table
    for table in (
        Table(
            slug="sites",
            label="Sites",
            example="site,name\n01,University Hospital\n02,City Hospital\n",
            key=("site",),
            fields=site_fields,
            taken=lambda trial: {(found,) for found in trial.sites.values_list("code", flat=True)},
            write=lambda trial, row, actor: add_site(trial=trial, code=row["site"], name=row["name"], actor=actor),
        ),
        Table(
            slug="planned-visits",
            label="Planned visits",
            example="visit,label,target_day,days_before,days_after\nBL,Baseline,0,28,0\nW24,Week 24,168,14,14\n",
            key=("visit",),
            fields=plan_fields,
            taken=lambda trial: {(found,) for found in trial.visit_plans.values_list("code", flat=True)},
            write=lambda trial, row, actor: plan_visit(
                trial=trial,
                code=row["visit"],
                label=row["label"],
                target_day=row["target_day"],
                days_before=row["days_before"],
                days_after=row["days_after"],
                actor=actor,
            ),
        ),
        Table(
            slug="subjects",
            label="Subjects",
            example="site,subject\n01,01-001\n01,01-002\n",
            key=("subject",),
            fields=subject_fields,
            taken=lambda trial: {(found,) for found in trial.subjects.values_list("code", flat=True)},
            write=lambda trial, row, actor: enrol(trial=trial, site=row["site"], code=row["subject"], actor=actor),
        ),
        Table(
            slug="visits",
            label="Visits outside the plan",
            example="subject,visit,kind\n01-001,UNS-1,unscheduled\n01-002,RES-1,rescue\n",
            key=("subject", "visit"),
            fields=visit_fields,
            taken=lambda trial: set(Visit.objects.filter(subject__trial=trial).values_list("subject__code", "code")),
            write=lambda trial, row, actor: add_visit(
                subject=row["subject"], code=row["visit"], kind=row["kind"], actor=actor
            ),
        ),
    )
}
