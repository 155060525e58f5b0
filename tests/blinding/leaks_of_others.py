"""Leaks planted where sites, coordinators, auditors, the lead and the world would meet them."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest

from audit import redaction
from config.cells import Column
from config.errors import NotAllowed
from reading.models import Case
from reading.views import campaigns
from scoring.consensus.sealed_result import opened_result
from scoring.models import CaseResult
from studies.models import Film, Question
from studies.views import site as site_pages
from studies.views import site_film
from tests.blinding import playing
from tests.blinding.planted import arm_of, in_page, kept, leak, reshaped, subject_of


def sum_of(case: Case) -> str:
    """The numbers of a case's newest result."""
    newest = CaseResult.objects.filter(case=case).order_by("-version").first()
    return str(opened_result(newest) if newest else "")


@leak("column of totals in the CSV file of cases", "coordinator", "cases")
def csv_column(patch: pytest.MonkeyPatch) -> None:
    original = kept(campaigns, "Listing")

    def listing(request: HttpRequest, rows: Any, *, columns: list[Column], **given: Any) -> Any:
        more = [Column("sum", "Sum", sum_of)] if request.GET.get("format") == "csv" and given["name"] == "cases" else []
        return original(request, rows, columns=[*columns, *more], **given)

    patch.setattr(campaigns, "Listing", listing)


@leak("cases sorted by their totals", "coordinator", "cases")
def sorted_by_sum(patch: pytest.MonkeyPatch) -> None:
    original = campaigns.reads_in_words

    def words(case: Case) -> str:
        sums = sorted(sum_of(one) for one in Case.objects.all())
        return f"{original(case)} ({sums.index(sum_of(case))}; {hash_of(sum_of(case))})"

    patch.setattr(campaigns, "reads_in_words", words)


def hash_of(text: str) -> int:
    """A number that tells two sums apart."""
    return sum(text.encode())


@leak("mean score on the progress page of a campaign", "coordinator", "campaign")
def mean_score(patch: pytest.MonkeyPatch) -> None:
    def mean(request: HttpRequest) -> str:
        return " ".join(sum_of(case) for case in Case.objects.order_by("number"))

    in_page(patch, "reading.views.campaigns", b"</main>", mean)


@leak("progress by arm on the campaign's page", "coordinator", "campaign")
def by_arm(patch: pytest.MonkeyPatch) -> None:
    def arms(request: HttpRequest) -> str:
        cases = Case.objects.order_by("number")
        return " ".join(arm_of(subject_of(case), playing.PRESENT[-1]) for case in cases)

    in_page(patch, "reading.views.campaigns", b"</main>", arms)


@leak("arms on the agreement page", "lead", "agreement")
def arms_of_agreement(patch: pytest.MonkeyPatch) -> None:
    in_page(patch, "scoring.views.agreement", b"</main>", lambda request: playing.PRESENT[-1].arms)


@leak("arm of each revision in the score history", "lead", "scores")
def arms_of_revisions(patch: pytest.MonkeyPatch) -> None:
    def with_arm(columns: list[Column], campaign: Any) -> list[Column]:
        def arm(row: Any) -> str:
            return arm_of(subject_of(row.timepoint.step.read.case), playing.PRESENT[-1])

        return [*columns, Column("arm", "Arm", arm)]

    reshaped("scoring.views.history.columns_of", with_arm)(patch)


@leak("403 for a film of another site, 404 for none", "site", "site_film")
def film_of_others(patch: pytest.MonkeyPatch) -> None:
    original = site_film.own_film_or_404

    def finding(site: Any, pk: int) -> Film:
        if Film.objects.filter(pk=pk).exclude(site=site).exists():
            raise NotAllowed("see this film")
        return original(site, pk)

    patch.setattr(site_film, "own_film_or_404", finding)


@leak("search over the films of all sites", "site", "site_films")
def search_everywhere(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(site_pages, "own_films", lambda site: Film.objects.of_trial(site.trial))


@leak("tile that counts questions to all sites", "site", "site")
def tile(patch: pytest.MonkeyPatch) -> None:
    def more(tiles: list[Any], trial: Any) -> list[Any]:
        return [*tiles, ("questions in the trial", Question.objects.filter(trial=trial).count(), "", "")]

    reshaped("studies.views.site.tiles", more)(patch)


@leak("note that a film's case was discordant", "site", "site_film")
def discordant_film(patch: pytest.MonkeyPatch) -> None:
    def leaked(facts: list[Any], film: Film) -> list[Any]:
        states = Case.objects.order_by("number").values_list("status", "reads__status")
        return [*facts, ("Reading", str(list(states)))]

    reshaped("studies.views.site_film.facts", leaked)(patch)


@leak("audit trail without redaction", "auditor", "event")
def unredacted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(redaction, "hidden_from", lambda action, role: frozenset())


@leak("results in the audit trail's export", "auditor", "export")
def export_of_results(patch: pytest.MonkeyPatch) -> None:
    original = redaction.ShownEvent.as_dict

    def leaked(self: redaction.ShownEvent) -> dict[str, Any]:
        kind, key = self.subject
        result = CaseResult.objects.filter(case_id=key).first() if kind == "reading.case" else None
        return original(self) | {"result": result.outcome if result else ""}

    patch.setattr(redaction.ShownEvent, "as_dict", leaked)


@leak("amount of data held, on the public health page", "anonymous", "healthz")
def health(patch: pytest.MonkeyPatch) -> None:
    reshaped("jobs.views.in_public", lambda says, answer: f"{says}, {Film.objects.count()} films")(patch)


@leak("sign-in page that names the trials", "anonymous", "sign_in")
def trials_at_the_door(patch: pytest.MonkeyPatch) -> None:
    from studies.models import Trial

    codes = lambda request: " ".join(Trial.objects.values_list("code", flat=True))  # noqa: E731
    in_page(patch, "accounts.views.sign_in", b"</main>", codes)


@leak("job that names its subject, on the jobs page", "administrator", "health")
def job_text(patch: pytest.MonkeyPatch) -> None:
    def codes(request: HttpRequest) -> str:
        return " ".join(film.original_name for film in Film.objects.order_by("pk")[:3])

    in_page(patch, "accounts.views.health", b"</main>", codes)


@leak("scores on the completeness page", "sponsor", "completeness")
def completeness(patch: pytest.MonkeyPatch) -> None:
    from config import listing

    original = kept(listing, "render")

    def leaking(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = original(request, *args, **kwargs)
        leaked = " ".join(sum_of(case) for case in Case.objects.order_by("number"))
        response.content = response.content.replace(b"</main>", leaked.encode() + b"</main>", 1)
        return response

    patch.setattr(listing, "render", leaking)
