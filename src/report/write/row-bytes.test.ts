import { expect, test } from 'vitest'
import { newRow, readRow, textIn } from './row-bytes.ts'

const read = (line: string) => {
  const bytes = Buffer.from(`before\n${line}\n`)
  const row = newRow()
  if (!readRow(bytes, 7, bytes.length - 1, row)) return undefined
  const text = textIn(bytes, row, line.includes('\\'))
  return text === undefined ? undefined : [row.time, text, row.stream, row.flags]
}

test.each([
  '[1790000000000.125,"text",1,0,17]',
  '[1790000000000.125,"",2,9,1]',
  '[1790000000000,"of an early version",1,0]',
  '[0.001,"→ ✓ 🚀",1,4,123456789]',
  '[-5.5,"before 1970",1,0,1]',
  '[1.5e3,"odd number",1,0,1]',
  '[1.25,"two decimals",1,0,1]',
  '[1.000,"],1,0,5]",1,0,1]',
  String.raw`[1.000,"\"quoted\" \\ \u0000 \ud83d\ude80",2,0,1]`,
  String.raw`[1.000,"ends with a quote\"",1,0,1]`,
])('%s is read as JSON would read it', (line) => {
  expect(read(line)).toEqual((JSON.parse(line) as unknown[]).slice(0, 4))
})

test.each([
  '',
  '[]',
  '[1.000,"no end',
  '[1.000,"no end"]',
  '[1.000,"stream",3,0,1]',
  '[1.000,"stream",0,0,1]',
  '[x,"time",1,0,1]',
  '[,"time",1,0,1]',
  '[1.000,text,1,0,1]',
  '[1.000,"half[2.000,"other",1,0,1]',
  String.raw`[1.000,"bad \x",1,0,1]`,
  '{"k":"svc.segment"}',
])('%s is damaged', (line) => {
  expect(read(line)).toBeUndefined()
})
