/**
 * Returns a comment or description on one line; `undefined` if nothing readable is left.
 * Comments can contain secrets: an assignment, or a URL with a password, drops the whole text.
 */
export const docOf = (text: string): string | undefined => {
  const line = text
    .split('\n')
    .map((part) => part.trim())
    .filter((part) => !isNoise(part))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()
  return line === '' || holdsValue(line) ? undefined : line
}

/** Returns `{ doc }` to spread, or `{}` if there is none. */
export const withDoc = (text: string | undefined): { readonly doc?: string } => {
  const doc = text === undefined ? undefined : docOf(text)
  return doc === undefined ? {} : { doc }
}

/** Returns whether a doc repeats a value or a part of it; ordinary words such as `production` do not count. */
export const repeatsValue = (doc: string, values: readonly string[]): boolean =>
  values
    .flatMap((value) => [value, ...value.split(/[\s"'`]+/)])
    .some((part) => part.length >= 6 && !/^[a-z]+$/.test(part) && doc.includes(part))

/** Linter directives, tags, commented-out code, and lines that only separate sections. */
const isNoise = (line: string): boolean =>
  /^(eslint|biome|prettier|oxlint|tslint|istanbul|c8|v8)\b.*(ignore|disable|enable)|^@|^(noqa|type: ?ignore|pylint:|rubocop:|nolint|phpcs:|@phpstan)/.test(
    line,
  ) ||
  /=>|^[\w$'"]+\??:\s*[\w$]+(\.\w+)*\(|^\.?[\w$.]+\(.*\)[,;.]*$|;$/.test(line) ||
  !/[\p{L}\p{N}]/u.test(line)

const holdsValue = (line: string): boolean =>
  /[A-Z][A-Z0-9_]{2,}\s*=\s*\S/.test(line) ||
  /:\/\/[^\s/]*:[^\s/]*@/.test(line) ||
  /\b(defaults?|e\.?g\.?|example|for instance|such as)\b\W*\S*(secret|passw|token|key)/i.test(line)
