import fc from 'fast-check';

/**
 * Property tests draw the same cases in every run, so that a change is judged by what it changed.
 * `DSR_TEST_SEED=random` (or a number) explores others; what it finds becomes an example.
 */
const { DSR_TEST_SEED: wanted } = process.env;
if (wanted !== 'random')
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(wanted ?? 20_261_122) });
