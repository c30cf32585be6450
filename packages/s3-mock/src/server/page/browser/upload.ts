/** A file to upload, and its path within what was dropped. */
export interface Upload {
  readonly path: string
  readonly file: File
}

/** Calls back with files that are dropped on an element; folders with all that they hold. */
export const acceptDrops = (
  place: HTMLElement,
  dropped: (uploads: readonly Upload[]) => void,
): void => {
  place.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files') !== true) return
    event.preventDefault()
    place.classList.add('over')
  })
  for (const end of ['dragleave', 'drop'] as const)
    place.addEventListener(end, () => place.classList.remove('over'))
  place.addEventListener('drop', async (event) => {
    event.preventDefault()
    // Before any wait: the list is empty afterwards.
    const found = [...(event.dataTransfer?.items ?? [])].map((item) => {
      const entry = item.webkitGetAsEntry()
      const file = item.getAsFile()
      if (entry !== null) return uploadsIn(entry, '')
      return file === null ? [] : [{ path: file.name, file }]
    })
    dropped((await Promise.all(found)).flat())
  })
}

// ---

const uploadsIn = async (entry: FileSystemEntry, path: string): Promise<Upload[]> => {
  const own = `${path}${entry.name}`
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    )
    return [{ path: own, file }]
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const uploads: Upload[] = []
  // It returns a part at a time, and none at the end.
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (entries.length === 0) return uploads
    for (const each of entries) uploads.push(...(await uploadsIn(each, `${own}/`)))
  }
}
