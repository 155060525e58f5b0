"""The first page of a trial, and creating a new one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.navigation import Navigation
from accounts.roles import Action, Role, allows
from accounts.roles_apart import fewest_people
from audit.trail import Actor, audited_atomic
from config.errors import NotAllowed
from config.form_refusals import refused_on
from studies.access import memberships_or_404, trial_or_404
from studies.forms.planning import TrialForm
from studies.models import DeviationVersion, FilmStatus, Membership, Question, Trial
from studies.plan.membership import appoint_first_coordinator
from studies.plan.progress import Standing, standing
from studies.plan.still_to_come import still_to_come
from studies.plan.trials import create_trial
from studies.views.film_columns import REFUSED_OR_REJECTED
from studies.visit_window import BASELINE_DAY


def trial(request: HttpRequest, code: str) -> HttpResponse:
    """The start page of each role: the coordinator's overview, otherwise the first page of the menu."""
    held = memberships_or_404(request, code)
    if any(allows(membership.role, Action.SET_UP_TRIAL) for membership in held):
        return overview(request, code)
    groups = Navigation(request).groups
    if not groups:
        return render(request, "studies/nothing_here.html", {"trial": held[0].trial})
    return redirect(groups[0].items[0].url)


def overview(request: HttpRequest, code: str) -> HttpResponse:
    """Planned and received films, and open tasks of the coordinator."""
    trial, _ = trial_or_404(request, code, Action.SET_UP_TRIAL)
    today = timezone.localdate()
    stands = standing(trial, today)
    context = {
        "trial": trial,
        "standing": stands,
        "withdrawn": stands.subjects_withdrawn,
        "tiles": tiles(trial, stands),
        "steps": steps(trial, stands),
        "to_come": still_to_come(trial, today),
        "deviations": DeviationVersion.objects.filter(trial=trial).open()[:5],
        "deviations_open": DeviationVersion.objects.filter(trial=trial).open().count(),
        "overdue": Question.objects.of_trial(trial).overdue(today).order_by("due_on")[:5],
        "answered": Question.objects.of_trial(trial).filter(status="answered").order_by("pk")[:5],
    }
    return render(request, "studies/overview.html", context)


def tiles(trial: Trial, stands: Standing) -> list[tuple[str, int, str, str]]:
    """Label, number, tone and address of each tile."""
    films, questions = (reverse(f"studies:{name}", args=[trial.code]) for name in ("films", "questions"))
    return [
        ("films expected", stands.films_expected, "", reverse("studies:visits", args=[trial.code])),
        ("films received", stands.films_come, "", films),
        ("at the desk", stands.at_the_desk, "waiting", f"{films}?status={FilmStatus.DEIDENTIFIED}"),
        ("questioned", stands.films_in(FilmStatus.QUESTIONED), "", f"{films}?status={FilmStatus.QUESTIONED}"),
        ("held at the site", stands.held, "", f"{films}?status={FilmStatus.HELD}"),
        ("accepted", stands.accepted, "", f"{films}?status={FilmStatus.READY}"),
        ("refused or rejected", stands.refused_or_rejected, "", f"{films}?status={REFUSED_OR_REJECTED}"),
        ("questions answered", stands.questions_answered, "waiting", f"{questions}?status=answered"),
        ("questions open", stands.questions_open, "", f"{questions}?status=open"),
        ("questions overdue", stands.questions_overdue, "bad", f"{questions}?late=overdue"),
    ]


def steps(trial: Trial, stands: Standing) -> list[tuple[str, str, bool]]:
    """The steps of setting up a trial: the step, its page, whether it is done."""
    pages = {name: reverse(f"studies:{name}", args=[trial.code]) for name in ("sites", "plans", "subjects", "members")}
    site_people = trial.memberships.current().filter(role=Role.SITE).values("site").distinct().count()
    sites, baseline = trial.sites.count(), trial.visit_plans.filter(target_day=BASELINE_DAY)
    return [
        ("Add the sites", pages["sites"], sites > 0),
        ("Plan the visits, with baseline on day 0", pages["plans"], baseline.exists()),
        ("Enrol the subjects", pages["subjects"], stands.subjects > 0),
        ("Grant the role Site at every site", pages["members"], 0 < sites == site_people),
    ]


def new_trial(request: HttpRequest) -> HttpResponse:
    """Anyone who coordinates a trial may create another one and becomes its coordinator."""
    coordinators = Membership.objects.current().filter(role=Role.COORDINATOR).select_related("user")
    held = coordinators.filter(user__email=request.user.get_username()).first()
    if held is None:
        raise NotAllowed(str(Action.SET_UP_TRIAL))
    form = TrialForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            trial = begin(form.cleaned_data, held.user)
            messages.success(request, f"Trial {trial.code} was created. You are its coordinator.")
            return redirect("studies:trial", trial.code)
    context = {"form": form, "groups": [fewest_people(), fewest_people(with_arms=True)]}
    return render(request, "studies/new_trial.html", context, status=400 if form.errors else 200)


def begin(typed: dict[str, str], user: User) -> Trial:
    """The trial and its first coordinator, in one transaction."""
    actor = Actor(user_id=user.pk, label=str(user), role=Role.COORDINATOR)
    with audited_atomic():
        trial = create_trial(code=typed["trial_code"], title=typed["title"], sponsor=typed["sponsor"], actor=actor)
        appoint_first_coordinator(trial=trial, user=user, actor=actor)
    return trial
