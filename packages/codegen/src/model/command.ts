import type { ValueType } from './value-type.ts'

/** A command of a service's own command-line tool, independent of the framework it is written with. */
export interface ServiceCommand {
  /** As typed: `app:create-admin`; subcommands separated by a space, `db migrate`; npm scripts as `npm:<script>`. */
  readonly name: string
  /** Description, one line. */
  readonly doc?: string
  /** Positional arguments in order: required before optional, only the last can be variadic. */
  readonly args: readonly CommandArgument[]
  /** Named options and flags, in any order. */
  readonly options: readonly CommandOption[]
}

/** A positional argument of a command. */
export interface CommandArgument {
  /** Name as in the tool's help, `user-name`. */
  readonly name: string
  /** Whether the command fails without it. */
  readonly required: boolean
  /** Takes any number of values; `required` then means at least one. */
  readonly variadic: boolean
  /** Type of one value. */
  readonly type: ValueType
  /** Description, one line. */
  readonly doc?: string
}

/** A named option or flag of a command. */
export interface CommandOption {
  /**
   * Key in the options object: the long name without dashes, `dry-run`; `-n` if there is only a short name; with
   * dashes, `--tag`, if one occurrence takes several values (`--tag a b`).
   */
  readonly name: string
  /** Type of the value; absent for a flag without one. */
  readonly value?: ValueType
  /** Whether the value can be omitted; `true` then passes the option without a value. */
  readonly valueOptional?: boolean
  /** Whether it can be given several times. */
  readonly multiple: boolean
  /** Whether the command fails without it. */
  readonly required: boolean
  /** Description, one line. */
  readonly doc?: string
}

/** @deprecated use {@link ServiceCommand}. */
export type Command = ServiceCommand

/** @deprecated use {@link CommandArgument}. */
export type Argument = CommandArgument

/** @deprecated use {@link CommandOption}. */
export type Option = CommandOption
