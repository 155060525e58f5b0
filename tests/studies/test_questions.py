"""A question grows message by message; each side is mailed without anything that names a patient or a film."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import Event
from config.errors import BadInput, NotAllowed, WrongState
from jobs.lease import claim
from jobs.models import Job
from studies.models import Film, Question
from studies.questions import mail as question_mail
from studies.questions.threads import answer, ask, close, remind, reopen
from tests.scoring.test_signed_acts import changed, every_row
from tests.studies.planned import Planned, film_of


@pytest.fixture
def film(ra1: Planned) -> Film:
    return film_of(ra1.visit())


def asked(ra1: Planned, film: Film, **values: Any) -> Question:
    """An open question about the film."""
    text = "Is this the left hand of Mrs Mustermann?"
    return ask(trial=ra1.trial, text=text, film=film, actor=ra1.actor("coordinator"), **values)


def carried() -> list[mail.EmailMessage]:
    """Carries the mail jobs that wait and gives what they sent."""
    mail.outbox.clear()
    for job in Job.objects.filter(kind="studies.mail_question", status="queued").order_by("pk"):
        lease = claim(job.pk)
        assert lease is not None
        question_mail.carry(payload=job.payload, lease=lease)
    return mail.outbox


def test_a_question_about_a_film_knows_its_site_subject_and_visit(ra1: Planned, film: Film) -> None:
    question = asked(ra1, film)
    assert (question.site, question.subject, question.visit) == (ra1.sites[0], ra1.subjects[0], ra1.visit())
    assert question.due_on == timezone.localdate() + timedelta(days=14)


def test_a_question_is_about_one_thing(ra1: Planned, film: Film) -> None:
    coordinator = ra1.actor("coordinator")
    abouts: list[dict[str, Any]] = [{}, {"film": film, "visit": ra1.visit()}]
    for about in abouts:
        with pytest.raises(BadInput, match="one film, one visit or one subject"):
            ask(trial=ra1.trial, text="Which?", actor=coordinator, **about)


def test_a_question_stays_within_its_trial(ra1: Planned, ra2: Planned) -> None:
    with pytest.raises(BadInput, match="Choose one of trial RA-1"):
        ask(trial=ra1.trial, text="Which?", subject=ra2.subjects[0], actor=ra1.actor("coordinator"))


def test_an_answer_is_not_due_in_the_past(ra1: Planned, film: Film) -> None:
    with pytest.raises(BadInput, match="due"):
        asked(ra1, film, due_on=date(2020, 1, 1))


def test_a_question_is_answered_closed_and_opened_again(ra1: Planned, film: Film) -> None:
    question, site, coordinator = asked(ra1, film), ra1.actor("site 01"), ra1.actor("coordinator")
    answer(question=question, text="It is the right one.", actor=site)
    with pytest.raises(WrongState, match="is answered"):
        answer(question=question, text="Twice.", actor=site)
    close(question=question, actor=coordinator)
    with pytest.raises(WrongState, match="is closed"):
        answer(question=question, text="Late.", actor=site)
    reopen(question=question, text="Are you sure?", actor=coordinator)
    answer(question=question, text="Quite.", actor=site)
    assert [message.text[:3] for message in question.messages.all()] == ["Is ", "It ", "Are", "Qui"]


def test_only_the_coordinator_asks_and_only_the_site_answers(ra1: Planned, film: Film) -> None:
    with pytest.raises(NotAllowed):
        ask(trial=ra1.trial, text="Which?", film=film, actor=ra1.actor("site 01"))
    with pytest.raises(NotAllowed):
        answer(question=asked(ra1, film), text="So.", actor=ra1.actor("coordinator"))


def test_an_empty_message_is_refused(ra1: Planned, film: Film) -> None:
    with pytest.raises(BadInput, match="message"):
        answer(question=asked(ra1, film), text="  \n", actor=ra1.actor("site 01"))


def test_a_message_is_never_changed(ra1: Planned, film: Film) -> None:
    message = asked(ra1, film).messages.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        type(message).objects.filter(pk=message.pk).update(text="Something else")


def test_the_trail_holds_no_word_of_a_thread(ra1: Planned, film: Film) -> None:
    question = asked(ra1, film)
    answer(question=question, text="SECRET-WORD", actor=ra1.actor("site 01"))
    assert not Event.objects.filter(body__contains="SECRET-WORD").exists()
    assert not Event.objects.filter(body__contains="Mustermann").exists()


def test_the_site_is_mailed_on_opening_with_the_trial_and_the_number_alone(ra1: Planned, film: Film) -> None:
    question = asked(ra1, film)
    [sent] = carried()
    assert sent.bcc == [ra1.people["site 01"].email]
    assert sent.subject == f"RA-1: question {question.pk} is waiting for your answer"
    whole = sent.subject + str(sent.body)
    for identity in ("01-001", "BL", "Mustermann", film.original_name, "left", "Hospital"):
        assert identity not in whole


def test_the_coordinator_is_mailed_on_answer(ra1: Planned, film: Film) -> None:
    question = asked(ra1, film)
    carried()
    answer(question=question, text="It is.", actor=ra1.actor("site 01"))
    [sent] = carried()
    assert sent.bcc == [ra1.people["coordinator"].email]
    assert f"/trials/RA-1/questions/{question.pk}/" in str(sent.body)


def test_a_site_without_people_does_not_stop_the_question(ra1: Planned, film: Film) -> None:
    ra1.people["site 01"].memberships.update(revoked_at=timezone.now())
    asked(ra1, film)
    assert carried() == []
    assert Job.objects.get().status == "done"


def test_a_reminder_goes_out_once_a_day_and_only_for_an_open_question(ra1: Planned, film: Film) -> None:
    question, coordinator = asked(ra1, film), ra1.actor("coordinator")
    carried()
    remind(question=question, actor=coordinator)
    remind(question=question, actor=coordinator)
    assert len(carried()) == 1
    close(question=question, actor=coordinator)
    with pytest.raises(WrongState, match="an open question"):
        remind(question=question, actor=coordinator)


def test_overdue_are_open_questions_past_their_day(ra1: Planned, film: Film) -> None:
    late, answered, early = asked(ra1, film), asked(ra1, film), asked(ra1, film)
    today = timezone.localdate()
    Question.objects.filter(pk__in=[late.pk, answered.pk]).update(due_on=today - timedelta(days=1))
    answer(question=answered, text="Done.", actor=ra1.actor("site 01"))
    assert list(Question.objects.of_trial(ra1.trial).overdue(today)) == [late]
    assert early.status == "open"


def test_a_list_of_questions_is_narrowed_to_the_overdue_ones_or_not_at_all(ra1: Planned) -> None:
    answer = ra1.client("coordinator").get(ra1.url("questions/?late=early"))
    assert answer.status_code == 400
    assert "The questions cannot be filtered by “early”." in answer.content.decode()


def test_a_question_changes_no_record_but_itself_whatever_is_answered(ra1: Planned, film: Film) -> None:
    """There is nothing to sign: what an answer leads to is done, and signed, elsewhere."""
    before = every_row()
    question = asked(ra1, film)
    answer(question=question, text="The right hand, and it was taken in May.", actor=ra1.actor("site 01"))
    close(question=question, actor=ra1.actor("coordinator"))
    reopen(question=question, text="May of which year?", actor=ra1.actor("coordinator"))
    own = {"studies_question", "studies_questionmessage"}
    assert set(changed(before)) == own | {"audit_event", "audit_head", "jobs_job"}
