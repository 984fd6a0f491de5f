/**
 * The providers of Entegre as local HTTP servers, with faults on demand.
 */
export * from "./ControlApi.ts"
export * as Counters from "./Counters.ts"
export * as DukkangoModel from "./DukkangoModel.ts"
export * as DukkangoSandbox from "./DukkangoSandbox.ts"
export * as Fault from "./Fault.ts"
export * as RequestLog from "./RequestLog.ts"
export * from "./Sandbox.ts"
