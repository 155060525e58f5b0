"""Questions to a site about a film, a visit or a subject. Their text never reaches a reader."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from studies.models.film import Film
from studies.models.trial import Site, Subject, Trial, Visit


class QuestionStatus(models.TextChoices):
    """The status of a question."""

    OPEN = "open", "Open"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed"


QUESTION_TRANSITIONS: dict[QuestionStatus, frozenset[QuestionStatus]] = {
    QuestionStatus.OPEN: frozenset({QuestionStatus.ANSWERED, QuestionStatus.CLOSED}),
    QuestionStatus.ANSWERED: frozenset({QuestionStatus.OPEN, QuestionStatus.CLOSED}),
    QuestionStatus.CLOSED: frozenset({QuestionStatus.OPEN}),
}


class QuestionQuerySet(models.QuerySet["Question"]):
    """Queries for questions."""

    def of_trial(self, trial: Trial) -> QuestionQuerySet:
        """The questions of one trial, with the data that every list shows."""
        return self.filter(trial=trial).select_related("trial", "site", "subject", "visit", "film")

    def open(self) -> QuestionQuerySet:
        """Questions that await the site's answer."""
        return self.filter(status=QuestionStatus.OPEN)

    def overdue(self, today: date) -> QuestionQuerySet:
        """Questions that the site should have answered before today."""
        return self.open().filter(due_on__lt=today)


class Question(models.Model):
    """A thread between the coordinator and one site."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="questions")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="questions")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="questions", null=True, blank=True)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="questions", null=True, blank=True)
    film = models.ForeignKey(Film, on_delete=models.PROTECT, related_name="questions", null=True, blank=True)
    status = models.CharField(max_length=10, choices=QuestionStatus.choices, default=QuestionStatus.OPEN)
    due_on = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-opened_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=QuestionStatus.values), name="question_status_known"),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"


class QuestionMessage(models.Model):
    """One message of a thread. Insert-only."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"message {self.pk}"
