"""A coordinator's view of batches and reads: draw, return, replace, request adjudicators, void and issue again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.db.models import Case as Cases
from django.db.models import QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.identity import signed_in
from accounts.models import User
from accounts.roles import Action
from accounts.signed_acts import Act
from config.cells import Column
from config.csv_pieces import Load
from config.filters import ChoiceFilter
from config.form_refusals import refused_on
from config.listing import Listing
from config.sent_forms import sent_from
from config.wording import counted
from reading.campaigns.image_problems import settle_problem
from reading.campaigns.progress import SubjectNames
from reading.campaigns.reminders import remind_readers
from reading.charter.documents import lacking_documents
from reading.charter.unqualified import unqualified_people
from reading.charter.versions import qualified_readers
from reading.forms.campaign import BatchForm, ReplaceForm, ReturnForm, VoidForm
from reading.issuing.adjudication import ask_adjudicators
from reading.issuing.assignments import request_batch, void_and_reissue
from reading.issuing.numbers import reads_numbered
from reading.issuing.release_preview import ReleasePreview, preview_of
from reading.issuing.repeats import stock_of
from reading.issuing.replacing import replace_reader
from reading.issuing.suspensions import away_from
from reading.models import Campaign, Case, ImageProblem, Read, ReadKind, ReadStatus
from reading.room.signing import return_read
from reading.views.campaigns import campaign_or_404, status_badge
from studies.forms.planning import ReasonForm


def assign(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Draws a batch: first a preview of the load, then the release."""
    trial, campaign, actor = campaign_or_404(request, code, slug, Action.ASSIGN_READS)
    stock = stock_of(campaign, timezone.now())
    able = qualified_readers(campaign.charter, "reader")
    form = BatchForm(campaign, able, stock, request.POST or None)
    preview: ReleasePreview | None = None
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        if "release" in request.POST:
            with refused_on(form):
                batch = request_batch(campaign=campaign, actor=actor, **typed | {"readers": list(typed["readers"])})
                messages.success(request, f"Issuing {batch.name}. Its reads will appear shortly.")
                warn_of_documents(request, campaign, typed["readers"])
                return redirect("reading:campaign", code, slug)
        else:
            preview = preview_of(campaign, list(typed["readers"]), typed["size"])
    context = {"trial": trial, "campaign": campaign, "form": form, "stock": stock, "preview": preview}
    context["suspended"] = User.objects.filter(pk__in=away_from(campaign)).order_by("name")
    context |= {"kept": stock.cases - stock.releasable, "each": stock.readers_per_case}
    context["unqualified"] = unqualified_people(campaign.charter, "reader")
    context["lacking"] = lacking_documents(campaign.charter, able)
    return render(request, "reading/assign.html", context, status=400 if form.errors else 200)


def warn_of_documents(request: HttpRequest, campaign: Campaign, readers: Iterable[User]) -> None:
    """Warns that cases went to people who lack a signed document."""
    for one in lacking_documents(campaign.charter, list(readers)):
        messages.warning(request, f"Signed documents are missing. {one.sentence}")


def reads(request: HttpRequest, code: str, slug: str) -> HttpResponseBase:
    """One row per read, with the actions that are possible."""
    trial, campaign, _ = campaign_or_404(request, code, slug, Action.ASSIGN_READS)
    names = SubjectNames(campaign)
    columns = [
        Column("case", "Case", "case.number", "case__number"),
        Column(
            "number", "Number shown to the reader", numbers_of, help="The number that the reader sees and can quote"
        ),
        Column("subject", "Subject", lambda read: names.of(read.case)),
        Column("reader", "Reader", "reader", "reader__name"),
        Column("kind", "Kind", "get_kind_display", "kind", ChoiceFilter("kind", ReadKind.choices)),
        Column("status", "Status", status_badge, "status", ChoiceFilter("status", ReadStatus.choices)),
        Column("batch", "Batch", "batch.name", "batch__name"),
        Column("due", "Due", "batch.due_on", "batch__due_on"),
        Column("opened", "Started", "opened_at", "opened_at"),
        Column("signed", "Signed", "signed_at", "signed_at"),
        Column("decline", "Reason for declining", "decline_reason", "decline_reason"),
        Column("act", "", lambda read: "", template="reading/cells/read_acts.html", csv=False),
    ]
    rows = Read.objects.filter(case__campaign=campaign)
    rows = rows.select_related("case__sealedcase", "reader", "batch")
    searched = with_number_searched(rows.prefetch_related("steps"), request.GET.get("q", ""))
    search = ["reader__name", "number_searched"]
    load = in_campaign(campaign)
    listing = Listing(request, searched, columns=columns, name="reads", search=search, sort="case", load=load)
    return listing.respond("reading/reads.html", {"trial": trial, "campaign": campaign})


def in_campaign(campaign: Campaign) -> Load:
    """Gives reads their campaign, which is the same for all."""

    def load(rows: Sequence[Read]) -> None:
        for read in rows:
            read.case.campaign = campaign

    return load


def numbers_of(read: Read) -> str:
    """The number of the read, or those of its timepoints where each is an entry of the worklist."""
    numbers = [read.number, *(step.number for step in read.steps.all())]
    return ", ".join(str(number) for number in sorted(number for number in numbers if number))


