import type { CSSProperties, JSX } from 'preact'
import { highlight } from '../../logs/highlight.ts'
import { parseAnsi, type Styled } from '../../text/ansi.ts'
import { fieldsOf } from '../../text/fields.ts'

interface Props {
  readonly text: string
  readonly wanted: readonly (string | RegExp)[]
  /** Characters that are shown at most; default all. */
  readonly atMost?: number
}

/** One line of output in one line: colours of terminals, and JSON as message and fields. */
export const LogText = ({
  text,
  wanted,
  atMost = Number.POSITIVE_INFINITY,
}: Props): JSX.Element => {
  const fields = fieldsOf(text)
  const cut = text.length > atMost ? `${text.slice(0, atMost)}…` : text
  if (fields === undefined) return <Coloured text={cut} wanted={wanted} />
  return (
    <>
      <Marked text={fields.message} wanted={wanted} />
      {fields.rest.slice(0, 12).map(([key, value]) => (
        <span key={key} class="field">
          <span class="key">{key}</span>=<Marked text={value.slice(0, 300)} wanted={wanted} />
        </span>
      ))}
    </>
  )
}

/** A text with the colours of terminals. */
export const Coloured = ({ text, wanted }: Props): JSX.Element => (
  <>
    {parseAnsi(text).map((piece, at) => {
      const style = styleOf(piece)
      const marked = <Marked text={piece.text} wanted={wanted} />
      return style === undefined ? (
        marked
      ) : (
        <span key={at} {...style}>
          {marked}
        </span>
      )
    })}
  </>
)

// ---

const Marked = ({ text, wanted }: Props): JSX.Element => (
  <>
    {highlight(text, wanted).map(({ text: piece, found }, at) =>
      found ? <mark key={at}>{piece}</mark> : piece,
    )}
  </>
)

const styleOf = ({
  text: _,
  colour,
  ground,
  ...flags
}: Styled): { class: string; style: CSSProperties } | undefined => {
  const names = Object.keys(flags).map((name) => `ansi-${name}`)
  if (typeof colour === 'number') names.push(`ansi-fg${colour}`)
  if (typeof ground === 'number') names.push(`ansi-bg${ground}`)
  const style: CSSProperties = {}
  // Programs choose colours for a dark terminal.
  if (typeof colour === 'string') style.color = `color-mix(in oklab, ${colour} 50%, var(--ink))`
  if (typeof ground === 'string')
    style.backgroundColor = `color-mix(in oklab, ${ground} 25%, var(--panel))`
  return names.length === 0 && Object.keys(style).length === 0
    ? undefined
    : { class: names.join(' '), style }
}
