"""Rows in every table that a verification covers: a trial with every signed act, and one with everything else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts import second_factor
from accounts.sign_on.id_tokens import Identity
from accounts.sign_on.identities import link
from api.tokens import make_token
from audit.trail import audited_atomic
from jobs.carrying import run_due_jobs
from reading.campaigns.image_problems import report_problem
from reading.campaigns.opening import close_campaign, create_campaign, open_campaign
from reading.campaigns.training import bring_references, make_training
from reading.charter.documents import record_document
from reading.charter.versions import current_charter
from reading.issuing.affiliations import record_affiliation
from reading.room.cells import timepoints_of
from reading.room.notes import save_note
from reading.room.sessions import begin_sitting
from reading.room.signing import return_read
from scoring.arms.reports import ask_for_report
from scoring.edc.lists import compare_list, resolve_difference
from scoring.endpoint.event_lists import import_events
from scoring.models import AlarmRule, ArmsRequest, ReaderAlarm
from scoring.monitoring.alarms import raise_new
from studies.desk import joints, masks, quality
from studies.models import Film, Membership, Visit, VisitPlan
from studies.plan.absences import record_absence
from studies.plan.deviation_entries import Entry
from studies.plan.deviation_log import log_deviation
from tests.accounts.test_second_factor import code_of
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of, read_through, scanned
from tests.reading.test_line import read_all
from tests.reading.test_training import TARGETS, issue, read_like_the_reference, table
from tests.scoring.acts_line import ActsLine
from tests.scoring.unsealing_cast import CANARIES
from tests.studies.films import dx, file_of
from tests.studies.sending import sent_by
from tests.tracking import record_rows

EVENTS = "subject,kind,date,source\nS000,rescue,2025-05-01,CRF\n"


def make_whole_line(folder: Path) -> None:
    """Both trials."""
    sign_everything(folder)
    built_trial = build_reading_trial(subjects=4, visits=("W00", "W24"), code="MORE")
    at_the_desk(built_trial)
    plan_and_people(built_trial)
    read_and_closed(built_trial)
    train(built_trial)
    connection.check_constraints()  # PostgreSQL alters no table on which a deferred check is pending


def sign_everything(folder: Path) -> None:
    """Every signed act once, and a report by arm of the arms received at its end."""
    line = ActsLine(folder)
    for post in line.posts():
        assert post.send(password=post.password)[0] in (200, 302, 303), post.acts
    actor, user = line.built_trial.actor("statistician"), line.built_trial.people["statistician"]
    ask_for_report(asked=ArmsRequest.objects.get(), actor=actor, user=user, reference=CANARIES[0], by_site=False)


def at_the_desk(built_trial: BuiltTrial) -> None:
    """A film comes in, gets masks that a second person confirms, is accepted and gets its joints."""
    coordinator, visit = built_trial.actor("coordinator"), built_trial.subjects[0].visits.order_by("pk")[0]
    content = file_of(dx(StudyDate="20250101", SOPInstanceUID="1.2.3.1", PatientID=visit.subject.code))
    film = sent_by(built_trial.trial, visit.subject.site, built_trial.actor("site"), content, visit=visit).film
    assert film is not None
    run_due_jobs()
    film.refresh_from_db()
    drawn = masks.propose(film=film, actor=coordinator, rectangles=[[0, 0, 20, 20]])
    masks.confirm(mask_set=drawn, actor=built_trial.actor("checker"))
    codes = [finding["code"] for finding in film.findings]
    confirmed: dict[str, Any] = {"side": "L", "view": "hand", "film_date": date(2025, 1, 1), "spacing_mm": 0.1}
    quality.accept(film=film, actor=coordinator, acknowledged=codes, **confirmed)
    run_due_jobs()
    film = Film.objects.get(pk=film.pk)
    joints.place(film=film, side="L", actor=coordinator, joints={"MCP2": [10.0, 20.0], "PIP2": [11.5, 3.5]})


def plan_and_people(built_trial: BuiltTrial) -> None:
    """A deviation, the sponsor's list, an absent film, a reader of a site, a token, a second factor, a sign-on link."""
    coordinator, subject = built_trial.actor("coordinator"), built_trial.subjects[1]
    said: dict[str, Any] = {
        "category": "handling",
        "description": "Sent on paper.",
        "effect": "none",
        "effect_explained": "Both can be read.",
    }
    log_deviation(trial=built_trial.trial, entry=Entry(noticed_on=date(2025, 2, 1), **said), actor=coordinator)
    plan = VisitPlan.objects.create(trial=built_trial.trial, code="W52", label="Week 52", target_day=364)
    user, text = built_trial.people["coordinator"], "subject,visit,date\nS999,W00,2025-01-01\n"
    edc_list = compare_list(trial=built_trial.trial, actor=coordinator, user=user, text=text)
    key = edc_list.differences[0]["key"]
    resolve_difference(edc_list=edc_list, key=key, kind="site", text="Asked.", actor=coordinator, user=user)
    visit = Visit.objects.create(subject=subject, plan=plan, code=plan.code)
    record_rows(built_trial.trial.code, [plan, visit])
    record_absence(visit=visit, side="L", view="hand", reason="amputated", actor=coordinator)
    reader = built_trial.people["adjudicator"]
    signed: dict[str, Any] = {"person": reader, "kind": "cv", "signed_on": date(2025, 1, 1)}
    record_document(trial=built_trial.trial, actor=coordinator, **signed)
    record_affiliation(site=subject.site, person=reader, actor=coordinator, reason="Works in its clinic")
    make_token(
        membership=Membership.objects.get(trial=built_trial.trial, role="sponsor"),
        label="Report of progress",
        scopes=["completeness:read"],
        expires_on=timezone.localdate() + timedelta(days=30),
        actor=coordinator,
    )
    secret = second_factor.new_secret()
    second_factor.add_second_factor(user=built_trial.people["lead"], secret=secret, code=code_of(secret))
    lead, identity = built_trial.people["lead"], Identity("https://sign-on.example", "lead", second_factor=False)
    link(user=lead, generation=lead.session_generation, identity=identity)


