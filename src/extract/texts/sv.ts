import type { Texts } from './texts.js';

function antal(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, '\u00a0');
}

function poster(n: number): string {
  return n === 1 ? 'en post' : `${antal(n)} poster`;
}

function system(n: number): string {
  return n === 1 ? 'ett system' : `${n} system`;
}

export const sv: Texts = {
  language: 'sv',
  months: [
    'januari',
    'februari',
    'mars',
    'april',
    'maj',
    'juni',
    'juli',
    'augusti',
    'september',
    'oktober',
    'november',
    'december',
  ],
  date: (day, month, year) => `${day} ${month} ${year}`,
  at: (date, time) => `${date} kl. ${time}`,
  thousands: '\u00a0',
  decimal: ',',
  yes: 'Ja',
  no: 'Nej',
  empty: 'Tomt',

  title: (controller) => `Dina personuppgifter hos ${controller}`,
  skip: 'Hoppa till innehållet',
  lead: 'Det här är ett registerutdrag: en kopia av de personuppgifter vi behandlar om dig, och vår redogörelse för varför vi har dem. Du har rätt till det enligt artikel 15 i dataskyddsförordningen (GDPR).',
  facts: {
    request: 'Ärende',
    created: 'Utdraget skapades',
    controller: 'Personuppgiftsansvarig',
    contact: 'Frågor om utdraget',
    searched: 'Vi sökte på',
  },
  learnt: 'Hittades i våra system under sökningen',
  identifiers: {
    email: 'E-postadress',
    phone: 'Telefonnummer',
    personnummer: 'Personnummer',
    organisationsnummer: 'Organisationsnummer',
    name: 'Namn',
    ip: 'IP-adress',
    cookie_id: 'Cookie-id',
    username: 'Användarnamn',
  },

  summary: 'I korthet',
  found: (records, systems, searched) =>
    `Vi har hittat ${poster(records)} om dig i ${systems} av ${searched} genomsökta system.`,
  none: (searched) => `Vi har sökt igenom ${system(searched)} och inte hittat några personuppgifter om dig.`,
  nothingElse: 'Utöver det här ärendet finns alltså inga uppgifter om dig i de system som vi har sökt i.',
  onlyMentions: (mentions) =>
    `Vi har inga poster som handlar om dig, men du nämns i ${poster(mentions)} som handlar om någon annan. Därifrån visar vi bara det som rör dig.`,
  withheldToo: (count) => `Dessutom finns ${poster(count)} som vi inte lämnar ut. Skälet står vid registret.`,
  noneYet: (searched) =>
    `Vi har inte hittat några personuppgifter om dig i ${system(searched)} som vi har sökt igenom. Det som står under ”Utdraget är inte fullständigt” har vi däremot inte kunnat läsa.`,
  mentionsToo: (mentions) =>
    `Dessutom nämns du i ${poster(mentions)} som handlar om någon annan. Därifrån visar vi bara det som rör dig.`,
  overview: {
    caption: 'Var uppgifterna finns',
    place: 'Register',
    records: 'Om dig',
    mentions: 'Nämner dig',
  },
  contents: 'Innehåll',

  incomplete: {
    heading: 'Utdraget är inte fullständigt',
    lead: 'Du ska kunna lita på att inget saknas utan att du får veta det. Därför säger vi här vad som inte är med:',
    source: (name) =>
      `${name} har inte kunnat läsas. Vi vet alltså inte än om det finns uppgifter om dig där.`,
    tables: (source, count) =>
      count === 1
        ? `${source}: ett register är ännu inte genomgånget.`
        : `${source}: ${count} register är ännu inte genomgångna.`,
    columns: (place, count) =>
      count === 1
        ? `${place}: ett fält är ännu inte genomgånget och därför inte med.`
        : `${place}: ${count} fält är ännu inte genomgångna och därför inte med.`,
    hidden: (place) => `${place}: allt har inte kunnat läsas, så uppgifter om dig kan saknas.`,
    facts: (place, facts) => `${place}: vi har inte angett ${facts}.`,
    ask: (contact) => `Kontakta oss på ${contact} om du vill veta mer om det som saknas.`,
  },
  fact: {
    purposes: 'varför vi har uppgifterna',
    legalBasis: 'rättslig grund',
    recipients: 'vilka som har fått uppgifterna',
    retention: 'hur länge uppgifterna sparas',
    origin: 'varifrån uppgifterna kommer',
    transfers: 'om uppgifterna förs över till länder utanför EU/EES',
  },

  about: {
    heading: 'Om uppgifterna',
    purposes: 'Varför vi har dem',
    legalBasis: 'Rättslig grund',
    recipients: 'Vilka som har fått dem',
    noRecipients: 'Vi lämnar inte ut dem till någon annan.',
    retention: 'Hur länge de sparas',
    origin: 'Varifrån de kommer',
    originSubject: 'Från dig själv.',
    originRegistrant: 'Från en annan person, som har registrerat dig hos oss.',
    noNotice:
      'Vi kan inte se i våra system om eller när du fick besked om att du registrerades. Ett sådant besked ska lämnas senast inom en månad (artikel 14).',
    transfers: 'Länder utanför EU/EES',
    noTransfers: 'Uppgifterna förs inte över till något land utanför EU/EES.',
    automated: 'Automatiserade beslut',
    noAutomated: 'Vi fattar inga beslut om dig enbart genom automatiserad behandling.',
    missing: 'Uppgift saknas. Fråga oss, så svarar vi.',
  },
  legalBasis: {
    consent: 'Ditt samtycke (artikel 6.1 a). Du kan när som helst ta tillbaka det.',
    contract: 'Avtalet med dig, eller åtgärder som du har bett om inför ett avtal (artikel 6.1 b).',
    'legal-obligation': 'En skyldighet som vi har enligt lag (artikel 6.1 c).',
    vital: 'Skydd för någons liv eller hälsa (artikel 6.1 d).',
    'public-task': 'En uppgift av allmänt intresse eller myndighetsutövning (artikel 6.1 e).',
    'legitimate-interest':
      'Vårt berättigade intresse, efter en avvägning mot dina intressen (artikel 6.1 f).',
  },

  records: {
    caption: (place) => `Poster om dig i ${place}`,
    record: (name) => `Post ${name}`,
    shared: 'Delad',
    sharedNote: 'Den här posten gäller även någon annan än dig.',
    mentions: 'Poster som nämner dig',
    mentionsLead: 'De här posterna handlar om någon annan. Vi visar bara det i dem som rör dig.',
    stated: 'Finns lagrat, visas inte',
    redacted: 'Gäller någon annan, visas inte',
    redactedFields: (fields) => `Gäller någon annan och visas därför inte: ${fields}.`,
    registeredNotified: (date) => `En annan person har registrerat dig här. Du fick besked om det ${date}.`,
    registeredSilently:
      'En annan person har registrerat dig här. Vi kan inte se i våra system om eller när du fick besked om det. Ett sådant besked ska lämnas senast inom en månad (artikel 14).',
    more: (shown, left) =>
      `Här visas de första ${antal(shown)} posterna. Ytterligare ${poster(left)} finns i filerna:`,
    count: (records) => poster(records),
    emptyFields: (fields) => `Tomma fält: ${fields}.`,
    number: 'Post',
    file: (bytes) => `Öppna filen (${bytes})`,
    bytes: 'byte',
    technical: (columns) =>
      `Tekniska fält som inte säger något om dig (${columns}) finns bara i datafilerna.`,
  },

  fields: {
    heading: 'Vad fälten betyder',
    others: 'Kan gälla någon annan än dig. Då visas uppgiften inte.',
    stated: 'Finns lagrat men visas inte, av säkerhetsskäl.',
    omitted: (reason) => `Är inte med i utdraget. Skäl: ${reason}`,
    omittedPlain: 'Är inte med i utdraget.',
    unmapped: (count) =>
      count === 1
        ? 'Ett fält är inte genomgånget och därför inte med. Utdraget är i den delen inte fullständigt.'
        : `${count} fält är inte genomgångna och därför inte med. Utdraget är i den delen inte fullständigt.`,
  },

  withheld: {
    heading: 'Poster som vi inte lämnar ut',
    record: (name) => `Post ${name}`,
    unnamed: 'En post',
    grounds: {
      'third-party-rights':
        'Den skulle avslöja uppgifter om någon annan på ett sätt som skadar den personens rättigheter och friheter (artikel 15.4).',
      SE_SECRECY: 'Den omfattas av sekretess eller tystnadsplikt (5 kap. 1 § dataskyddslagen).',
      SE_DRAFT:
        'Den finns i löpande text som inte har fått sin slutliga utformning (5 kap. 2 § dataskyddslagen).',
      expression: 'Den skyddas av yttrande- och informationsfriheten (artikel 17.3 a).',
      'legal-obligation':
        'Den behövs för en skyldighet enligt lag eller för myndighetsutövning (artikel 17.3 b).',
      'public-health': 'Den behövs för ett viktigt allmänt intresse på folkhälsoområdet (artikel 17.3 c).',
      archiving: 'Den behövs för arkiv, forskning eller statistik (artikel 17.3 d).',
      'legal-claims':
        'Den behövs för att fastställa, göra gällande eller försvara rättsliga anspråk (artikel 17.3 e).',
    },
    ground: (code) => `Skäl: ${code}.`,
  },

  empties: {
    heading: 'Här finns inget om dig',
    lead: 'Vi har sökt i följande register utan att hitta några uppgifter om dig:',
    unsearchable: 'Följande register går inte att söka i efter en viss person:',
  },

  earlier: {
    heading: 'Tidigare utdrag',
    lead: (months) =>
      months === 12
        ? 'Under de senaste tolv månaderna har vi tagit fram registerutdrag åt dig:'
        : `Under de senaste ${months} månaderna har vi tagit fram registerutdrag åt dig:`,
  },

  rights: {
    heading: 'Dina rättigheter',
    lead: (contact) =>
      `Vill du använda någon av rättigheterna, skriv till ${contact}. Det kostar inget, och du får svar utan onödigt dröjsmål och senast inom en månad.`,
    list: [
      { name: 'Rättelse', article: 'artikel 16', text: 'Är något fel eller ofullständigt rättar vi det.' },
      {
        name: 'Radering',
        article: 'artikel 17',
        text: 'Du kan begära att vi raderar uppgifter om dig. En del kan vi behöva behålla, till exempel enligt bokföringslagen, och då talar vi om vad och varför.',
      },
      {
        name: 'Begränsning',
        article: 'artikel 18',
        text: 'I vissa fall kan du begära att uppgifterna bara lagras, till exempel medan vi utreder om de är riktiga.',
      },
      {
        name: 'Dataportabilitet',
        article: 'artikel 20',
        text: 'Det som du själv har lämnat, med samtycke eller avtal som grund, får du i ett format som andra tjänster kan läsa. Finns sådana uppgifter ligger de i mappen portability.',
      },
      {
        name: 'Invändning',
        article: 'artikel 21',
        text: 'Du kan invända mot behandling som bygger på berättigat intresse eller allmänt intresse. Säger du nej till direktmarknadsföring upphör vi alltid med den.',
      },
      {
        name: 'Återkallat samtycke',
        article: 'artikel 7.3',
        text: 'Bygger behandlingen på samtycke kan du när som helst ta tillbaka det, lika enkelt som du gav det.',
      },
    ],
    complaintName: 'Klagomål',
    complaint:
      'Tycker du att vi behandlar dina uppgifter i strid med reglerna kan du klaga hos tillsynsmyndigheten (artikel 77):',
    courtName: 'Domstol',
    court:
      'Du kan också vända dig till domstol, mot oss eller mot ett beslut av tillsynsmyndigheten (artiklarna 78 och 79).',
  },

  files: {
    heading: 'Filerna i utdraget',
    lead: 'Den här sidan är till för att läsas. Samma uppgifter, utan gräns för antalet poster, finns i filer som en dator kan läsa:',
    list: [
      {
        path: 'data/',
        text: 'Alla poster, ett register per fil. JSON är den exakta kopian; CSV öppnas i ett kalkylprogram.',
      },
      {
        path: 'portability/',
        text: 'Det som du själv har lämnat, för att flyttas till en annan tjänst (artikel 20).',
      },
      { path: 'files/', text: 'Bilder, dokument och andra filer.' },
      {
        path: 'manifest.json',
        text: 'Förteckning över allt i utdraget, med kontrollsummor, och hur värdena är skrivna.',
      },
    ],
    careHeading: 'Var rädd om utdraget',
    care: 'Utdraget innehåller dina personuppgifter samlade på ett ställe. Förvara det så att ingen obehörig kommer åt det, och radera det när du inte behöver det längre.',
    here: 'Samma uppgifter som filer:',
  },
  footer: (tool, request) => `Ärende ${request}. Sammanställt med ${tool}.`,
};
