"""The trial's charter: its versions, the form for its draft, and its signature."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

import instruments
from accounts.act_forms import ActForm
from accounts.identity import signed_in
from accounts.roles import Action, allows
from accounts.signed_acts import Act
from audit.trail import Actor
from config.cells import Column
from config.form_refusals import refused_on
from config.listing import Listing, asked_for
from config.whole import whole_from
from reading.charter.approval import approve_charter, versions_waiting, waits_for_approval
from reading.charter.papers import LONGEST_PAPER, attach_paper
from reading.charter.possible_repeats import possible_repeats
from reading.charter.presets import PRESETS, preset_of
from reading.charter.terms import Terms
from reading.charter.versions import (
    draft_charter,
    people_in_role,
    sign_charter,
    terms_of,
)
from reading.forms.charter import CharterForm
from reading.forms.charter_paper import PaperForm
from reading.forms.charter_pdf import charter_pdf
from reading.models import Charter, CharterStatus
from studies.access import trial_or_404
from studies.arrival.sealed_files import export_pieces, export_size
from studies.models import Trial


def charters(request: HttpRequest, code: str) -> HttpResponse:
    """Every version, newest first, and the draft to be signed."""
    trial, actor = trial_or_404(request, code, Action.SEE_CHARTER)
    versions = list(trial.charters.select_related("signature", "approval"))
    draft = next((one for one in versions if one.status == CharterStatus.DRAFT), None)
    writes = allows(actor.role, Action.WRITE_CHARTER)
    context = {"trial": trial, "versions": versions, "draft": draft, "writes": writes}
    context["waiting"] = versions_waiting(versions)
    return render(request, "reading/charters.html", context)


def write(request: HttpRequest, code: str) -> HttpResponse:
    """Writes the draft, or the amendment of the newest signed version; a preset can fill the form in."""
    trial, actor = trial_or_404(request, code, Action.WRITE_CHARTER)
    newest, preset = trial.charters.first(), preset_of(request.GET.get("preset", ""))
    written = newest.terms if newest else None
    form = CharterForm(trial, request.POST or None, initial=preset.whole if preset else written)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            draft_charter(trial=trial, actor=actor, terms=form.terms())
            return redirect("reading:charters", code)
    facts = {key: instruments.get(key).unverified_facts for key in instruments.KEYS if instruments.get(key).unverified}
    context = {"trial": trial, "form": form, "newest": newest, "unverified": facts.items()}
    context |= {"presets": PRESETS, "preset": preset}
    cases, readers = trial.subjects.count(), people_in_role(trial, "reader").count()
    each = terms_of(newest).readers_per_case if newest else Terms.readers_per_case
    context |= {"cases": cases, "readers": readers, "each": each, "possible": possible_repeats(cases, readers, each)}
    return render(request, "reading/charter_form.html", context, status=400 if form.errors else 200)


def charter(request: HttpRequest, code: str, version: int) -> HttpResponseBase:
    """One version, section by section, and what differs from another; a draft is signed here, and then approved."""
    posted, approves = request.method == "POST", "approve" in request.POST
    allowed = Action.APPROVE_CHARTER if approves else Action.SIGN_CHARTER
    trial, actor = trial_or_404(request, code, allowed if posted else Action.SEE_CHARTER)
    shown = version_or_404(trial, version)
    form = ActForm(act_on(shown), data=request.POST or None)
    if posted and form.is_valid():
        with refused_on(form):
            act = approve_charter if approves else sign_charter
            act(charter=shown, actor=actor, user=signed_in(request), **form.cleaned_data)
            done = "approved" if approves else "signed"
            messages.success(request, f"Charter version {version} is {done}.")
            return redirect("reading:charters", code)
    return charter_page(request, shown, actor, form)


def act_on(shown: Charter) -> Act:
    """What can be signed on the page of a version: the approval once the charter itself is signed."""
    return Act.CHARTER_APPROVAL if shown.status == CharterStatus.SIGNED else Act.CHARTER


def version_or_404(trial: Trial, version: int) -> Charter:
    """One version with its signatures."""
    return get_object_or_404(
        Charter.objects.select_related("trial", "signature", "approval"), trial=trial, version=version
    )


def charter_page(
    request: HttpRequest, shown: Charter, actor: Actor, form: ActForm, paper_form: PaperForm | None = None
) -> HttpResponseBase:
    """The page of a version with the forms that the person may use."""
    trial, words = shown.trial, CharterForm(shown.trial)
    paper_form = paper_form or PaperForm()
    context = {"trial": trial, "charter": shown, "sections": words.in_words(terms_of(shown).as_json()), "form": form}
    context |= {"signs": allows(actor.role, Action.SIGN_CHARTER), "versions": others_of(shown)}
    waits = waits_for_approval(shown)
    context |= {"waits": waits, "approves": waits and allows(actor.role, Action.APPROVE_CHARTER)}
    attaches = shown.status == CharterStatus.SIGNED and not shown.paper and allows(actor.role, Action.WRITE_CHARTER)
    context |= {"attaches": attaches, "paper_form": paper_form}
    if (other := compared_with(request, shown)) is not None:
        changes = change_table(request, differences(words, other, shown), other, shown)
        if asked_for(request, [changes]) is not None:
            return changes.respond("reading/charter.html")
        context |= {"other": other, "changes": changes}
    faulty = form.errors or paper_form.errors
    return render(request, "reading/charter.html", context, status=400 if faulty else 200)


@require_http_methods(["GET", "POST"])
def paper(request: HttpRequest, code: str, version: int) -> HttpResponseBase:
    """The charter signed on paper as a PDF; a POST attaches it."""
    posted = request.method == "POST"
    trial, actor = trial_or_404(request, code, Action.WRITE_CHARTER if posted else Action.SEE_CHARTER)
    shown = version_or_404(trial, version)
    if posted:
        form = PaperForm(request.POST, request.FILES)
        if form.is_valid():
            with refused_on(form):
                attach_paper(charter=shown, actor=actor, content=form.cleaned_data["file"].read(LONGEST_PAPER + 1))
                messages.success(request, f"The paper charter is attached to version {version}.")
                return redirect("reading:charter", code, version)
        return charter_page(request, shown, actor, ActForm(act_on(shown)), form)
    if not shown.paper and allows(actor.role, Action.WRITE_CHARTER):
        # The address of a page on which a file was refused.
        return redirect(f"{reverse('reading:charter', args=[code, version])}?{request.GET.urlencode()}")
    if not shown.paper:
        raise Http404
    name = f'attachment; filename="charter-{trial.code}-version-{version}-signed.pdf"'
    headers = {"Content-Disposition": name, "Content-Length": str(export_size(shown.paper))}
    return StreamingHttpResponse(export_pieces(shown.paper), content_type="application/pdf", headers=headers)


@require_GET
def pdf(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """One version as pages to print."""
    trial, _ = trial_or_404(request, code, Action.SEE_CHARTER)
    shown = version_or_404(trial, version)
    content = charter_pdf(shown, CharterForm(trial).in_words(terms_of(shown).as_json()))
    name = f'attachment; filename="charter-{trial.code}-version-{version}.pdf"'
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": name})


def others_of(shown: Charter) -> list[Charter]:
    """The other versions, the newest first."""
    return list(Charter.objects.filter(trial=shown.trial).exclude(pk=shown.pk).order_by("-version"))


def compared_with(request: HttpRequest, shown: Charter) -> Charter | None:
    """The requested version, otherwise the previous one."""
    asked = request.GET.get("against", "").strip()
    others = Charter.objects.filter(trial=shown.trial).exclude(pk=shown.pk)
    if asked:
        return get_object_or_404(others, version=whole_from(asked) or 0)
    return others.filter(version__lt=shown.version).order_by("-version").first()


def differences(words: CharterForm, earlier: Charter, later: Charter) -> list[dict[str, str]]:
    """The terms that differ between two versions."""
    before, after = (words.in_words(terms_of(one).as_json()) for one in (earlier, later))
    return [
        {"section": then.title, "term": label, "before": was, "after": now}
        for then, since in zip(before, after, strict=True)
        for (label, was), (_, now) in zip(then.rows, since.rows, strict=True)
        if was != now
    ]


def change_table(request: HttpRequest, rows: list[dict[str, str]], earlier: Charter, later: Charter) -> Listing:
    """Both texts of each term that differs."""
    columns = [
        Column("section", "Section"),
        Column("term", "Term"),
        Column("before", f"Version {earlier.version}"),
        Column("after", f"Version {later.version}"),
    ]
    empty, name = "The two versions have the same terms.", f"charter-{earlier.version}-to-{later.version}"
    return Listing(request, rows, columns=columns, name=name, prefix="changes", caption="Changes", empty=empty)
