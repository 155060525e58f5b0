"""The right foot from above (dorsoplantar), hallux to the left: millimetres on a film of 200 x 250, toes up.

Traced by eye from a public-domain film of a normal foot, its scale assumed (second metatarsal 74 mm).
"""

from __future__ import annotations

from rehearsal.anatomy import LongBone, Ray, Sesamoid


def ray(number: int, mt: LongBone, *phalanges: LongBone) -> Ray:
    if number == 1:
        return Ray(1, (mt, *phalanges), ("MTP1", "MTPIP"), (1.4, 1.4))
    return Ray(number, (mt, *phalanges), (f"MTP{number}", f"TPIP{number}", f"TDIP{number}"), (1.6, 0.8, 0.6))


RAYS = (
    ray(
        1,
        LongBone("mt1", "metacarpal", 66.6, 19, 13.4, 19, (87.0, 134.6), -11.5, skew=-0.1),
        LongBone("pp1", "proximal", 26.5, 17.4, 12.6, 15.4, (72.8, 67.6), 1),
        LongBone("dp1", "distal", 18.1, 15.8, 9.6, 12, (74.8, 39.4), 8),
    ),
    ray(
        2,
        LongBone("mt2", "metacarpal", 76.1, 14.0, 6.7, 11.6, (99.8, 143.0), -5, skew=-0.2),
        LongBone("pp2", "proximal", 20.9, 11.2, 5.8, 7.8, (92.7, 65.2), 4),
        LongBone("mp2", "middle", 10.3, 9, 6.4, 8.4, (94.0, 43.2), 1),
        LongBone("dp2", "distal", 9.4, 8.6, 5, 7.4, (95.8, 31.6), 8),
    ),
    ray(
        3,
        LongBone("mt3", "metacarpal", 74.2, 14.5, 6.5, 10.6, (109.5, 145.5), -2, skew=-0.22),
        LongBone("pp3", "proximal", 18.5, 10.2, 5.2, 7.2, (106.4, 69.6), 9),
        LongBone("mp3", "middle", 9.0, 8.4, 5.8, 7.3, (108.5, 50.3), -6),
        LongBone("dp3", "distal", 9.4, 7, 3.4, 5.2, (107.9, 40.4), 4),
    ),
    ray(
        4,
        LongBone("mt4", "metacarpal", 71.7, 14.5, 6.3, 10.8, (117.4, 149.0), 3, skew=-0.25),
        LongBone("pp4", "proximal", 19.3, 9.8, 5.2, 7.8, (119.3, 75.2), 1),
        LongBone("mp4", "middle", 6.5, 8.8, 6.6, 7.4, (119.6, 54.6), -9),
        LongBone("dp4", "distal", 9.2, 7, 4, 4.8, (118.1, 47.0), -9),
    ),
    ray(
        5,
        LongBone("mt5", "metacarpal", 64.3, 11.5, 7.6, 10.4, (126.2, 153.6), 9, skew=-0.25, spur=(2.0, -2.6)),
        LongBone("pp5", "proximal", 19.7, 9.2, 4.6, 6, (134.1, 89.2), 7),
        LongBone("mp5", "middle", 5.6, 5.8, 4.8, 5.2, (135.6, 68.7), -3),
        LongBone("dp5", "distal", 8.5, 5.6, 3.1, 3.4, (133.0, 63.7), -19),
    ),
)

SESAMOIDS = (
    Sesamoid("mt1", 9.8, -3.6, (3.3, 4.7)),
    Sesamoid("mt1", 9.8, 5.6, (3.1, 4.5)),
)
