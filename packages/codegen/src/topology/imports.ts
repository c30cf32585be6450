/** An import or export with a source, found by pattern: loading a parser would cost more than the rest of the run. */
export interface Clause {
  readonly kind: 'import' | 'export'
  readonly specifier: string
  /** `import * as x` and `export *`. */
  readonly star: string | true | undefined
  /** Names in the other file, each with its local name. */
  readonly names: ReadonlyMap<string, string>
}

/** Returns all clauses with a `from`, in order. */
export const clausesOf = (text: string): Clause[] =>
  [
    ...withoutComments(text).matchAll(
      /(?:^|[;}\n])\s*(import|export)\b([\s\w$*,{}]*?)\bfrom\s*(['"])([^'"\n]+)\3/g,
    ),
  ].map(([, kind, what = '', , specifier = '']) => ({
    kind: kind === 'import' ? 'import' : 'export',
    specifier,
    star: /\*\s*as\s+([\w$]+)/.exec(what)?.[1] ?? (what.includes('*') ? true : undefined),
    names: new Map(
      (/\{([^}]*)\}/.exec(what)?.[1] ?? '')
        .split(',')
        .map((item) =>
          item
            .trim()
            .replace(/^type\s+/, '')
            .split(/\s+as\s+/),
        )
        .filter(([name]) => name !== '')
        .map(([name = '', alias = name]) => [name, alias]),
    ),
  }))

/** Returns whether the file itself declares and exports the name. */
export const declares = (text: string, name: string): boolean =>
  new RegExp(
    `^export\\s+(?:declare\\s+)?(?:const|function|class|interface|type)\\s+${name}\\b`,
    'm',
  ).test(withoutComments(text)) ||
  [...withoutComments(text).matchAll(/\bexport\s+(?:type\s+)?\{([^}]*)\}(?!\s*from)/g)].some(
    ([, list = '']) => new RegExp(`(?:^|[\\s,])${name}\\s*(?:,|$)`).test(list),
  )

/** Returns the text with each comment replaced by a space; strings that look like comments stay. */
export const withoutComments = (text: string): string =>
  text.replaceAll(
    /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (part) => (part.startsWith('/') ? ' ' : part.startsWith('`') ? '``' : part),
  )
