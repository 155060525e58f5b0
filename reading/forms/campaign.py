"""Forms for campaigns, batches, returned reads and reads given to another reader."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.act_forms import ActForm, ReasonedActForm
from accounts.models import User
from accounts.signed_acts import Act
from config.days import DayField
from config.natural import natural_key
from reading.campaigns.shown_visits import offered_visits
from reading.charter.versions import terms_of
from reading.issuing.assignments import CHOSEN_CAUSES
from reading.issuing.presentations import MIXED
from reading.issuing.release import Stock
from reading.models import Campaign, Charter, CharterStatus, Read, ReadStep
from reading.room.signing import RETURN_REASONS
from reading.room.steps import name_of, presentation_of
from studies.models import Subject, Trial


class CampaignForm(forms.Form):
    """A new campaign under a signed charter."""

    campaign_code = forms.SlugField(label="Code", max_length=32)
    title = forms.CharField(max_length=200)
    charter = forms.ModelChoiceField(
        Charter.objects.none(),
        empty_label="Choose",
        help_text="The campaign keeps this version, even if a later one is signed.",
    )

    def __init__(self, trial: Trial, data: Any = None) -> None:
        super().__init__(data)
        signed = Charter.objects.filter(trial=trial, status=CharterStatus.SIGNED)
        self.fields["charter"].queryset = signed  # type: ignore[attr-defined]
        self.fields["charter"].initial = signed.first()


class OpenForm(forms.Form):
    """The subjects and visits whose films enter the campaign; the charter says which visits there are to choose."""

    visits = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    subjects = forms.ModelMultipleChoiceField(
        Subject.objects.none(), required=False, help_text="If you choose none, every subject of the trial is included."
    )
    without_baseline = forms.BooleanField(
        required=False,
        label="Open without the baseline",
        help_text="For a campaign that is to give no change. Scores of another campaign are not used.",
    )

    def __init__(self, campaign: Campaign, data: Any = None) -> None:
        super().__init__(data)
        trial, offered = campaign.trial, offered_visits(campaign)
        self.fields["visits"].choices = [(code, code) for code in sorted(offered.codes, key=natural_key)]  # type: ignore[attr-defined]
        self.fields["visits"].help_text = offered.says
        self.fields["visits"].initial = list(trial.visit_plans.values_list("code", flat=True))
        self.fields["subjects"].queryset = trial.subjects.all()  # type: ignore[attr-defined]


class CharterField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A version of the charter."""

    def label_from_instance(self, obj: Charter) -> str:
        """The version alone: the label of the field says of what."""
        return f"Version {obj.version}"


class AmendForm(ReasonedActForm):
    """The later charter version, and why; signed."""

    charter = CharterField(
        Charter.objects.none(),
        label="Charter version",
        empty_label="Choose",
        help_text="An open campaign keeps its instrument, presentation, readers for each case, minimum timepoints, "
        "visits shown and share of repeats. From the first signature on, only pace, wash-out, qualification, display "
        "check and alarms can change.",
    )

    def __init__(self, campaign: Campaign, data: Any = None) -> None:
        super().__init__(Act.AMENDMENT, data=data)
        # With the campaign's own version, so that the same form sent twice is answered twice.
        signed = Charter.objects.filter(trial=campaign.trial, status=CharterStatus.SIGNED)
        from_own_on = signed.filter(version__gte=campaign.charter.version)
        self.fields["charter"].queryset = from_own_on  # type: ignore[attr-defined]
        self.fields["charter"].initial = from_own_on.first()
        self.order_fields(["charter", "reason", "password"])


class BatchForm(forms.Form):
    """The readers, the number of cases, and the due date."""

    MOST = 5000
    name = forms.CharField(max_length=80)
    size = forms.IntegerField(
        min_value=1,
        max_value=MOST,
        label="Cases",
        help_text="Drawn at random across all sites. Repeats that are due take the place of some of these cases.",
    )
    due_on = DayField(required=False, label="Due on")
    readers = forms.ModelMultipleChoiceField(User.objects.none(), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        max_length=300,
        required=False,
        label="Reason for releasing cases held back",
        help_text="Only if you release more cases than offered. Repeats without unread cases around them then lapse.",
    )

    def __init__(self, campaign: Campaign, able: list[User], stock: Stock, data: Any = None) -> None:
        largest = terms_of(campaign.charter).batch_size or self.MOST
        size = min(max(stock.largest, 1), largest)
        super().__init__(data, initial={"name": f"Batch {campaign.batches.count() + 1}", "size": size})
        self.fields["size"].max_value = largest  # type: ignore[attr-defined]
        if stock.releasable == stock.cases:
            del self.fields["reason"]
        self.fields["size"].widget.attrs["max"] = largest
        people = User.objects.filter(pk__in=[person.pk for person in able])
        self.fields["readers"].queryset = people  # type: ignore[attr-defined]
        self.fields["readers"].initial = list(people)


class ReturnForm(ActForm):
    """The reason for returning a signed read."""

    reason = forms.ChoiceField(choices=list(RETURN_REASONS.items()))
    note = forms.CharField(
        max_length=300, required=False, help_text="Shown to the reader. Do not name a subject or visit."
    )

    def __init__(self, read: Read, data: Any = None) -> None:
        super().__init__(Act.RETURN, data=data)
        if presentation_of(read) in MIXED:
            steps = read.steps.order_by("queue_position")
            self.fields["step"] = TimepointField(
                steps,
                label="Timepoint",
                help_text="As labelled in the reader's worklist. Timepoints are returned one at a time.",
            )
            self.order_fields(["reason", "note", "step", "password"])


class TimepointField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A mixed timepoint under the label that its reader sees."""

    def label_from_instance(self, obj: ReadStep) -> str:
        return name_of(obj.read, obj)


class VoidForm(ReasonedActForm):
    """The cause of voiding a case, and the details in words."""

    cause = forms.ChoiceField(choices=[("", "Choose"), *CHOSEN_CAUSES])

    def __init__(self, *acts: Act, data: Any = None) -> None:
        super().__init__(*acts, data=data)
        self.order_fields(["cause", "reason", "password"])


class ReplaceForm(forms.Form):
    """The reader who takes over the read."""

    new_reader = forms.ModelChoiceField(User.objects.none(), empty_label="Choose")
    reason = forms.CharField(max_length=300)

    def __init__(self, able: list[User], data: Any = None) -> None:
        super().__init__(data)
        people = User.objects.filter(pk__in=[person.pk for person in able])
        self.fields["new_reader"].queryset = people  # type: ignore[attr-defined]
