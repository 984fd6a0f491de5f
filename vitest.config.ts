import * as fs from "node:fs"
import * as path from "node:path"
import { defineConfig } from "vitest/config"

/** Every workspace package below `folder` that has tests is a project of its own, named after its folder. */
const projectsIn = (folder: string) =>
  fs.globSync(`${folder}/*/test`, { cwd: import.meta.dirname }).toSorted().map((tests) => {
    const root = tests.slice(0, -"/test".length)
    return { extends: true as const, root, test: { name: root } }
  })

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: [path.join(import.meta.dirname, "vitest.setup.ts")],
    testTimeout: 15_000,
    hookTimeout: 120_000,
    projects: [
      ...projectsIn("packages"),
      ...projectsIn("examples"),
      ...projectsIn("."),
      { extends: true, test: { name: "repository", testTimeout: 120_000 } }
    ]
  }
})
