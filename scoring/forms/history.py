"""An auditor's review of the score history."""

from __future__ import annotations

from typing import Any

from accounts.act_forms import ActForm
from accounts.signed_acts import Act
from config.long_texts import LongTextField


class ReviewForm(ActForm):
    """The auditor's statement about the reviewed range, under their signature."""

    note = LongTextField(
        required=False,
        help_text="What you reviewed and found. At most 500 characters.",
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(Act.SCORE_REVIEW, data=data)
