import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { install, onPath } from '../engine/apt.ts'
import { withLock } from '../lock.ts'
import type { Log } from '../log.ts'
import { runQuietly } from '../run.ts'
import { rootFolder } from './folders.ts'
import { rootlessUser, suite } from './kinds.ts'

const packages = [
  ...['docker.io', 'containerd', 'runc', 'iptables', 'rootlesskit'],
  ...['podman', 'crun', 'netavark', 'aardvark-dns', 'passt', 'nftables', 'catatonit'],
  ...['slirp4netns', 'uidmap', 'iproute2', 'ca-certificates'],
]

/** Files that the packages do not bring. */
const files = {
  // Services must not start while their packages are installed.
  'usr/sbin/policy-rc.d': '#!/bin/sh\nexit 101\n',
  // A machine may lack the capability to raise limits, and the controller of processes.
  'etc/containers/containers.conf': [
    '[containers]',
    'default_ulimits = ["nofile=1024:4096", "nproc=1024:4096"]',
    'pids_limit = 0',
    '[engine]',
    'cgroup_manager = "cgroupfs"',
    'events_logger = "file"',
    '',
  ].join('\n'),
  'etc/containers/registries.conf': 'unqualified-search-registries = ["docker.io"]\n',
  // Docker does without TLS to registries of the machine; tests of pulls have some.
  'etc/containers/registries.conf.d/machine.conf': ['127.0.0.1', 'localhost']
    .map((name) => `[[registry]]\nlocation = "${name}"\ninsecure = true\n`)
    .join(''),
}

/**
 * Returns the root folder of other engines, made from Debian's packages unless it is there: a minute on a quiet
 * machine. One of another recipe stays as it is, since engines may run in it.
 */
export const makeRoot = async (log: Log): Promise<string> => {
  const folder = rootFolder(recipe)
  if (existsSync(folder)) return folder
  await withLock('engines', log, async () => {
    if (existsSync(folder)) return
    log(`installing ${suite} with its engines into ${folder}`)
    if (!onPath('debootstrap')) await install(['debootstrap', 'debian-archive-keyring'], log)
    const part = `${folder}.part`
    await rm(part, { recursive: true, force: true })
    await bootstrap(part)
    // In one step, so that an interruption leaves no incomplete folder under that name.
    await rename(part, folder)
  })
  return folder
}

// ---

const recipe = JSON.stringify([suite, packages, files])

const bootstrap = async (folder: string): Promise<void> => {
  await runQuietly('debootstrap', [
    '--variant=minbase',
    '--keyring=/usr/share/keyrings/debian-archive-keyring.gpg',
    suite,
    folder,
    // Its own choice of mirror; the argument must be there for the next one to be read as what it is.
    '',
    // An older debootstrap does not know the suite's name, but all suites share this script.
    '/usr/share/debootstrap/scripts/sid',
  ])
  const put = async (name: keyof typeof files, mode: number) => {
    const path = join(folder, name)
    await mkdir(join(path, '..'), { recursive: true })
    await writeFile(path, files[name], { mode })
  }
  await put('usr/sbin/policy-rc.d', 0o755)
  await runQuietly('cp', ['/etc/resolv.conf', join(folder, 'etc/resolv.conf')])
  // A mirror may be older than what its lists say of themselves.
  const apt = ['apt-get', '-qq', '-o', 'Acquire::Check-Valid-Until=false']
  const within = (args: readonly string[]) => runQuietly('chroot', [folder, ...args], env)
  await within([...apt, 'update'])
  await within([...apt, 'install', '-y', '--no-install-recommends', ...packages])
  await within(['apt-get', 'clean'])
  await within(['useradd', '--create-home', '--uid', '1000', rootlessUser])
  for (const name of [
    'containers.conf',
    'registries.conf',
    'registries.conf.d/machine.conf',
  ] as const)
    await put(`etc/containers/${name}`, 0o644)
}

const env = { DEBIAN_FRONTEND: 'noninteractive' }
