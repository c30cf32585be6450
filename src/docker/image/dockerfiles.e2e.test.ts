import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { BuildSpec } from '../../model/service-spec.ts'
import { createEngineApi, type EngineApi } from '../api/engine-api.ts'
import { readJsonLines } from '../api/ndjson.ts'
import { tarOf } from '../api/tar.ts'
import { removeResource } from '../container/remove.ts'
import { discoverEngine } from '../find/discover.ts'
import { testImage } from '../test-image.ts'
import { findBuilder } from './builder.ts'
import { createImages, type Images } from './images.ts'

/** A Dockerfile with one feature; it checks itself, so that a wrong image fails to build. */
interface Case {
  readonly dockerfile: string
  readonly files?: Readonly<Record<string, string>>
  readonly build?: (folder: string) => Partial<BuildSpec>
  /** A Dockerfile that is built before, for `FROM $OWN`. */
  readonly base?: string
  /** Default that of the engine. */
  readonly architecture?: string
  /** Words of the error where the frontend of the engine may not know the feature, or nothing knows it. */
  readonly refusal?: RegExp
  /** Default false: it is always refused. */
  readonly neverBuilt?: boolean
  /** What the classic builder does; default builds it. */
  readonly classic?: 'refused'
}

const refused = { classic: 'refused' } as const
/** Rules that leave the Dockerfile out, and themselves. */
const hidden = { '.dockerignore': '.dockerignore\nDockerfile\n' }
const onlyAInCtx = 'RUN test "$(ls -A /ctx)" = a.txt'
/** Where a build cannot have them. */
const noAgents = /takes no SSH agents/
const secretTest = (id: string, value: string): string =>
  `FROM $D\nRUN --mount=type=secret,id=${id} test "$(cat /run/secrets/${id})" = "${value}"`
/** Perl that sends a line to the agent and prints the answer. */
const askAgent =
  'socket(S, AF_UNIX, SOCK_STREAM, 0); connect(S, sockaddr_un($ENV{SSH_AUTH_SOCK})) or die; syswrite(S, "ping"); sysread(S, $_, 99); print "$_\\n"'
/** An agent that echoes what it reads. */
const agent = { path: '', server: createServer() }

/** Content that no other case has. */
const onlyA = (name: string): string =>
  `FROM $D\n# ${name}\nCOPY . /ctx/\nRUN test "$(ls -A /ctx)" = a.txt`

