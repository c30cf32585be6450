/** Returns an invoice as a PDF of one page. */
export const renderInvoice = ({ id, item, price_cents: cents, email }) => {
  const lines = [
    [20, `Invoice ${id}`],
    [12, `To: ${email ?? 'a guest'}`],
    [12, `${item}: ${(cents / 100).toFixed(2)} EUR`],
  ]
  const page = lines.map(([size, text]) => `/F1 ${size} Tf (${escaped(text)}) Tj 0 -30 Td`)
  const content = `BT 72 720 Td ${page.join(' ')} ET`
  return pdf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
  ])
}

/** Returns a PDF file of these objects, numbered from 1; the first is the catalog. */
const pdf = (objects) => {
  let file = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = file.length
    file += `${index + 1} 0 obj\n${object}\nendobj\n`
    return `${String(offset).padStart(10, '0')} 00000 n \n`
  })
  const size = objects.length + 1
  const start = file.length
  file += `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join('')}`
  file += `trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`
  // One byte per character, so that the offsets are right.
  return Buffer.from(file, 'latin1')
}

const escaped = (text) => text.replace(/[^\x20-\x7e\xa0-\xff]/g, '?').replace(/[\\()]/g, '\\$&')
