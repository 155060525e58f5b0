"""The five tables for planning a trial: their columns, the allowed values, and how a row is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.people import checked_address
from accounts.people import checked_name as checked_person_name
from accounts.roles_apart import GRANTABLE
from audit.trail import Actor
from config.errors import BadInput
from config.wording import either, quoted
from studies.models import Trial, Visit
from studies.naming import checked_code, checked_name, checked_subject_code, checked_text, shortened
from studies.plan.inviting import LineCheck, admit, admit_all
from studies.plan.subjects import enrol, enrol_all
from studies.plan.trials import add_site
from studies.plan.visits import OUTSIDE_THE_PLAN, add_visit, checked_number, plan_visit

ReadCell = Callable[[str], Any]
Key = tuple[str, ...]


@dataclass(frozen=True)
class TableField:
    """One column: how it is read and how it is described to people; an optional one has a default value."""

    name: str
    read: ReadCell
    says: str
    otherwise: str | None = None


@dataclass(frozen=True)
class TableKind:
    """A kind of table. `fields`, `taken` and `write` use the current trial; `key` names the unique column.

    `write_all`, if given, writes many rows at once. `check`, if given, is made for one table and
    refuses a row that this person could not write after the rows above it. `most` limits the rows of one table.
    """

    slug: str
    label: str
    example: str
    key: tuple[str, ...]
    fields: Callable[[Trial], list[TableField]]
    taken: Callable[[Trial], set[Key]]
    write: Callable[[Trial, Mapping[str, Any], Actor], object]
    write_all: Callable[[Trial, Sequence[Mapping[str, Any]], Actor], object] | None = None
    check: Callable[[Trial, Actor], Callable[[Mapping[str, Any]], None]] | None = None
    most: int | None = None

    def write_rows(self, trial: Trial, rows: Sequence[Mapping[str, Any]], actor: Actor) -> None:
        """Every row; called inside a transaction."""
        if self.write_all is not None:
            self.write_all(trial, rows, actor)
            return
        for row in rows:
            self.write(trial, row, actor)


def code(thing: str) -> ReadCell:
    """Reads a code."""
    return lambda text: checked_code(f"{thing} code", text, field=thing)


def number(field: str) -> ReadCell:
    """Reads one of the numbers of a plan."""
    return lambda text: checked_number(field, text)


def one_of(thing: str, known: Mapping[str, Any]) -> ReadCell:
    """Reads the name of something that exists."""

    def read(text: str) -> Any:
        if text not in known:
            raise BadInput(
                f"The {thing} {quoted(shortened(text))} is not known. {choice(thing, list(known))}", field=thing
            )
        return known[text]

    return read


def choice(thing: str, known: list[str]) -> str:
    """The allowed values, as a sentence; if there are many, only the first ones."""
    if not known:
        return f"The trial has no {thing} yet. Add one first."
    some = known[:12] if len(known) <= 12 else [*known[:12], f"another of the {len(known)} existing ones"]
    return f"Use {either(some)}."


def site_fields(trial: Trial) -> list[TableField]:
    """Columns of the table of sites."""
    return [
        TableField("site", code("site"), "code of the site"),
        TableField(
            "name",
            lambda text: checked_name("name", text, longest=200, required=False),
            "name of the hospital",
            otherwise="",
        ),
    ]


def plan_fields(trial: Trial) -> list[TableField]:
    """Columns of the table of planned visits."""
    return [
        TableField("visit", code("visit"), "code of the visit"),
        TableField(
            "label", lambda text: checked_name("label", text, longest=80), "name shown on pages, such as Week 24"
        ),
        TableField("target_day", number("target_day"), "days from baseline, which is day 0"),
        TableField("days_before", number("days_before"), "days allowed before the target day", otherwise="14"),
        TableField("days_after", number("days_after"), "days allowed after the target day", otherwise="14"),
    ]


def subject_fields(trial: Trial) -> list[TableField]:
    """Columns of the table of subjects."""
    sites = {site.code: site for site in trial.sites.all()}
    return [
        TableField("site", one_of("site", sites), "code of a site of this trial"),
        TableField("subject", checked_subject_code, "code of the subject"),
    ]


def visit_fields(trial: Trial) -> list[TableField]:
    """Columns of the table of visits outside the plan."""
    subjects = {subject.code: subject for subject in trial.subjects.select_related("trial")}
    return [
        TableField("subject", one_of("subject", subjects), "code of a subject of this trial"),
        TableField("visit", code_outside_plan(trial), "code of the visit, such as UNS-1"),
        TableField("kind", kind_of_visit, "why it took place"),
    ]


def kind_of_visit(text: str) -> str:
    """Reads why a visit outside the plan took place; words are separated by hyphens or spaces."""
    kinds = {kind.value.replace("-", " "): kind.value for kind in OUTSIDE_THE_PLAN}
    found: str = one_of("kind", kinds)(text.lower().replace("-", " "))
    return found


def code_outside_plan(trial: Trial) -> ReadCell:
    """Reads the code of a visit outside the plan."""
    planned = set(trial.visit_plans.values_list("code", flat=True))

    def read(text: str) -> str:
        if checked_code("visit code", text, field="visit") in planned:
            raise BadInput(
                f"The code {text} belongs to a planned visit. Choose another one, such as UNS-1.", field="visit"
            )
        return text.strip()

    return read


def people_fields(trial: Trial) -> list[TableField]:
    """Columns of the table of people."""
    sites = {site.code: site for site in trial.sites.all()}
    roles = {role.value: role.value for role in GRANTABLE}
    return [
        TableField(
            "email",
            checked_address,
            "e-mail address; a new address receives an invitation if you may invite people; otherwise nothing is saved",
        ),
        TableField("role", lambda text: one_of("role", roles)(text.lower()), f"one of {', '.join(roles)}"),
        TableField("reason", lambda text: checked_text("reason", text, longest=200), "why the role is granted"),
        TableField(
            "site",
            lambda text: one_of("site", sites)(text) if text else None,
            "code of a site, only for the role site",
            otherwise="",
        ),
        TableField(
            "name",
            lambda text: checked_person_name(text) if text else "",
            "name of the person if they are invited; otherwise ignored",
            otherwise="",
        ),
    ]


TABLES = {
    table.slug: table
    for table in (
        TableKind(
            slug="sites",
            label="Sites",
            example="site,name\n01,University Hospital\n02,City Hospital\n",
            key=("site",),
            fields=site_fields,
            taken=lambda trial: {(found,) for found in trial.sites.values_list("code", flat=True)},
            write=lambda trial, row, actor: add_site(trial=trial, code=row["site"], name=row["name"], actor=actor),
        ),
        TableKind(
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
        TableKind(
            slug="subjects",
            label="Subjects",
            example="site,subject\n01,01-001\n01,01-002\n",
            key=("subject",),
            fields=subject_fields,
            taken=lambda trial: {(found,) for found in trial.subjects.values_list("code", flat=True)},
            write=lambda trial, row, actor: enrol(trial=trial, site=row["site"], code=row["subject"], actor=actor),
            write_all=lambda trial, rows, actor: enrol_all(
                trial=trial, enrolled=[(row["site"], row["subject"]) for row in rows], actor=actor
            ),
        ),
        TableKind(
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
        TableKind(
            slug="people",
            label="People",
            example="email,role,site,reason,name\nreader@hospital.example,reader,,qualified on the training films,\n"
            "nurse@hospital.example,site,01,sends the films of site 01,Alex Example\n",
            key=("email", "role"),
            fields=people_fields,
            taken=lambda trial: set(),
            write=lambda trial, row, actor: admit(trial=trial, actor=actor, **row),
            write_all=admit_all,
            check=LineCheck,
            most=200,
        ),
    )
}