const cases: Readonly<Record<string, Case>> = {
  'ARG in FROM': { dockerfile: 'ARG BASE=$D\nFROM $BASE\nRUN true' },
  'lower case': { dockerfile: 'from $D\nrun true' },
  'CRLF ends': { dockerfile: 'FROM $D\r\nCOPY a.txt /\r\nRUN test -f /a.txt\r\n' },
  'escape directive': { dockerfile: '# escape=`\nFROM $D\nRUN true `\n  && true' },
  'comment in a continued line': { dockerfile: 'FROM $D\nRUN true && \\\n# why\n  true' },
  'stage by number': {
    dockerfile: 'FROM $D\nRUN echo 1 > /one\nFROM $D\nCOPY --from=0 /one /\nRUN test -f /one',
  },
  'COPY from an image': {
    dockerfile: 'FROM $D\nCOPY --from=$D /etc/os-release /x\nRUN test -f /x',
  },
  'COPY --chown': {
    dockerfile: 'FROM $D\nCOPY --chown=7:8 a.txt /\nRUN test "$(stat -c %u:%g /a.txt)" = 7:8',
  },
  'target and arguments': {
    dockerfile: 'FROM $D AS one\nARG A\nRUN test "$A" = "x y"\nFROM one\nRUN exit 1',
    build: () => ({ target: 'one', args: { A: 'x y' } }),
  },
  'exceptions in .dockerignore': {
    dockerfile: onlyA('exceptions'),
    files: { '.dockerignore': '*\n!a.txt\n', 'b.txt': '' },
  },
  'stage that nothing uses': {
    dockerfile: 'FROM $D AS test\nRUN exit 3\nFROM $D\nRUN true',
    ...refused,
  },
  'base image that nothing uses': {
    dockerfile: 'FROM 127.0.0.1:1/missing:1 AS test\nFROM $D\nRUN true',
    ...refused,
  },
  'RUN --mount=type=cache': {
    dockerfile: 'FROM $D\nRUN --mount=type=cache,target=/c touch /c/x\nRUN test ! -e /c/x',
    ...refused,
  },
  'RUN --mount=type=bind': {
    dockerfile: 'FROM $D\nRUN --mount=type=bind,target=/src test -f /src/a.txt',
    ...refused,
  },
  'RUN --mount=type=bind of a file': {
    dockerfile: 'FROM $D\nRUN --mount=source=a.txt,target=/a.txt test "$(cat /a.txt)" = a',
    ...refused,
  },
  'RUN --mount=type=tmpfs': {
    dockerfile: 'FROM $D\nRUN --mount=type=tmpfs,target=/t touch /t/x\nRUN test ! -e /t/x',
    ...refused,
  },
  'RUN --mount=type=secret': {
    dockerfile: secretTest('x', 's3cret 1'),
    build: () => ({ secrets: { x: { env: 'X', secret: 's3cret 1' } } }),
    ...refused,
  },
  'RUN --mount=type=secret from a file': {
    dockerfile: secretTest('y', 's3cret 2'),
    files: { '../secret': 's3cret 2' },
    build: (folder) => ({ secrets: { y: { file: join(folder, '../secret') } } }),
    ...refused,
  },
  'RUN --mount=type=secret with a target and a mode': {
    dockerfile:
      'FROM $D\nRUN --mount=type=secret,id=npm,target=/root/.npmrc,mode=0440 test "$(cat /root/.npmrc) $(stat -c %a /root/.npmrc)" = "a=b 440"',
    build: () => ({ secrets: { npm: { secret: 'a=b' } } }),
    ...refused,
  },
  'RUN --mount=type=secret without an id': {
    dockerfile:
      'FROM $D\nRUN --mount=type=secret,target=/root/.npmrc test "$(cat /root/.npmrc)" = "c=d"',
    build: () => ({ secrets: { '.npmrc': { secret: 'c=d' } } }),
    // Podman.
    refusal: /secret should have syntax id=id/,
    ...refused,
  },
  'secret that is not declared': {
    dockerfile: 'FROM $D\nRUN --mount=type=secret,id=x test ! -e /run/secrets/x',
    ...refused,
  },
  'required secret that is not declared': {
    dockerfile: 'FROM $D\nRUN --mount=type=secret,id=x,required=true true',
    refusal: /secret x|"x"|id=x/,
    neverBuilt: true,
    ...refused,
  },
  'secret whose variable is not set': {
    dockerfile: 'FROM $D\nRUN --mount=type=secret,id=x,required=true true',
    build: () => ({ secrets: { x: { env: 'NOT_SET' } } }),
    refusal: /secrets\.x: the environment variable NOT_SET is not set/,
    neverBuilt: true,
    ...refused,
  },
  'RUN --mount=type=ssh': {
    dockerfile: `FROM $D\nRUN --mount=type=ssh perl -MSocket -e '${askAgent}' | grep -q '^agent: ping$'`,
    build: () => ({ ssh: { default: agent.path } }),
    refusal: noAgents,
    ...refused,
  },
  'agent that is not declared': {
    dockerfile: 'FROM $D\nRUN --mount=type=ssh test ! -S "$SSH_AUTH_SOCK"',
    ...refused,
  },
  'agent that is a key': {
    dockerfile: 'FROM $D\nRUN --mount=type=ssh,id=key true',
    files: { '../id_ed25519': 'key' },
    build: (folder) => ({ ssh: { key: join(folder, '../id_ed25519') } }),
    refusal: /ssh\.key: .* is not the socket of an agent|takes no SSH agents/,
    neverBuilt: true,
    ...refused,
  },
  'another platform': {
    dockerfile: 'FROM scratch\nCOPY a.txt /',
    build: () => ({ platform: 'linux/s390x' }),
    architecture: 's390x',
  },
  'another platform, built on that of the engine': {
    dockerfile:
      'FROM --platform=$BUILDPLATFORM $D AS made\nARG TARGETARCH\nRUN test "$TARGETARCH" = s390x && touch /made\nFROM scratch\nCOPY --from=made /made /',
    build: () => ({ platform: 'linux/s390x' }),
    architecture: 's390x',
    ...refused,
  },
  'cache that does not exist': {
    dockerfile: 'FROM $D\nCOPY a.txt /cached',
    build: () => ({ cacheFrom: ['127.0.0.1:1/missing:cache'] }),
  },
  'RUN --network=none': {
    dockerfile: 'FROM $D\nRUN --network=none test "$(ls /sys/class/net)" = lo',
    refusal: /RUN --network/,
    ...refused,
  },
  'here-document of RUN': {
    dockerfile: 'FROM $D\nRUN <<EOF\necho 1 > /out\nEOF\nRUN test -f /out',
    refusal: /too old for RUN << \(line 2\)/,
    ...refused,
  },
  'here-document of COPY': {
    dockerfile: 'FROM $D\nCOPY <<EOF /out\nhello\nEOF\nRUN test "$(cat /out)" = hello',
    refusal: /too old for COPY << \(line 2\)/,
    ...refused,
  },
  'ARG TARGETARCH': {
    dockerfile:
      'FROM $D\nARG TARGETARCH\nARG TARGETPLATFORM\nRUN test -n "$TARGETARCH$TARGETPLATFORM"',
    ...refused,
  },
  'FROM --platform=$BUILDPLATFORM': {
    dockerfile: 'FROM --platform=$BUILDPLATFORM $D\nRUN true',
    ...refused,
  },
  'COPY --chmod': {
    dockerfile: 'FROM $D\nCOPY --chmod=711 a.txt /\nRUN test "$(stat -c %a /a.txt)" = 711',
    refusal: /COPY --chmod \(line 2\)/,
    ...refused,
  },
  'COPY --link': {
    dockerfile: 'FROM $D\nCOPY --link a.txt /\nRUN test -f /a.txt',
    refusal: /COPY --link \(line 2\)/,
    ...refused,
  },
  'COPY --exclude': {
    dockerfile: 'FROM $D\nCOPY --exclude=*.md . /x\nRUN test -f /x/a.txt && test ! -e /x/b.md',
    files: { 'b.md': '' },
    refusal: /COPY --exclude \(line 2\)/,
    ...refused,
  },
  'ADD --checksum': {
    dockerfile: `FROM $D\nADD --checksum=sha256:${'0'.repeat(64)} http://127.0.0.1:1/x /x`,
    refusal: /ADD --checksum \(line 2\)|127\.0\.0\.1:1/,
    neverBuilt: true,
    ...refused,
  },
  'frontend that cannot be pulled': {
    dockerfile: '# syntax=127.0.0.1:1/frontend:1\nFROM $D\nRUN true',
    refusal:
      /line 1 asks for the frontend image 127\.0\.0\.1:1\/frontend:1, which could not be pulled|Podman ignores the frontend/,
    neverBuilt: true,
    ...refused,
  },
  'Dockerfile outside of the folder': {
    dockerfile: 'FROM scratch',
    files: {
      '../prod.Dockerfile': onlyA('outside'),
      '.dockerignore': '.dockerignore\nDockerfile',
    },
    build: () => ({ dockerfile: '../prod.Dockerfile' }),
  },
  'absolute Dockerfile with ignore rules of its own': {
    dockerfile: 'FROM scratch',
    files: {
      '../prod.Dockerfile': onlyA('absolute'),
      '../prod.Dockerfile.dockerignore': 'Dockerfile\nb.txt\n',
      'b.txt': '',
    },
    build: (folder) => ({ dockerfile: join(folder, '../prod.Dockerfile') }),
  },
  'triggers of a stage': {
    dockerfile: 'FROM $D AS one\nONBUILD COPY a.txt /a.txt\nFROM one\nRUN test "$(cat /a.txt)" = a',
    files: { '.dockerignore': 'Dockerfile\n' },
  },
  'health check and stop signal': {
    dockerfile:
      'FROM $D\nHEALTHCHECK --interval=5s --timeout=3s --retries=3 CMD true\nSTOPSIGNAL SIGINT\nVOLUME /v\nSHELL ["/bin/sh", "-ec"]\nRUN true',
  },
  'inline Dockerfile': {
    dockerfile: 'FROM scratch',
    files: { '.dockerignore': '.dockerignore\nDockerfile\n' },
    build: () => ({ dockerfileInline: onlyA('inline') }),
  },
  'inline Dockerfile next to rules that stay in the image': {
    dockerfile: 'FROM scratch',
    files: { '.dockerignore': '**/*.log\nDockerfile\n', 'x.log': '' },
    build: () => ({
      dockerfileInline:
        'FROM $D\nCOPY . /ctx/\nRUN test "$(ls -A /ctx | tr "\\n" " ")" = ".dockerignore a.txt "',
    }),
  },
  'Dockerfile that is a link': {
    dockerfile: 'FROM scratch',
    files: {
      '../linked.Dockerfile': onlyA('linked'),
      '.dockerignore': '.dockerignore\nDockerfile\n',
    },
    build: () => ({ dockerfile: '../linked.Dockerfile' }),
  },
  'ignored Dockerfile with ADD of a variable': {
    dockerfile: `FROM $D\nARG FILES=.\nADD $FILES /ctx/\n${onlyAInCtx}`,
    files: hidden,
  },
  'ignored Dockerfile with COPY --exclude': {
    dockerfile: `FROM $D\nCOPY --exclude=*.md . /ctx/\n${onlyAInCtx}`,
    files: { ...hidden, 'b.md': '' },
    refusal: /COPY --exclude \(line 2\)/,
    ...refused,
  },
  'ignored Dockerfile with COPY --parents': {
    dockerfile:
      'FROM $D\nCOPY --parents ./d/*.txt * /ctx/\nRUN test "$(cd /ctx && find . -type f | sort | tr "\\n" " ")" = "./a.txt ./d/c.txt "',
    files: { ...hidden, 'd/c.txt': '' },
    refusal: /COPY --parents \(line 2\)/,
    ...refused,
  },
  'ignored Dockerfile with ONBUILD of the base image': {
    dockerfile: `FROM $OWN\n${onlyAInCtx}`,
    base: 'FROM $D\nONBUILD COPY . /ctx/',
    files: hidden,
  },
  'ignored Dockerfile with a bind mount': {
    dockerfile:
      'FROM $D\nRUN --mount=target=/src test "$(ls -A /src)" = a.txt\nCOPY ["a.txt", "/x y"]\nADD ./a.txt /\nRUN test -f "/x y" && test -f /a.txt',
    files: { '.dockerignore': '.dockerignore\nDockerfile\n' },
    ...refused,
  },
}

