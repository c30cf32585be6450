import type { Lexicon, StringForm } from './mask.ts'

/** Closed by what opened it, or by the end of its line: one that nobody closed shall not take the file along. */
const onOneLine = (quote: string, hole?: RegExp): StringForm => ({
  open: new RegExp(quote, 'y'),
  close: () => new RegExp(`${quote}|(?=\\n)`, 'y'),
  escapes: true,
  ...(hole === undefined ? {} : { hole }),
})

const overLines = (quote: string, escapes: boolean, hole?: RegExp): StringForm => ({
  open: new RegExp(quote, 'y'),
  close: () => new RegExp(quote, 'y'),
  escapes,
  ...(hole === undefined ? {} : { hole }),
})

const slashes = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y

/** `<<<EOT`, `<<~SQL`: up to a line that has the word alone in front. */
const heredoc = (open: RegExp, hole: RegExp): readonly StringForm[] => {
  const close = ([, , word]: RegExpExecArray) => new RegExp(`(?<=\\n)[ \\t]*${word}\\b`, 'y')
  return [{ open, close, escapes: true, hole }]
}

export const php: Lexicon = {
  // What stands outside of `<?php` is no code; `#[` is an attribute.
  comment:
    /(?:^(?!<\?)|\?>)(?:(?!<\?(?:php\b|=))[\s\S])*(?:<\?(?:php\b|=)|$)|\/\/(?:(?!\?>)[^\n])*|#(?!\[)(?:(?!\?>)[^\n])*|\/\*[\s\S]*?(?:\*\/|$)/y,
  strings: [
    ...heredoc(/<<<[ \t]*(["']?)(\w+)\1[ \t]*\r?\n/y, /\{(?=\$)/y),
    overLines('"', true, /\{(?=\$)/y),
    overLines("'", true),
  ],
}

export const python: Lexicon = {
  comment: /#[^\n]*/y,
  strings: [
    ...['"""', "'''", '"', "'"].flatMap((quote): readonly StringForm[] => {
      const close = () => new RegExp(quote.length === 3 ? quote : `${quote}|(?=\\n)`, 'y')
      return [
        {
          open: new RegExp(`(?<!\\w)(?:[fF][rR]?|[rR][fF])${quote}`, 'y'),
          close,
          escapes: true,
          hole: /\{(?!\{)(?<!\{\{)/y,
        },
        { open: new RegExp(quote, 'y'), close, escapes: true },
      ]
    }),
  ],
}

export const go: Lexicon = {
  comment: slashes,
  strings: [overLines('`', false), onOneLine('"'), onOneLine("'")],
}

export const ruby: Lexicon = {
  comment: /#[^\n]*|(?<=^|\n)=begin\b[\s\S]*?(?:\n=end\b|$)|(?<=^|\n)__END__\s*\n[\s\S]*/y,
  strings: [
    ...heredoc(/<<[~-]?(["'`]?)([A-Z_]\w*)\1(?=[^\n]*\n)/y, /#\{/y).map((form) => ({
      ...form,
      // `list <<ITEM` and `1 <<N` are shifts.
      after: /(?:[(,=[{\s]|^)$/,
    })),
    overLines('"', true, /#\{/y),
    overLines('`', true, /#\{/y),
    overLines("'", true),
    {
      open: /%[wWiIqQ]?([[({<])/y,
      close: ([, open = '']) =>
        new RegExp(`\\${({ '[': ']', '(': ')', '{': '}', '<': '>' })[open] ?? open}`, 'y'),
      nests: ([, open = '']) => open,
      escapes: true,
      after: /(?:[(,=[{|&?:;]|\n|\b(?:return|in|if|unless|puts))\s*$/,
    },
    {
      open: /\/(?![\s=])/y,
      close: () => /\/|(?=\n)/y,
      escapes: true,
      hole: /#\{/y,
      after: /(?:[(,=~[{|&!?:;]|^|\n|\b(?:if|unless|when|and|or|not|return|match\?|split))\s*$/,
    },
  ],
}

const character: StringForm = {
  open: /'(?=(?:\\[^\n]{1,5}|[^\\\n])')/y,
  close: () => /'/y,
  escapes: true,
}

export const java: Lexicon = {
  comment: slashes,
  strings: [overLines('"""', true), onOneLine('"'), character],
}

/** Kotlin and Scala: `"… ${code} …"`. */
export const kotlin: Lexicon = {
  comment: slashes,
  strings: [overLines('"""', false, /\$\{/y), onOneLine('"', /\$\{/y), character],
}
