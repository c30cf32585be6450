// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders that the start of a program fills in
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ContainerSpec } from '../runtime/container-spec.ts'
import { type ContractPrograms, runtimeContract } from '../runtime/contract/contract.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { createLocalRuntime } from './local-runtime.ts'

/*
 * The contract's containers have an image and a command; here they get the local form of the same program. Its ports are
 * those of its placeholders, and its files are in its folder, which stands for the root of a container.
 */

const server = `
const [port, text] = process.argv.slice(1)
const answer = (_, response) => response.setHeader('connection', 'close').end(text)
require('node:http').createServer(answer).listen(port, '127.0.0.1', () => console.log('listening'))`

const programs: ContractPrograms = {
  print: (count, exitCode) => [
    ...['sh', '-c', `seq -f 'line %.0f' 1 ${count}; echo last >&2; exit ${exitCode}`],
  ],
  serve: (port, text) => [process.execPath, '-e', server, `\${PORT_P${port}}`, text],
  wait: () => ['sh', '-c', 'trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.02; done'],
  copy: (exitCode) => ['sh', '-c', `cat; echo done >&2; exit ${exitCode}`],
  size: () => ['stty', 'size'],
  hog: () => ['false'],
  exec: {
    show: (path) => ['sh', '-c', 'stat -c %a "$ROOT$0" && cat "$ROOT$0"', path],
    env: (name) => ['printenv', name],
    echo: () => ['sh', '-c', 'cat; echo noted >&2; exit 3'],
    fetch: () => ['false'],
    lookup: () => ['false'],
    fill: (bytes) => ['sh', '-c', `head -c ${bytes} /dev/zero | tr '\\0' x`],
    linger: () => ['sh', '-c', 'echo lingering; sleep 1000.7 & sleep 1000.7'],
    lingering: () => ['sh', '-c', "ps -axo args | grep -c '^sleep 1000[.]7' || true"],
  },
}

const localForm = ({ files, env, ...spec }: ContainerSpec): ContainerSpec => {
  const command = [...(spec.entrypoint ?? []), ...(spec.command ?? [])]
  const ports = [...command.join(' ').matchAll(/\$\{PORT_P(\d+)\}/g)].map(([, port]) => port ?? '')
  return {
    ...spec,
    env: { ...env, ROOT: '${DIR}' },
    local: {
      command,
      cwd: spec.workdir ?? tmpdir(),
      ports: Object.fromEntries(ports.map((port) => [`p${port}`, Number(port)])),
      portEnv: {},
      files: (files ?? []).map((file) => ({ ...file, to: file.to.slice(1) })),
    },
  }
}

const create = async (): Promise<Runtime> => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-contract-'))
  const runtime = createLocalRuntime({ folder, foundBy: 'the test' })
  return {
    ...runtime,
    create: (spec, options) => runtime.create(localForm(spec), options),
    async [Symbol.asyncDispose]() {
      await runtime[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true })
    },
  }
}

const noImages = 'a process has no image'

runtimeContract('the local runtime', {
  create,
  image: async () => 'unused',
  programs,
  skip: {
    tmpfs: 'a process has the file system of this machine',
    mounts: 'a process uses the folders of this machine where they are',
    limits: 'memory and CPUs are limited by control groups, which a process does not get',
    idle: 'a sandbox is a set of ports, so that nothing has to run in it',
    names:
      'programs find each other by published addresses, because names of others are not looked up',
    'network changes': 'a process of this machine stays reachable; attaching has a test of its own',
    addresses: 'all programs are on the loopback address',
    images: noImages,
    lease: 'programs of a dead supervisor are seen by its process',
    clock: 'it is the clock of this process',
    readModule: 'a module describes a container',
    commit: noImages,
    startInteractive: 'commands run as children of the command line',
    describeImage: noImages,
    registryImage: noImages,
    baseImages: noImages,
    sandboxImage: noImages,
    saveImages: noImages,
    loadImages: noImages,
  },
})