let api: EngineApi
let base: string
let root: string
let images: Readonly<Record<'own' | 'classic', Images>>
const made = new Set<string>()

beforeAll(async () => {
  const { dialer, endpoint } = await discoverEngine()
  api = createEngineApi(dialer, endpoint)
  base = await testImage()
  images = {
    own: createImages(api),
    classic: createImages(api, async () => ({ ...(await findBuilder(api)), kind: 'classic' })),
  }
}, 60_000)
afterAll(async () => {
  for (const reference of [...made].toReversed()) await removeResource(api, 'image', reference)
}, 60_000)
beforeAll(async () => {
  agent.path = join(await mkdtemp(join(tmpdir(), 'mesocosm-agent-')), 'agent.sock')
  agent.server.on('connection', (socket) => {
    socket.on('error', () => {})
    socket.on('data', (bytes) => void socket.write(`agent: ${bytes}`))
  })
  agent.server.listen(agent.path)
  await once(agent.server, 'listening')
})
afterAll(async () => {
  agent.server.close()
  await rm(dirname(agent.path), { recursive: true })
})
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mesocosm-dockerfiles-'))
})
afterEach(() => rm(root, { recursive: true }))

const ownBase = `mesocosm-test/dockerfiles-base:${process.pid}`

const withBase = (text: string): string => text.replaceAll('$D', base).replaceAll('$OWN', ownBase)

