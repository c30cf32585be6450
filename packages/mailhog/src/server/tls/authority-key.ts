// Written by scripts/make-ca.ts.

/**
 * The authority of `mailCa`. Its key is public: every process that declares a topology must declare the same, and
 * other services need the certificate before the server starts.
 */
export const authority = {
  name: 'Mesocosm mail CA for tests (its key is public)',
  key: {
    kty: 'EC',
    crv: 'P-256',
    x: 'zp1ifYycXYMwnkEga6C7bb6-oyHR1Y_PkEphPQD9pRc',
    y: '94s8bhqBLihYbwOUUuFkCsOqIdk5fWwF_yFQhteWqLY',
    d: 'Lwf1249sk6boWRm0fItYnSg9JY8Cw-x8zd6GWi94ILc',
  },
} as const
