"""Joints and bones of hands and feet with their CDISC locations, and the constructor of an item at one of them."""

from __future__ import annotations

from dataclasses import dataclass

from instruments.definition import CdiscTerms, Item
from instruments.facts import Fact, Mark

SIDES = ("L", "R")
REGIONS = ("hand", "foot")
LETTERS = {"erosion": "E", "narrowing": "J", "grade": "G"}
LATERALITY = {"L": ("LEFT", "C25229"), "R": ("RIGHT", "C25228")}


@dataclass(frozen=True)
class ScoredSite:
    """A scored site: its code, its name in words, its part of a wide column name and its location term."""

    code: str
    region: str
    label: str
    wide: tuple[str, str]
    loc: str = ""
    loc_code: str = ""


@dataclass(frozen=True)
class SitePart:
    """A part of a site that is scored separately, such as one side of a foot joint."""

    code: str
    name: str
    wide: str
    dir: str = ""


@dataclass(frozen=True)
class Test:
    """The CDISC test of a feature; empty where no published term is known."""

    testcd: str = ""
    test: str = ""
    code: str = ""


WHOLE = SitePart("", "", "")
NO_TEST = Test()

MCP = tuple(
    ScoredSite(f"MCP{n}", "hand", f"MCP {n}", ("mcp", str(n)), f"METACARPOPHALANGEAL JOINT {n}", f"C{102315 + n}")
    for n in range(1, 6)
)
PIP = tuple(
    ScoredSite(
        f"PIP{n}",
        "hand",
        f"PIP {n}",
        ("pip", str(n)),
        f"PROXIMAL INTERPHALANGEAL JOINT {n} OF THE HAND",
        f"C{114192 + n}",
    )
    for n in range(2, 6)
)
DIP = tuple(
    ScoredSite(f"DIP{n}", "hand", f"DIP {n}", ("dip", str(n)), f"DISTAL INTERPHALANGEAL JOINT {n} OF THE HAND", code)
    for n, code in ((2, "C114188"), (3, "C114189"), (4, "C114273"), (5, "C114274"))
)
CMC = tuple(
    ScoredSite(f"CMC{n}", "hand", f"CMC {n}", ("wrist", f"cmc{n}"), f"CARPOMETACARPAL JOINT {n}", f"C{103911 + n}")
    for n in range(3, 6)
)
MTP = tuple(
    ScoredSite(f"MTP{n}", "foot", f"MTP {n}", ("mtp", str(n)), f"METATARSOPHALANGEAL JOINT {n}", f"C{102320 + n}")
    for n in range(1, 6)
)
THUMB_IP = ScoredSite("IP1", "hand", "thumb IP", ("mcp", "ip"), "INTERPHALANGEAL JOINT 1", "C102301")
HALLUX_IP = ScoredSite(
    "MTPIP", "foot", "IP of the great toe", ("mtp", "ip"), "INTERPHALANGEAL JOINT 1 OF THE FOOT", "C114200"
)
METACARPAL_1_BASE = ScoredSite("MC1", "hand", "base of metacarpal 1", ("wrist", "mc1"), "METACARPAL 1 BASE", "C127667")
MULTANGULAR = ScoredSite("MUL", "hand", "multangular (trapezium and trapezoid)", ("wrist", "mul"))
NAVICULAR = ScoredSite("NAV", "hand", "navicular (scaphoid)", ("wrist", "nav"), "SCAPHOID BONE", "C12854")
LUNATE = ScoredSite("LUNAT", "hand", "lunate", ("wrist", "lunate"), "LUNATE BONE", "C12786")
RADIUS = ScoredSite("RADIU", "hand", "radius", ("wrist", "radius"), "RADIUS", "C12777")
ULNA = ScoredSite("ULNA", "hand", "ulna", ("wrist", "ulna"), "ULNA", "C12809")
MULTANGULAR_NAVICULAR = ScoredSite(
    "MULNA", "hand", "multangular-navicular", ("wrist", "mna"), "SCAPHOID-TRAPEZIUM JOINT", "C127678"
)
CAPITATE_NAVICULAR_LUNATE = ScoredSite(
    "CAPNL", "hand", "capitate-navicular-lunate", ("wrist", "capnlun"), "SCAPHOID-LUNATE-CAPITATE JOINT", "C127677"
)
RADIOCARPAL = ScoredSite("RADCA", "hand", "radiocarpal", ("wrist", "radcar"), "WRIST JOINT", "C33894")
WRIST = ScoredSite("WRIST", "hand", "wrist", ("wrist", "wrist"), "WRIST JOINT", "C33894")

SITES = (
    *(*MCP, *PIP, *DIP, *CMC, *MTP),
    *(THUMB_IP, HALLUX_IP, METACARPAL_1_BASE, MULTANGULAR, NAVICULAR, LUNATE, RADIUS, ULNA),
    *(MULTANGULAR_NAVICULAR, CAPITATE_NAVICULAR_LUNATE, RADIOCARPAL, WRIST),
)
NAMES = {site.code: site.label for site in SITES}

TERMS_FACT = Fact(
    "terms",
    "Location terms from LOC (C74456), laterality from LAT (C99073), method X-RAY from METHOD (C85492). The "
    "multangular has no published term: a sponsor extends LOC. PROXIMAL and DISTAL for the two sides of a foot joint "
    "are our proposal.",
    Mark.GENERAL,
    "SDTM controlled terminology 2025-03-25 for the terms themselves; the choice of term per site is ours",
)


def joint_name(code: str) -> str:
    """The name of a joint or bone for people; an unknown code is returned as it is.

    >>> joint_name("PIP4"), joint_name("MTPIP"), joint_name("NOSE")
    ('PIP 4', 'IP of the great toe', 'NOSE')
    """
    return NAMES.get(code, code)


def make_item(
    *,
    feature: str,
    side: str,
    site: ScoredSite,
    allowed: tuple[int, ...],
    weight: int = 1,
    part: SitePart = WHOLE,
    test: Test = NO_TEST,
) -> Item:
    """An item at a site, its key made of feature letter, side, site and part: EL-MCP2, ER-MTP3-P."""
    letter = LETTERS[feature]
    lat, lat_code = LATERALITY[side]
    group, number = site.wide
    return Item(
        key="-".join(piece for piece in (letter + side, site.code, part.code) if piece),
        feature=feature,
        region=site.region,
        side=side,
        joint=site.code,
        label=f"{site.label}, {part.name}" if part.name else site.label,
        allowed=allowed,
        weight=weight,
        part=part.name,
        wide_name=f"{side}{'H' if site.region == 'hand' else 'F'}_{group}_{letter}__{number}{part.wide}",
        terms=CdiscTerms(test.testcd, test.test, test.code, site.loc, site.loc_code, lat, lat_code, part.dir),
    )
