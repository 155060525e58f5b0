// Compiles and links one program and finds its uniforms by name.

export function link(gl, vertex, fragment) {
  const program = gl.createProgram();
  const sources = [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ];
  for (const [kind, source] of sources) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    throw new Error(`the graphics program cannot be used: ${gl.getProgramInfoLog(program)}`);
  }
  return program;
}

export function uniforms(gl, program) {
  const at = {};
  for (let k = 0; k < gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS); k++) {
    const { name } = gl.getActiveUniform(program, k);
    at[name] = gl.getUniformLocation(program, name);
  }
  return { program, at };
}
