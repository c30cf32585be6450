import { array, type Code, call, expression, objectOf, string } from '../print/code.ts'
import type { Scope } from '../print/scope.ts'
import { textCode } from '../print/text-code.ts'
import { defaultOf, literal, readText, type Text } from '../text/interpolation.ts'
import { milliseconds } from '../text/measures.ts'
import { shellWords } from '../text/shell-words.ts'
import { isMapping, isTrue, type Mapping, scalarText, texts } from '../yaml/value.ts'
import type { Port, Readiness } from './draft.ts'

/** Returns a function that creates the probe for a health check once the ports are known. */
export const readinessOf = (
  { healthcheck }: Mapping,
  scope: Scope,
): ((ports: readonly Port[]) => Readiness) | undefined => {
  if (!isMapping(healthcheck)) return undefined
  const { test } = healthcheck
  const words = texts(test)
  if (isTrue(healthcheck.disable) || words[0] === 'NONE') return () => disabled
  const timeoutMs = timeoutOf(healthcheck)
  return (ports) => {
    const probe =
      words.length === 0
        ? calling('healthcheck', scope)
        : (networkProbe(commandOf(words, Array.isArray(test)), ports, scope) ??
          execProbe(words, Array.isArray(test), scope))
    return { probe, timeoutMs, remarks: [] }
  }
}

// ---

const disabled: Readiness = {
  probe: undefined,
  timeoutMs: undefined,
  remarks: [
    {
      key: 'healthcheck.disable',
      text: 'if the image has a health check, it is still used; set `ready` to replace it.',
    },
  ],
}

/** The time limit of the health check, if it exceeds the default of 60 s. */
const timeoutOf = (healthcheck: Mapping): number | undefined => {
  const read = (key: string, other: number) => {
    const text = literal(readText(scalarText(healthcheck[key]) ?? ''))
    return (text === undefined ? undefined : milliseconds(text)) ?? other
  }
  const retries = Number(scalarText(healthcheck.retries) ?? 3)
  const most = read('start_period', 0) + read('interval', 30_000) * (retries || 3)
  const given = healthcheck.interval !== undefined || healthcheck.start_period !== undefined
  return given && most > 60_000 ? most : undefined
}

const calling = (name: string, scope: Scope, ...args: readonly (Code | undefined)[]): Code => {
  scope.core.add(name)
  return call(name, ...args.flatMap((arg) => arg ?? []))
}

/** The argv of the check; `undefined` if a shell does more than run one program. */
const commandOf = (words: readonly string[], list: boolean): string[] | undefined => {
  if (!list || words[0] !== 'CMD') return splitLine((list ? words[1] : words[0]) ?? '')
  const [shell, option, line] = words.slice(1)
  return /^(\/bin\/)?(ba)?sh$/.test(shell ?? '') && option === '-c' && words.length === 4
    ? splitLine(line ?? '')
    : words.slice(1).map((word) => known(readText(word)))
}

