"""Which function carries which kind of job; the only place where a lower app's job names a higher app's function."""

from __future__ import annotations

KINDS: dict[str, str] = {
    "reading.issue": "reading.issuing.carry",
    "scoring.consensus": "scoring.consensus.carry",
    "scoring.dataset": "scoring.datasets.carry",
    "studies.mail_question": "studies.question_mail.carry",
}
