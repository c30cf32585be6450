import { bundleProgram } from './bundle-program.ts'

/** Bundles the supervisor: its 300 modules take longer to load than a container to start, and a run begins with it. */
export const bundleSupervisor = (): Promise<void> =>
  bundleProgram('supervisor/main.js', 'supervisor/process.js', {
    external: ['testcontainers'],
    plugins: [withoutSsh],
  })

/** Bundles the program that writes reports. */
export const bundleReportProgram = (): Promise<void> =>
  bundleProgram('report/finish/program.js', 'report/finish/process.js')

// ---

/** docker-modem loads a client of SSH, five times as much as itself; `ssh:` addresses are refused before it is asked. */
const withoutSsh = {
  name: 'without-ssh',
  resolveId: (id: string, importer: string | undefined) =>
    id === './ssh' && importer?.endsWith('modem.js') ? `\0${id}` : undefined,
  load: (id: string) => (id === '\0./ssh' ? 'module.exports = undefined' : undefined),
}
