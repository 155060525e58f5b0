"""A trial is planned step by step: each step is checked, told once, and leaves nothing half done."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.roles import Role
from audit.models import Event
from config.errors import BadInput, NotAllowed, WrongState
from studies.models import Trial, Visit
from studies.plan.absences import record_absence, withdraw_absence
from studies.plan.subjects import enrol
from studies.plan.trials import add_site, create_trial, rename_site
from studies.plan.visits import add_visit, change_plan, mark_not_done, plan_visit, reopen_visit
from tests.studies.planned import SETTING_UP, Planned, film_of


def test_a_trial_is_recorded_in_its_own_stream(db: None) -> None:
    create_trial(code="RA-9", title="Trial nine", actor=SETTING_UP)
    assert [event.action for event in Event.objects.filter(stream="RA-9")] == ["studies.trial.created"]


@pytest.mark.parametrize("code", ["", "a b", "-x", "x" * 33, "ä", "=1+1"])
def test_a_trial_code_that_cannot_stand_in_an_address_is_refused(db: None, code: str) -> None:
    with pytest.raises(BadInput, match="trial code"):
        create_trial(code=code, title="Trial", actor=SETTING_UP)
    assert not Trial.objects.exists()


def test_a_site_code_is_used_once_in_a_trial(ra1: Planned, ra2: Planned) -> None:
    with pytest.raises(BadInput, match="Trial RA-1 already has a site 01"):
        add_site(trial=ra1.trial, code="01", actor=SETTING_UP)
    assert ra1.trial.sites.count() == 2


def test_only_a_coordinator_plans(ra1: Planned) -> None:
    for role in ("reader", "lead", "statistician", "sponsor", "site 01"):
        with pytest.raises(NotAllowed):
            add_site(trial=ra1.trial, code="03", actor=ra1.actor(role))


def test_a_site_keeps_its_code_when_renamed(ra1: Planned) -> None:
    rename_site(site=ra1.sites[0], name="St Mary", actor=ra1.actor("coordinator"))
    ra1.sites[0].refresh_from_db()
    assert (ra1.sites[0].code, ra1.sites[0].name) == ("01", "St Mary")
    assert Event.objects.newest_first()[0].content["changes"] == {"name": ["Hospital 01", "St Mary"]}


def test_a_new_subject_gets_every_planned_visit(ra1: Planned) -> None:
    subject = enrol(trial=ra1.trial, site=ra1.sites[0], code="01-002", actor=ra1.actor("coordinator"))
    assert sorted(subject.visits.values_list("code", flat=True)) == ["BL", "W24"]


def test_a_subject_enrolled_already_gets_a_visit_planned_later(ra1: Planned) -> None:
    plan_visit(trial=ra1.trial, code="W52", label="Week 52", target_day=364, actor=ra1.actor("coordinator"))
    assert Visit.objects.filter(code="W52").count() == len(ra1.subjects)


def test_a_subject_is_not_enrolled_at_a_site_of_another_trial(ra1: Planned, ra2: Planned) -> None:
    with pytest.raises(BadInput, match="a site of trial RA-1"):
        enrol(trial=ra1.trial, site=ra2.sites[0], code="01-009", actor=SETTING_UP)


def test_a_code_is_given_to_one_subject_of_a_trial_alone(ra1: Planned) -> None:
    with pytest.raises(BadInput, match="Trial RA-1 already has a subject 01-001. Choose another code."):
        enrol(trial=ra1.trial, site=ra1.sites[0], code="01-001", actor=SETTING_UP)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("target_day", 9999, "The target day is 9999. Enter a whole number from -365 to 7305."),
        ("days_before", -1, "The number of days before the target day is -1. Enter a whole number from 0 to 365."),
        ("label", " ", "The label is missing. Enter up to 80 characters."),
    ],
)
def test_a_plan_out_of_bounds_is_refused(ra1: Planned, field: str, value: object, says: str) -> None:
    wanted: dict[str, object] = {"label": "Week 9", "target_day": 63, "days_before": 7, "days_after": 7, field: value}
    with pytest.raises(BadInput, match=says):
        plan_visit(trial=ra1.trial, code="W9", actor=SETTING_UP, **wanted)  # type: ignore[arg-type]


def test_an_amendment_records_only_what_changed_and_why(ra1: Planned) -> None:
    plan = ra1.trial.visit_plans.get(code="W24")
    coordinator = ra1.actor("coordinator")
    change_plan(
        plan=plan,
        label="Week 24",
        target_day=168,
        days_before=14,
        days_after=28,
        reason="amendment 2",
        actor=coordinator,
    )
    content = Event.objects.newest_first()[0].content
    assert (content["changes"], content["reason"]) == ({"days_after": [14, 28]}, "amendment 2")


def test_a_visit_outside_the_plan_has_no_window(ra1: Planned) -> None:
    visit = add_visit(subject=ra1.subjects[0], code="UNS-1", kind="unscheduled", actor=ra1.actor("coordinator"))
    assert visit.window(date(2024, 3, 1)) is None


@pytest.mark.parametrize(("code", "kind"), [("UNS-1", "scheduled"), ("W24", "rescue"), ("UNS 1", "rescue")])
def test_a_visit_outside_the_plan_neither_takes_a_planned_code_nor_calls_itself_scheduled(
    ra1: Planned, code: str, kind: str
) -> None:
    with pytest.raises(BadInput):
        add_visit(subject=ra1.subjects[0], code=code, kind=kind, actor=SETTING_UP)


def test_a_visit_with_films_cannot_be_recorded_as_not_done(ra1: Planned) -> None:
    film_of(ra1.visit())
    with pytest.raises(WrongState, match="Visit BL of subject 01-001 has 1 film. Only a visit without films"):
        mark_not_done(visit=ra1.visit(), reason="withdrew", actor=ra1.actor("coordinator"))


def test_a_rejected_film_does_not_make_a_visit_done(ra1: Planned) -> None:
    film_of(ra1.visit(), status="rejected")
    mark_not_done(visit=ra1.visit(), reason="withdrew", actor=ra1.actor("coordinator"))
    assert ra1.visit().not_done_reason == "withdrew"


def test_a_visit_not_done_can_be_expected_again(ra1: Planned) -> None:
    mark_not_done(visit=ra1.visit(), reason="withdrew", actor=ra1.actor("coordinator"))
    with pytest.raises(WrongState):
        mark_not_done(visit=ra1.visit(), reason="twice", actor=ra1.actor("coordinator"))
    reopen_visit(visit=ra1.visit(), reason="came after all", actor=ra1.actor("coordinator"))
    assert ra1.visit().not_done_reason == ""
    with pytest.raises(WrongState, match="Visit BL of subject 01-001 is already expected"):
        reopen_visit(visit=ra1.visit(), reason="again", actor=ra1.actor("coordinator"))


def test_a_film_that_will_never_come_is_recorded_once_and_can_be_expected_again(ra1: Planned) -> None:
    coordinator, visit = ra1.actor("coordinator"), ra1.visit()
    absent = record_absence(visit=visit, side="L", view="foot", reason="amputated", actor=coordinator)
    with pytest.raises(BadInput):
        record_absence(visit=visit, side="L", view="foot", reason="again", actor=coordinator)
    withdraw_absence(absent=absent, reason="found", actor=coordinator)
    with pytest.raises(WrongState, match="The left foot of this visit is already expected again."):
        withdraw_absence(absent=absent, reason="found twice", actor=coordinator)
    record_absence(visit=visit, side="L", view="foot", reason="lost again", actor=coordinator)


def test_a_view_that_has_a_film_is_not_given_up(ra1: Planned) -> None:
    film_of(ra1.visit(), side="B")
    with pytest.raises(WrongState, match="has a film of the right hand"):
        record_absence(visit=ra1.visit(), side="R", view="hand", reason="lost", actor=ra1.actor(Role.COORDINATOR))


@pytest.mark.parametrize(
    ("title", "says"),
    [
        ("x" * 201, "The title has 201 characters. At most 200 are allowed."),
        ("Trial\x07", "The title “Trial�” contains a character that cannot be printed. Remove it."),
    ],
)
def test_a_title_is_one_line_that_can_be_printed(db: None, title: str, says: str) -> None:
    with pytest.raises(BadInput) as refusal:
        create_trial(code="RA-9", title=title, actor=SETTING_UP)
    assert (str(refusal.value), refusal.value.field) == (says, "title")


def test_a_subject_code_begins_with_a_letter_or_digit(ra1: Planned) -> None:
    with pytest.raises(BadInput, match="The subject code “=1” is not valid. Use up to 64 letters") as refusal:
        enrol(trial=ra1.trial, site=ra1.sites[0], code="=1", actor=SETTING_UP)
    assert refusal.value.field == "subject"


@pytest.mark.parametrize(
    ("side", "view", "says"),
    [("B", "hand", "The film “B-hand” is not valid."), ("L", "knee", "The film “L-knee” is not valid.")],
)
def test_only_a_film_that_is_expected_can_be_missing(ra1: Planned, side: str, view: str, says: str) -> None:
    with pytest.raises(BadInput) as refusal:
        record_absence(visit=ra1.visit(), side=side, view=view, reason="lost", actor=ra1.actor("coordinator"))
    allowed = "Choose “left hand”, “right hand”, “left foot” or “right foot”."
    assert (str(refusal.value), refusal.value.field) == (f"{says} {allowed}", "film")


def test_a_title_does_not_imitate_that_of_another_trial(db: None) -> None:
    create_trial(code="RA-1", title="Coca", actor=SETTING_UP)
    with pytest.raises(BadInput, match="The title “Соса” looks like that of another trial") as refusal:
        create_trial(code="RA-2", title="Соса", actor=SETTING_UP)
    assert refusal.value.field == "title"
    assert create_trial(code="RA-3", title="Coca", actor=SETTING_UP).title == "Coca"
