import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { root } from './run.ts'

/** A freestanding C program, and the TypeScript file that holds it compiled. */
export interface Program {
  readonly source: string
  readonly into: string
  /** Name of the script that compiles it. */
  readonly by: string
  /** Name of the constant with the programs. */
  readonly name: string
}

/** Compiles a program for every architecture and writes the results as TypeScript. */
export const compileProgram = ({ source, into, by, name }: Program): void => {
  const hash = createHash('sha256')
    .update(readFileSync(header))
    .update(readFileSync(source))
    .digest('hex')
  const programs = Object.entries(compilers).map(
    ([architecture, compiler]) =>
      `  // biome-ignore format: one line\n  ${architecture}: '${compile(compiler, source)}',`,
  )
  writeFileSync(
    into,
    `// Made by \`node scripts/${by}.ts\` from program/${basename(source)}; do not edit.

/** SHA-256 of \`src/docker/program/freestanding.h\` and the source, of which the programs were compiled. */
export const sourceHash = '${hash}'

/** Static Linux programs by architecture, base64. */
export const ${name}: Readonly<Record<string, string>> = {
${programs.join('\n')}
}
`,
  )
}

// ---

/** Included by every program. */
const header = join(root, 'src/docker/program/freestanding.h')
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

const compile = (compiler: string, source: string): string => {
  const scratch = mkdtempSync(join(tmpdir(), 'mesocosm-compile-'))
  try {
    const program = join(scratch, 'program')
    execFileSync(compiler, [...options, source, '-o', program], { stdio: 'inherit' })
    return readFileSync(program).toString('base64')
  } finally {
    rmSync(scratch, { recursive: true })
  }
}
