import type { ValueType } from './value-type.ts'

/** A command that a service's own command-line tool offers, in the words of no framework. */
export interface Command {
  /** As it is typed: `app:create-admin`; subcommands with a space between, `db migrate`; a script of npm is `npm:<script>`. */
  readonly name: string
  /** One line. */
  readonly doc?: string
  /** In their order: required ones before optional ones, at most the last variadic. */
  readonly args: readonly Argument[]
  readonly options: readonly Option[]
}

export interface Argument {
  /** As in the tool's help, `user-name`. */
  readonly name: string
  readonly required: boolean
  /** Takes any number of values; `required` then means at least one. */
  readonly variadic: boolean
  readonly type: ValueType
  readonly doc?: string
}

export interface Option {
  /**
   * The key in the object of options. Long name without dashes, `dry-run`; with its dash, `-n`, when there is only a
   * short one; with its dashes, `--tag`, when one option takes several values (`--tag a b`).
   */
  readonly name: string
  /** Absent for a flag that takes no value. */
  readonly value?: ValueType
  /** The value can be left out: `true` is the option without one. */
  readonly valueOptional?: boolean
  /** May be given several times. */
  readonly multiple: boolean
  readonly required: boolean
  readonly doc?: string
}
