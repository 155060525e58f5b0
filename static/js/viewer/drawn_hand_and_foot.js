// Where the joints and bones are on a drawn left hand and left foot, in the units of the drawing (200 x 120). The right
// one is mirrored.

const ring = (name, numbers, places) => Object.fromEntries(numbers.map((n, k) => [`${name}${n}`, places[k]]));
const HAND = {
  ...ring("DIP", [2, 3, 4, 5], [[116, 14], [101, 9], [87, 14], [72, 27]]),
  ...ring("PIP", [2, 3, 4, 5], [[113, 28], [101, 24], [88, 29], [75, 40]]),
  ...ring("MCP", [1, 2, 3, 4, 5], [[129, 66], [110, 51], [100, 49], [90, 52], [80, 58]]),
  IP1: [139, 54],
  MC1: [119, 82],
  ...ring("CMC", [3, 4, 5], [[100, 77], [92, 78], [85, 80]]),
  MUL: [110, 83],
  MULNA: [108, 89],
  NAV: [106, 95],
  CAPNL: [99, 89],
  LUNAT: [97, 98],
  WRIST: [99, 90],
  RADCA: [105, 103],
  RADIU: [105, 112],
  ULNA: [89, 110],
};
const FOOT = {
  MTPIP: [121, 20],
  ...ring("MTP", [1, 2, 3, 4, 5], [[119, 46], [107, 42], [97, 45], [88, 51], [79, 60]]),
};
export const PLACES = { hand: HAND, foot: FOOT };
export const BONES = {
  hand: [
    "M119 82L129 66L139 54L146 45",
    "M106 88L110 51L117 8",
    "M100 88L100 49L101 3",
    "M94 88L90 52L86 8",
    "M88 88L80 58L71 22",
    "M105 118L104 96",
    "M89 118L91 98",
  ],
  foot: [
    "M113 104L119 46L121 10",
    "M107 104L107 42L107 18",
    "M100 104L97 45L96 22",
    "M95 104L88 51L85 29",
    "M90 102L79 60L74 40",
  ],
};
