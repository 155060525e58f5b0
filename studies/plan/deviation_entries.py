"""The coordinator's entries in the deviation log, checked before they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from config.days import FIRST
from config.errors import BadInput
from studies.desk.confirmed import latest_day
from studies.models import DeviationCategory, DeviationEffect, DeviationVersion, Site, Subject, Trial, Visit
from studies.naming import checked_choice, checked_text, checked_words

LONGEST_TEXT, LONGEST_EXPLANATION, LONGEST_REASON = 4000, 500, 300
# The columns that a correction can change, with their labels.
WRITTEN = {
    "noticed_on": "Noticed on",
    "category": "Category",
    "description": "Description",
    "site": "Site",
    "subject": "Subject",
    "visit": "Visit",
    "effect": "Effect on the endpoint",
    "effect_explained": "Explanation of the effect",
    "corrective_action": "Corrective action",
    "preventive_action": "Preventive action",
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A deviation as the coordinator describes it: about the whole trial, a site, a subject or one visit."""

    noticed_on: date
    category: str
    description: str
    effect: str
    effect_explained: str
    site: Site | None = None
    subject: Subject | None = None
    visit: Visit | None = None
    corrective_action: str = ""
    preventive_action: str = ""

    def checked(self, trial: Trial) -> dict[str, Any]:
        """The columns of a version; BadInput names the fault."""
        return {
            "noticed_on": checked_past_day("date on which the deviation was noticed", self.noticed_on, "noticed_on"),
            "category": checked_choice("category", self.category, DeviationCategory.choices),
            "description": checked_words("description", self.description, longest=LONGEST_TEXT),
            "effect": checked_choice("effect on the endpoint", self.effect, DeviationEffect.choices, field="effect"),
            "effect_explained": checked_text(
                "explanation of the effect",
                self.effect_explained,
                longest=LONGEST_EXPLANATION,
                field="effect_explained",
            ),
            "corrective_action": checked_words(
                "corrective action", self.corrective_action, longest=LONGEST_TEXT, required=False
            ),
            "preventive_action": checked_words(
                "preventive action", self.preventive_action, longest=LONGEST_TEXT, required=False
            ),
            **self.concern(trial),
        }

    def concern(self, trial: Trial) -> dict[str, Any]:
        """Site, subject and visit, each completed from the narrower one; they belong together and to the trial."""
        subject = self.visit.subject if self.visit else self.subject
        site = subject.site if subject else self.site
        if self.subject not in (None, subject):
            raise BadInput(f"The visit does not belong to subject {self.subject}. Choose one that does.", field="visit")
        if subject and self.site not in (None, site):
            raise BadInput(
                f"Subject {subject.code} belongs to site {subject.site.code}, not {self.site}."
                " Choose that site, or leave the site empty.",
                field="site",
            )
        if site and site.trial_id != trial.pk:
            raise BadInput(f"The deviation is about a site of another trial. Choose a site of trial {trial.code}.")
        return {"site": site, "subject": subject, "visit": self.visit}


def entry_of(version: DeviationVersion) -> dict[str, Any]:
    """The content of a version, by column."""
    return {name: getattr(version, name) for name in WRITTEN}


def checked_past_day(thing: str, day: date, field: str, earliest: date = FIRST) -> date:
    """A day that has begun somewhere on earth."""
    if not earliest <= day <= latest_day():
        raise BadInput(f"The {thing} cannot be {day}. Enter a date from {earliest} to {latest_day()}.", field=field)
    return day
