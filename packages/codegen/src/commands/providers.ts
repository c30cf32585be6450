import { click, typer } from './click.ts'
import { cobra } from './cobra.ts'
import { commander } from './commander.ts'
import { django } from './django.ts'
import { oclif } from './oclif.ts'
import type { CommandProvider } from './provider.ts'
import { laravel, symfony } from './symfony.ts'
import { yargs } from './yargs.ts'

/** The built-in providers; if several detect a tool, the first one wins. */
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
