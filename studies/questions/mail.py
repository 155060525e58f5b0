"""E-mails about a question: they contain the trial's code and the question's number, and nothing else."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.urls import reverse

from accounts.roles import ALLOWED, Action
from audit.trail import audited_atomic
from jobs.mail import send
from jobs.queue import Lease
from studies.models import Membership, Question

SAYS = {
    "asked": "is waiting for your answer",
    "reopened": "was reopened and is waiting for your answer",
    "reminded": "is still waiting for your answer",
    "answered": "was answered",
}


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Sends one e-mail for one event of a question."""
    question = Question.objects.select_related("trial").get(pk=payload["question"])
    mail = mail_about(question, payload["what"])
    send(mail, lease)
    with audited_atomic():
        lease.finish()


def mail_about(question: Question, what: str) -> EmailMessage:
    """The e-mail to the site, or to the coordinators when the site has answered."""
    code, number = question.trial.code, question.pk
    page = "studies:question" if what == "answered" else "studies:site_question"
    link = settings.PUBLIC_URL.rstrip("/") + reverse(page, args=[code, number])
    return EmailMessage(
        subject=f"{code}: question {number} {SAYS[what]}",
        body=f"Question {number} of trial {code} {SAYS[what]}.\n\nSign in to read it: {link}\n",
        bcc=list(recipients_of(question, what).values_list("user__email", flat=True).distinct()),
    )


def recipients_of(question: Question, what: str) -> QuerySet[Membership]:
    """The recipients: everyone at the site, or everyone who may ask questions."""
    current = Membership.objects.current().filter(trial=question.trial_id, user__is_active=True)
    if what == "answered":
        return current.filter(role__in=[role for role, actions in ALLOWED.items() if Action.ASK_QUESTIONS in actions])
    return current.filter(site=question.site_id)
