"""Setting up a trial by table: the file is chosen, reviewed line by line, then written as a whole."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.roles import Action
from config.cells import EXCEL_MARK
from config.form_refusals import refused_on
from config.wording import counted
from studies.access import trial_or_404
from studies.forms.tables import TableForm
from studies.plan.tables.importing import preview, write_table
from studies.plan.tables.kinds import TABLES, TableKind

# The page that shows each table's rows afterwards.
PAGE = {"sites": "sites", "planned-visits": "plans", "subjects": "subjects", "visits": "visits", "people": "members"}


def table_or_404(slug: str) -> TableKind:
    """The kind of table of that name."""
    if slug not in TABLES:
        raise Http404
    return TABLES[slug]


def import_table(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Choosing the file; sending it shows its content and writes nothing."""
    trial, actor = trial_or_404(request, code, Action.SET_UP_TRIAL)
    table = table_or_404(slug)
    form = TableForm(request.POST or None, request.FILES or None)
    context = {"trial": trial, "table": table, "fields": table.fields(trial), "back": f"studies:{PAGE[slug]}"}
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        with refused_on(form):
            found = preview(trial=trial, table=table, text=text, actor=actor)
            return render(request, "studies/tables/preview.html", context | {"preview": found, "text": text})
    return render(request, "studies/tables/import.html", context | {"form": form}, status=400 if form.errors else 200)


def write(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Writes the reviewed table; it is checked again, because the trial may have changed in the meantime."""
    trial, actor = trial_or_404(request, code, Action.SET_UP_TRIAL)
    table = table_or_404(slug)
    if request.method != "POST":
        return redirect("studies:import_table", code, slug)
    count = write_table(trial=trial, table=table, text=request.POST.get("text", ""), actor=actor)
    messages.success(request, f"{counted(count, 'row was', 'rows were')} saved: {table.label.lower()}.")
    return redirect(f"studies:{PAGE[slug]}", code)


def example(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """An example file."""
    trial_or_404(request, code, Action.SET_UP_TRIAL)
    table = table_or_404(slug)
    answer = HttpResponse(EXCEL_MARK + table.example, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{table.slug}.csv"'
    return answer
