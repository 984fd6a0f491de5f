/**
 * The providers of Entegre as local HTTP servers, with faults on demand.
 */
export * as ApexModel from "./ApexModel.ts"
export * as ApexSandbox from "./ApexSandbox.ts"
export * from "./ControlApi.ts"
export * as Counters from "./Counters.ts"
export * as DukkangoModel from "./DukkangoModel.ts"
export * as DukkangoSandbox from "./DukkangoSandbox.ts"
export * as Fault from "./Fault.ts"
export * from "./NotFound.ts"
export * as OdealModel from "./OdealModel.ts"
export * as OdealSandbox from "./OdealSandbox.ts"
export * as OutgoingLog from "./OutgoingLog.ts"
export * from "./PaynkolayControl.ts"
export * as PaynkolayModel from "./PaynkolayModel.ts"
export * as PaynkolaySandbox from "./PaynkolaySandbox.ts"
export * as RequestLog from "./RequestLog.ts"
export * from "./Sandbox.ts"
