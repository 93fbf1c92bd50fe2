import type { Texts } from './texts.js';

function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

function records(n: number): string {
  return n === 1 ? 'one record' : `${grouped(n)} records`;
}

function systems(n: number): string {
  return n === 1 ? 'one system' : `${n} systems`;
}

export const en: Texts = {
  language: 'en',
  months: [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
  date: (day, month, year) => `${day} ${month} ${year}`,
  at: (date, time) => `${date} at ${time}`,
  thousands: ',',
  decimal: '.',
  yes: 'Yes',
  no: 'No',
  empty: 'Empty',

  title: (controller) => `Your personal data at ${controller}`,
  skip: 'Skip to the content',
  lead: 'This is a copy of the personal data that we process about you, and our account of why we have it. You have a right to it under Article 15 of the General Data Protection Regulation (GDPR).',
  facts: {
    request: 'Request',
    created: 'Created',
    controller: 'Controller',
    contact: 'Questions about this extract',
    searched: 'We searched for',
  },
  learnt: 'Found in our systems during the search',
  identifiers: {
    email: 'E-mail address',
    phone: 'Phone number',
    personnummer: 'Swedish personal identity number',
    organisationsnummer: 'Swedish organisation number',
    name: 'Name',
    ip: 'IP address',
    cookie_id: 'Cookie ID',
    username: 'Username',
  },

  summary: 'In short',
  found: (count, places, searched) =>
    `We found ${records(count)} about you in ${places} of ${systems(searched)} searched.`,
  none: (searched) => `We searched ${systems(searched)} and found no personal data about you.`,
  nothingElse: 'Apart from this request, the systems we searched hold no data about you.',
  onlyMentions: (mentions) =>
    `We have no records about you, but you are named in ${records(mentions)} about somebody else. From those we show only what concerns you.`,
  withheldToo: (count) =>
    `There ${count === 1 ? 'is' : 'are'} also ${records(count)} that we do not hand out. The reason stands with the register.`,
  noneYet: (searched) =>
    `We found no personal data about you in the ${systems(searched)} that we searched. What is listed under “This extract is not complete” we could not read.`,
  mentionsToo: (mentions) =>
    `You are also named in ${records(mentions)} about somebody else. From those we show only what concerns you.`,
  overview: { caption: 'Where the data is', place: 'Register', records: 'About you', mentions: 'Name you' },
  contents: 'Contents',

  incomplete: {
    heading: 'This extract is not complete',
    lead: 'You should be able to trust that nothing is missing without your knowing. So here is what is not included:',
    source: (name) => `${name} could not be read, so we do not know yet whether it holds data about you.`,
    tables: (source, count) =>
      count === 1
        ? `${source}: one register has not been reviewed yet.`
        : `${source}: ${count} registers have not been reviewed yet.`,
    columns: (place, count) =>
      count === 1
        ? `${place}: one field has not been reviewed yet and is therefore left out.`
        : `${place}: ${count} fields have not been reviewed yet and are therefore left out.`,
    hidden: (place) => `${place}: we could not read all of it, so data about you may be missing.`,
    facts: (place, facts) => `${place}: we have not stated ${facts}.`,
    ask: (contact) => `Write to ${contact} if you want to know more about what is missing.`,
  },
  fact: {
    purposes: 'why we have the data',
    legalBasis: 'what the legal basis is',
    recipients: 'who has received it',
    retention: 'how long it is kept',
    origin: 'where it comes from',
    transfers: 'whether it is transferred to countries outside the EU/EEA',
  },

  about: {
    heading: 'About this data',
    purposes: 'Why we have it',
    legalBasis: 'Legal basis',
    recipients: 'Who has received it',
    noRecipients: 'We do not pass it on to anybody.',
    retention: 'How long it is kept',
    origin: 'Where it comes from',
    originSubject: 'From you.',
    originRegistrant: 'From another person, who registered you with us.',
    noNotice:
      'We cannot see in our systems whether or when you were told that you had been registered. You should be told within a month (Article 14).',
    transfers: 'Countries outside the EU/EEA',
    noTransfers: 'The data is not transferred to any country outside the EU/EEA.',
    automated: 'Automated decisions',
    noAutomated: 'We make no decisions about you by automated means alone.',
    missing: 'Not stated. Ask us, and we will answer.',
  },
  legalBasis: {
    consent: 'Your consent (Article 6(1)(a)). You can withdraw it at any time.',
    contract: 'Our contract with you, or steps that you asked for before one (Article 6(1)(b)).',
    'legal-obligation': 'An obligation that the law places on us (Article 6(1)(c)).',
    vital: 'Protecting someone’s life or health (Article 6(1)(d)).',
    'public-task': 'A task in the public interest or official authority (Article 6(1)(e)).',
    'legitimate-interest': 'Our legitimate interest, weighed against your interests (Article 6(1)(f)).',
  },

  records: {
    caption: (place) => `Records about you in ${place}`,
    record: (name) => `Record ${name}`,
    shared: 'Shared',
    sharedNote: 'This record is also about somebody else.',
    mentions: 'Records that name you',
    mentionsLead: 'These records are about somebody else. We show only what in them concerns you.',
    stated: 'Stored, not shown',
    redacted: 'About somebody else, not shown',
    redactedFields: (fields) => `About somebody else and therefore not shown: ${fields}.`,
    registeredNotified: (date) => `Another person registered you here. You were told on ${date}.`,
    registeredSilently:
      'Another person registered you here. We cannot see in our systems whether or when you were told. You should be told within a month (Article 14).',
    more: (shown, left) =>
      `These are the first ${grouped(shown)} records. ${left === 1 ? 'One more record is' : `${grouped(left)} more records are`} in the files:`,
    count: (count) => records(count),
    emptyFields: (fields) => `Empty fields: ${fields}.`,
    number: 'Record',
    file: (bytes) => `Open the file (${bytes})`,
    bytes: 'bytes',
    technical: (columns) =>
      `Technical fields that say nothing about you (${columns}) are in the data files only.`,
  },

  fields: {
    heading: 'What the fields mean',
    others: 'May be about somebody else. If so, it is not shown.',
    stated: 'Stored but not shown, for security.',
    omitted: (reason) => `Not included in this extract. Reason: ${reason}`,
    omittedPlain: 'Not included in this extract.',
    unmapped: (count) =>
      count === 1
        ? 'One field has not been reviewed and is therefore left out. The extract is incomplete in that part.'
        : `${count} fields have not been reviewed and are therefore left out. The extract is incomplete in that part.`,
  },

  withheld: {
    heading: 'Records that we do not hand out',
    record: (name) => `Record ${name}`,
    unnamed: 'One record',
    grounds: {
      'third-party-rights':
        'It would reveal data about somebody else in a way that harms that person’s rights and freedoms (Article 15(4)).',
      SE_SECRECY:
        'It is covered by secrecy or a duty of confidentiality (Chapter 5, Section 1 of the Swedish Data Protection Act).',
      SE_DRAFT:
        'It stands in running text that has not been given its final form (Chapter 5, Section 2 of the Swedish Data Protection Act).',
      expression: 'It is protected by freedom of expression and information (Article 17(3)(a)).',
      'legal-obligation': 'It is needed for a legal obligation or official authority (Article 17(3)(b)).',
      'public-health': 'It is needed for an important public interest in public health (Article 17(3)(c)).',
      archiving: 'It is needed for archiving, research or statistics (Article 17(3)(d)).',
      'legal-claims': 'It is needed to establish, exercise or defend legal claims (Article 17(3)(e)).',
    },
    ground: (code) => `Reason: ${code}.`,
  },

  empties: {
    heading: 'Nothing about you here',
    lead: 'We searched these registers and found no data about you:',
    unsearchable: 'These registers cannot be searched for one person:',
  },

  earlier: {
    heading: 'Earlier extracts',
    lead: (months) =>
      `In the last ${months === 12 ? 'twelve' : months} months we have prepared these extracts for you:`,
  },

  rights: {
    heading: 'Your rights',
    lead: (contact) =>
      `To use any of these rights, write to ${contact}. It costs nothing, and you will have an answer without undue delay and within a month.`,
    list: [
      {
        name: 'Rectification',
        article: 'Article 16',
        text: 'If something is wrong or incomplete, we correct it.',
      },
      {
        name: 'Erasure',
        article: 'Article 17',
        text: 'You can ask us to erase data about you. Some of it we may have to keep, under accounting law for example; then we tell you what and why.',
      },
      {
        name: 'Restriction',
        article: 'Article 18',
        text: 'In some cases you can ask that the data only be stored, for example while we look into whether it is correct.',
      },
      {
        name: 'Data portability',
        article: 'Article 20',
        text: 'What you gave us yourself, under consent or contract, comes in a format that other services can read. If there is such data, it is in the folder portability.',
      },
      {
        name: 'Objection',
        article: 'Article 21',
        text: 'You can object to processing that rests on legitimate or public interest. If you say no to direct marketing, we always stop.',
      },
      {
        name: 'Withdrawing consent',
        article: 'Article 7(3)',
        text: 'Where processing rests on consent you can withdraw it at any time, as easily as you gave it.',
      },
    ],
    complaintName: 'Complaint',
    complaint:
      'If you think that we process your data unlawfully, you can complain to the supervisory authority (Article 77):',
    courtName: 'Court',
    court:
      'You can also go to court, against us or against a decision of the supervisory authority (Articles 78 and 79).',
  },

  files: {
    heading: 'The files in this extract',
    lead: 'This page is made for reading. The same data, with no limit on the number of records, is in files that a computer can read:',
    list: [
      {
        path: 'data/',
        text: 'All records, one register a file. JSON is the exact copy; CSV opens in a spreadsheet.',
      },
      {
        path: 'portability/',
        text: 'What you gave us yourself, to be moved to another service (Article 20).',
      },
      { path: 'files/', text: 'Pictures, documents and other files.' },
      {
        path: 'manifest.json',
        text: 'A list of everything in the extract, with checksums, and how the values are written.',
      },
    ],
    careHeading: 'Look after this extract',
    care: 'It holds your personal data gathered in one place. Keep it where nobody else can reach it, and delete it when you no longer need it.',
    here: 'The same data as files:',
  },
  footer: (tool, request) => `Request ${request}. Compiled with ${tool}.`,
};
