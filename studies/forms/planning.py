"""Trial, sites, planned visits, subjects and visits outside the plan."""

from __future__ import annotations

from django import forms

from studies.models import Site, Trial, VisitKind
from studies.plan.absences import FILMS
from studies.plan.visits import OUTSIDE_THE_PLAN

REASON = forms.CharField(max_length=200, help_text="Recorded in the audit trail.")


class TrialForm(forms.Form):
    """A new trial."""

    trial_code = forms.SlugField(
        label="Code", max_length=32, help_text="Part of every page address, for example DEMO-RA."
    )
    title = forms.CharField(max_length=200)
    sponsor = forms.CharField(max_length=120, required=False)


class SiteForm(forms.Form):
    """A hospital that sends films."""

    site = forms.SlugField(label="Code", max_length=32)
    name = forms.CharField(max_length=200, required=False)


class WindowForm(forms.Form):
    """When the protocol expects a visit, in days from baseline."""

    label = forms.CharField(max_length=80, help_text="The name shown on pages, for example Week 24.")
    target_day = forms.IntegerField(min_value=-365, max_value=7305, help_text="Days from baseline, which is day 0.")
    days_before = forms.IntegerField(
        min_value=0, max_value=365, initial=14, help_text="Days allowed before the target day."
    )
    days_after = forms.IntegerField(
        min_value=0, max_value=365, initial=14, help_text="Days allowed after the target day."
    )


class PlanForm(WindowForm):
    """A visit of the protocol."""

    visit = forms.SlugField(label="Code", max_length=32)
    field_order = ("visit", "label", "target_day", "days_before", "days_after")


class PlanChangeForm(WindowForm):
    """An amendment of a planned visit."""

    reason = forms.CharField(
        max_length=200,
        help_text="Recorded in the audit trail. Campaigns under a signed charter keep the window in their analysis.",
    )


class SubjectForm(forms.Form):
    """A subject of a site."""

    site = forms.ModelChoiceField(Site.objects.none(), to_field_name="code", empty_label="Choose")
    subject = forms.CharField(label="Subject code", max_length=64)

    def __init__(self, trial: Trial, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["site"].queryset = trial.sites.all()  # type: ignore[attr-defined]


class VisitForm(forms.Form):
    """A visit outside the plan."""

    kind_of_visit = forms.ChoiceField(choices=[(kind, VisitKind(kind).label) for kind in OUTSIDE_THE_PLAN])
    visit = forms.SlugField(label="Code", max_length=32, help_text="For example UNS-1.")


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = REASON


class AbsenceForm(forms.Form):
    """The film of a visit that is not available, and the reason."""

    film = forms.ChoiceField(choices=FILMS)
    reason = REASON