/** Drops redirections and what only converts the exit code; `undefined` if the line does more than that. */
const splitLine = (line: string): string[] | undefined => {
  const bare = line
    .trim()
    .replace(/\s*\|\|\s*(exit\s+-?\d+|false|kill\s.*)/g, '')
    .replace(/\s*>\s*\/dev\/null(\s+2>&1)?/g, '')
    .replace(/\s*\|\s*grep\s+(-q\s+)?["']?PONG["']?\s*$/, '')
  const unquoted = bare.replace(/'[^']*'|"[^"]*"|https?:\S+|\$?\$\{[^}]*\}/g, '')
  return /[|;&<>`()]/.test(unquoted) ? undefined : shellWords(bare).map(known)
}

/** A word with the defaults of its variables; `$`, which no URL contains, for variables without a default. */
const known = (word: Text): string => defaultOf(word) ?? '$'

/** The equivalent probe from outside, which needs no program in the service. */
const networkProbe = (
  words: readonly string[] | undefined,
  ports: readonly Port[],
  scope: Scope,
): Code | undefined => {
  const [path = '', ...args] = words ?? []
  const program = path.split('/').at(-1) ?? ''
  const tcpPorts = ports.filter(({ protocol }) => protocol === 'tcp')
  if (pings.has(program) && (program !== 'redis-cli' || args.some((arg) => /^ping$/i.test(arg))))
    return tcpPorts[0] === undefined ? undefined : calling('tcp', scope)
  if (program === 'nc') return ncProbe(args, tcpPorts, scope)
  if (program !== 'curl' && program !== 'wget') return undefined
  const urls = args.filter((arg) =>
    /^(https?:\/\/)?(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])([:/]|$)/.test(arg),
  )
  const options = args.filter((arg) => !urls.includes(arg))
  const [url] = urls
  if (url === undefined || urls.length > 1 || url.includes('$')) return undefined
  if (!options.every((option) => harmless[program].test(option))) return undefined
  // Without `--fail`, any response counts as success.
  if (
    program === 'curl' &&
    !options.some((option) => /^(-[a-zA-Z]*f[a-zA-Z]*|--fail.*)$/.test(option))
  )
    return undefined
  return httpProbe(url, ports, tcpPorts, scope)
}

/** Checks of servers that open their port only when they are ready. */
const pings = new Set(['pg_isready', 'redis-cli', 'valkey-cli', 'mysqladmin', 'mariadb-admin'])

const harmless = {
  curl: /^(-[fsSkLIoX]+|--fail|--fail-with-body|--silent|--show-error|--insecure|--location|--head|--max-time|-m|--output|\/dev\/null|GET|HEAD|\d+)$/,
  wget: /^(-[qSO-]+|-[Tt]\d*|--spider|--quiet|--no-verbose|-nv|--tries=\d+|--timeout=\d+|--no-check-certificate|--output-document=-|-O-|\/dev\/null|-|\d+)$/,
}

const httpProbe = (
  text: string,
  ports: readonly Port[],
  tcpPorts: readonly Port[],
  scope: Scope,
): Code | undefined => {
  const written = text.includes('://') ? text : `http://${text}`
  if (!URL.canParse(written)) return undefined
  const url = new URL(written)
  const tls = url.protocol === 'https:'
  const number = url.port === '' ? (tls ? 443 : 80) : Number(url.port)
  const port = tcpPorts.find((one) => one.number === number)
  if (port === undefined) return undefined
  // The probe's default is the port named `http`, otherwise the first.
  const usual = ports.find(({ name }) => name === 'http') ?? ports[0]
  const options = {
    port: port === usual ? undefined : string(port.name),
    tls: tls ? expression('true') : undefined,
  }
  const none = Object.values(options).every((option) => option === undefined)
  return calling(
    'http',
    scope,
    string(`${url.pathname}${url.search}`),
    none ? undefined : objectOf(options),
  )
}

const ncProbe = (
  args: readonly string[],
  ports: readonly Port[],
  scope: Scope,
): Code | undefined => {
  if (!args.some((arg) => /^-[a-z]*z/.test(arg))) return undefined
  const number = Number(args.findLast((arg) => /^\d+$/.test(arg)))
  const port = ports.find((one) => one.number === number)
  if (port === undefined) return undefined
  return calling('tcp', scope, port === ports[0] ? undefined : string(port.name))
}

const execProbe = (words: readonly string[], list: boolean, scope: Scope): Code => {
  const argv: string[] =
    list && words[0] === 'CMD'
      ? words.slice(1)
      : [
          'sh',
          '-c',
          (list
            ? words.slice(words[0] === 'CMD-SHELL' ? 1 : 0).join(' ')
            : (words[0] ?? '')
          ).trim(),
        ]
  return calling('exec', scope, array(argv.map((word) => textCode(readText(word), scope))))
}
