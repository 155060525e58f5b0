"""Reports of the endpoint by arm inside the product, for people who have received the arms.

Each is the report that `bin/manage endpoint` makes offline. No table, log or job names an arm.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db.models import Max
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.transitions import moved
from jobs.queue import Lease, add
from scoring.arms.opening_shares import concealed, revealed
from scoring.arms.report_files import arms_in, locked_dataset, zipped
from scoring.arms.unsealing import receipt_of
from scoring.endpoint.by_arm.arms_list import SITE, Arms, ordered
from scoring.endpoint.by_arm.imputation import Imputations
from scoring.endpoint.by_arm.permutation import Permutations
from scoring.endpoint.by_arm.report import ArmReport, Methods, report_of
from scoring.models import ARMS_REPORT_TRANSITIONS, ArmsReport, ArmsReportStatus, ArmsRequest, ArmsRequestStatus
from studies.naming import checked_choice

ACTOR = Actor.system("arms")
NOTHING_TO_COMPARE = "The dataset has no visit after the baseline, or values for fewer than two arms."


def has_received(asked: ArmsRequest, user: User) -> bool:
    """Whether this person has signed the receipt of the opened arms."""
    opened = asked.status == ArmsRequestStatus.OPENED
    return opened and receipt_of(asked, user) is not None


def demand_received(asked: ArmsRequest, user: User) -> None:
    """WrongState unless this person has received the arms."""
    if not has_received(asked, user):
        raise WrongState("Results by arm are shown only to people who have received the arms. Receive them first.")


@sensitive_variables()
def arms_to_compare(asked: ArmsRequest, user: User) -> tuple[str, ...]:
    """The arms by name, of which one is the reference."""
    demand_received(asked, user)
    try:
        return ordered(arms_in(asked).values())
    except BadInput:
        raise WrongState("These arms cannot be compared: a report needs two to eight arms.") from None


@sensitive_variables()
def ask_for_report(*, asked: ArmsRequest, actor: Actor, user: User, reference: str, by_site: bool) -> ArmsReport:
    """The report with this reference arm; a repeated request gives the same report unless that failed."""
    authorise(actor, Action.SEE_BY_ARM)
    names = arms_to_compare(asked, user)
    checked_choice("reference", reference, [(name, name) for name in names])
    kind = {"reference": names.index(reference), "by_site": by_site}
    with audited_atomic():
        ArmsRequest.objects.select_for_update().get(pk=asked.pk)
        kept = asked.reports.filter(**kind).exclude(status=ArmsReportStatus.FAILED).first()
        if kept is not None:
            return kept
        number = (asked.reports.aggregate(Max("number"))["number__max"] or 0) + 1
        report = ArmsReport.objects.create(request=asked, number=number, asked_by=user, **kind)
        add(kind="scoring.by_arm", key=f"report-{report.pk}", payload={"report": report.pk})
        record_event("scoring.arms-report.requested", report, actor)
    return report


@sensitive_variables()
def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Computes {"report": id}."""
    report = wanted(payload)
    if report.status != ArmsReportStatus.COMPUTING:
        return
    try:
        content = zipped(computed(report))
    except BadInput:  # its text could name an arm
        with audited_atomic():
            lease.finish()
            mark_failed(report, NOTHING_TO_COMPARE)
        return
    name = f"arms/{report.request.token}-by-arm-{report.number}.zip.sealed"
    if not storages["exports"].exists(name):
        storages["exports"].save(name, ContentFile(concealed(content, name)))
    digest = hashlib.sha256(content).hexdigest()
    with audited_atomic():
        lease.finish()
        moved(report, ArmsReportStatus.READY, ARMS_REPORT_TRANSITIONS, folder=name, digest=digest)
        record_event("scoring.arms-report.made", report, ACTOR)


@sensitive_variables()
def computed(report: ArmsReport) -> ArmReport:
    """The report from the locked dataset, over the subjects that have an arm."""
    locked, arm_of = locked_dataset(report.request.lock.dataset), arms_in(report.request)
    rows = [row for row in locked.rows if row.subject in arm_of]
    levels = {row.subject: (row.site or "unknown",) if report.by_site else () for row in rows}
    of = {subject: arm_of[subject] for subject in levels}
    reference = ordered(arm_of.values())[report.reference]
    arms = Arms(of, ordered(of.values(), reference), (SITE,) if report.by_site else (), levels, {})
    without = len({row.subject for row in locked.rows}) - len(of)
    facts = [("Subjects without an arm, left out", str(without))] if without else []
    methods = Methods(Permutations(), Imputations(), int(locked.about["instrument"]["maximum"]))
    return report_of(locked.about, locked.root, rows, arms, methods, facts=facts)


def wanted(payload: dict[str, Any]) -> ArmsReport:
    """The report of a job."""
    found = ArmsReport.objects.select_related("request__campaign__trial", "request__lock__dataset")
    return found.get(pk=payload["report"])


def given_up(*, payload: dict[str, Any], says: str) -> None:
    """Marks the report as failed because its job gave up."""
    report = wanted(payload)
    if report.status == ArmsReportStatus.COMPUTING:
        mark_failed(report, f"{says} Ask for the report again once this is resolved.")


def mark_failed(report: ArmsReport, reason: str) -> None:
    """The report with the reason why it failed."""
    with audited_atomic():
        moved(report, ArmsReportStatus.FAILED, ARMS_REPORT_TRANSITIONS, failure=reason[:500])
        record_event("scoring.arms-report.failed", report, ACTOR, reason=report.failure)


@sensitive_variables()
def content_of(report: ArmsReport, user: User) -> bytes:
    """The zip of a report that is ready, for a person who has received the arms."""
    demand_received(report.request, user)
    if report.status != ArmsReportStatus.READY:
        raise WrongState(f"Report {report.number} by arm is not ready, so it has no files.")
    with storages["exports"].open(report.folder) as file:
        return revealed(file.read(), report.folder)


def with_a_row(names: list[str]) -> Iterable[str]:
    """The names under which opened arms and reports by arm are recorded."""
    opened, made = (rows.objects.filter(folder__in=names) for rows in (ArmsRequest, ArmsReport))
    return [*opened.values_list("folder", flat=True), *made.values_list("folder", flat=True)]


def note_download(*, report: ArmsReport, actor: Actor, file: str) -> None:
    """The audit trail names who downloaded the zip or one file of a report."""
    authorise(actor, Action.SEE_BY_ARM)
    with audited_atomic():
        record_event("scoring.arms-report.downloaded", report, actor, file=file)


def record_event(action: str, report: ArmsReport, actor: Actor, reason: str = "", **more: str) -> None:
    """One event about a report; never an arm."""
    campaign = report.request.campaign
    record(
        action=action,
        actor=actor,
        stream=campaign.trial.code,
        subject=("scoring.armsreport", str(report.pk)),
        reason=reason,
        details={"campaign": campaign.code, "number": report.number, "digest": report.digest, **more},
        tracked=[report],
    )
