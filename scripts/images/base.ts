import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { label } from '../../src/runtime/labels.ts'
import { engineProgress } from '../engine/api.ts'
import { install, onPath } from '../engine/apt.ts'
import type { Endpoint } from '../engine/endpoint.ts'
import type { Log } from '../log.ts'
import { runQuietly } from '../run.ts'

const baseRecipe = {
  suite: 'trixie',
  /** Large, and nobody reads them in a test. Later packages in images built on it leave them out too. */
  dropped: ['usr/share/doc', 'usr/share/man', 'usr/share/info', 'usr/share/locale'],
  /** Caches of the making. */
  emptied: ['var/cache/apt', 'var/lib/apt/lists', 'var/log', 'tmp'],
  files: {
    'etc/dpkg/dpkg.cfg.d/slim': [
      'path-exclude=/usr/share/doc/*',
      'path-exclude=/usr/share/man/*',
      'path-exclude=/usr/share/info/*',
      'path-exclude=/usr/share/locale/*',
      'path-include=/usr/share/locale/locale.alias',
      // Safe against a power cut is what an image build need not be.
      'force-unsafe-io',
      '',
    ].join('\n'),
    'etc/apt/apt.conf.d/slim': [
      'Acquire::Languages "none";',
      'APT::Install-Recommends "false";',
      'Dir::Cache::pkgcache "";',
      'Dir::Cache::srcpkgcache "";',
      '',
    ].join('\n'),
    // Services must not start while an image is built.
    'usr/sbin/policy-rc.d': '#!/bin/sh\nexit 101\n',
  },
  command: ['bash'],
} as const

/**
 * Makes the base image of the stand-ins from Debian's packages. Needs root on Debian or Ubuntu.
 * A change of this file makes the base and all that is built on it anew.
 */
export const makeBase = async (
  endpoint: Endpoint,
  name: string,
  hash: string,
  log: Log,
): Promise<void> => {
  if (!onPath('debootstrap')) await install(['debootstrap', 'debian-archive-keyring'], log)
  const folder = await mkdtemp(join(tmpdir(), 'mesocosm-base-'))
  try {
    await runQuietly('debootstrap', [
      '--variant=minbase',
      '--keyring=/usr/share/keyrings/debian-archive-keyring.gpg',
      baseRecipe.suite,
      folder,
      // Its own choice of mirror; the argument must be there for the next one to be read as what it is.
      '',
      // An older debootstrap does not know the suite's name, but all suites share this script.
      '/usr/share/debootstrap/scripts/sid',
    ])
    await slim(folder)
    await importFolder(endpoint, folder, name, hash)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const slim = async (folder: string): Promise<void> => {
  const { dropped, emptied, files } = baseRecipe
  const inside = await Promise.all(
    emptied.map(async (path) =>
      (await readdir(join(folder, path))).map((name) => join(path, name)),
    ),
  )
  await Promise.all(
    [...dropped, ...inside.flat()].map((path) =>
      rm(join(folder, path), { recursive: true, force: true }),
    ),
  )
  // apt wants this one there, and does not make it.
  await mkdir(join(folder, 'var/cache/apt/archives/partial'), { recursive: true })
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text, { mode: path.startsWith('usr/sbin') ? 0o755 : 0o644 })
  }
}

const importFolder = async (
  endpoint: Endpoint,
  folder: string,
  name: string,
  hash: string,
): Promise<void> => {
  const [repo = '', tag = ''] = name.split(':')
  const tar = spawn('tar', ['--numeric-owner', '-C', folder, '-c', '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const changes = [
    `CMD ${JSON.stringify(baseRecipe.command)}`,
    `LABEL ${label.contentHash}=${hash}`,
  ]
  await engineProgress(
    endpoint,
    {
      method: 'POST',
      path: '/images/create',
      query: { fromSrc: '-', repo, tag, changes },
      body: tar.stdout,
    },
    () => {},
  )
}
