import type { DebugFacts } from '../model/debug-facts.ts'
import { attachLines } from './attach-lines.ts'

/** Returns what a person needs to attach a debugger: the address, and a line for each tool. */
export const attachText = ({ lane, service, kind, host, port }: DebugFacts): string => {
  const lines = Object.entries(attachLines(kind, port))
  const width = Math.max(0, ...lines.map(([tool]) => titleOf(tool).length))
  const where =
    kind === 'php'
      ? `connects to an IDE that listens at ${host}:${port}`
      : `can be debugged at ${host}:${port}`
  return [
    `${service} of ${lane} ${where}`,
    ...lines.map(([tool, line]) => `  ${titleOf(tool).padEnd(width)}  ${line}`),
  ].join('\n')
}

// ---

const titles: Readonly<Record<string, string>> = {
  chrome: 'Chrome',
  nodeInspect: 'Node',
  vscode: 'VS Code',
  phpstorm: 'PhpStorm',
}

const titleOf = (tool: string): string => titles[tool] ?? tool
