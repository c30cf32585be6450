/** What a file imports or exports from another, as its text says; no parser is loaded for a few lines. */
export interface Clause {
  readonly kind: 'import' | 'export'
  readonly specifier: string
  /** `import * as x` and `export *`. */
  readonly star: string | true | undefined
  /** Names in the other file, and what they are called here. */
  readonly names: ReadonlyMap<string, string>
}

/** All clauses with a `from`, in order. */
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

/** Whether a file itself declares and exports a name. */
export const declares = (text: string, name: string): boolean =>
  new RegExp(
    `^export\\s+(?:declare\\s+)?(?:const|function|class|interface|type)\\s+${name}\\b`,
    'm',
  ).test(withoutComments(text)) ||
  [...withoutComments(text).matchAll(/\bexport\s+(?:type\s+)?\{([^}]*)\}(?!\s*from)/g)].some(
    ([, list = '']) => new RegExp(`(?:^|[\\s,])${name}\\s*(?:,|$)`).test(list),
  )

/** Comments become a blank each; what looks like one within a string stays. */
export const withoutComments = (text: string): string =>
  text.replaceAll(
    /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (part) => (part.startsWith('/') ? ' ' : part.startsWith('`') ? '``' : part),
  )
