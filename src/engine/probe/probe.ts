import type { ExecProbe, HealthcheckProbe, LogProbe, ProbeSpec } from '../../model/probe.ts'
import { textMatcher, withoutPosition } from '../../model/text-matcher.ts'
import { httpProbe } from './http.ts'
import { notYet, type Probe, type ProbeTarget, ready } from './target.ts'
import { tcpProbe } from './tcp.ts'

/** Returns the probe for its spec. */
export const createProbe = (spec: ProbeSpec, target: ProbeTarget): Probe => {
  switch (spec.kind) {
    case 'http':
      return fromService(httpProbe(spec, target), target)
    case 'tcp':
      return spec.from === 'inside'
        ? tcpProbe(spec, target)
        : fromService(tcpProbe(spec, target), target)
    case 'log':
      return logProbe(spec, target)
    case 'exec':
      return execProbe(spec, target)
    case 'healthcheck':
      return healthcheckProbe(spec, target)
    case 'all':
      return allProbe(spec.probes.map((part) => createProbe(part, target)))
  }
}

/** Returns whether the probe needs all lines since the program's start. */
export const looksAtLog = (spec: ProbeSpec | undefined): boolean =>
  spec?.kind === 'log' || (spec?.kind === 'all' && spec.probes.some(looksAtLog))

// ---

/** Does not take the answer of a stranger at the service's address for that of the service. */
const fromService = (probe: Probe, target: ProbeTarget): Probe => ({
  ...probe,
  async look(signal) {
    const look = await probe.look(signal)
    if (!look.ready) return look
    const lost = await target.lost()
    return lost === undefined ? look : notYet(lost)
  },
})

const logProbe = (spec: LogProbe, target: ProbeTarget): Probe => {
  const times = spec.times ?? 1
  const pattern =
    spec.flags === undefined ? spec.pattern : withoutPosition(new RegExp(spec.pattern, spec.flags))
  const matches = textMatcher(pattern)
  let looked = 0
  let found = 0
  return {
    awaited: `${times === 1 ? 'a log line' : `${times} log lines`} matching ${typeof pattern === 'string' ? JSON.stringify(pattern) : pattern}`,
    intervalMs: 0,
    look() {
      const lines = target.log.sinceStart
      for (; looked < lines.length; looked++) if (matches(lines[looked] as string)) found++
      // Looked at again when it is a whole line, so it is not counted yet.
      const now = found + target.log.pending.filter(matches).length
      return Promise.resolve(now >= times ? ready : notYet(`${now} of ${times} lines so far`))
    },
  }
}

const execProbe = (spec: ExecProbe, target: ProbeTarget): Probe => ({
  awaited: `${spec.argv.join(' ')} to exit with 0`,
  intervalMs: spec.intervalMs ?? 50,
  async look(signal) {
    const { exitCode, stderr, stdout } = await target.runtime.exec(
      target.container,
      { argv: spec.argv },
      { signal, timeoutMs: 30_000 },
    )
    const lastLine = (stderr || stdout).trim().split('\n').at(-1) ?? ''
    return exitCode === 0
      ? ready
      : notYet(`exit code ${exitCode}${lastLine ? `: ${lastLine}` : ''}`)
  },
})

const healthcheckProbe = (spec: HealthcheckProbe, target: ProbeTarget): Probe => ({
  awaited: "the image's health check",
  // The engine reports changes of health; the slow poll is for an event that was lost.
  wakes: true,
  intervalMs: spec.intervalMs ?? 1_000,
  async look() {
    const health = (await target.runtime.inspect(target.container))?.health ?? 'none'
    return health === 'healthy' ? ready : notYet(`health is ${health}`)
  },
})

const allProbe = (parts: readonly Probe[]): Probe => {
  const open = new Set(parts)
  return {
    awaited: parts.map((part) => part.awaited).join(' and '),
    wakes: parts.some(({ wakes }) => wakes),
    intervalMs: Math.min(...parts.map((part) => part.intervalMs || 20), 50),
    async look(signal) {
      const looks = await Promise.all(
        [...open].map(async (part) => {
          const look = await part.look(signal)
          if (look.ready) open.delete(part)
          return look
        }),
      )
      return looks.find((look) => !look.ready) ?? ready
    },
  }
}
