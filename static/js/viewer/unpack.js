// Made by make_unpack.py: reads one block of 16 values of a fixed width, least significant bits first.
// Each function takes the words, the block's first word, the output and the block's first place in it.

function unpack0(words, at, out, to) {
  out.fill(0, to, to + 16);
}

function unpack1(words, at, out, to) {
  out[to] = words[at] & 1;
  out[to + 1] = (words[at] >>> 1) & 1;
  out[to + 2] = (words[at] >>> 2) & 1;
  out[to + 3] = (words[at] >>> 3) & 1;
  out[to + 4] = (words[at] >>> 4) & 1;
  out[to + 5] = (words[at] >>> 5) & 1;
  out[to + 6] = (words[at] >>> 6) & 1;
  out[to + 7] = (words[at] >>> 7) & 1;
  out[to + 8] = (words[at] >>> 8) & 1;
  out[to + 9] = (words[at] >>> 9) & 1;
  out[to + 10] = (words[at] >>> 10) & 1;
  out[to + 11] = (words[at] >>> 11) & 1;
  out[to + 12] = (words[at] >>> 12) & 1;
  out[to + 13] = (words[at] >>> 13) & 1;
  out[to + 14] = (words[at] >>> 14) & 1;
  out[to + 15] = (words[at] >>> 15);
}

function unpack2(words, at, out, to) {
  out[to] = words[at] & 3;
  out[to + 1] = (words[at] >>> 2) & 3;
  out[to + 2] = (words[at] >>> 4) & 3;
  out[to + 3] = (words[at] >>> 6) & 3;
  out[to + 4] = (words[at] >>> 8) & 3;
  out[to + 5] = (words[at] >>> 10) & 3;
  out[to + 6] = (words[at] >>> 12) & 3;
  out[to + 7] = (words[at] >>> 14);
  out[to + 8] = words[at + 1] & 3;
  out[to + 9] = (words[at + 1] >>> 2) & 3;
  out[to + 10] = (words[at + 1] >>> 4) & 3;
  out[to + 11] = (words[at + 1] >>> 6) & 3;
  out[to + 12] = (words[at + 1] >>> 8) & 3;
  out[to + 13] = (words[at + 1] >>> 10) & 3;
  out[to + 14] = (words[at + 1] >>> 12) & 3;
  out[to + 15] = (words[at + 1] >>> 14);
}

function unpack3(words, at, out, to) {
  out[to] = words[at] & 7;
  out[to + 1] = (words[at] >>> 3) & 7;
  out[to + 2] = (words[at] >>> 6) & 7;
  out[to + 3] = (words[at] >>> 9) & 7;
  out[to + 4] = (words[at] >>> 12) & 7;
  out[to + 5] = (words[at] >>> 15 | words[at + 1] << 1) & 7;
  out[to + 6] = (words[at + 1] >>> 2) & 7;
  out[to + 7] = (words[at + 1] >>> 5) & 7;
  out[to + 8] = (words[at + 1] >>> 8) & 7;
  out[to + 9] = (words[at + 1] >>> 11) & 7;
  out[to + 10] = (words[at + 1] >>> 14 | words[at + 2] << 2) & 7;
  out[to + 11] = (words[at + 2] >>> 1) & 7;
  out[to + 12] = (words[at + 2] >>> 4) & 7;
  out[to + 13] = (words[at + 2] >>> 7) & 7;
  out[to + 14] = (words[at + 2] >>> 10) & 7;
  out[to + 15] = (words[at + 2] >>> 13);
}

function unpack4(words, at, out, to) {
  out[to] = words[at] & 15;
  out[to + 1] = (words[at] >>> 4) & 15;
  out[to + 2] = (words[at] >>> 8) & 15;
  out[to + 3] = (words[at] >>> 12);
  out[to + 4] = words[at + 1] & 15;
  out[to + 5] = (words[at + 1] >>> 4) & 15;
  out[to + 6] = (words[at + 1] >>> 8) & 15;
  out[to + 7] = (words[at + 1] >>> 12);
  out[to + 8] = words[at + 2] & 15;
  out[to + 9] = (words[at + 2] >>> 4) & 15;
  out[to + 10] = (words[at + 2] >>> 8) & 15;
  out[to + 11] = (words[at + 2] >>> 12);
  out[to + 12] = words[at + 3] & 15;
  out[to + 13] = (words[at + 3] >>> 4) & 15;
  out[to + 14] = (words[at + 3] >>> 8) & 15;
  out[to + 15] = (words[at + 3] >>> 12);
}

