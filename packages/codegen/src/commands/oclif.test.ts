import { expect, test } from 'vitest'
import { oclif } from './oclif.ts'

const read = (commands: object) =>
  oclif.static?.({
    has: () => true,
    text: (path) => (path === 'oclif.manifest.json' ? JSON.stringify({ commands }) : undefined),
  })

test('commands are read off the manifest, raw ids kept', () => {
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

test('manifests of the first version have a list of arguments', () => {
  expect(read({ go: { args: [{ name: 'where', required: true }] } })).toMatchObject([
    { name: 'go', args: [{ name: 'where', required: true }], options: [] },
  ])
})

test('without a manifest nothing is told', () => {
  expect(oclif.static?.({ has: () => false, text: () => undefined })).toBeUndefined()
})
