"""Points that were clicked or typed on an image, as the joint page sends them."""

from __future__ import annotations

from django.http import QueryDict

from config.errors import BadInput
from config.wording import quoted
from instruments.scored_joints import joint_name
from studies.desk.joint_template import TEMPLATES, Point
from studies.desk.placements import Places

# Width in CSS pixels of the preview that people click on when scripts are disabled.
PLAIN_WIDTH = 640


def read_clicks(given: QueryDict, columns: int) -> list[Point]:
    """Points in pixels of the image: `anchor` as "x, y", and the click on the plain preview in CSS pixels."""
    clicks = [read_point("anchor point", text) for text in given.getlist("anchor")]
    if "click.x" in given:
        scale = columns / PLAIN_WIDTH
        x, y = read_point("click", f"{given['click.x']}, {given.get('click.y', '')}")
        clicks.append((x * scale, y * scale))
    return clicks


def read_point(thing: str, text: str) -> Point:
    """Two numbers."""
    try:
        x, y = (float(word) for word in text.split(","))
    except ValueError:
        raise BadInput(f"The {thing} {quoted(text)} is not a point. Enter two numbers, x and y.") from None
    return x, y


def read_places(given: QueryDict, view: str) -> tuple[Places, dict[str, str]]:
    """The fields x-JOINT, y-JOINT and r-JOINT; a joint without x and y is not placed."""
    places: Places = {}
    readability: dict[str, str] = {}
    for joint in TEMPLATES[view].joints:
        x, y = (given.get(f"{axis}-{joint}", "").strip() for axis in "xy")
        if x or y:
            places[joint] = list(read_point(f"place of {joint_name(joint)}", f"{x},{y}"))
        if word := given.get(f"r-{joint}", ""):
            readability[joint] = word
    return places, readability