function unpack5(words, at, out, to) {
  out[to] = words[at] & 31;
  out[to + 1] = (words[at] >>> 5) & 31;
  out[to + 2] = (words[at] >>> 10) & 31;
  out[to + 3] = (words[at] >>> 15 | words[at + 1] << 1) & 31;
  out[to + 4] = (words[at + 1] >>> 4) & 31;
  out[to + 5] = (words[at + 1] >>> 9) & 31;
  out[to + 6] = (words[at + 1] >>> 14 | words[at + 2] << 2) & 31;
  out[to + 7] = (words[at + 2] >>> 3) & 31;
  out[to + 8] = (words[at + 2] >>> 8) & 31;
  out[to + 9] = (words[at + 2] >>> 13 | words[at + 3] << 3) & 31;
  out[to + 10] = (words[at + 3] >>> 2) & 31;
  out[to + 11] = (words[at + 3] >>> 7) & 31;
  out[to + 12] = (words[at + 3] >>> 12 | words[at + 4] << 4) & 31;
  out[to + 13] = (words[at + 4] >>> 1) & 31;
  out[to + 14] = (words[at + 4] >>> 6) & 31;
  out[to + 15] = (words[at + 4] >>> 11);
}

function unpack6(words, at, out, to) {
  out[to] = words[at] & 63;
  out[to + 1] = (words[at] >>> 6) & 63;
  out[to + 2] = (words[at] >>> 12 | words[at + 1] << 4) & 63;
  out[to + 3] = (words[at + 1] >>> 2) & 63;
  out[to + 4] = (words[at + 1] >>> 8) & 63;
  out[to + 5] = (words[at + 1] >>> 14 | words[at + 2] << 2) & 63;
  out[to + 6] = (words[at + 2] >>> 4) & 63;
  out[to + 7] = (words[at + 2] >>> 10);
  out[to + 8] = words[at + 3] & 63;
  out[to + 9] = (words[at + 3] >>> 6) & 63;
  out[to + 10] = (words[at + 3] >>> 12 | words[at + 4] << 4) & 63;
  out[to + 11] = (words[at + 4] >>> 2) & 63;
  out[to + 12] = (words[at + 4] >>> 8) & 63;
  out[to + 13] = (words[at + 4] >>> 14 | words[at + 5] << 2) & 63;
  out[to + 14] = (words[at + 5] >>> 4) & 63;
  out[to + 15] = (words[at + 5] >>> 10);
}

function unpack7(words, at, out, to) {
  out[to] = words[at] & 127;
  out[to + 1] = (words[at] >>> 7) & 127;
  out[to + 2] = (words[at] >>> 14 | words[at + 1] << 2) & 127;
  out[to + 3] = (words[at + 1] >>> 5) & 127;
  out[to + 4] = (words[at + 1] >>> 12 | words[at + 2] << 4) & 127;
  out[to + 5] = (words[at + 2] >>> 3) & 127;
  out[to + 6] = (words[at + 2] >>> 10 | words[at + 3] << 6) & 127;
  out[to + 7] = (words[at + 3] >>> 1) & 127;
  out[to + 8] = (words[at + 3] >>> 8) & 127;
  out[to + 9] = (words[at + 3] >>> 15 | words[at + 4] << 1) & 127;
  out[to + 10] = (words[at + 4] >>> 6) & 127;
  out[to + 11] = (words[at + 4] >>> 13 | words[at + 5] << 3) & 127;
  out[to + 12] = (words[at + 5] >>> 4) & 127;
  out[to + 13] = (words[at + 5] >>> 11 | words[at + 6] << 5) & 127;
  out[to + 14] = (words[at + 6] >>> 2) & 127;
  out[to + 15] = (words[at + 6] >>> 9);
}

function unpack8(words, at, out, to) {
  out[to] = words[at] & 255;
  out[to + 1] = (words[at] >>> 8);
  out[to + 2] = words[at + 1] & 255;
  out[to + 3] = (words[at + 1] >>> 8);
  out[to + 4] = words[at + 2] & 255;
  out[to + 5] = (words[at + 2] >>> 8);
  out[to + 6] = words[at + 3] & 255;
  out[to + 7] = (words[at + 3] >>> 8);
  out[to + 8] = words[at + 4] & 255;
  out[to + 9] = (words[at + 4] >>> 8);
  out[to + 10] = words[at + 5] & 255;
  out[to + 11] = (words[at + 5] >>> 8);
  out[to + 12] = words[at + 6] & 255;
  out[to + 13] = (words[at + 6] >>> 8);
  out[to + 14] = words[at + 7] & 255;
  out[to + 15] = (words[at + 7] >>> 8);
}

