import manifest from '../../package.json' with { type: 'json' };

export const version: string = manifest.version;

/** `dsr 0.1.0`: what stands in an extract as the tool that wrote it. */
export const toolName = `dsr ${version}`;
