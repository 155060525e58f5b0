"""The left hand from behind (PA), thumb to the right: millimetres on a film of 200 x 250, fingers up.

Traced by eye from a public-domain film of a normal hand, its scale assumed (third metacarpal 64 mm).
"""

from __future__ import annotations

from rehearsal.anatomy import LongBone, Ray, Sesamoid


def ray(number: int, mc: LongBone, *phalanges: LongBone) -> Ray:
    if number == 1:
        return Ray(1, (mc, *phalanges), ("MCP1", "IP1"), (1.7, 1.3))
    return Ray(number, (mc, *phalanges), (f"MCP{number}", f"PIP{number}", f"DIP{number}"), (1.7, 1.25, 1.0))


RAYS = (
    ray(
        1,
        LongBone("mc1", "metacarpal", 42.6, 14, 9.2, 13, (107.2, 182.4), 46),
        LongBone("pp1", "proximal", 27.4, 12.6, 8, 10.5, (140.0, 151.0), 34),
        LongBone("dp1", "distal", 19.1, 11.5, 5.6, 7.6, (156.9, 125.4), 43),
    ),
    ray(
        2,
        LongBone("mc2", "metacarpal", 67.5, 16, 7.6, 13.2, (96.2, 175.5), 13, skew=0.22),
        LongBone("pp2", "proximal", 37.0, 14.3, 8.6, 9.6, (113.2, 108.5), 12),
        LongBone("mp2", "middle", 20.7, 11.2, 6.3, 8.4, (122.7, 71.5), 13),
        LongBone("dp2", "distal", 15.6, 8.8, 4.2, 6.3, (127.9, 49.8), 7),
    ),
    ray(
        3,
        LongBone("mc3", "metacarpal", 65.8, 12.8, 7.6, 14, (84.2, 171.7), 4, skew=-0.08),
        LongBone("pp3", "proximal", 41.7, 14.3, 8.8, 9.8, (89.8, 104.4), 3),
        LongBone("mp3", "middle", 25.7, 12, 6.6, 8.6, (91.7, 61.4), 3),
        LongBone("dp3", "distal", 17.7, 9.4, 4.4, 6.8, (93.0, 34.4), 1),
    ),
    ray(
        4,
        LongBone("mc4", "metacarpal", 59.2, 10.6, 6.1, 12, (73.6, 169.4), -2, skew=0.05),
        LongBone("pp4", "proximal", 39.4, 13.3, 8, 9.5, (70.3, 108.9), -3),
        LongBone("mp4", "middle", 24.8, 11.3, 6.2, 8.3, (66.8, 68.6), -5),
        LongBone("dp4", "distal", 18.4, 9.2, 4.2, 6.6, (63.5, 42.7), -3),
    ),
    ray(
        5,
        LongBone("mc5", "metacarpal", 53.9, 12.6, 6.6, 10.8, (62.4, 171.0), -8, skew=0.2),
        LongBone("pp5", "proximal", 29.0, 12.2, 6.6, 8.6, (53.2, 115.7), -15),
        LongBone("mp5", "middle", 16.6, 9.2, 5.3, 7.2, (43.5, 86.2), -15),
        LongBone("dp5", "distal", 16.0, 7.6, 3.7, 5.2, (38.0, 69.0), -14),
    ),
)

SESAMOIDS = (Sesamoid("mc1", 4.6, -7.4, (1.9, 2.2)),)
