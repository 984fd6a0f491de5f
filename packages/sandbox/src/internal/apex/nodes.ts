import * as Answers from "./answers.ts"
import * as Inputs from "./inputs.ts"
import * as State from "./state.ts"
import * as Steps from "./steps.ts"
import * as Written from "./written.ts"

export const findNode = (state: State.State, account: number, id: string): State.Node | undefined => {
  const node = State.find(state.nodes, account, id)
  return node?.deleted === true ? undefined : node
}

export const create = Steps.withBody(Inputs.CreateNode, (state, call, input) => {
  const parentId = input.parent_id ?? undefined
  if (parentId !== undefined && findNode(state, call.account, parentId) === undefined) {
    return [Answers.notFound("parent node"), state]
  }
  const node: State.Node = {
    ...State.begin(call),
    intId: (state.nodes.at(-1)?.intId ?? 0) + 1,
    parentId,
    name: input.name,
    type: input.type,
    deleted: false
  }
  const next = { ...state, nodes: State.append(state.nodes, node) }
  return [Answers.created(Written.node(next, node)), next]
})

const onNode = (
  f: (state: State.State, node: State.Node, call: State.Call) => ReturnType<State.Step>
): State.Step =>
(state, call) => {
  const node = findNode(state, call.account, call.param("id"))
  return node === undefined ? [Answers.notFound("node"), state] : f(state, node, call)
}

export const get = onNode((state, node) => [Answers.ok(Written.node(state, node)), state])

/** Whether a node hangs below another one, or is it. */
const isWithin = (state: State.State, id: string | undefined, ancestor: State.Node): boolean =>
  id !== undefined &&
  (id === ancestor.id || isWithin(state, state.nodes.find((node) => node.id === id)?.parentId, ancestor))

export const update = Steps.withBody(
  Inputs.UpdateNode,
  (state, call, input) =>
    onNode((state, node, { account, now }) => {
      if (input.parent_id !== undefined) {
        if (findNode(state, account, input.parent_id) === undefined) return [Answers.notFound("parent node"), state]
        if (isWithin(state, input.parent_id, node)) return [Answers.invalid("parent_id"), state]
      }
      const updated: State.Node = {
        ...node,
        parentId: input.parent_id ?? node.parentId,
        name: input.name ?? node.name,
        type: input.type ?? node.type,
        updatedAt: now
      }
      const next = { ...state, nodes: State.replace(state.nodes, updated) }
      return [Answers.ok(Written.node(next, updated)), next]
    })(state, call)
)

/** Its children stay. */
export const remove = onNode((state, node, { now }) => [
  Answers.deleted,
  { ...state, nodes: State.replace(state.nodes, { ...node, deleted: true, updatedAt: now }) }
])

export const children = onNode((state, { id }, call) => [
  Steps.page(
    call,
    "nodes",
    state.nodes.filter((node) => node.parentId === id && !node.deleted),
    100,
    (node) => Written.node(state, node)
  ),
  state
])
