import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import ts from 'typescript-6'
import { root } from './run.ts'

/** The doors of all packages, and what the compiler knows of their sources. */
export interface Doors {
  /** Source file of each door by its import name, such as `mesocosm/plugin`. */
  readonly doors: ReadonlyMap<string, string>
  readonly program: ts.Program
  readonly checker: ts.TypeChecker
  /** Returns what a door exports, of our own sources. */
  exportsOf(file: string): ts.Symbol[]
  /** Returns the symbol behind an import or export. */
  target(symbol: ts.Symbol): ts.Symbol
  /** Whether it is declared in our own sources. */
  isOurs(symbol: ts.Symbol): boolean
}

/** Reads the sources of all doors; nothing needs to be built. */
export const openDoors = async (): Promise<Doors> => {
  const doors = await findDoors()
  const program = ts.createProgram([...doors.values()], {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    types: ['node'],
    paths: Object.fromEntries([...doors].map(([door, file]) => [door, [file]])),
  })
  const checker = program.getTypeChecker()
  const target = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  const isOurs = (symbol: ts.Symbol) =>
    (symbol.declarations ?? []).some(
      (declaration) => !declaration.getSourceFile().fileName.includes('/node_modules/'),
    )
  return {
    doors,
    program,
    checker,
    target,
    isOurs,
    exportsOf(file) {
      const source = program.getSourceFile(file)
      const door = source && checker.getSymbolAtLocation(source)
      if (door === undefined) throw new Error(`${file} is not a module`)
      return checker.getExportsOfModule(door).map(target).filter(isOurs)
    },
  }
}

// ---

/** Reads the `exports` of every package. */
const findDoors = async (): Promise<ReadonlyMap<string, string>> => {
  const manifests = await Array.fromAsync(
    glob(['package.json', 'packages/*/package.json'], { cwd: root }),
  )
  return new Map(
    manifests.sort().flatMap((path) => {
      const folder = dirname(join(root, path))
      const { name, exports } = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest
      return Object.entries(exports).flatMap(([key, entry]): [string, string][] => {
        const built = /"\.\/dist\/([^"]*?)(\.d)?\.[jt]s"/.exec(JSON.stringify(entry))?.[1]
        return built === undefined
          ? []
          : [[name + key.slice(1), join(folder, 'src', `${built}.ts`)]]
      })
    }),
  )
}

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, unknown>>
}
