import { isMesocosmError } from '../../errors/mesocosm-error.ts'

/** Returns whether an image that was there before is missing now. */
export const isImageMissing = (error: unknown): boolean =>
  isMesocosmError(error) && error.code === 'IMAGE_NOT_FOUND'
