// Stands in for d3-color, which d3-interpolate asks whether a value is a color: none is.
export function color() {
  return null;
}
export { color as cubehelix, color as gray, color as hcl, color as hsl, color as lab, color as lch, color as rgb };