def read_and_closed(built_trial: BuiltTrial) -> None:
    """A campaign with a sitting, a note, a problem with a film and an alarm, closed, with intercurrent events."""
    campaign = open_campaign_of(built_trial, concordant_share=0.0, rescue_independent=True)
    person = built_trial.people["reader"]
    reads = read_all(built_trial, campaign)
    reader = built_trial.actor("reader")
    begin_sitting(actor=reader, reader_id=person.pk, trial_code=built_trial.trial.code, display={"width": 1920})
    returned = next(read for read in reads if read.reader_id == person.pk)
    returned.refresh_from_db()
    return_read(read=returned, **built_trial.signs("coordinator"), reason="incomplete", note="look again")
    returned.refresh_from_db()
    timepoint = timepoints_of(returned.steps.get())[0]
    said: dict[str, Any] = {"read": returned, "actor": reader}
    save_note(**said, timepoint_token=timepoint.token, item="GL-PIP2", flag=True, comment="a cyst", op_id="one")
    report_problem(**said, film_token="", reason="other", note="too dark")
    read_through(returned)
    run_due_jobs()
    with audited_atomic():
        raise_new(campaign, [ReaderAlarm(campaign=campaign, reader=person, rule=AlarmRule.values[0], detail="above")])
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    actor, user = built_trial.actor("statistician"), built_trial.people["statistician"]
    import_events(campaign=campaign, actor=actor, user=user, text=EVENTS)


def train(built_trial: BuiltTrial) -> None:
    """A training that a reader passes."""
    coordinator, charter = built_trial.actor("coordinator"), current_charter(built_trial.trial)
    assert charter is not None
    made = create_campaign(trial=built_trial.trial, actor=coordinator, charter=charter, code="T1", title="Training")
    make_training(campaign=made, actor=coordinator, **TARGETS)
    scanned(made)
    open_campaign(campaign=made, actor=coordinator, subjects=built_trial.subjects, visits=built_trial.visits)
    made.refresh_from_db()
    bring_references(campaign=made, actor=built_trial.actor("lead"), content=table(built_trial))
    for read in issue(built_trial, made):
        read_like_the_reference(built_trial, read)
    run_due_jobs()
