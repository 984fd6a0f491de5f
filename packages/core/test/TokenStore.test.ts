import { TokenStore } from "@entegre/core/TokenStore"
import { suite } from "./support/tokenStoreSuite.ts"

suite("in memory", TokenStore.layerMemory)
