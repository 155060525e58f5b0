// The two passes of the WebGL2 renderer. First a film is resampled to the screen's pixels, in sixteenths of a level
// (R32UI, kept); then the window is applied to that, in whole numbers, as in levels_window.js.

export const COVER = `#version 300 es
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  gl_Position = vec4(corner * 4.0 - 1.0, 0.0, 1.0);
}`;

export const RESAMPLE = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform usampler2D picture;
uniform ivec2 size;
uniform ivec2 corner;
uniform ivec2 base;
uniform vec2 start, across, down;
uniform int mode, taps;
out uint sixteenths;

uint at(ivec2 place) {
  return texelFetch(picture, clamp(place, ivec2(0), size - 1), 0).r;
}

uint between(vec2 place) {
  vec2 low = floor(place - 0.5);
  uvec2 part = uvec2(floor((place - 0.5 - low) * 256.0 + 0.5));
  uvec2 rest = 256u - part;
  ivec2 cell = base + ivec2(low);
  uint sum = at(cell) * rest.x * rest.y + at(cell + ivec2(1, 0)) * part.x * rest.y
    + at(cell + ivec2(0, 1)) * rest.x * part.y + at(cell + ivec2(1, 1)) * part.x * part.y;
  return (sum + 2048u) >> 12;
}

uint mean(vec2 place) {
  uint sum = 0u;
  for (int j = 0; j < taps; j++) {
    for (int i = 0; i < taps; i++) {
      vec2 part = (vec2(i, j) + 0.5) / float(taps) - 0.5;
      sum += at(base + ivec2(floor(place + part.x * across + part.y * down)));
    }
  }
  uint count = uint(taps * taps);
  return (sum * 16u + count / 2u) / count;
}

void main() {
  vec2 pixel = vec2(ivec2(gl_FragCoord.xy) - corner);
  vec2 place = start + pixel.x * across + pixel.y * down;
  ivec2 cell = base + ivec2(floor(place));
  if (any(lessThan(cell, ivec2(0))) || any(greaterThanEqual(cell, size))) sixteenths = 0xffffffffu;
  else if (mode == 0) sixteenths = at(cell) * 16u;
  else if (mode == 1) sixteenths = between(place);
  else sixteenths = mean(place);
}`;

export const WINDOW = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform usampler2D kept;
uniform ivec2 shift;
uniform int low2;
uniform int span;
uniform bool invert;
uniform int height;
out vec4 colour;

uint grey(uint sixteenths) {
  int above = 2 * int(sixteenths) - 16 * low2;
  if (above <= 0) return 0u;
  if (above >= 32 * span) return 255u;
  return (255u * uint(above) + 16u * uint(span)) / (32u * uint(span));
}

void main() {
  ivec2 pixel = ivec2(gl_FragCoord.x, float(height) - gl_FragCoord.y);
  uint sixteenths = texelFetch(kept, pixel + shift, 0).r;
  if (sixteenths == 0xffffffffu) {
    colour = vec4(0.0, 0.0, 0.0, 1.0);
    return;
  }
  uint shown = grey(sixteenths);
  if (invert) shown = 255u - shown;
  colour = vec4(vec3(float(shown) / 255.0), 1.0);
}`;