function unpack9(words, at, out, to) {
  out[to] = words[at] & 511;
  out[to + 1] = (words[at] >>> 9 | words[at + 1] << 7) & 511;
  out[to + 2] = (words[at + 1] >>> 2) & 511;
  out[to + 3] = (words[at + 1] >>> 11 | words[at + 2] << 5) & 511;
  out[to + 4] = (words[at + 2] >>> 4) & 511;
  out[to + 5] = (words[at + 2] >>> 13 | words[at + 3] << 3) & 511;
  out[to + 6] = (words[at + 3] >>> 6) & 511;
  out[to + 7] = (words[at + 3] >>> 15 | words[at + 4] << 1) & 511;
  out[to + 8] = (words[at + 4] >>> 8 | words[at + 5] << 8) & 511;
  out[to + 9] = (words[at + 5] >>> 1) & 511;
  out[to + 10] = (words[at + 5] >>> 10 | words[at + 6] << 6) & 511;
  out[to + 11] = (words[at + 6] >>> 3) & 511;
  out[to + 12] = (words[at + 6] >>> 12 | words[at + 7] << 4) & 511;
  out[to + 13] = (words[at + 7] >>> 5) & 511;
  out[to + 14] = (words[at + 7] >>> 14 | words[at + 8] << 2) & 511;
  out[to + 15] = (words[at + 8] >>> 7);
}

function unpack10(words, at, out, to) {
  out[to] = words[at] & 1023;
  out[to + 1] = (words[at] >>> 10 | words[at + 1] << 6) & 1023;
  out[to + 2] = (words[at + 1] >>> 4) & 1023;
  out[to + 3] = (words[at + 1] >>> 14 | words[at + 2] << 2) & 1023;
  out[to + 4] = (words[at + 2] >>> 8 | words[at + 3] << 8) & 1023;
  out[to + 5] = (words[at + 3] >>> 2) & 1023;
  out[to + 6] = (words[at + 3] >>> 12 | words[at + 4] << 4) & 1023;
  out[to + 7] = (words[at + 4] >>> 6);
  out[to + 8] = words[at + 5] & 1023;
  out[to + 9] = (words[at + 5] >>> 10 | words[at + 6] << 6) & 1023;
  out[to + 10] = (words[at + 6] >>> 4) & 1023;
  out[to + 11] = (words[at + 6] >>> 14 | words[at + 7] << 2) & 1023;
  out[to + 12] = (words[at + 7] >>> 8 | words[at + 8] << 8) & 1023;
  out[to + 13] = (words[at + 8] >>> 2) & 1023;
  out[to + 14] = (words[at + 8] >>> 12 | words[at + 9] << 4) & 1023;
  out[to + 15] = (words[at + 9] >>> 6);
}

function unpack11(words, at, out, to) {
  out[to] = words[at] & 2047;
  out[to + 1] = (words[at] >>> 11 | words[at + 1] << 5) & 2047;
  out[to + 2] = (words[at + 1] >>> 6 | words[at + 2] << 10) & 2047;
  out[to + 3] = (words[at + 2] >>> 1) & 2047;
  out[to + 4] = (words[at + 2] >>> 12 | words[at + 3] << 4) & 2047;
  out[to + 5] = (words[at + 3] >>> 7 | words[at + 4] << 9) & 2047;
  out[to + 6] = (words[at + 4] >>> 2) & 2047;
  out[to + 7] = (words[at + 4] >>> 13 | words[at + 5] << 3) & 2047;
  out[to + 8] = (words[at + 5] >>> 8 | words[at + 6] << 8) & 2047;
  out[to + 9] = (words[at + 6] >>> 3) & 2047;
  out[to + 10] = (words[at + 6] >>> 14 | words[at + 7] << 2) & 2047;
  out[to + 11] = (words[at + 7] >>> 9 | words[at + 8] << 7) & 2047;
  out[to + 12] = (words[at + 8] >>> 4) & 2047;
  out[to + 13] = (words[at + 8] >>> 15 | words[at + 9] << 1) & 2047;
  out[to + 14] = (words[at + 9] >>> 10 | words[at + 10] << 6) & 2047;
  out[to + 15] = (words[at + 10] >>> 5);
}

function unpack12(words, at, out, to) {
  out[to] = words[at] & 4095;
  out[to + 1] = (words[at] >>> 12 | words[at + 1] << 4) & 4095;
  out[to + 2] = (words[at + 1] >>> 8 | words[at + 2] << 8) & 4095;
  out[to + 3] = (words[at + 2] >>> 4);
  out[to + 4] = words[at + 3] & 4095;
  out[to + 5] = (words[at + 3] >>> 12 | words[at + 4] << 4) & 4095;
  out[to + 6] = (words[at + 4] >>> 8 | words[at + 5] << 8) & 4095;
  out[to + 7] = (words[at + 5] >>> 4);
  out[to + 8] = words[at + 6] & 4095;
  out[to + 9] = (words[at + 6] >>> 12 | words[at + 7] << 4) & 4095;
  out[to + 10] = (words[at + 7] >>> 8 | words[at + 8] << 8) & 4095;
  out[to + 11] = (words[at + 8] >>> 4);
  out[to + 12] = words[at + 9] & 4095;
  out[to + 13] = (words[at + 9] >>> 12 | words[at + 10] << 4) & 4095;
  out[to + 14] = (words[at + 10] >>> 8 | words[at + 11] << 8) & 4095;
  out[to + 15] = (words[at + 11] >>> 4);
}

