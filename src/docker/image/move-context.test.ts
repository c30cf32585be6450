// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Dockerfiles
import { expect, test } from 'vitest'
import { movedRecipe } from './move-context.ts'

// Forms of https://docs.docker.com/reference/dockerfile/#copy, #add and #run---mount
test.each([
  ['COPY . /ctx/', 'COPY mesocosm-context/. /ctx/'],
  [
    'copy a ./b/ *.json /d/',
    'COPY mesocosm-context/a mesocosm-context/b/ mesocosm-context/*.json /d/',
  ],
  ['COPY /a ../b /', 'COPY mesocosm-context/a mesocosm-context/b /'],
  ['COPY --chown=1:2 --link ${SRC} /', 'COPY --chown=1:2 --link mesocosm-context/${SRC} /'],
  ['COPY ["a b", "/"]', 'COPY ["mesocosm-context/a b","/"]'],
  ['COPY --from=build /a /b', 'COPY --from=build /a /b'],
  ['COPY a \\\n  # why\n  b \\\n  /', '\n\n\nCOPY mesocosm-context/a mesocosm-context/b /'],
  ['COPY a <<EOF /x\nCOPY a b\nEOF', 'COPY mesocosm-context/a <<EOF /x\nCOPY a b\nEOF'],
  ['ADD https://a/b.tar a.tar /', 'ADD https://a/b.tar mesocosm-context/a.tar /'],
  ['ADD git@a:b.git /x', 'ADD git@a:b.git /x'],
  ['RUN cp --mount=type=bind a', 'RUN cp --mount=type=bind a'],
  ['RUN --mount=type=cache,target=/c x', 'RUN --mount=type=cache,target=/c x'],
  ['RUN --mount=type=bind,from=a,target=/c x', 'RUN --mount=type=bind,from=a,target=/c x'],
  [
    'RUN --mount=target=. \\\n  --mount=type=bind,source=a,target=/a \\\n  x',
    'RUN --mount=target=.,source=mesocosm-context/. \\\n  --mount=type=bind,target=/a,source=mesocosm-context/a \\\n  x',
  ],
  ['ENV COPY a\nONBUILD COPY . /', 'ENV COPY a\nONBUILD COPY . /'],
])('movedRecipe takes files of the context from the folder: %j', (recipe, expected) => {
  expect(movedRecipe(`FROM x\n${recipe}\nCMD y`)).toBe(`FROM x\n${expected}\nCMD y`)
})

test.each(['ADD $SOURCE /', 'COPY --exclude=*.md . /', 'COPY --parents a/b /'])(
  'movedRecipe leaves what it cannot know: %j',
  (recipe) => {
    expect(movedRecipe(`FROM x\n${recipe}`)).toBeUndefined()
  },
)
