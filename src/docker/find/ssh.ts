import type { Candidate } from './candidates.ts'

/** Returns the candidate, refused if it is behind ssh, with a way to use that engine all the same. */
export const withoutSsh = (candidate: Candidate): Candidate => {
  if (!candidate.endpoint.startsWith('ssh:')) return candidate
  return {
    ...candidate,
    fault: 'engines behind ssh are not supported',
    remedy: remedyFor(candidate.endpoint),
  }
}

// ---

/** A forwarded socket alone is not enough: ports of services would be published on the other machine's loopback. */
const remedyFor = (endpoint: string): string => {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  const host = url?.hostname || '<host>'
  const login = url?.username ? `${url.username}@${host}` : host
  const socket = url && url.pathname.length > 1 ? url.pathname : '/var/run/docker.sock'
  const target = url?.port ? `-p ${url.port} ${login}` : login
  return [
    `run the tests on ${host}`,
    `or, if its ports can be reached from here, forward its socket with \`ssh -nNT -L /tmp/docker.sock:${socket} ${target}\``,
    `and set DOCKER_HOST=unix:///tmp/docker.sock and TESTCONTAINERS_HOST_OVERRIDE=${host}`,
    `(ports are then published on all addresses of ${host})`,
  ].join(' ')
}
