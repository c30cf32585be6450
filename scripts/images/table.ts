import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../run.ts'
import { hostNpm } from './host-npm.ts'

/** An image that tests or the example use, and how its stand-in is built without a registry. */
export interface ImageRow {
  readonly name: string
  /** Folder in `stand-ins/` with a Dockerfile; absent for the base, which debootstrap makes. */
  readonly folder?: string
  /** The row it is built from. */
  readonly from?: string
  /** Not in any registry: always built on this machine. */
  readonly own?: true
  /** Files and folders from outside that folder: name in the build context → host path. */
  readonly extra?: () => Readonly<Record<string, string>>
  /** Their part of the content hash: hashing 100 MB would take too long. */
  readonly extraVersion?: () => string
}

const base = 'debian:trixie-slim'
const nodePackage = join(root, 'node_modules/node')

export const images: readonly ImageRow[] = [
  { name: base },
  {
    name: 'node:24-trixie-slim',
    folder: 'node',
    from: base,
    extra: () => ({ node: join(nodePackage, 'bin/node'), npm: hostNpm() }),
    extraVersion: () => `${versionOf(nodePackage)} ${versionOf(hostNpm())}`,
  },
  { name: 'postgres:17-trixie', folder: 'postgres', from: base },
  { name: 'python:3.13-slim-trixie', folder: 'python', from: base },
  {
    name: 'mesocosm-test/command-tools:trixie',
    folder: 'command-tools',
    from: 'python:3.13-slim-trixie',
    own: true,
  },
  {
    name: 'mesocosm-test/s3-clients:trixie',
    folder: 's3-clients',
    from: 'python:3.13-slim-trixie',
    own: true,
  },
  {
    name: 'mesocosm-test/mail-clients:trixie',
    folder: 'mail-clients',
    from: 'python:3.13-slim-trixie',
    own: true,
  },
  { name: 'mesocosm-test/any-language:trixie', folder: 'any-language', from: base, own: true },
  { name: 'mesocosm-test/debuggers:trixie', folder: 'debuggers', from: base, own: true },
  {
    name: 'mesocosm-test/celery:trixie',
    folder: 'celery',
    from: 'python:3.13-slim-trixie',
    own: true,
  },
  { name: 'mesocosm-test/registry:trixie', folder: 'registry', from: base, own: true },
  { name: 'redis:8', folder: 'redis', from: base },
  { name: 'rabbitmq:4', folder: 'rabbitmq', from: base },
]

// ---

const versionOf = (folder: string): string =>
  (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version
