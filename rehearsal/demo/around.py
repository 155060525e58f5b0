"""Records besides the reads of a trial: a deviation, signed documents, and a reader affiliated with a site."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from reading.charter.documents import record_document
from reading.issuing.affiliations import record_affiliation
from reading.models import DocumentKind, ReaderDocument, SiteAffiliation
from rehearsal.demo.filling import Filling
from rehearsal.demo.planning import ONE_SIDED, site_of
from studies.models import DeviationCategory, DeviationEffect, DeviationVersion
from studies.plan.deviation_entries import Entry
from studies.plan.deviation_log import log_deviation

SITE_WITHOUT_SUBJECTS = "03"


def log_a_deviation(run: Filling) -> None:
    """The side that was not filmed at one visit."""
    code, visit, _ = ONE_SIDED
    if DeviationVersion.objects.filter(trial=run.planned.trial).exists():
        return
    subject = next(one for one in run.planned.subjects if one.code == code)
    entry = Entry(
        noticed_on=timezone.localdate() - timedelta(days=2),
        category=DeviationCategory.ACQUISITION,
        description="At week 24 the site took films of the right side only.",
        effect=DeviationEffect.POSSIBLE,
        effect_explained="The left side is missing at one visit; the charter's rule for missing joints applies.",
        site=subject.site,
        subject=subject,
        visit=subject.visits.get(code=visit),
        corrective_action="The site was asked for the missing films but has none.",
    )
    log_deviation(trial=run.planned.trial, entry=entry, actor=run.coordinator)


def record_documents(run: Filling) -> None:
    """Everything that the readers must have signed; the adjudicator lacks the conflict of interest statement."""
    trial = run.planned.trial
    if ReaderDocument.objects.filter(trial=trial).exists():
        return
    for name in ("reader.one", "reader.two", "adjudicator"):
        for kind in DocumentKind:
            if (name, kind) != ("adjudicator", DocumentKind.INTERESTS):
                person, today = run.user(name), timezone.localdate()
                record_document(trial=trial, person=person, kind=kind, signed_on=today, actor=run.coordinator)


def record_a_site_of_a_reader(run: Filling) -> None:
    """The second reader is affiliated with a site without subjects, so that no case of the demo is barred."""
    site, person = site_of(run.planned.trial, SITE_WITHOUT_SUBJECTS), run.user("reader.two")
    if not SiteAffiliation.objects.filter(site=site, person=person).exists():
        record_affiliation(site=site, person=person, actor=run.coordinator, reason="works in the site's clinic")
