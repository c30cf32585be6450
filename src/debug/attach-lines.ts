import type { DebugKind } from '../model/service-spec.ts'

/** How debuggers attach to a port of this machine: a command line, an address or an instruction, by the tool's name. */
export type AttachLines = Readonly<Partial<Record<AttachTool, string>>>

/** A tool that attaches to a service. */
export type AttachTool = 'chrome' | 'nodeInspect' | 'vscode' | 'phpstorm' | 'jdb' | 'dlv'

/**
 * Returns how to attach to a debuggable service.
 *
 * @param port port of this machine that leads to the debugger; for PHP, the one at which the IDE listens.
 */
export const attachLines = (kind: DebugKind | undefined, port: number): AttachLines => {
  const address = `127.0.0.1:${port}`
  const vscode = `run mesocosm debug --write, then start the configuration in Run and Debug`
  switch (kind) {
    case 'node':
      return {
        chrome: `open chrome://inspect, select Configure…, and add ${address}`,
        nodeInspect: `node inspect ${address}`,
        vscode,
      }
    case 'python':
      return { vscode }
    case 'php':
      return {
        vscode: `${vscode}: it listens at port ${port}`,
        phpstorm: `set Settings › PHP › Debug › Xdebug › Debug port to ${port}, then Run › Start Listening for PHP Debug Connections`,
      }
    case 'java':
      return { vscode, jdb: `jdb -attach ${address}` }
    case 'go':
      return { vscode, dlv: `dlv connect ${address}` }
    case undefined:
      return {}
  }
}
