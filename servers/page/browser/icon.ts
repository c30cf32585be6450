/** Lines of each icon in a square of 24. */
const lines = {
  arrow: 'M19 12H5m6-6-6 6 6 6',
  bin: 'M4 7h16M10 4h4M6 7l1 13h10l1-13M10 11v5m4-5v5',
  bucket: 'M4 7c0-2 16-2 16 0l-2 12c-.3 1.6-11.7 1.6-12 0zM4 7c0 2 16 2 16 0',
  check: 'M4 13l5 5L20 7',
  clip: 'M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7l-8.3 8.3a1.7 1.7 0 0 1-2.4-2.4L14.5 7',
  close: 'M6 6l12 12M18 6 6 18',
  dark: 'M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10z',
  eye: 'M2 12c4-8 16-8 20 0-4 8-16 8-20 0zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  folder: 'M3 6h6l2 2h10v11H3z',
  help: 'M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.1-1.5 2.4M12 17.5v.5M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z',
  image: 'M3 5h18v14H3zM3 16l5-5 5 5 3-3 5 4M15.5 9.5v.01',
  letter: 'M3 6h18v12H3zM3 7l9 7 9-7',
  light:
    'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2m0 16v2M2 12h2m16 0h2M5 5l1.4 1.4m11.2 11.2L19 19M19 5l-1.4 1.4M6.4 17.6 5 19',
  mark: 'M3 6h18v12H3zM3 7l9 7 9-7M19 3v.01',
  phone: 'M8 3h8v18H8zM11 18h2',
  save: 'M12 4v11m-5-5 5 5 5-5M4 20h16',
  screen: 'M3 5h18v11H3zM9 20h6',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM20 20l-4.8-4.8',
  upload: 'M12 16V4m-5 5 5-5 5 5M4 20h16',
} as const

/** Name of an icon. */
export type IconName = keyof typeof lines

/** Draws an icon in the colour of the text. Screen readers skip it: what holds it needs a label. */
export const icon = (name: IconName): SVGSVGElement => {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', lines[name])
  svg.append(path)
  return svg
}
