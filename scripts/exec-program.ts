import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/*
 * Compiles the program that runs and kills programs in containers; run it after a change of its source. Needs gcc
 * and aarch64-linux-gnu-gcc (Debian: gcc-aarch64-linux-gnu).
 */

const folder = join(import.meta.dirname, '../src/docker/exec')
const source = join(folder, 'program/exec.c')
const compilers = { amd64: 'x86_64-linux-gnu-gcc', arm64: 'aarch64-linux-gnu-gcc' }
const options = [
  '-Os',
  '-static',
  '-nostdlib',
  '-ffreestanding',
  '-fno-builtin',
  '-fno-pic',
  '-no-pie',
  '-fno-stack-protector',
  '-fno-asynchronous-unwind-tables',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wl,--build-id=none,-z,noseparate-code,-z,norelro,-s',
]

const compile = (compiler: string): string => {
  const scratch = mkdtempSync(join(tmpdir(), 'mesocosm-compile-'))
  try {
    const program = join(scratch, 'program')
    execFileSync(compiler, [...options, source, '-o', program], { stdio: 'inherit' })
    return readFileSync(program).toString('base64')
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

const hash = createHash('sha256').update(readFileSync(source)).digest('hex')
const programs = Object.entries(compilers).map(
  ([architecture, compiler]) =>
    `  // biome-ignore format: one line\n  ${architecture}: '${compile(compiler)}',`,
)
writeFileSync(
  join(folder, 'exec-binary.ts'),
  `// Made by \`node scripts/exec-program.ts\` from program/exec.c; do not edit.

/** SHA-256 of the source that the programs were compiled from. */
export const sourceHash = '${hash}'

/** Static Linux programs by architecture, base64. */
export const execBinary: Readonly<Record<string, string>> = {
${programs.join('\n')}
}
`,
)
