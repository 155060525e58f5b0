"""The forms of transfers: what is requested, the recipient's receipt, and decisions of a data review."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.act_forms import ActForm
from accounts.signed_acts import Act
from config.days import DayField
from reading.models import Batch, Campaign
from scoring.models import Decided, Purpose
from scoring.transfers.asking import INTERIM_MEANS, WantedTransfer, recipients
from scoring.transfers.cuts import Cut


class TransferForm(forms.Form):
    """Purpose, recipient and cut."""

    purpose = forms.ChoiceField(choices=Purpose.choices)
    until = DayField(
        label="Cases signed up to",
        required=False,
        help_text="Day in UTC, for a test or a review only. Leave empty to include every complete case.",
    )
    confirmed = forms.BooleanField(
        label=f"For an interim transfer, I confirm: {INTERIM_MEANS[0].lower()}{INTERIM_MEANS[1:]}",
        required=False,
    )

    def __init__(self, campaign: Campaign, data: Any = None) -> None:
        super().__init__(data)
        self.fields["recipient"] = forms.ModelChoiceField(
            recipients(campaign.trial),
            empty_label="Choose",
            help_text="A statistician of the trial. Nobody else can download the transfer.",
        )
        names = Batch.objects.filter(campaign=campaign).order_by("pk").values_list("name", flat=True)
        self.fields["batches"] = forms.MultipleChoiceField(
            choices=[(name, name) for name in dict.fromkeys(names)],
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text="For a test or a review: cases first read in these batches. Choose none for all.",
        )
        self.order_fields(["purpose", "recipient", "until", "batches", "confirmed"])

    @property
    def wanted(self) -> WantedTransfer:
        """What was requested."""
        typed = self.cleaned_data
        cut = Cut(typed["until"], tuple(typed["batches"]))
        return WantedTransfer(
            purpose=typed["purpose"], recipient=typed["recipient"], cut=cut, confirmed=typed["confirmed"]
        )


class ReceiptForm(ActForm):
    """The root of the recipient's copy, under their signature."""

    root = forms.CharField(
        label="Root of your copy",
        max_length=80,
        help_text="The 64 characters that python verify.py . prints in the unpacked folder.",
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(Act.TRANSFER_RECEIPT, data=data)


class ReviewDecisionForm(ActForm):
    """A decision on findings and its reason, under the person's signature."""

    decision = forms.ChoiceField(choices=Decided.choices)
    note = forms.CharField(
        label="Reason", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="Signed with the decision."
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(Act.REVIEW_DECISION, data=data)
