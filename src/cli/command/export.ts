import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { ExportInput } from '../../case/extract/export.js';
import type { ExtractFormat } from '../../extract/input.js';
import { DsrError } from '../../model/error.js';
import type { Language } from '../../model/map.js';
import { decided } from '../decide.js';
import { addDecisionFlags, answersOf, type DecisionFlags } from '../decision-flags.js';
import { codeOfAnswer } from '../exit-code.js';
import { givenIdentifiers } from '../identifiers.js';
import { onRun, type Runtime } from '../session.js';
import { callAgain } from './call-again.js';

interface ExportFlags extends DecisionFlags {
  readonly output?: string;
  readonly language?: Language;
  readonly format: readonly ExtractFormat[];
  readonly withhold: readonly string[];
  readonly ground?: string;
  readonly request?: string;
}

export function addExport(parent: Command, runtime: Runtime): void {
  const command = parent
    .command('export')
    .description('hand out what is held about the person, as a zip')
    .argument('[identifier...]', 'type=value or a bare value; `-` reads them from standard input, one a line')
    .option('-o, --output <file>', 'the zip to write (default: .dsr/extracts/REQUEST.zip)')
    .addOption(
      new Option('--language <language>', "the extract's language (default: the controller's)").choices([
        'sv',
        'en',
      ]),
    )
    .addOption(
      new Option('--format <formats>', 'json, csv, or both')
        .argParser(formatsOf)
        .default(['json', 'csv'], 'json,csv'),
    )
    .option('--withhold <record>', 'leave out one record, as crm.notes:4 (repeatable)', collect, [])
    .option('--ground <ground>', 'why it is left out, as third-party-rights')
    .option('--request <id>', 'answer this request (default: opens one)');
  addDecisionFlags(command);
  onRun<ExportFlags>(command, runtime, async (session, flags, args) => {
    const request = flags.request ?? null;
    const answers = answersOf(flags);
    const given = await givenIdentifiers(session, [...args, ...answers.rest], request);
    const context = await session.context();
    const [{ exportExtract }, { printExport }] = await Promise.all([
      import('../../case/extract/export.js'),
      import('../view/export.js'),
    ]);
    const input: ExportInput = {
      identifiers: given.identifiers,
      request,
      accept: answers.accept,
      reject: answers.reject,
      output: flags.output === undefined ? null : resolve(session.io.cwd, flags.output),
      language: flags.language ?? null,
      formats: flags.format,
      withhold: flags.withhold,
      ground: flags.ground ?? null,
    };
    let last = input;
    const result = await decided(session, input, (next) => {
      last = next;
      return exportExtract(context, next);
    });
    const again = callAgain('export', session, given, result.request, last);
    await printExport(session.output, result, again, session.io.cwd);
    return codeOfAnswer(result);
  });
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

function formatsOf(text: string): readonly ExtractFormat[] {
  const formats = text.split(',').map((part) => part.trim().toLowerCase());
  const known = formats.filter((format): format is ExtractFormat => format === 'json' || format === 'csv');
  if (known.length === formats.length) return [...new Set(known)];
  throw new DsrError('usage', 'the value of --format is not valid', {
    hint: 'write json, csv or json,csv; manifest and index.html are always there',
  });
}
