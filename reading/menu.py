"""The pages of reading in the menu."""

from __future__ import annotations

from accounts.navigation import declare_entry
from accounts.roles import Action

declare_entry("Your cases", "reading:worklist", Action.READ_CASES, group="Reading", of_trial=False)
declare_entry("Cases you signed", "reading:past", Action.READ_CASES, group="Reading", of_trial=False)
declare_entry("Your training", "reading:own-training", Action.READ_CASES, group="Reading", of_trial=False)
declare_entry("Reading guide", "reading:guide", Action.READ_CASES, group="Reading", of_trial=False)
declare_entry("Progress", "reading:progress", Action.SEE_READER_SCORES, group="Reading")
declare_entry("Training", "reading:references", Action.SEE_READER_SCORES, group="Reading")
declare_entry("Charter", "reading:charters", Action.WRITE_CHARTER, group="Reading")
declare_entry("Qualifications", "reading:qualifications", Action.WRITE_CHARTER, group="Reading")
declare_entry("Campaigns", "reading:campaigns", Action.RUN_CAMPAIGN, group="Reading")
declare_entry("Charter", "reading:charters", Action.SEE_AUDIT, group="Trial")
declare_entry("Qualifications and training", "reading:qualifications", Action.SEE_AUDIT, group="Trial")
