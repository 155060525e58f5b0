// WebGL2: 16-bit films as R16UI textures, one texture of resampled levels for the whole stage, one canvas.
// Rectangles are {x, y, width, height} in device pixels from the top left; `kept` is a place in the resampled texture.

import { link, uniforms } from "./gl_program.js";
import { COVER, RESAMPLE, WINDOW } from "./shaders.js";

// Without a graphics card WebGL is emulated by the processor, slower than the canvas (docs/decisions/0011). Some browsers
// refuse it on request, others only name what draws.
const EMULATED = /swiftshader|llvmpipe|softpipe|software|basic render/i;
const CONTEXT = {
  alpha: false,
  antialias: false,
  depth: false,
  stencil: false,
  powerPreference: "high-performance",
  failIfMajorPerformanceCaveat: true,
};

export class GlRenderer {
  kind = "webgl2";

  constructor(canvas) {
    const gl = (this.gl = canvas.getContext("webgl2", CONTEXT));
    if (!gl) throw new Error("WebGL2 is not available");
    const drawn = gl.getParameter(gl.getExtension("WEBGL_debug_renderer_info")?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
    if (EMULATED.test(drawn)) {
      gl.getExtension("WEBGL_lose_context")?.loseContext();
      throw new Error(`WebGL2 is only emulated, by ${drawn}`);
    }
    this.canvas = canvas;
    this.largest = gl.getParameter(gl.MAX_TEXTURE_SIZE);
    this.resampler = uniforms(gl, link(gl, COVER, RESAMPLE));
    this.windower = uniforms(gl, link(gl, COVER, WINDOW));
    this.frame = gl.createFramebuffer();
    this.kept = null;
    gl.bindVertexArray(gl.createVertexArray());
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.disable(gl.DITHER);
  }

  get lost() {
    return this.gl.isContextLost();
  }

  // `below` more rows are kept under the stage for the magnifier.
  resize(width, height, below) {
    const gl = this.gl;
    this.canvas.width = width;
    this.canvas.height = height;
    gl.deleteTexture(this.kept);
    this.kept = this.#texture(gl.R32UI, width, height + below);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.kept, 0);
  }

  picture({ columns, rows }) {
    return { columns, rows, texture: this.#texture(this.gl.R16UI, columns, rows) };
  }

  // The levels are the renderer's from now on: once copied, their memory is given back, not when it is collected some time.
  upload(picture, { top, rows, levels }) {
    const gl = this.gl;
    gl.bindTexture(gl.TEXTURE_2D, picture.texture);
    const kind = [gl.RED_INTEGER, gl.UNSIGNED_SHORT];
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, top, picture.columns, rows, ...kind, levels);
    levels.buffer.transfer?.(0);
  }

  dispose(picture) {
    this.gl.deleteTexture(picture.texture);
  }

  resample(picture, rect, kept, rule) {
    const gl = this.gl;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
    gl.viewport(kept.x, kept.y, rect.width, rect.height);
    const set = this.resampler;
    gl.useProgram(set.program);
    gl.bindTexture(gl.TEXTURE_2D, picture.texture);
    gl.uniform2i(set.at.size, picture.columns, picture.rows);
    gl.uniform2i(set.at.corner, kept.x, kept.y);
    gl.uniform2i(set.at.base, ...rule.base);
    gl.uniform2f(set.at.start, ...rule.start);
    gl.uniform2f(set.at.across, ...rule.across);
    gl.uniform2f(set.at.down, ...rule.down);
    gl.uniform1i(set.at.mode, rule.mode);
    gl.uniform1i(set.at.taps, rule.taps);
    this.#cover(kept.x, kept.y, rect);
  }

  // Paints the kept levels of a rectangle through a window; everything beside the film becomes black.
  show(rect, kept, window, invert) {
    const gl = this.gl;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    const bottom = this.canvas.height - rect.y - rect.height;
    const set = this.windower;
    gl.useProgram(set.program);
    gl.bindTexture(gl.TEXTURE_2D, this.kept);
    gl.uniform2i(set.at.shift, kept.x - rect.x, kept.y - rect.y);
    gl.uniform1i(set.at.low2, window.low2);
    gl.uniform1i(set.at.span, window.span);
    gl.uniform1i(set.at.invert, invert ? 1 : 0);
    gl.uniform1i(set.at.height, this.canvas.height);
    this.#cover(rect.x, bottom, rect);
  }

  clear() {
    const gl = this.gl;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.clearColor(0, 0, 0, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
  }

  close() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  #cover(x, y, { width, height }) {
    const gl = this.gl;
    gl.viewport(x, y, width, height);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  #texture(format, width, height) {
    const gl = this.gl;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, format, width, height);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    return texture;
  }
}
