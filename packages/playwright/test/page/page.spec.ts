import { createTest } from '@mesocosm/playwright'
import { topology } from './topology.ts'

const { test, expect } = createTest(topology)

test('the page greets with the greeting of its environment', async ({ page, web }) => {
  await page.goto(web.http.url)
  await expect(page.getByRole('heading')).toHaveText('hello')
  await web.withEnv({ GREETING: 'ahoy' })
  await page.reload()
  await expect(page.getByRole('heading')).toHaveText('ahoy')
})
