"""Joints placed on one film are proposed on the subject's other films of that side and view; a person confirms them."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from django.db.models import QuerySet
from django.utils import timezone
from playwright.sync_api import expect

from jobs.carrying import run_due_jobs
from jobs.models import Job
from rehearsal.damage import Damage
from rehearsal.film import draw_hand
from studies.desk import joint_proposals, joints, quality
from studies.desk.placements import Places, whole
from studies.models import AbsentFilm, Film, FilmStatus, Rendition, Visit
from studies.sealed_links import image_of
from tests.studies.desk_cast import CONFIRMED, DeskCast, browser, film_at_desk, make_cast, ready, store_image
from tests.studies.desk_screen import Open, at_full_size, keys

pytestmark = pytest.mark.django_db
SPACING = 1.0


@pytest.fixture
def cast() -> DeskCast:
    return make_cast()


class DrawnHand:
    """A synthetic left hand at one visit, as large as the pictures of these tests: one pixel a millimetre."""

    def __init__(self, visit: int) -> None:
        film = draw_hand("L", Damage(), 7, visit, 0.2)
        rows, columns = film.pixels.shape
        boxes = film.pixels.reshape(rows // 5, 5, columns // 5, 5).astype(np.float32)
        self.pixels = boxes.mean((1, 3)).astype(np.uint16)
        self.joints: Places = {joint: [round(x / 5, 1), round(y / 5, 1)] for joint, (x, y) in film.sites.items()}


DRAWN = [DrawnHand(visit) for visit in range(2)]


def image(cast: DeskCast, visit: int, **values: Any) -> Rendition:
    """An accepted film of that visit of the first subject, and its reader image."""
    film = film_at_desk(cast, visit=cast.visits[visit])
    quality.accept(film=film, actor=cast.coordinator, **(CONFIRMED | {"spacing_mm": SPACING} | values))
    film.refresh_from_db()
    rendition = ready(film)
    store_image(image_of(rendition), DRAWN[visit % 2].pixels)
    return rendition


def place(cast: DeskCast, rendition: Rendition, places: Places) -> None:
    joints.place(film=rendition.film, side=rendition.side, actor=cast.coordinator, joints=places)


def suggest(cast: DeskCast, target: Rendition, proposal: joint_proposals.Proposal) -> None:
    """This proposal, from a film that was placed first."""
    source = image(cast, 0)
    place(cast, source, {"MCP2": [50, 60]})
    joint_proposals.keep(target, source.film.placements.get().pk, proposal)


def proposed(rendition: Rendition) -> joint_proposals.Proposal:
    return joint_proposals.proposal_of(Rendition.objects.select_related("film").get(pk=rendition.pk))


def requested() -> QuerySet[Job]:
    return Job.objects.filter(kind="studies.joint_proposal")


def test_a_placed_film_proposes_the_joints_of_the_other_and_a_person_confirms_them(cast: DeskCast) -> None:
    source, target = image(cast, 0), image(cast, 1)
    place(cast, source, DRAWN[0].joints)
    run_due_jobs()
    found = proposed(target)
    far = [np.hypot(x - DRAWN[1].joints[joint][0], y - DRAWN[1].joints[joint][1]) for joint, (x, y, _) in found.items()]
    assert len(found) >= 20
    assert np.median(far) < 1.0
    client, address = browser(cast.coordinator), f"/trials/RA-1/joints/{target.index}/"
    page = client.get(address).content.decode()
    assert f"{len(found)} joints found from another film of this hand." in page
    fields = dict(re.findall(r'name="([xy]-\w+)" value="([\d.]+)"', page))
    assert (float(fields["x-PIP3"]), float(fields["y-PIP3"])) == tuple(found["PIP3"][:2])
    assert client.post(f"{address}place/", fields).status_code == 302
    assert image_of(target).joints == {joint: [x, y] for joint, (x, y, _) in found.items()}
    assert "found from another film" not in client.get(address).content.decode()


def test_joints_are_proposed_within_one_subject_side_and_view_alone(cast: DeskCast) -> None:
    source = image(cast, 0)
    others = [image(cast, 2), image(cast, 1, side="R"), image(cast, 1, view="foot")]
    place(cast, source, DRAWN[0].joints)
    assert not requested()
    assert [proposed(one) for one in others] == [{}, {}, {}]


def test_nothing_is_proposed_before_every_planned_film_is_here_nor_on_one_that_comes_later(cast: DeskCast) -> None:
    source = image(cast, 0)
    place(cast, source, DRAWN[0].joints)
    late = image(cast, 1)
    place(cast, source, DRAWN[0].joints)
    assert not requested()
    assert proposed(late) == {}


def test_a_visit_that_was_not_done_and_a_film_not_taken_are_not_waited_for(cast: DeskCast) -> None:
    first, second = image(cast, 0), image(cast, 2)
    Visit.objects.filter(pk=cast.visits[1].pk).update(not_done_reason="Moved away")
    AbsentFilm.objects.create(visit=cast.visits[3], side="L", view="hand", reason="Plaster cast")
    assert Rendition.objects.filter(whole()).count() == 2
    AbsentFilm.objects.update(withdrawn_at=timezone.now())
    assert list(Rendition.objects.filter(whole())) == [first]
    assert joints.following(cast.trial) == first
    place(cast, first, {"MCP2": [50, 60]})
    assert joints.following(cast.trial) == second


def test_an_image_placed_before_the_job_ran_gets_no_proposal(cast: DeskCast) -> None:
    source, other = image(cast, 0), image(cast, 1)
    place(cast, source, DRAWN[0].joints)
    place(cast, other, {"MCP2": [50, 60]})
    run_due_jobs()
    other.refresh_from_db()
    assert other.proposed == {}


def test_the_proposal_of_a_source_that_was_moved_or_withdrawn_is_not_shown(cast: DeskCast) -> None:
    source, target = image(cast, 0), image(cast, 1)
    place(cast, source, DRAWN[0].joints)
    run_due_jobs()
    assert proposed(target) != {}
    for change in ({"subject": cast.subjects[1]}, {"subject": cast.subjects[0], "status": FilmStatus.WITHDRAWN}):
        Film.objects.filter(pk=source.film_id).update(**change)
        assert proposed(target) == {}


def test_the_key_of_the_job_does_not_show_which_images_belong_together(cast: DeskCast) -> None:
    source, other = image(cast, 0), image(cast, 1)
    place(cast, source, DRAWN[0].joints)
    assert re.fullmatch("[0-9a-f]{64}", requested().get().key)
    place(cast, source, DRAWN[0].joints)
    assert requested().count() == 1, "a correction before anything was proposed asks for nothing more"
    assert other.proposed == {}


def test_the_film_placed_first_stays_the_source_and_its_correction_is_followed(cast: DeskCast) -> None:
    first, second, third = (image(cast, visit) for visit in (0, 1, 1))
    place(cast, first, DRAWN[0].joints)
    run_due_jobs()
    place(cast, second, {"MCP2": [50, 60]})
    assert joint_proposals.source_of(third) == first
    before = proposed(third)
    moved = {joint: [x + 4, y] for joint, (x, y) in DRAWN[0].joints.items()}
    place(cast, first, moved)
    run_due_jobs()
    shift = [proposed(third)[joint][0] - before[joint][0] for joint in before if joint in proposed(third)]
    assert 2 < np.median(shift) < 6


def test_joints_that_were_not_found_are_named_and_less_certain_ones_are_marked(cast: DeskCast) -> None:
    target = image(cast, 1)
    suggest(cast, target, {"MCP2": [50, 60, 0.9], "MCP3": [70, 60, 0.45]})
    page = browser(cast.coordinator).get(f"/trials/RA-1/joints/{target.index}/").content.decode()
    assert "Less certain: MCP 3." in page
    assert re.findall(r'data-joint="(\w+)" data-unsure', page) == ["MCP3"]
    assert "Not found: thumb IP, DIP 2" in page
    fields = {"x-MCP2": "50", "y-MCP2": "60", "x-MCP3": "70", "y-MCP3": "60", "r-IP1": "unreadable"}
    refused = browser(cast.coordinator).post(f"/trials/RA-1/joints/{target.index}/place/", fields)
    assert refused.status_code == 400
    assert re.findall(r'data-joint="(\w+)" data-unsure', refused.content.decode()) == ["MCP3"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_the_browser_a_proposal_needs_one_key_and_a_missing_joint_one_click(
    cast: DeskCast, open_page: Open, faults: list[str]
) -> None:
    target = image(cast, 1)
    sure = {joint: [x, y, 0.9] for joint, (x, y) in DRAWN[1].joints.items() if joint != "PIP3"}
    suggest(cast, target, sure | {"MCP3": [*DRAWN[1].joints["MCP3"], 0.5]})
    page = open_page(cast.coordinator, f"joints/{target.index}/")
    at_full_size(page)
    expect(page.locator("svg.overlay circle.joint.unsure")).to_have_count(1)
    page.get_by_label("x of PIP 3").focus()
    stage = page.locator(".pane")
    stage.first.click(position={"x": 200, "y": 200})
    expect(page.get_by_label("x of PIP 3")).not_to_have_value("")
    keys(page, "a")
    page.wait_for_url(re.compile(r"/joints/$"))
    assert set(image_of(target).joints) == set(DRAWN[1].joints)
    assert faults == []
