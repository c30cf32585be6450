/**
 * Returns whether S3 accepts a bucket name: 3 to 63 of a–z, 0–9, hyphen and dot, except IP addresses and reserved prefixes
 * and suffixes.
 */
export const isBucketName = (name: string): boolean =>
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
  !/\.\.|^\d+\.\d+\.\d+\.\d+$|^xn--|^sthree-|-s3alias$|--ol-s3$/.test(name)
