/**
 * A comment or a description on one line, and `undefined` where nothing is left to read.
 * People put values into comments: an assignment, or an address with a password, takes the whole text away.
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

/** `{ doc }`, or nothing for a spread. */
export const withDoc = (text: string | undefined): { readonly doc?: string } => {
  const doc = text === undefined ? undefined : docOf(text)
  return doc === undefined ? {} : { doc }
}

/** Whether a doc repeats one of these, or a part of one that is no word of a sentence anyway, like `production`. */
export const tells = (doc: string, values: readonly string[]): boolean =>
  values
    .flatMap((value) => [value, ...value.split(/[\s"'`]+/)])
    .some((part) => part.length >= 6 && !/^[a-z]+$/.test(part) && doc.includes(part))

/** Orders to tools, tags, code put out of use, and lines drawn to part one section from the next. */
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
