/**
 * The lint rule of this repository that no stock rule covers.
 *
 * `documented-exports`: every module says what it is, every export what it is for, and every field of exported options
 * its unit and default.
 */
import { type Context, definePlugin, defineRule, type ESTree } from "@oxlint/plugins"

const hasDocstring = (context: Context, node: ESTree.Node): boolean => {
  const comment = context.sourceCode.getCommentsBefore(node).at(-1)
  return comment?.type === "Block" && comment.value.startsWith("*") && /\p{L}/u.test(comment.value)
}

const namesOf = (context: Context, declaration: ESTree.Declaration): ReadonlyArray<string> =>
  declaration.type === "VariableDeclaration"
    ? declaration.declarations.map((declarator) => context.sourceCode.getText(declarator.id))
    : "id" in declaration && declaration.id !== null
    ? [context.sourceCode.getText(declaration.id)]
    : []

const optionFieldsOf = (declaration: ESTree.Declaration): ReadonlyArray<ESTree.TSSignature> => {
  if (declaration.type === "TSInterfaceDeclaration" && declaration.id.name.endsWith("Options")) {
    return declaration.body.body
  }
  if (
    declaration.type === "TSTypeAliasDeclaration" && declaration.id.name.endsWith("Options") &&
    declaration.typeAnnotation.type === "TSTypeLiteral"
  ) {
    return declaration.typeAnnotation.members
  }
  return []
}

const documentedExports = defineRule({
  meta: {
    type: "problem",
    messages: {
      module: "Say in a docstring at the top what this module is.",
      export: "`{{name}}` is exported: say in a docstring what it is for.",
      field: "`{{name}}` is an option: say in a docstring what it does, its unit and its default."
    }
  },
  create: (context) => ({
    Program(program) {
      const [first] = program.body
      if (first !== undefined && !hasDocstring(context, first)) {
        context.report({ node: first, messageId: "module" })
      }
      // The first of several overloads speaks for all, and so does the value for the type of the same name.
      const documented = new Set<string>()
      for (const statement of program.body) {
        if (statement.type !== "ExportNamedDeclaration" || statement.declaration === null) continue
        const { declaration } = statement
        for (const name of namesOf(context, declaration)) {
          if (hasDocstring(context, statement)) documented.add(name)
          if (!documented.has(name)) context.report({ node: statement, messageId: "export", data: { name } })
        }
        for (const field of optionFieldsOf(declaration)) {
          if ("key" in field && !hasDocstring(context, field)) {
            context.report({ node: field, messageId: "field", data: { name: context.sourceCode.getText(field.key) } })
          }
        }
      }
    }
  })
})

export default definePlugin({
  meta: { name: "entegre" },
  rules: { "documented-exports": documentedExports }
})
