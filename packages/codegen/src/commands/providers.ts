import { click, typer } from './click.ts'
import { cobra } from './cobra.ts'
import { commander } from './commander.ts'
import { django } from './django.ts'
import { oclif } from './oclif.ts'
import type { CommandProvider } from './provider.ts'
import { laravel, symfony } from './symfony.ts'
import { yargs } from './yargs.ts'

/** All that come along; where several detect a tool, the first one counts. */
export const commandProviders: readonly CommandProvider[] = [
  symfony,
  laravel,
  django,
  oclif,
  typer,
  click,
  commander,
  yargs,
  cobra,
]
