import { expect, test } from 'vitest'
import { literal, type Piece, quotedName, SqlScanner } from './sql-scanner.ts'

const scan = (text: string, variables: Readonly<Record<string, string>> = {}): Piece[] => {
  const scanner = new SqlScanner(text, new Map(Object.entries(variables)))
  const pieces: Piece[] = []
  for (let piece = scanner.next(); piece !== undefined; piece = scanner.next()) pieces.push(piece)
  return pieces
}

const statements = (text: string, variables?: Readonly<Record<string, string>>) =>
  scan(text, variables).map((piece) => ('sql' in piece ? piece.sql : `\\${piece.meta}`))

test.for([
  ['a string', "select ';''; '", "select ';''; '"],
  ['a string with backslashes', "select '\\', 1", "select '\\', 1"],
  ['a string with escapes', "select e'\\';'", "select e'\\';'"],
  ['a quoted name', 'select 1 as ";"', 'select 1 as ";"'],
  ['a dollar quote', 'do $$ begin; end $$', 'do $$ begin; end $$'],
  ['a dollar quote with a tag', 'do $a$ $$; $a$', 'do $a$ $$; $a$'],
  ['a parameter', 'prepare x as select $1', 'prepare x as select $1'],
  ['brackets', 'create rule r as on x do (a; b)', 'create rule r as on x do (a; b)'],
  [
    'a body of statements',
    'create or replace function f() returns int begin atomic select case when true then 1 end; end',
    'create or replace function f() returns int begin atomic select case when true then 1 end; end',
  ],
  ['a comment', 'select 1 -- ;', 'select 1'],
  ['a nested comment', 'select /* ; /* ; */ ; */ 1', 'select   1'],
  ['a cast', 'select a::text', 'select a::text'],
] as const)('the semicolon after %s ends the statement', ([, sql, read]) => {
  expect(statements(`${sql}\n;\nselect 2;`)).toEqual([read, 'select 2'])
})

test('a transaction that begins is not a body', () => {
  expect(statements('begin; select 1; end;')).toEqual(['begin', 'select 1', 'end'])
})

test('variables are replaced as text, as a string and as a name', () => {
  const variables = { a: `it's "a"` }
  expect(statements(`select :'a', :"a", :b, ':a', x::a;`, variables)).toEqual([
    `select 'it''s "a"', "it's ""a""", :b, ':a', x::a`,
  ])
  expect(statements('select :a;', { a: '1' })).toEqual(['select 1'])
})

test('meta-commands end a statement or are pieces of their own, with the number of their line', () => {
  expect(scan("\\connect other\n\nselect 'x'\n\\gexec\nselect 1 \\gset\n\\.\n")).toEqual([
    { meta: 'connect', argument: 'other', line: 1 },
    { sql: "select 'x'", end: 'gexec', line: 3 },
    { sql: 'select 1', end: 'gset', line: 5 },
    { meta: '.', argument: '', line: 6 },
  ])
  expect(() => scan('select 1 \\watch')).toThrow('line 1: \\watch is not supported')
})

test('data of a copy is read up to its end', () => {
  const scanner = new SqlScanner('copy a from stdin;\n1\t;\n\\N\n\\.\nselect 1;', new Map())
  expect(scanner.next()).toMatchObject({ sql: 'copy a from stdin' })
  expect(scanner.copyData()).toBe('1\t;\n\\N\n')
  expect(scanner.next()).toMatchObject({ sql: 'select 1', line: 5 })
})

test('an open quote or comment goes to the end', () => {
  expect(statements("select 'a; b")).toEqual(["select 'a; b"])
  expect(statements('select 1 /* ; ')).toEqual(['select 1'])
})

test('strings and names are quoted whatever they contain', () => {
  expect(literal("it's")).toBe("'it''s'")
  expect(literal('a\\b')).toBe(" E'a\\\\b'")
  expect(quotedName('a"b')).toBe('"a""b"')
})
