import type { DebugKind } from '../model/service-spec.ts'
import { launchGo } from './launch/go.ts'
import { launchJava } from './launch/java.ts'
import { launchNode } from './launch/node.ts'
import { launchPhp } from './launch/php.ts'
import type { DebugLaunch, LaunchFacts } from './launch/program.ts'
import { launchPython } from './launch/python.ts'

/**
 * Returns how a program starts with the debugger of its language: environment, command and files. What the program or
 * its image have set is kept.
 *
 * @param kind `undefined`: the program starts its debugger itself, so nothing changes.
 * @throws {MesocosmError} `DEBUGGER_UNAVAILABLE` if the command of a Go program is unknown.
 */
export const debugLaunch = (kind: DebugKind | undefined, facts: LaunchFacts): DebugLaunch =>
  kind === undefined ? { ...facts.program, files: [] } : launches[kind](facts)

// ---

const launches: Readonly<Record<DebugKind, (facts: LaunchFacts) => DebugLaunch>> = {
  node: launchNode,
  python: launchPython,
  php: launchPhp,
  java: launchJava,
  go: launchGo,
}
