/**
 * Returns the function whose parameters are what a test asks for. The TypeScript compiler, for targets before ES2017,
 * moves them to a generator inside of the function: `(_a) => __awaiter(…, [_a], …, function* ({ api }) { … })`.
 */
export const written = (fn: unknown): unknown => {
  const inner =
    /^(?:function\s*)?\(?\s*(\w+)\b[^{]*?\{?\s*(?:return )?__awaiter\([^[]*\[\s*\1\b[^\]]*\][^(]*function\s*\*\s*(\([\s\S]*)/
  const [, , text] = inner.exec(String(fn)) ?? []
  return text === undefined ? fn : named(text)
}

// ---

/** A function without parameters of its own that reads like this text. */
const named = (text: string): unknown =>
  Object.assign(() => {}, { toString: () => `function ${text}` })
