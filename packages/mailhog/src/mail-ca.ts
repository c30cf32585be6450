// Written by scripts/make-ca.ts.

/**
 * Certificate, as PEM, of the authority that signs the certificates of `mailhog({ tls: true })`. It is the same in every
 * installation and its key is public, so trust it in tests only: anyone who can redirect your connections can use it.
 */
export const mailCa = `-----BEGIN CERTIFICATE-----
MIIB7jCCAZOgAwIBAgIQQIg2sHvT5wBHPG+Y3NM8rDAKBggqhkjOPQQDAjA5MTcw
NQYDVQQDDC5NZXNvY29zbSBtYWlsIENBIGZvciB0ZXN0cyAoaXRzIGtleSBpcyBw
dWJsaWMpMCAXDTI2MDEwMTAwMDAwMFoYDzIwNzYwMTAxMDAwMDAwWjA5MTcwNQYD
VQQDDC5NZXNvY29zbSBtYWlsIENBIGZvciB0ZXN0cyAoaXRzIGtleSBpcyBwdWJs
aWMpMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEzp1ifYycXYMwnkEga6C7bb6+
oyHR1Y/PkEphPQD9pRf3izxuGoEuKFhvA5RS4WQKw6oh2Tl9bAX/IVCG15aotqN7
MHkwEgYDVR0TAQH/BAgwBgEB/wIBADAOBgNVHQ8BAf8EBAMCAgQwEwYDVR0lBAww
CgYIKwYBBQUHAwEwHQYDVR0OBBYEFM6dYn2MnF2DMJ5BIGugu22+vqMhMB8GA1Ud
IwQYMBaAFM6dYn2MnF2DMJ5BIGugu22+vqMhMAoGCCqGSM49BAMCA0kAMEYCIQCF
Im3U7aHwhcCrbL+ynuI/U9gA2AgcCfP/Muiim1kS2gIhANoBlZhWf6OJAeTAYVXH
V6FcyrfNO9cfvJiNR/4hIDtV
-----END CERTIFICATE-----
`
