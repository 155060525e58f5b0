"""The coordinator's pages: planning by form and by table, the board, films, questions, people, completeness."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.cells import EXCEL_MARK
from studies.models import Film, Question, Subject, Visit
from studies.plan.subjects import enrol
from studies.questions.threads import answer, ask
from tests.studies.planned import SETTING_UP, Planned, film_of, person, roles_of


@pytest.fixture
def coordinator(ra1: Planned) -> Client:
    """The coordinator's browser."""
    return ra1.client("coordinator")


def page(ra1: Planned, client: Client, path: str = "") -> str:
    """A page that opens."""
    answer = client.get(ra1.url(path))
    assert answer.status_code == 200, path
    return b"".join(answer).decode()


def asked(ra1: Planned, film: Film) -> Question:
    """A question about the film."""
    return ask(trial=ra1.trial, text="Which side is it?", film=film, actor=ra1.actor("coordinator"))


def test_the_first_page_of_a_trial_leads_each_role_to_its_own_beginning(ra1: Planned) -> None:
    for role, path in (("site 01", "site/"), ("sponsor", "completeness/"), ("checker", "masks/")):
        assert ra1.client(role).get(ra1.url()).headers["Location"] == ra1.url(path)


def test_the_overview_counts_what_is_expected_and_what_came(ra1: Planned, coordinator: Client) -> None:
    film_of(ra1.visit(), status="ready")
    film_of(ra1.visit(), side="R")
    shown = page(ra1, coordinator)
    assert "<strong>16</strong><span>films expected</span>" in shown
    assert "<strong>2</strong><span>films received</span>" in shown
    assert "<strong>1</strong><span>at the desk</span>" in shown


def test_the_overview_says_why_reading_cannot_start(ra1: Planned, coordinator: Client) -> None:
    assert "No charter version is signed" in page(ra1, coordinator)


def test_a_coordinator_begins_another_trial_and_coordinates_it(ra1: Planned, coordinator: Client) -> None:
    answer = coordinator.post("/trials/new/", {"trial_code": "RA-7", "title": "Trial seven"})
    assert answer.headers["Location"] == "/trials/RA-7/"
    assert coordinator.get("/trials/RA-7/").status_code == 200


@pytest.mark.parametrize(
    ("path", "typed", "said"),
    [
        ("set-up/sites/", {"site": "03", "name": "St Mary"}, "Site 03 was added."),
        ("set-up/subjects/", {"site": "01", "subject": "01-002"}, "Subject 01-002 was enrolled"),
        (
            "set-up/visits/",
            {"visit": "W52", "label": "Week 52", "target_day": 364, "days_before": 14, "days_after": 14},
            "Week 52 was added to the plan",
        ),
    ],
)
def test_what_is_added_by_form_is_said_and_listed(
    ra1: Planned, coordinator: Client, path: str, typed: dict[str, Any], said: str
) -> None:
    shown = coordinator.post(ra1.url(path), typed, follow=True).content.decode()
    assert said in shown
    assert next(iter(typed.values())) in shown


def test_what_is_refused_is_said_beside_its_field(ra1: Planned, coordinator: Client) -> None:
    answer = coordinator.post(ra1.url("set-up/sites/"), {"site": "01"})
    assert answer.status_code == 400
    assert "Trial RA-1 already has a site 01. Choose another code." in answer.content.decode()


def test_a_plan_is_amended_with_a_reason(ra1: Planned, coordinator: Client) -> None:
    plan = ra1.trial.visit_plans.get(code="W24")
    typed = {"label": "Week 24", "target_day": 168, "days_before": 7, "days_after": 7}
    url = ra1.url(f"set-up/visits/{plan.pk}/")
    assert coordinator.post(url, typed).status_code == 400
    coordinator.post(url, typed | {"reason": "amendment 1"})
    plan.refresh_from_db()
    assert plan.days_before == 7


def test_a_table_is_shown_before_it_is_written(ra1: Planned, coordinator: Client) -> None:
    table = SimpleUploadedFile("subjects.csv", b"site,subject\n01,01-050\n")
    shown = coordinator.post(ra1.url("set-up/import/subjects/"), {"file": table}).content.decode()
    assert "Nothing is saved yet" in shown
    assert not Subject.objects.filter(code="01-050").exists()
    coordinator.post(ra1.url("set-up/import/subjects/write/"), {"text": "site,subject\n01,01-050\n"})
    assert Subject.objects.filter(code="01-050").exists()


