import { expect, test } from 'vitest'
import { oclif } from './oclif.ts'

const read = (commands: object) =>
  oclif.static?.({
    has: () => true,
    text: (path) => (path === 'oclif.manifest.json' ? JSON.stringify({ commands }) : undefined),
  })

test('oclif commands are read from the manifest with their original ids', () => {
  const commands = {
    'db:migrate': {
      summary: 'Migrates',
      description: 'Longer',
      strict: false,
      args: {
        to: { name: 'to', required: true, options: ['up', 'down'] },
        note: { name: 'note', description: 'Why\nso' },
      },
      flags: {
        force: { type: 'boolean', allowNo: true, summary: 'Do it' },
        tag: { type: 'option', multiple: true, required: true },
        level: { type: 'option', options: ['a', 'b'] },
        old: { type: 'boolean', hidden: true },
      },
    },
    help: { args: {}, flags: {} },
    secret: { hidden: true },
  }
  expect(read(commands)).toEqual([
    {
      name: 'db:migrate',
      doc: 'Migrates',
      args: [
        {
          name: 'to',
          required: true,
          variadic: false,
          type: { kind: 'enum', values: ['up', 'down'] },
        },
        { name: 'note', required: false, variadic: false, type: { kind: 'string' }, doc: 'Why so' },
        { name: 'rest', required: false, variadic: true, type: { kind: 'string' } },
      ],
      options: [
        { name: 'force', multiple: false, required: false, doc: 'Do it' },
        { name: 'no-force', multiple: false, required: false, doc: 'Do it' },
        { name: 'tag', value: { kind: 'string' }, multiple: true, required: true },
        {
          name: 'level',
          value: { kind: 'enum', values: ['a', 'b'] },
          multiple: false,
          required: false,
        },
      ],
    },
  ])
})

test('oclif manifests of version 1 with an array of arguments are read', () => {
  expect(read({ go: { args: [{ name: 'where', required: true }] } })).toMatchObject([
    { name: 'go', args: [{ name: 'where', required: true }], options: [] },
  ])
})

test('the oclif provider returns undefined without a manifest', () => {
  expect(oclif.static?.({ has: () => false, text: () => undefined })).toBeUndefined()
})
