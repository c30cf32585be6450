import { expect, test } from 'vitest'
import type { Login } from './credentials.ts'
import { pullError } from './pull-error.ts'

const none: Login = {}
const ann: Login = { auth: { serveraddress: 'reg.example', username: 'ann', password: 'secret' } }
const token: Login = { auth: { serveraddress: 'reg.example', identitytoken: 'secret' } }
const failed: Login = {
  failure: 'credentials could not be read, pulling without: docker-credential-x failed: expired',
}

const own = 'reg.example/team/app:1'
const hub = 'team/app:1'
const denied =
  "pull access denied for team/app, repository does not exist or may require 'docker login': denied: requested access to the resource is denied"

/** Words of Docker (classic and containerd store) and of Podman. */
test.each<[string, string, Login, string, string, RegExp]>([
  [
    'no credentials',
    own,
    none,
    'Head "https://reg.example/v2/team/app/manifests/1": no basic auth credentials',
    'IMAGE_PULL_DENIED',
    /private image run `docker login reg\.example` first/,
  ],
  [
    'no credentials for Docker Hub',
    hub,
    none,
    denied,
    'IMAGE_PULL_DENIED',
    /private image run `docker login` first/,
  ],
  [
    'wrong credentials',
    own,
    ann,
    'Head "https://reg.example/v2/team/app/manifests/1": unauthorized: incorrect username or password',
    'IMAGE_PULL_DENIED',
    /user ann may pull it.*`docker login reg\.example` again/,
  ],
  [
    'wrong credentials, Podman',
    own,
    ann,
    'unable to retrieve auth token: invalid username/password: unauthorized: authentication required',
    'IMAGE_PULL_DENIED',
    /user ann may pull it/,
  ],
  [
    'wrong credentials, containerd',
    own,
    ann,
    'failed to resolve reference "reg.example/team/app:1": unexpected status from HEAD request: 401 Unauthorized',
    'IMAGE_PULL_DENIED',
    /user ann may pull it/,
  ],
  [
    'a registry without TLS',
    'localhost:5000/app:1',
    none,
    'pinging container registry localhost:5000: Get "https://localhost:5000/v2/": http: server gave HTTP response to HTTPS client',
    'IMAGE_PULL_FAILED',
    /allow localhost:5000 without TLS.*registries\.conf/,
  ],
  [
    'an old token',
    own,
    token,
    'unauthorized: authentication required',
    'IMAGE_PULL_DENIED',
    /the stored token may pull it/,
  ],
  [
    'credentials that could not be read',
    own,
    failed,
    'no basic auth credentials',
    'IMAGE_PULL_DENIED',
    /fix what kept the credentials from being read/,
  ],
  [
    'a limit for all',
    hub,
    none,
    'toomanyrequests: You have reached your pull rate limit',
    'IMAGE_PULL_FAILED',
    /log in with `docker login`, or use a mirror/,
  ],
  [
    'a limit for the user',
    own,
    ann,
    'toomanyrequests: You have reached your pull rate limit',
    'IMAGE_PULL_FAILED',
    /limits the pulls of user ann/,
  ],
  [
    'a page of a proxy',
    own,
    none,
    'error parsing HTTP 403 response body: invalid character \'<\' looking for beginning of value: "<html>blocked</html>"',
    'IMAGE_PULL_FAILED',
    /proxy of the engine.*instead of the answer of reg\.example/,
  ],
  [
    'another platform',
    own,
    none,
    'no matching manifest for linux/amd64 in the manifest list entries',
    'IMAGE_NOT_FOUND',
    /set `platform` .* has linux\/amd64; .* exists for other platforms/,
  ],
  [
    'a variant of a platform',
    own,
    none,
    'no matching manifest for linux/arm64/v8 in the manifest list entries',
    'IMAGE_NOT_FOUND',
    /has linux\/arm64\/v8;/,
  ],
  [
    'another platform, containerd',
    own,
    none,
    'no match for platform in manifest: not found',
    'IMAGE_NOT_FOUND',
    /set `platform` .* exists for other platforms/,
  ],
  [
    'another platform, Podman',
    own,
    none,
    'choosing an image from manifest list: no image found in manifest list for architecture "amd64", variant "", OS "linux"',
    'IMAGE_NOT_FOUND',
    /set `platform` .* exists for other platforms/,
  ],
  [
    'an unknown tag',
    own,
    none,
    'manifest for reg.example/team/app:1 not found: manifest unknown: manifest unknown',
    'IMAGE_NOT_FOUND',
    /check the image name and tag/,
  ],
  [
    'a full disk',
    own,
    none,
    'write /var/lib/docker/tmp/x: no space left on device',
    'DISK_FULL',
    /docker system df/,
  ],
  [
    'anything else',
    own,
    none,
    'dial tcp 192.0.2.1:443: i/o timeout',
    'IMAGE_PULL_FAILED',
    /network between the engine and the registry/,
  ],
])('a pull reports %s', (_, reference, login, words, code, remedy) => {
  const error = pullError(new Error(words), reference, login)
  expect(error).toMatchObject({ code, facts: { image: reference } })
  expect(error.summary).toBe(`image ${reference} could not be pulled: ${words}`)
  expect(error.remedy).toMatch(remedy)
  expect(error.remedy).not.toContain('<')
  expect(error.message).not.toContain('secret')
  if (code === 'IMAGE_PULL_DENIED')
    expect(error.details ?? []).toEqual(login.failure === undefined ? [] : [login.failure])
})
