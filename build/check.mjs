import { checks, runSteps, summarise } from './steps.mjs'

process.exit(summarise(runSteps(checks)) ? 0 : 1)
