"""What the demo makes around its films comes from the product's functions, and is made once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from accounts.roles import Role
from reading.models import ReaderDocument, SiteAffiliation
from rehearsal.demo.around import log_a_deviation, record_a_site_of_a_reader, record_documents
from rehearsal.demo.custodians import NAMES, hold
from rehearsal.demo.fill import begin
from rehearsal.demo.people import EVERYBODY, key_folder
from rehearsal.demo.planning import SHARP
from studies.models import ArmsImport, DeviationVersion, Membership
from tests.rehearsal.trial.test_truth_returns import quiet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path


def test_the_first_trial_holds_arms_has_a_deviation_and_a_reader_who_belongs_to_a_site_once() -> None:
    for _ in range(2):
        run = begin(SHARP, say=quiet, carry=True, processes=1)
        log_a_deviation(run)
        record_a_site_of_a_reader(run)
        record_documents(run)
        hold(run)
    assert (DeviationVersion.objects.count(), SiteAffiliation.objects.count(), ArmsImport.objects.count()) == (1, 1, 1)
    assert {path.stem for path in key_folder().iterdir()} == set(NAMES)
    assert ReaderDocument.objects.count() == 11
    assert not SiteAffiliation.objects.get().site.subjects.exists()
    members = Membership.objects.current().filter(trial__code="DEMO-RA").values_list("user__email", "role")
    assert set(members) == {(one.email, one.role) for one in EVERYBODY if one.role != Role.ADMINISTRATOR}