def with_number_searched(rows: QuerySet[Read], text: str) -> QuerySet[Read]:
    """The reads whose number, or a timepoint's number, is the search text, with that text in a field."""
    text = text.strip()
    is_named = When(pk__in=set(reads_numbered(text).values_list("pk", flat=True)), then=Value(text))
    return rows.annotate(number_searched=Cases(is_named, default=Value("")))


def read_of(campaign: Campaign, pk: int) -> Read:
    """A read of this campaign."""
    return get_object_or_404(
        Read.objects.select_related("case__campaign__trial", "case__campaign__charter", "reader", "batch"),
        case__campaign=campaign,
        pk=pk,
    )


def give_back(request: HttpRequest, code: str, slug: str, pk: int) -> HttpResponse:
    """Returns a signed read to its reader."""
    trial, campaign, actor = campaign_or_404(request, code, slug, Action.RETURN_READS)
    read = read_of(campaign, pk)
    form = ReturnForm(read, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            return_read(read=read, actor=actor, user=signed_in(request), **form.cleaned_data)
            return redirect("reading:reads", code, slug)
    heading = f"Return case {read.case.number} to {read.reader}"
    context = {"trial": trial, "form": form, "heading": heading, "submit": "Return the read"}
    return render(request, "reading/one_form.html", context, status=400 if form.errors else 200)


def replace(request: HttpRequest, code: str, slug: str, pk: int) -> HttpResponse:
    """Gives an unsigned read to another reader, who starts from the beginning."""
    trial, campaign, actor = campaign_or_404(request, code, slug, Action.ASSIGN_READS)
    read = read_of(campaign, pk)
    role = "reader" if read.kind == ReadKind.PRIMARY else "adjudicator"
    able = qualified_readers(campaign.charter, role)
    form = ReplaceForm(able, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            replace_reader(read=read, actor=actor, **form.cleaned_data)
            warn_of_documents(request, campaign, [form.cleaned_data["new_reader"]])
            return redirect("reading:reads", code, slug)
    heading = f"Reassign case {read.case.number} of {read.reader}"
    context = {"trial": trial, "form": form, "heading": heading, "submit": "Reassign the read"}
    context["suspended"] = User.objects.filter(pk__in=away_from(campaign)).order_by("name")
    context["lacking"] = lacking_documents(campaign.charter, able)
    return render(request, "reading/replace.html", context, status=400 if form.errors else 200)


def void(request: HttpRequest, code: str, slug: str, pk: int) -> HttpResponse:
    """Voids a case and issues the whole case again with the current films; in training, the case is only voided."""
    trial, campaign, actor = campaign_or_404(request, code, slug, Action.RETURN_READS)
    case = get_object_or_404(
        Case.objects.select_related("campaign__trial", "campaign__charter"), campaign=campaign, pk=pk
    )
    acts = [Act.VOID] if campaign.trains else [Act.VOID, Act.REISSUE]
    form = VoidForm(*acts, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            new = void_and_reissue(case=case, actor=actor, user=signed_in(request), **form.cleaned_data)
            text = f"Case {case.number} is voided"
            messages.success(request, f"{text}; it is issued again as case {new.number}." if new else f"{text}.")
            return redirect("reading:cases", code, slug)
    also, submit = ("", "Void") if campaign.trains else (" and issue it again", "Void and issue again")
    heading = f"Void case {case.number}{also}"
    context = {"trial": trial, "form": form, "heading": heading, "submit": submit, "danger": True}
    return render(request, "reading/one_form.html", context, status=400 if form.errors else 200)


def settle(request: HttpRequest, code: str, slug: str, pk: int) -> HttpResponse:
    """Records how an image problem was resolved."""
    trial, campaign, actor = campaign_or_404(request, code, slug, Action.RETURN_READS)
    problem = get_object_or_404(
        ImageProblem.objects.select_related("read__case__campaign__trial"), read__case__campaign=campaign, pk=pk
    )
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            settle_problem(problem=problem, actor=actor, settlement=form.cleaned_data["reason"])
            return redirect("reading:campaign", code, slug)
    heading = f"Resolve the image problem of case {problem.read.case.number}"
    context = {"trial": trial, "form": form, "heading": heading, "submit": "Settle"}
    return render(request, "reading/one_form.html", context, status=400 if form.errors else 200)


def remind(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Sends an email to every reader whose reads are overdue or due soon."""
    trial, campaign, actor = campaign_or_404(request, code, slug, Action.ASSIGN_READS)
    if request.method == "POST":
        count = remind_readers(campaign=campaign, actor=actor)
        messages.success(request, f"Reminders by e-mail requested for {counted(count, 'reader')}.")
    return redirect("reading:campaign", code, slug)


@sent_from("reading:campaign", "code", "slug")
def adjudicators(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Requests an adjudicator for every discordant case without one."""
    _, campaign, actor = campaign_or_404(request, code, slug, Action.ASSIGN_READS)
    asked, left = ask_adjudicators(campaign=campaign, actor=actor)
    if asked:
        messages.success(request, f"Adjudications requested: {asked}.")
        warn_of_documents(request, campaign, qualified_readers(campaign.charter, "adjudicator"))
    if left:
        text = "no qualified adjudicator is left who has not had the case before and does not belong to its site"
        messages.warning(request, f"Cases still without an adjudicator: {left}; {text}.")
    return redirect("reading:campaign", code, slug)
