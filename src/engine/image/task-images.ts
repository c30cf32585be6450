import type { ServiceSpec } from '../../model/service-spec.ts'
import type { ProgramConfig } from '../../plan/desired.ts'
import type { ImageInfo, ImageRequest } from '../../runtime/image-request.ts'

/** What the container of a task is created from. */
export interface TaskImage {
  readonly image: ImageInfo
  /** Files with a digest of their content on the host. */
  readonly files: ProgramConfig['files']
  /** Default that of the engine. */
  readonly platform?: string
}

/** Resolves an image and files. */
export interface TaskImageSource {
  readonly name: string
  readonly cacheFolder: string
  image(request: Exclude<ImageRequest, { kind: 'local' }>): Promise<ImageInfo>
  digest(file: NonNullable<ServiceSpec['files']>[number]): Promise<ProgramConfig['files'][number]>
}

/** Pulls or builds the images of `setup` tasks that run in containers of their own; `undefined` for other tasks. */
export const resolveTaskImages = (
  spec: ServiceSpec,
  source: TaskImageSource,
): Promise<readonly (TaskImage | undefined)[]> =>
  Promise.all(
    (spec.tasks?.setup ?? []).map(async ({ container }, index) => {
      if (container === undefined) return undefined
      const { image, build, platform, files = [] } = container
      const asked = platform === undefined ? {} : { platform }
      const [info, digested] = await Promise.all([
        source.image(
          build === undefined
            ? { kind: 'pull', reference: image as string, ...asked }
            : {
                kind: 'build',
                name: `${source.name}-setup-${index}`,
                build: { ...asked, ...build },
                cacheFolder: source.cacheFolder,
              },
        ),
        Promise.all(files.map((file) => source.digest(file))),
      ])
      return { image: info, files: digested, ...asked }
    }),
  )

/** Returns what the result of `setup` tasks depends on: content instead of paths, so other checkouts share it. */
export const setupContents = (
  { tasks }: Pick<ServiceSpec, 'tasks'>,
  images: readonly (TaskImage | undefined)[],
): unknown =>
  tasks?.setup?.map(({ container, timeoutMs: _, ...task }, index) => {
    const made = images[index]
    if (container === undefined || made === undefined) return task
    return {
      ...task,
      workdir: container.workdir,
      image: made.image.id,
      files: made.files.map(({ from, ...rest }) => rest),
    }
  })
