"""Questions for the coordinator: the list, the overdue ones, one thread, a new one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Action
from config.cells import Badge, Column, Link, label_of
from config.errors import BadInput
from config.filters import ChoiceFilter, DayFilter, MomentFilter
from config.form_refusals import refused_on
from config.listing import Listing
from config.wording import quoted
from studies.access import trial_or_404
from studies.forms.questions import AskForm, CloseQuestionForm, MessageForm
from studies.models import Film, Question, QuestionStatus, Subject, Trial, Visit
from studies.models.question import QuestionQuerySet
from studies.questions.threads import ask, close, remind, reopen
from studies.record_history import history_of

# What a question can be about: the word in the address, and the model.
MATTERS: dict[str, type[Film] | type[Visit] | type[Subject]] = {"film": Film, "visit": Visit, "subject": Subject}
STATUSES = ChoiceFilter("status", QuestionStatus.choices)


def columns_of_questions(code: str, route: str, sites: Sequence[tuple[str, str]] = ()) -> list[Column]:
    """The columns of a list of questions whose threads are shown by `route`."""
    today = timezone.localdate()
    shown = [
        Column("number", "Question", lambda q: Link(f"Question {q.pk}", reverse(route, args=[code, q.pk])), "pk"),
        Column("status", "Status", lambda q: standing_of(q, today), "status", STATUSES),
        Column("site", "Site", "site.code", "site__natural", ChoiceFilter("site__code", sites)),
        Column("subject", "Subject", "subject.code", "subject__natural"),
        Column("visit", "Visit", "visit.code", "visit__natural"),
        Column("film", "Film", "film_id", "film_id"),
        Column("due", "Answer by", "due_on", "due_on", DayFilter("due_on")),
        Column("messages", "Messages", "n_messages", "n_messages"),
        Column("opened", "Opened", "opened_at", "opened_at", MomentFilter("opened_at")),
    ]
    return shown if sites else [column for column in shown if column.key != "site"]


def standing_of(question: Question, today: date) -> Badge:
    """The status, and whether the answer is late."""
    if question.status == QuestionStatus.OPEN and question.due_on and question.due_on < today:
        return Badge("overdue", "Overdue")
    return Badge(question.status, label_of(question, "status"))


def questions(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every question of the trial; `late=overdue` leaves those that should have been answered."""
    trial, _ = trial_or_404(request, code, Action.ASK_QUESTIONS)
    rows = late_or_all(Question.objects.of_trial(trial), request.GET.get("late", ""))
    listing = Listing(
        request,
        rows.annotate(n_messages=Count("messages")),
        columns=columns_of_questions(code, "studies:question", [(s.code, str(s)) for s in trial.sites.all()]),
        name="questions",
        search=["subject__code", "visit__code"],
        sort="-opened",
        empty="There are no questions. Ask one from the page of a film, a visit or a subject.",
    )
    overdue = Question.objects.of_trial(trial).overdue(timezone.localdate()).count()
    return listing.respond("studies/questions.html", {"trial": trial, "overdue": overdue})


def late_or_all(rows: QuestionQuerySet, late: str) -> QuestionQuerySet:
    """The questions, or the overdue ones of them."""
    if late not in ("", "overdue"):
        raise BadInput(f"The questions cannot be filtered by {quoted(late)}. Choose all questions or the overdue ones.")
    return rows.overdue(timezone.localdate()) if late else rows


def question(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One thread, with what the coordinator may do next."""
    trial, actor = trial_or_404(request, code, Action.ASK_QUESTIONS)
    question = get_object_or_404(Question.objects.of_trial(trial), pk=pk)
    return thread(request, trial, question, actor.role, {})


def thread(request: HttpRequest, trial: Trial, question: Question, role: str, forms: dict[str, Any]) -> HttpResponse:
    """The page of a question; `forms` holds one that was refused."""
    context = {
        "trial": trial,
        "question": question,
        "standing": standing_of(question, timezone.localdate()),
        "thread": question.messages.select_related("author"),
        "history": history_of("studies.question", question.pk, role),
        "people": question.site.memberships.current().filter(user__is_active=True).count(),
        "close_form": CloseQuestionForm(auto_id="close-%s"),
        "reopen_form": MessageForm(auto_id="reopen-%s"),
        **forms,
    }
    refused = any(form.errors for form in forms.values())
    return render(request, "studies/question.html", context, status=400 if refused else 200)


def new_question(request: HttpRequest, code: str, matter: str, pk: int) -> HttpResponse:
    """Asks about a film, a visit or a subject."""
    trial, actor = trial_or_404(request, code, Action.ASK_QUESTIONS)
    about = matter_or_404(trial, matter, pk)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            text, due = form.cleaned_data["message"], form.cleaned_data["due"]
            asked = ask(trial=trial, text=text, due_on=due, actor=actor, **{matter: about})
            messages.success(request, f"Question {asked.pk} was sent to site {asked.site.code}.")
            return redirect("studies:question", code, asked.pk)
    context = {"trial": trial, "matter": matter, "about": about, "form": form}
    return render(request, "studies/new_question.html", context, status=400 if form.errors else 200)


def matter_or_404(trial: Trial, matter: str, pk: int) -> Any:
    """The film, visit or subject of this trial."""
    if matter not in MATTERS:
        raise Http404
    within = {"subject__trial": trial} if matter == "visit" else {"trial": trial}
    return get_object_or_404(MATTERS[matter], pk=pk, **within)


def close_question(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Closes a question."""
    trial, actor = trial_or_404(request, code, Action.ASK_QUESTIONS)
    question = get_object_or_404(Question.objects.of_trial(trial), pk=pk)
    form = CloseQuestionForm(request.POST or None, auto_id="close-%s")
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            close(question=question, actor=actor, text=form.cleaned_data["message"])
            messages.success(request, f"Question {pk} is closed.")
            return redirect("studies:question", code, pk)
    return thread(request, trial, question, actor.role, {"close_form": form})


def reopen_question(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Opens a question again."""
    trial, actor = trial_or_404(request, code, Action.ASK_QUESTIONS)
    question = get_object_or_404(Question.objects.of_trial(trial), pk=pk)
    form = MessageForm(request.POST or None, auto_id="reopen-%s")
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            reopen(question=question, text=form.cleaned_data["message"], actor=actor)
            messages.success(request, f"Question {pk} is open again, and the site was notified.")
            return redirect("studies:question", code, pk)
    return thread(request, trial, question, actor.role, {"reopen_form": form})


def remind_site(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """E-mails the site again."""
    trial, actor = trial_or_404(request, code, Action.ASK_QUESTIONS)
    question = get_object_or_404(Question.objects.of_trial(trial), pk=pk)
    if request.method == "POST":
        remind(question=question, actor=actor)
        messages.success(request, f"A reminder of question {pk} was sent to site {question.site.code}.")
    return redirect("studies:question", code, pk)
