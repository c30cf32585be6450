import { join } from 'node:path'
import { compileProgram } from './compile-program.ts'

/*
 * Compiles the program that runs and kills programs in containers; run it after a change of its source. Needs gcc
 * and aarch64-linux-gnu-gcc (Debian: gcc-aarch64-linux-gnu).
 */

const folder = join(import.meta.dirname, '../src/docker/exec')
compileProgram({
  source: join(folder, 'program/exec.c'),
  into: join(folder, 'exec-binary.ts'),
  by: 'exec-program',
  name: 'execBinary',
})