function unpack13(words, at, out, to) {
  out[to] = words[at] & 8191;
  out[to + 1] = (words[at] >>> 13 | words[at + 1] << 3) & 8191;
  out[to + 2] = (words[at + 1] >>> 10 | words[at + 2] << 6) & 8191;
  out[to + 3] = (words[at + 2] >>> 7 | words[at + 3] << 9) & 8191;
  out[to + 4] = (words[at + 3] >>> 4 | words[at + 4] << 12) & 8191;
  out[to + 5] = (words[at + 4] >>> 1) & 8191;
  out[to + 6] = (words[at + 4] >>> 14 | words[at + 5] << 2) & 8191;
  out[to + 7] = (words[at + 5] >>> 11 | words[at + 6] << 5) & 8191;
  out[to + 8] = (words[at + 6] >>> 8 | words[at + 7] << 8) & 8191;
  out[to + 9] = (words[at + 7] >>> 5 | words[at + 8] << 11) & 8191;
  out[to + 10] = (words[at + 8] >>> 2) & 8191;
  out[to + 11] = (words[at + 8] >>> 15 | words[at + 9] << 1) & 8191;
  out[to + 12] = (words[at + 9] >>> 12 | words[at + 10] << 4) & 8191;
  out[to + 13] = (words[at + 10] >>> 9 | words[at + 11] << 7) & 8191;
  out[to + 14] = (words[at + 11] >>> 6 | words[at + 12] << 10) & 8191;
  out[to + 15] = (words[at + 12] >>> 3);
}

function unpack14(words, at, out, to) {
  out[to] = words[at] & 16383;
  out[to + 1] = (words[at] >>> 14 | words[at + 1] << 2) & 16383;
  out[to + 2] = (words[at + 1] >>> 12 | words[at + 2] << 4) & 16383;
  out[to + 3] = (words[at + 2] >>> 10 | words[at + 3] << 6) & 16383;
  out[to + 4] = (words[at + 3] >>> 8 | words[at + 4] << 8) & 16383;
  out[to + 5] = (words[at + 4] >>> 6 | words[at + 5] << 10) & 16383;
  out[to + 6] = (words[at + 5] >>> 4 | words[at + 6] << 12) & 16383;
  out[to + 7] = (words[at + 6] >>> 2);
  out[to + 8] = words[at + 7] & 16383;
  out[to + 9] = (words[at + 7] >>> 14 | words[at + 8] << 2) & 16383;
  out[to + 10] = (words[at + 8] >>> 12 | words[at + 9] << 4) & 16383;
  out[to + 11] = (words[at + 9] >>> 10 | words[at + 10] << 6) & 16383;
  out[to + 12] = (words[at + 10] >>> 8 | words[at + 11] << 8) & 16383;
  out[to + 13] = (words[at + 11] >>> 6 | words[at + 12] << 10) & 16383;
  out[to + 14] = (words[at + 12] >>> 4 | words[at + 13] << 12) & 16383;
  out[to + 15] = (words[at + 13] >>> 2);
}

function unpack16(words, at, out, to) {
  out[to] = words[at];
  out[to + 1] = words[at + 1];
  out[to + 2] = words[at + 2];
  out[to + 3] = words[at + 3];
  out[to + 4] = words[at + 4];
  out[to + 5] = words[at + 5];
  out[to + 6] = words[at + 6];
  out[to + 7] = words[at + 7];
  out[to + 8] = words[at + 8];
  out[to + 9] = words[at + 9];
  out[to + 10] = words[at + 10];
  out[to + 11] = words[at + 11];
  out[to + 12] = words[at + 12];
  out[to + 13] = words[at + 13];
  out[to + 14] = words[at + 14];
  out[to + 15] = words[at + 15];
}

export const unpack = [
  unpack0,
  unpack1,
  unpack2,
  unpack3,
  unpack4,
  unpack5,
  unpack6,
  unpack7,
  unpack8,
  unpack9,
  unpack10,
  unpack11,
  unpack12,
  unpack13,
  unpack14,
  unpack16,
];
