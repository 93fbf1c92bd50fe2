#!/usr/bin/env node
import { connectorEntries } from '../connectors/index.js';
import { run } from '../src/cli/run.js';

process.exitCode = await run(connectorEntries);
