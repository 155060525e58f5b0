"""The arms of a rehearsal: sealed before anything is read, opened by two custodians after the lock, and compared."""

from __future__ import annotations

from rehearsal.demo.custodians import report_by_arm, seal_arms
from rehearsal.whole.planning import Play
from rehearsal.whole.stages import campaign_of, settle
from scoring.arms.report_files import arms_in
from scoring.models import ArmsReportStatus


def planted(play: Play) -> list[tuple[str, str]]:
    """The code and the arm of every subject."""
    names = [arm.name for arm in play.design.arms]
    return [(subject.code, names[play.courses.arm[at]]) for at, subject in enumerate(play.subjects)]


def seal(play: Play) -> None:
    """Imports the arms, sealed to both custodians."""
    seal_arms(play, play.trial, planted(play))


def open_them(play: Play) -> None:
    """Opens the arms, checks that each is the one that was sealed, and makes the report by arm in the product."""
    asked = report_by_arm(play, campaign_of(play), play.design.arms[0].name, lambda: settle(play))
    sealed, opened = dict(planted(play)), arms_in(asked)
    if not opened:
        raise RuntimeError("The arms of the rehearsal were opened, but none is there.")
    if differing := [subject for subject, arm in opened.items() if sealed.get(subject) != arm]:
        raise RuntimeError(
            f"The opened arms of the rehearsal differ from the sealed ones: {', '.join(differing[:20])}."
        )
    if not asked.reports.filter(status=ArmsReportStatus.READY).exists():
        raise RuntimeError("The report by arm of the rehearsal was not made.")
