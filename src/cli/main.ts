import { runCommandLine } from './command-line.ts'

// A reader that has seen enough, such as head(1), is no fault.
process.stdout.on('error', () => process.exit())

process.exit(await runCommandLine(process.argv.slice(2)))
