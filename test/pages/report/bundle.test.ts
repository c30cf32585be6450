import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { place } from '../../../src/report/write/page-template.ts'

const built = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../../dist/report', name), 'utf8')
const page = built('page.html')

test('the page of a report is at most 60 KB compressed', () => {
  expect(gzipSync(page, { level: 9 }).length).toBeLessThanOrEqual(60 * 1024)
  // It also attributes lines to tests, which a report has done before.
  expect(gzipSync(built('live.html'), { level: 9 }).length).toBeLessThanOrEqual(66 * 1024)
})

test('the page has one place for the policy, the index and the other data', () => {
  for (const comment of Object.values(place)) expect(page.split(comment)).toHaveLength(2)
  expect(page.indexOf(place.index)).toBeLessThan(page.indexOf('<script>'))
  expect(page.indexOf(place.chunks)).toBeGreaterThan(page.indexOf('</script>'))
})

test('the page loads nothing and needs nothing of Node', () => {
  expect(page).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)="(?!data:)/)
  expect(page).not.toMatch(/@import|url\((?!#)|from"node:|require\("/)
})
