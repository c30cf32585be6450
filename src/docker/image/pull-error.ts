import type { ErrorCode } from '../../errors/codes.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { detailOf, engineError } from '../api/errors.ts'
import type { Login } from './credentials.ts'
import { parseImageReference } from './image-reference.ts'

/**
 * Returns the error of a pull: what the engine or the registry said, and what helps against it.
 *
 * @param doing what failed; default that the image could not be pulled.
 */
export const pullError = (
  cause: unknown,
  reference: string,
  login: Login,
  doing = `image ${reference} could not be pulled`,
): MesocosmError => {
  const detail = detailOf(cause)
  const verdict = verdicts.find(({ pattern }) => pattern.test(detail))
  const general = engineError(cause, doing, { image: reference }, 'IMAGE_PULL_FAILED')
  // Any failure may be caused by a full disk, whatever else its words resemble.
  if (general.code === 'DISK_FULL') return general
  if (verdict === undefined && general.code !== 'IMAGE_PULL_FAILED') return general
  const { registry } = parseImageReference(reference)
  const subject = { registry, login, platform: platformIn(detail) }
  return new MesocosmError({
    code: verdict?.code ?? 'IMAGE_PULL_FAILED',
    message: `${doing}: ${detail}`,
    remedy:
      verdict?.remedy(subject) ??
      `check the network between the engine and the registry (\`docker pull ${reference}\`)`,
    facts: {
      image: reference,
      registry: registryName(registry),
    },
    ...(login.failure === undefined ? {} : { details: [login.failure] }),
    cause,
  })
}

// ---

interface Subject {
  /** `undefined` is Docker Hub. */
  readonly registry: string | undefined
  readonly login: Login
  readonly platform: string
}

interface Verdict {
  readonly pattern: RegExp
  readonly code: ErrorCode
  readonly remedy: (subject: Subject) => string
}

/** `docker login` without a name is that of Docker Hub. */
const loginTo = (registry: string | undefined): string =>
  `\`docker login${registry === undefined ? '' : ` ${registry}`}\``

const nameOf = ({ auth }: Login): string =>
  auth?.username === undefined ? 'the stored token' : `user ${auth.username}`

const platformIn = (detail: string): string =>
  /no matching manifest for (\w+(?:\/\w+)+)/i.exec(detail)?.[1] ?? 'that platform'

const registryName = (registry: string | undefined): string => registry ?? 'docker.io'

// The first match wins: an image without the platform is `not found`, too, in the words of some engines.
const verdicts: readonly Verdict[] = [
  {
    pattern: /server gave HTTP response to HTTPS client/i,
    code: 'IMAGE_PULL_FAILED',
    remedy: ({ registry }) =>
      `allow ${registryName(registry)} without TLS: in \`insecure-registries\` of Docker's daemon.json, or with \`insecure = true\` in Podman's registries.conf; Podman asks for TLS on the loopback address, too`,
  },
  {
    pattern: /toomanyrequests|too many requests|rate limit/i,
    code: 'IMAGE_PULL_FAILED',
    remedy: ({ registry, login }) =>
      login.auth === undefined
        ? `log in with ${loginTo(registry)}, or use a mirror; the registry limits anonymous pulls`
        : `wait, or use a mirror; the registry limits the pulls of ${nameOf(login)}`,
  },
  {
    // A registry answers in JSON.
    pattern: /<html|<!doctype html|invalid character '<'/i,
    code: 'IMAGE_PULL_FAILED',
    remedy: ({ registry }) =>
      `check the proxy of the engine (\`docker info\` shows it) and what it allows: a web page came instead of the answer of ${registry ?? 'docker.io'}`,
  },
  {
    pattern:
      /no matching manifest|no match for platform|no image found in (?:manifest list|image index)|cannot be used on this platform|does not match the specified platform|does not provide the specified platform/i,
    code: 'IMAGE_NOT_FOUND',
    remedy: ({ platform }) =>
      `set \`platform\` to one that it has, if the engine can emulate it, or choose an image that has ${platform}; this one exists for other platforms`,
  },
  {
    pattern:
      /access denied|unauthorized|denied:|authentication required|no basic auth|incorrect username or password|authorization failed|status: 40[13]/i,
    code: 'IMAGE_PULL_DENIED',
    // Credentials that could not be read, none, and wrong ones are three different mistakes.
    remedy: ({ registry, login }) =>
      login.failure !== undefined
        ? 'fix what kept the credentials from being read (above); for a public image, check its name'
        : login.auth === undefined
          ? `check the image name; for a private image run ${loginTo(registry)} first`
          : `check the image name, and that ${nameOf(login)} may pull it; if the credentials are out of date, run ${loginTo(registry)} again`,
  },
  {
    pattern: /manifest unknown|not found|invalid reference format|repository name must be/i,
    code: 'IMAGE_NOT_FOUND',
    remedy: () => 'check the image name and tag',
  },
]