/** Builds without the product's own code. */
const buildBase = async (text: string): Promise<void> => {
  made.add(ownBase)
  const bytes = Buffer.from(withBase(text))
  const stream = await api.stream('POST', '/build', {
    query: { t: ownBase },
    file: tarOf([{ name: 'Dockerfile', mode: 0o644, content: { kind: 'bytes', bytes } }]),
  })
  for await (const line of readJsonLines<{ error?: string }>(stream))
    if (line.error !== undefined) throw new Error(line.error)
}

/** Returns the words of the error; `undefined` when it was built. */
const failureOf = async (builder: 'own' | 'classic', one: Case): Promise<string | undefined> => {
  const context = join(root, 'app')
  const files = { Dockerfile: one.dockerfile, 'a.txt': 'a\n', ...one.files }
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(context, name)), { recursive: true })
    await writeFile(join(context, name), withBase(text))
  }
  if (one.base !== undefined) await buildBase(one.base)
  const more = one.build?.(context) ?? {}
  const { dockerfileInline } = more
  const inline =
    dockerfileInline === undefined ? {} : { dockerfileInline: withBase(dockerfileInline) }
  try {
    const build = { context, ...more, ...inline }
    const name = `dockerfiles-test-${process.pid}`
    const info = await images[builder].image({ kind: 'build', name, build })
    made.add(info.reference)
    const { Architecture } = await api.json<{ Architecture: string }>(
      'GET',
      `/images/${info.reference}/json`,
    )
    if (one.architecture !== undefined) expect(Architecture).toBe(one.architecture)
    return undefined
  } catch (error) {
    expect(error).toMatchObject({
      code: expect.stringMatching(/^((BUILD|IMAGE_PULL)_FAILED|IMAGE_NOT_FOUND)$/),
    })
    return (error as Error).message
  }
}

describe('Dockerfiles are built right, or refused with the cause', { timeout: 120_000 }, () => {
  test.each(Object.entries(cases))('by the builder of the engine: %s', async (_, one) => {
    const failure = await failureOf('own', one)
    if (failure !== undefined) expect(failure).toMatch(one.refusal ?? /^$/)
    else expect(one.neverBuilt).not.toBe(true)
  })

  test.for(Object.entries(cases))('by the classic builder: %s', async ([_, one], context) => {
    context.skip((await findBuilder(api)).kind === 'buildah', 'Podman has one builder')
    const failure = await failureOf('classic', one)
    if (one.classic === undefined) expect(failure).toBeUndefined()
    else
      expect(failure).toMatch(
        /BuildKit.* line \d|exit 3|exit code: 3|returned a non-zero code: 3|missing:1/,
      )
  })
})
