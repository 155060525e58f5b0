"""The pages of reading in the menu."""

from __future__ import annotations

from accounts.navigation import declare_entry
from accounts.roles import Action

# Pages that their people reach from the page of the entry, at addresses that are not below it.
OF_CAMPAIGNS = ("reading:cases", *(f"scoring:{name}" for name in ("checks", "check", "comparisons", "comparison")))
OF_CAMPAIGNS += ("scoring:readers", "scoring:reader")
OF_TRAINING = ("reading:reference", "scoring:consensus_reference")
OF_READERS = ("reading:suspensions", "reading:lift-suspension", "reading:affiliations", "reading:end-affiliation")

declare_entry("Your cases", "reading:worklist", Action.READ_CASES, group="Reading", of_trial=False)
declare_entry("Cases you signed", "reading:past", Action.READ_CASES, group="Reading", of_trial=False)
declare_entry("Your training", "reading:own-training", Action.READ_CASES, group="Reading", of_trial=False)
declare_entry("Reading guide", "reading:guide", Action.READ_CASES, group="Reading", of_trial=False)
declare_entry("Progress", "reading:progress", Action.SEE_READER_SCORES, group="Reading", also=OF_CAMPAIGNS)
declare_entry("Training", "reading:references", Action.SEE_READER_SCORES, group="Reading", also=OF_TRAINING)
declare_entry("Charter", "reading:charters", Action.WRITE_CHARTER, group="Reading")
declare_entry("Charter", "reading:charters", Action.APPROVE_CHARTER, group="Reading")
declare_entry("Qualifications", "reading:qualifications", Action.WRITE_CHARTER, group="Reading", also=OF_READERS)
declare_entry("Campaigns", "reading:campaigns", Action.RUN_CAMPAIGN, group="Reading", also=("reading:progress",))
declare_entry("Reader documents", "reading:documents", Action.SEE_READER_DOCUMENTS, group="Trial")
declare_entry("Charter", "reading:charters", Action.SEE_AUDIT, group="Trial")
declare_entry("Qualifications and training", "reading:qualifications", Action.SEE_AUDIT, group="Trial", also=OF_READERS)