def test_a_wrong_line_is_shown_with_what_is_allowed(ra1: Planned, coordinator: Client) -> None:
    shown = coordinator.post(ra1.url("set-up/import/subjects/"), {"text": "site,subject\n77,77-001\n"}).content.decode()
    assert (
        '<td class="number">2</td><td><code>site</code></td><td>The site “77” is not known. Use 01 or 02.</td>' in shown
    )
    assert "Save 1 row" not in shown


def test_a_table_written_twice_is_refused_the_second_time(ra1: Planned, coordinator: Client) -> None:
    url, table = ra1.url("set-up/import/sites/write/"), {"text": "site\n09\n"}
    assert coordinator.post(url, table).status_code == 302
    assert coordinator.post(url, table).status_code == 400
    assert ra1.trial.sites.filter(code="09").count() == 1


def test_the_board_shows_each_view_of_each_visit(ra1: Planned, coordinator: Client) -> None:
    film_of(ra1.visit(), status="rejected", status_reason="cut off")
    shown = page(ra1, coordinator, "visits/")
    assert 'title="left hand: Rejected (cut off)"' in shown
    assert 'title="right hand: Expected"' in shown


def test_the_board_as_a_file_holds_the_same_states(ra1: Planned, coordinator: Client) -> None:
    film_of(ra1.visit(), status="ready")
    lines = page(ra1, coordinator, "visits/?format=csv").splitlines()
    assert lines[0].removeprefix(EXCEL_MARK) == "Subject,Site,Baseline,Week 24,Outside the plan"
    assert "BL LH ready; BL RH overdue" in lines[1]


def test_a_visit_is_recorded_as_not_done_and_expected_again(ra1: Planned, coordinator: Client) -> None:
    visit = ra1.visit()
    for word, kept in (("withdrew", "withdrew"), ("came back", "")):
        coordinator.post(ra1.url(f"visits/{visit.pk}/not-done/"), {"reason": word})
        assert Visit.objects.get(pk=visit.pk).not_done_reason == kept


def test_a_film_is_given_up_and_expected_again(ra1: Planned, coordinator: Client) -> None:
    visit = ra1.visit()
    coordinator.post(ra1.url(f"visits/{visit.pk}/absent/"), {"film": "L-foot", "reason": "amputated"})
    absent = visit.absent_films.get()
    assert "Left foot: amputated" in page(ra1, coordinator, f"visits/{visit.pk}/")
    coordinator.post(ra1.url(f"visits/absent/{absent.pk}/end/"), {"reason": "found"})
    assert not visit.absent_films.filter(withdrawn_at=None).exists()


def test_a_visit_outside_the_plan_is_added_on_the_page_of_its_subject(ra1: Planned, coordinator: Client) -> None:
    subject = ra1.subjects[0]
    coordinator.post(ra1.url(f"visits/subject/{subject.pk}/"), {"visit": "RES-1", "kind_of_visit": "rescue"})
    assert "RES-1" in page(ra1, coordinator, f"visits/subject/{subject.pk}/")


def test_the_page_of_a_film_shows_its_history_and_never_the_name_of_its_file(ra1: Planned, coordinator: Client) -> None:
    film = film_of(ra1.visit())
    question = asked(ra1, film)
    answer(question=question, text="The left one.", actor=ra1.actor("site 01"))
    for path in (
        f"films/{film.pk}/",
        "films/",
        "films/?format=csv",
        f"visits/{film.visit_id}/",
        f"questions/{question.pk}/",
    ):
        assert "MUSTERMANN" not in page(ra1, coordinator, path), path


def test_films_are_filtered_and_sorted(ra1: Planned, coordinator: Client) -> None:
    film_of(ra1.visit(), status="ready")
    held = film_of(ra1.visit(1), status="held", status_reason="no date")
    shown = page(ra1, coordinator, "films/?status=held&sort=-film_date")
    assert f">{held.pk}</a>" in shown
    assert "1–1 of 1" in shown


def test_a_question_is_asked_answered_and_closed_on_its_pages(ra1: Planned, coordinator: Client) -> None:
    film = film_of(ra1.visit())
    coordinator.post(ra1.url(f"questions/ask/film/{film.pk}/"), {"message": "Which side?", "due": ""})
    question = Question.objects.get()
    site = ra1.client("site 01")
    site.post(ra1.url(f"site/questions/{question.pk}/"), {"message": "Left."})
    assert "Left." in page(ra1, coordinator, f"questions/{question.pk}/")
    coordinator.post(ra1.url(f"questions/{question.pk}/close/"), {"message": ""})
    question.refresh_from_db()
    assert question.status == "closed"


