/** An address of `MAIL FROM` or `RCPT TO`, with the parameters of the command. */
interface ReadAddress {
  readonly address: string
}

/**
 * Reads the address of a command. `parse` decides about usual ones; this adds those that it refuses and other servers take:
 * names without a domain (`root`), quoted names (`"a b"@x.test`), dots at odd places, and host names with an underscore,
 * as containers have them.
 *
 * @param name `mail from` or `rcpt to`.
 * @param parse parses a command; returns `false` for a bad one.
 */
export const readAddress = <A extends ReadAddress>(
  name: string,
  line: string,
  parse: (line: string) => A | false,
): A | false => {
  const usual = parse(line)
  if (usual !== false) return usual
  const [, path = '', parameters = ''] = command.exec(line) ?? []
  const address = path.replace(/^@[^\s,:@]+(?:,@[^\s,:@]+)*:/, '')
  if (!mailbox.test(address) || address.length > longest) return false
  // The parameters are checked as those of a usual address.
  const parsed = parse(`${name}:<${placeholder}>${parameters}`)
  return parsed === false ? false : { ...parsed, address }
}

// ---

const longest = 1_024
const placeholder = 'placeholder@example.test'

const quoted = String.raw`"(?:[^"\\\p{Cc}]|\\[^\p{Cc}])*"`
const plain = String.raw`[^\s<>()[\]\\,;:@"\p{Cc}]+`
const command = new RegExp(`^[^:]*:\\s*<((?:${quoted}|[^<>"])*)>((?:\\s.*)?)$`, 'su')
const mailbox = new RegExp(
  `^(?:${quoted}|${plain})(?:@(?:[\\p{L}\\p{N}_.-]+|\\[[\\p{L}\\p{N}.:]+\\]))?$`,
  'u',
)
