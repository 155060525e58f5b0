"""Questions to a site: asked, answered, closed, reopened. A thread only grows; its text never reaches a reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.transitions import leading_to, moved
from config.wording import either
from jobs.queue import add
from studies.models import (
    QUESTION_TRANSITIONS,
    Film,
    Question,
    QuestionMessage,
    QuestionStatus,
    Site,
    Subject,
    Trial,
    Visit,
)
from studies.naming import checked_words

LONGEST_TEXT = 4000
DAYS_TO_ANSWER = 14
# The act that moves a question to a status.
DONE = {QuestionStatus.OPEN: "reopened", QuestionStatus.ANSWERED: "answered", QuestionStatus.CLOSED: "closed"}


@dataclass(frozen=True)
class Matter:
    """The subject matter of a question: a film, a visit or a subject, each with the records to which it belongs."""

    site: Site
    subject: Subject | None
    visit: Visit | None
    film: Film | None

    @classmethod
    def of(cls, *, subject: Subject | None, visit: Visit | None, film: Film | None) -> Matter:
        """The narrowest thing named; exactly one must be."""
        named = 3 - [subject, visit, film].count(None)
        if named == 1 and film is not None:
            return cls(film.site, film.subject, film.visit, film)
        if named == 1 and visit is not None:
            return cls(visit.subject.site, visit.subject, visit, None)
        if named == 1 and subject is not None:
            return cls(subject.site, subject, None, None)
        raise BadInput(f"A question is about one film, one visit or one subject, and {named} were chosen. Choose one.")


def ask(
    *,
    trial: Trial,
    text: str,
    actor: Actor,
    film: Film | None = None,
    visit: Visit | None = None,
    subject: Subject | None = None,
    due_on: date | None = None,
) -> Question:
    """Opens a question and notifies the site by e-mail; the answer is due in two weeks unless a date is given."""
    authorise(actor, Action.ASK_QUESTIONS)
    text, matter = checked_message(text), Matter.of(subject=subject, visit=visit, film=film)
    if matter.site.trial_id != trial.pk:
        raise BadInput(
            f"The question is about a film, visit or subject of another trial. Choose one of trial {trial.code}."
        )
    today = timezone.localdate()
    if due_on is not None and due_on < today:
        raise BadInput(f"The answer cannot be due on {due_on}, a past date. Choose {today} or later.", field="due")
    with audited_atomic():
        question = Question.objects.create(
            trial=trial,
            site=matter.site,
            subject=matter.subject,
            visit=matter.visit,
            film=matter.film,
            due_on=due_on or today + timedelta(days=DAYS_TO_ANSWER),
        )
        write(question, text, actor, "studies.question.asked", {})
    return question


def answer(*, question: Question, text: str, actor: Actor) -> None:
    """The site's answer; the coordinators are notified by e-mail."""
    authorise(actor, Action.ANSWER_QUESTIONS)
    text = checked_message(text)
    with audited_atomic():
        changes = move(question, QuestionStatus.ANSWERED)
        write(question, text, actor, "studies.question.answered", changes)


def close(*, question: Question, actor: Actor, text: str = "") -> None:
    """Closes the question; a closing remark is optional, and no e-mail is sent."""
    authorise(actor, Action.ASK_QUESTIONS)
    text = checked_message(text) if text.strip() else ""
    with audited_atomic():
        changes = move(question, QuestionStatus.CLOSED)
        write(question, text, actor, "studies.question.closed", changes)


def reopen(*, question: Question, text: str, actor: Actor) -> None:
    """Reopens the question, because the answer is insufficient or there is news; the site has two more weeks."""
    authorise(actor, Action.ASK_QUESTIONS)
    text = checked_message(text)
    with audited_atomic():
        changes = move(question, QuestionStatus.OPEN)
        due_on = timezone.localdate() + timedelta(days=DAYS_TO_ANSWER)
        Question.objects.filter(pk=question.pk).update(due_on=due_on)
        changes["due_on"] = [question.due_on, due_on]
        write(question, text, actor, "studies.question.reopened", changes)


def remind(*, question: Question, actor: Actor) -> None:
    """E-mails the site again, at most once a day."""
    authorise(actor, Action.ASK_QUESTIONS)
    today = timezone.localdate()
    with audited_atomic():
        status = Question.objects.select_for_update().get(pk=question.pk).status
        if status != QuestionStatus.OPEN:
            raise WrongState(
                f"Question {question.pk} is {QuestionStatus(status).label.lower()}."
                " A reminder can be sent only for an open question."
            )
        add(
            kind="studies.mail_question",
            key=f"question-{question.pk}-reminder-{today}",
            payload={"question": question.pk, "what": "reminded"},
        )
        record_event(question, "studies.question.reminded", actor, {}, ())


def checked_message(text: str) -> str:
    """The text of a message, as stored permanently."""
    return checked_words("message", text, longest=LONGEST_TEXT)


def move(question: Question, to: QuestionStatus) -> dict[str, list[object]]:
    """Compare-and-set of the status; returns the change for the audit trail."""
    old = QuestionStatus(Question.objects.select_for_update().values_list("status", flat=True).get(pk=question.pk))
    if not moved(question, to, QUESTION_TRANSITIONS):
        came = leading_to(to, QUESTION_TRANSITIONS)
        raise WrongState(
            f"Question {question.pk} is {QuestionStatus(question.status).label.lower()}."
            f" Only a question that is {either(status.label.lower() for status in came)} can be {DONE[to]}."
        )
    return {"status": [old, to]}


def write(question: Question, text: str, actor: Actor, action: str, changes: dict[str, list[object]]) -> None:
    """Adds the message to the thread, records it, and requests an e-mail to the other side."""
    messages: tuple[QuestionMessage, ...] = ()
    if text:
        messages = (QuestionMessage.objects.create(question=question, author_id=actor.user_id, text=text),)
    record_event(question, action, actor, changes, messages)
    what = action.rpartition(".")[2]
    if what != "closed":
        key = f"question-{question.pk}-message-{messages[0].pk}"
        add(kind="studies.mail_question", key=key, payload={"question": question.pk, "what": what})


def record_event(
    question: Question,
    action: str,
    actor: Actor,
    changes: dict[str, list[object]],
    messages: tuple[QuestionMessage, ...],
) -> None:
    """The event of a change to a question; the text stays in the thread, the event holds its digest."""
    record(
        action=action,
        actor=actor,
        stream=question.trial.code,
        subject=("studies.question", str(question.pk)),
        changes=changes,
        details={"site": question.site.code, "film": question.film_id, "visit": question.visit_id},
        rows=messages,
        tracked=[question] if changes or messages else (),
    )
