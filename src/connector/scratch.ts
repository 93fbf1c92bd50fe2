/** A connector's private database for keys, in `SourceConfig.scratch`: nothing of it outlives the process. */
export { openScratch, type Scratch } from '../store/scratch.js';