def test_overdue_questions_are_listed_apart(ra1: Planned, coordinator: Client) -> None:
    late, early = asked(ra1, film_of(ra1.visit())), asked(ra1, film_of(ra1.visit()))
    Question.objects.filter(pk=late.pk).update(due_on="2020-01-01")
    shown = page(ra1, coordinator, "questions/?late=overdue")
    assert f"Question {late.pk}<" in shown
    assert f"Question {early.pk}<" not in shown


def test_a_script_in_a_message_stays_text(ra1: Planned, coordinator: Client) -> None:
    question = asked(ra1, film_of(ra1.visit()))
    answer(question=question, text="<script>alert(1)</script>", actor=ra1.actor("site 01"))
    shown = page(ra1, coordinator, f"questions/{question.pk}/")
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert" not in shown


def test_a_role_is_granted_by_address_and_ended_with_a_reason(ra1: Planned, coordinator: Client) -> None:
    user = person("new reader")
    coordinator.post(ra1.url("people/"), {"person": user.email.upper(), "role": "reader", "reason": "qualified"})
    assert roles_of(user) == {"reader"}
    coordinator.post(ra1.url(f"people/{user.memberships.get().pk}/end/"), {"reason": "left"})
    assert roles_of(user) == set()


def test_a_clash_of_roles_is_said_on_the_form(ra1: Planned, coordinator: Client) -> None:
    typed = {"person": ra1.people["reader"].email, "role": "statistician", "reason": "short of people"}
    answer = coordinator.post(ra1.url("people/"), typed)
    assert answer.status_code == 400
    assert "The role Statistician cannot be granted to" in answer.content.decode()


def test_the_accounts_of_the_installation_are_not_listed_to_a_coordinator(ra1: Planned, coordinator: Client) -> None:
    stranger = person("stranger")
    assert stranger.email not in page(ra1, coordinator, "people/")
    answer = coordinator.post(ra1.url("people/"), {"person": "nobody@house.example", "role": "reader", "reason": "x"})
    assert "No active account has this address." in answer.content.decode()


def test_the_sponsor_sees_dates_and_states_and_no_film_question_or_person(ra1: Planned) -> None:
    film = film_of(ra1.visit(), status="rejected", status_reason="cut off")
    film_of(ra1.visit(), side="R", status="ready")
    asked(ra1, film)
    shown = page(ra1, ra1.client("sponsor"), "completeness/")
    assert "2024-03-01" in shown
    assert "left hand rejected" in shown
    for hidden in ("MUSTERMANN", "cut off", "Which side", "site 01</", f"films/{film.pk}", "visits/"):
        assert hidden not in shown.partition("<main")[2], hidden


def test_completeness_as_a_file_has_a_column_for_each_view(ra1: Planned) -> None:
    head = page(ra1, ra1.client("statistician"), "completeness/?format=csv").splitlines()[0]
    assert "Left hand,Right hand,Left foot,Right foot,Window opens,Window ends" in head


def test_nothing_of_another_trial_is_shown(ra1: Planned, ra2: Planned, coordinator: Client) -> None:
    Subject.objects.filter(pk=ra2.subjects[0].pk).update(code="CANARY")
    film, visit = film_of(ra2.visit()), ra2.visit()
    for path in ("", "visits/", "films/", "questions/", "completeness/", "people/", "set-up/subjects/"):
        assert "CANARY" not in page(ra1, coordinator, path), path
    for path in (f"films/{film.pk}/", f"visits/{visit.pk}/", f"visits/subject/{visit.subject_id}/"):
        assert coordinator.get(ra1.url(path)).status_code == 404, path


PAGES = ["", "visits/", "films/", "questions/", "completeness/", "people/", "set-up/subjects/", "set-up/sites/"]


@pytest.mark.parametrize("path", PAGES)
def test_ten_times_the_rows_need_no_more_questions_to_the_database(
    ra1: Planned, coordinator: Client, path: str
) -> None:
    counts = []
    for upto in (3, 30):
        for number in range(Subject.objects.count(), upto):
            subject = enrol(trial=ra1.trial, site=ra1.sites[number % 2], code=f"S-{number}", actor=SETTING_UP)
            asked(ra1, film_of(subject.visits.select_related("subject__trial", "subject__site").first()))  # type: ignore[arg-type]
        page(ra1, coordinator, path)
        with CaptureQueriesContext(connection) as queries:
            page(ra1, coordinator, path)
        counts.append(len(queries))
    assert counts[0] == counts[1]
