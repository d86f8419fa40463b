// What a utility process runs first in the fallback runtime: the same help that main gets, then its own file.
require('./tracing-channel.cjs')
process.argv.splice(1, 1)
require(process.argv[1])
