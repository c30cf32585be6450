import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { ContractPrograms } from '../runtime/contract/harness.ts'
import { createDockerRuntime } from './docker-runtime.ts'

const reference = 'debian:trixie-slim'

/** Returns the image of tests on a real engine. A registry that does not answer fails them within 20 s. */
export const testImage = async (): Promise<string> => {
  await using runtime = await createDockerRuntime()
  const stop = AbortSignal.timeout(20_000)
  try {
    return (await runtime.image({ kind: 'pull', reference }, { signal: stop })).reference
  } catch (cause) {
    throw new MesocosmError({
      code: 'IMAGE_NOT_FOUND',
      message: `image ${reference}, which the tests need, is missing`,
      remedy: 'pull or build it: `node scripts/images.ts`',
      facts: { image: reference },
      cause,
    })
  }
}

/** The contract's programs with what a slim Debian has: sh, coreutils, perl. */
export const debianPrograms: ContractPrograms = {
  print: (count, exitCode) => [
    'sh',
    '-c',
    `seq -f 'line %.0f' 1 ${count}; echo last >&2; exit ${exitCode}`,
  ],
  serve: (port, text) => ['perl', '-MIO::Socket::INET', '-e', server, `${port}`, text],
  wait: () => ['sh', '-c', 'trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.02; done'],
  copy: (exitCode) => ['sh', '-c', `cat; echo done >&2; exit ${exitCode}`],
  size: () => ['sh', '-c', 'while read line && [ "$line" != exit ]; do stty size; done'],
  hog: () => ['perl', '-e', 'push @a, "x" x 1e6 while 1'],
  exec: {
    show: (path) => ['sh', '-c', 'stat -c %a "$0" && cat "$0"', path],
    env: (name) => ['printenv', name],
    echo: () => ['sh', '-c', 'cat; echo noted >&2; exit 3'],
    fetch: (host, port) => ['perl', '-MIO::Socket::INET', '-e', client, host, `${port}`],
    lookup: (name) => ['getent', 'hosts', name],
    fill: (bytes) => ['sh', '-c', `head -c ${bytes} /dev/zero | tr '\\0' x`],
    linger: () => ['sh', '-c', 'echo lingering; sleep 1000.5 & sleep 1000.5'],
    lingering: () => [
      'sh',
      '-c',
      "cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -o 'sleep 1000[.]5 ' | wc -l",
    ],
  },
}

const server = `
$s = IO::Socket::INET->new(LocalPort => $ARGV[0], Listen => 16, ReuseAddr => 1) or die "$!\\n";
$| = 1;
print "listening\\n";
while ($c = $s->accept) {
  while (<$c>) { last if /^\\r?\\n$/ }
  print $c "HTTP/1.1 200 OK\\r\\nContent-Length: ", length($ARGV[1]), "\\r\\nConnection: close\\r\\n\\r\\n$ARGV[1]";
  close $c;
}`

const client = `
$s = IO::Socket::INET->new(PeerAddr => "$ARGV[0]:$ARGV[1]", Timeout => 3) or exit 7;
print $s "GET / HTTP/1.0\\r\\n\\r\\n";
while (<$s>) { last if /^\\r?\\n$/ }
print while <$s>;`
