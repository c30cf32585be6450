import type { Answer } from './answer.ts'

/** Returns whether browsers show this content type as an image that cannot have scripts. */
export const isImage = (type: string): boolean =>
  /^image\/(?:png|jpeg|gif|webp|avif|bmp)$/i.test(type)

/** A white image of one pixel, for attachments that are none. */
export const blankImage: Answer = {
  status: 200,
  type: 'image/gif',
  body: Buffer.from('R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=', 'base64'),
}
