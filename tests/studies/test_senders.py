"""A machine is admitted for one site under names that can be checked, and is revoked once."""

from __future__ import annotations

import pytest

from config.errors import BadInput, WrongState
from studies.arrival.senders import admit_peer, issue_token, revoke
from tests.studies.planned import SETTING_UP, Planned


def admit(ra1: Planned, **values: str) -> object:
    """A peer of site 01."""
    given = {"calling_ae": "PACS", "called_ae": "BLINDREAD", "address": "192.0.2.7", **values}
    return admit_peer(trial=ra1.trial, site=ra1.sites[0], actor=SETTING_UP, **given)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"calling_ae": "a/b"}, "The AE title “a/b” is not valid. Use 1 to 16 letters"),
        ({"address": "pacs.example"}, "The address “pacs.example” is not an IP address."),
        ({}, "A peer with these titles and the address 192.0.2.7 is already admitted."),
    ],
)
def test_a_peer_has_plain_titles_and_an_address_and_is_admitted_once(
    ra1: Planned, wrong: dict[str, str], says: str
) -> None:
    admit(ra1)
    with pytest.raises(BadInput, match=says):
        admit(ra1, **wrong)


def test_a_token_is_of_a_site_of_the_trial_and_is_revoked_once(ra1: Planned, ra2: Planned) -> None:
    with pytest.raises(BadInput, match="Site 01 belongs to another trial. Choose a site of trial RA-1."):
        issue_token(trial=ra1.trial, site=ra2.sites[0], label="PACS", actor=SETTING_UP)
    token, _ = issue_token(trial=ra1.trial, site=ra1.sites[0], label="PACS", actor=SETTING_UP)
    revoke(sender=token, actor=SETTING_UP)
    with pytest.raises(WrongState, match="The sender “PACS” has already been revoked."):
        revoke(sender=token, actor=SETTING_UP)
