import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { useStore } from './context.ts'

/** A short message, which screen readers read out. */
export const Notice = (): JSX.Element => {
  const { notice } = useStore()
  const text = notice.value
  useEffect(() => {
    if (text === '') return
    const timer = setTimeout(() => {
      notice.value = ''
    }, 2500)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <div class="notice" role="status">
      {text !== '' && <p>{text}</p>}
    </div>
  )
}
