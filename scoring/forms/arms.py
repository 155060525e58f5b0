"""A custodian's opening share, the statement of the person who receives the arms, and a report by arm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.act_forms import ActForm
from accounts.signed_acts import Act


class ShareForm(ActForm):
    """The file that custodian.py wrote, under the custodian's signature."""

    opening_share = forms.FileField(help_text="The .share.json file that custodian.py open wrote for this request.")

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(Act.ARMS_SHARE, data=data, files=files)


class ReceiveForm(ActForm):
    """The consequences of receiving the arms, and the password again."""

    understood = forms.BooleanField(
        label="I understand that my other roles in this trial end now and that I can never be blinded in it again"
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(Act.ARMS_RECEIPT, data=data)


class ByArmForm(forms.Form):
    """The reference arm of a report by arm, and the factors of its models."""

    reference = forms.ChoiceField(
        label="Reference arm", help_text="For example placebo. Every other arm is compared with it."
    )
    by_site = forms.BooleanField(
        label="Include site as a factor in the models",
        required=False,
        help_text="Choose this if randomisation was stratified by site.",
    )

    def __init__(self, arms: Sequence[str], data: Any = None) -> None:
        super().__init__(data)
        reference = self.fields["reference"]
        assert isinstance(reference, forms.ChoiceField)  # noqa: S101  declared above
        reference.choices = [(arm, arm) for arm in arms]
