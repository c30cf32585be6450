import { join } from 'node:path'
import type { Candidate, Surroundings } from './candidates.ts'

/** Returns where engines listen unless they were set up otherwise, the most usual first. */
export const usualSockets = (around: Surroundings): Candidate[] =>
  around.platform === 'win32'
    ? pipes.map(([name, foundBy]) => ({ endpoint: `npipe:////./pipe/${name}`, foundBy }))
    : sockets(around).map(([path, foundBy]) => ({ endpoint: `unix://${path}`, foundBy }))

// ---

const pipes: readonly (readonly [name: string, foundBy: string])[] = [
  ['docker_engine', 'default pipe'],
  ['dockerDesktopLinuxEngine', 'Docker Desktop'],
  ['podman-machine-default', 'Podman machine'],
]

const sockets = ({ env, home, uid }: Surroundings): [path: string, foundBy: string][] => {
  const runtime = env.XDG_RUNTIME_DIR || (uid === undefined ? undefined : `/run/user/${uid}`)
  const inRuntime = (path: string, foundBy: string): [string, string][] =>
    runtime === undefined ? [] : [[join(runtime, path), foundBy]]
  const inHome = (path: string, foundBy: string): [string, string] => [join(home, path), foundBy]
  const config = env.XDG_CONFIG_HOME || join(home, '.config')
  return [
    ['/var/run/docker.sock', 'default socket'],
    ...inRuntime('docker.sock', 'rootless Docker'),
    inHome('.docker/run/docker.sock', 'Docker Desktop'),
    inHome('.docker/desktop/docker.sock', 'Docker Desktop'),
    [join(env.COLIMA_HOME || join(home, '.colima'), 'default/docker.sock'), 'Colima'],
    [join(config, 'colima/default/docker.sock'), 'Colima'],
    inHome('.orbstack/run/docker.sock', 'OrbStack'),
    inHome('.rd/docker.sock', 'Rancher Desktop'),
    ...inRuntime('podman/podman.sock', 'rootless Podman'),
    ['/run/podman/podman.sock', 'Podman'],
    // Podman 5 keeps the socket of its machine in the folder of temporary files, older ones in the home folder.
    ...(env.TMPDIR
      ? [
          [join(env.TMPDIR, 'podman/podman-machine-default-api.sock'), 'Podman machine'] as [
            string,
            string,
          ],
        ]
      : []),
    inHome('.local/share/containers/podman/machine/podman.sock', 'Podman machine'),
    inHome('.local/share/containers/podman/machine/qemu/podman.sock', 'Podman machine'),
  ]
}
