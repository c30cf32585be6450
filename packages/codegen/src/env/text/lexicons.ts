import type { Lexicon, StringSyntax } from './mask.ts'

/** Ends at its quote or at the end of the line, so that an unclosed string does not swallow the file. */
const onOneLine = (quote: string, hole?: RegExp): StringSyntax => ({
  open: new RegExp(quote, 'y'),
  close: () => new RegExp(`${quote}|(?=\\n)`, 'y'),
  escapes: true,
  ...(hole === undefined ? {} : { hole }),
})

const overLines = (quote: string, escapes: boolean, hole?: RegExp): StringSyntax => ({
  open: new RegExp(quote, 'y'),
  close: () => new RegExp(quote, 'y'),
  escapes,
  ...(hole === undefined ? {} : { hole }),
})

const slashes = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y

/** `<<<EOT`, `<<~SQL`: ends at a line that starts with the word. */
const heredoc = (open: RegExp, hole: RegExp): readonly StringSyntax[] => {
  const close = ([, , word]: RegExpExecArray) => new RegExp(`(?<=\\n)[ \\t]*${word}\\b`, 'y')
  return [{ open, close, escapes: true, hole }]
}

/** PHP, in which text outside `<?php` counts as a comment. */
export const php: Lexicon = {
  // `#[` is an attribute.
  comment:
    /(?:^(?!<\?)|\?>)(?:(?!<\?(?:php\b|=))[\s\S])*(?:<\?(?:php\b|=)|$)|\/\/(?:(?!\?>)[^\n])*|#(?!\[)(?:(?!\?>)[^\n])*|\/\*[\s\S]*?(?:\*\/|$)/y,
  strings: [
    ...heredoc(/<<<[ \t]*(["']?)(\w+)\1[ \t]*\r?\n/y, /\{(?=\$)/y),
    overLines('"', true, /\{(?=\$)/y),
    overLines("'", true),
  ],
}

/** Python, with f-strings. */
export const python: Lexicon = {
  comment: /#[^\n]*/y,
  strings: [
    ...['"""', "'''", '"', "'"].flatMap((quote): readonly StringSyntax[] => {
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

/** Go. */
export const go: Lexicon = {
  comment: slashes,
  strings: [overLines('`', false), onOneLine('"'), onOneLine("'")],
}

/** Ruby, with heredocs, `%w[]` and regular expressions. */
export const ruby: Lexicon = {
  comment: /#[^\n]*|(?<=^|\n)=begin\b[\s\S]*?(?:\n=end\b|$)|(?<=^|\n)__END__\s*\n[\s\S]*/y,
  strings: [
    ...heredoc(/<<[~-]?(["'`]?)([A-Z_]\w*)\1(?=[^\n]*\n)/y, /#\{/y).map((syntax) => ({
      ...syntax,
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

const character: StringSyntax = {
  open: /'(?=(?:\\[^\n]{1,5}|[^\\\n])')/y,
  close: () => /'/y,
  escapes: true,
}

/** Java, with text blocks. */
export const java: Lexicon = {
  comment: slashes,
  strings: [overLines('"""', true), onOneLine('"'), character],
}

/** Kotlin and Scala: `"… ${code} …"`. */
export const kotlin: Lexicon = {
  comment: slashes,
  strings: [overLines('"""', false, /\$\{/y), onOneLine('"', /\$\{/y), character],
}
