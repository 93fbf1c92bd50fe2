import type { FieldInfo } from '../model/catalog.js';

/**
 * What a column may be, told from its name and type alone: a suggestion for a human to accept, written
 * as a comment and never acted upon.
 */
export interface Guess {
  /** system: bookkeeping of the row · field: what the map would say. */
  readonly kind: 'system' | 'field';
  /** As it stands in dsr.yaml behind the colon; empty for system. */
  readonly entry: string;
}

interface Rule {
  /** Held against the name in snake_case without å ä ö. */
  readonly name: RegExp;
  readonly category: string;
  readonly identifier?: string;
  readonly also?: string;
}

const word = (words: string) => new RegExp(`(?:^|_)(?:${words})(?:_|$)`);

/** The first that fits counts, so the narrow ones stand before the wide ones. */
const RULES: readonly Rule[] = [
  {
    name: word(
      'password|passwd|pwd|losenord|password_hash|passwort|salt|otp|mfa|token|secret|api_key|refresh_token',
    ),
    category: 'user.authorization.password',
  },
  {
    name: word('email|e_?post|e_?mail|mail|epostadress|mejl'),
    category: 'user.contact.email',
    identifier: 'email',
  },
  {
    name: word(
      'personnummer|person_?nr|pers_?nr|pnr|ssn|national_id|personal_(?:number|identity_number|id_number)|social_security(?:_number|_no)?|samordningsnummer',
    ),
    category: 'user.government_id.national_identification_number',
    identifier: 'personnummer',
  },
  {
    name: word(
      'organisationsnummer|org_?nr|org_?no|org_?nummer|org_?number|organi[sz]ation_number|vat_(?:number|no|id)|corporate_id',
    ),
    category: 'user.government_id',
    identifier: 'organisationsnummer',
  },
  { name: word('passport(?:_number|_no)?|passnummer'), category: 'user.government_id.passport_number' },
  {
    name: word('driv(?:ing|ers?)_licen[cs]e(?:_number|_no)?|korkort(?:snummer)?'),
    category: 'user.government_id.drivers_license_number',
  },
  { name: word('fax|fax_?(?:number|no|nr)'), category: 'user.contact.fax_number' },
  {
    name: word(
      'phone|telephone|tele?fon|telefonnummer|tel|mobile?|mobilnummer|cell(?:phone)?|phone_?(?:number|no)|msisdn|sms',
    ),
    category: 'user.contact.phone_number',
    identifier: 'phone',
  },
  {
    name: word('user_?name|login|login_?name|anvandarnamn|anvandare|screen_name|nick_?name|handle'),
    category: 'user.account.username',
    identifier: 'username',
  },
  { name: word('first_?name|given_?name|fornamn|fore_?name|tilltalsnamn'), category: 'user.name.first' },
  { name: word('last_?name|sur_?name|family_?name|efternamn'), category: 'user.name.last' },
  {
    name: word(
      'full_?name|fullstandigt_namn|person_?name|contact_?name|kontaktperson|customer_?name|kundnamn',
    ),
    category: 'user.name',
    identifier: 'name',
  },
  {
    name: word('zip|zip_?code|postal_?code|post_?code|postnummer|postnr'),
    category: 'user.contact.address.postal_code',
  },
  { name: word('city|town|ort|postort|stad'), category: 'user.contact.address.city' },
  { name: word('country|land|country_?code|landskod'), category: 'user.contact.address.country' },
  {
    name: word('ip|ip_?addr(?:ess)?|remote_?addr(?:ess)?|client_ip|ip_?adress'),
    category: 'user.device.ip_address',
    identifier: 'ip',
  },
  {
    name: word('street|street_?address|gata|gatuadress|address_?line_?\\d|address_?\\d|co_address'),
    category: 'user.contact.address.street',
  },
  { name: word('address|adress|postadress|mailing_address'), category: 'user.contact.address' },
  {
    name: word('cookie|cookie_?id|visitor_?id|client_?id|ga_?id|tracking_?id'),
    category: 'user.device.cookie_id',
    identifier: 'cookie_id',
  },
  { name: word('user_?agent|browser|webblasare|device|enhet|platform|os'), category: 'user.device' },
  { name: word('device_?id|imei|idfa|advertising_?id|push_?id'), category: 'user.device.device_id' },
  {
    name: word('birth_?date|birth_?day|date_of_birth|dob|fodelsedatum|fodd'),
    category: 'user.demographic.date_of_birth',
  },
  { name: word('gender|sex|kon'), category: 'user.demographic.gender' },
  { name: word('language|locale|sprak|lang'), category: 'user.demographic.language' },
  { name: word('civil_?status|marital_?status|civilstand'), category: 'user.demographic.marital_status' },
  {
    name: word('job_?title|jobbtitel|titel|befattning|yrke|profession|occupation|position'),
    category: 'user.job_title',
  },
  {
    name: word(
      'company|company_?name|foretag|foretagsnamn|employer|arbetsgivare|workplace|arbetsplats|organi[sz]ation',
    ),
    category: 'user.workplace',
  },
  {
    name: word(
      'iban|bic|bank_?account|kontonummer|clearing(?:nummer)?|bankgiro|plusgiro|account_?(?:number|no)',
    ),
    category: 'user.financial.bank_account',
  },
  {
    name: word('card_?(?:number|no|holder)|kortnummer|credit_?card|cvc|last_?4|pan'),
    category: 'user.financial.credit_card',
  },
  {
    name: word('amount|belopp|price|pris|total|salary|lon|income|inkomst|balance|saldo'),
    category: 'user.financial',
  },
  {
    name: word('lat|latitude|lon|lng|longitude|geo|position|coordinates|gps'),
    category: 'user.location.precise',
  },
  {
    name: word('diagnosis|diagnos|health|halsa|allerg(?:y|ies|i|ier)|medical|blood_?(?:group|type)'),
    category: 'user.health',
  },
  { name: word('photo|foto|avatar|image|bild|picture|portrait'), category: 'user.content.self_image' },
  {
    name: word('consent|samtycke|opt_?(?:in|out)|newsletter|nyhetsbrev|marketing|subscribed|unsubscribed'),
    category: 'user.privacy_preferences',
  },
  {
    name: word(
      'opened(?:_at)?|clicked(?:_at)?|open_?count|click_?count|last_?(?:login|seen|visit)(?:_at)?|visited(?:_at)?|page|url|referr?er|path',
    ),
    category: 'user.behavior',
  },
  {
    name: word(
      'note|notes|comment|comments|message|body|description|text|content|feedback|remark|anteckning(?:ar)?|kommentar|meddelande|beskrivning|fritext|subject',
    ),
    category: 'user.content.private',
    also: 'freetext: true',
  },
  {
    name: word(
      'customer_?(?:no|nr|number)|kund_?(?:nr|nummer)|member_?(?:no|nr|number|id)|medlems_?(?:nr|nummer)|employee_?(?:no|nr|number)|anstallnings_?(?:nr|nummer)',
    ),
    category: 'user.unique_id',
  },
  { name: word('name|namn'), category: 'user.name' },
];

const SYSTEM =
  /^(?:id|uuid|guid|rowid|row_?version|version|revision|etag|(?:created|updated|modified|changed|deleted|inserted|synced|imported|skapad|andrad)(?:_(?:at|on|date|time|timestamp|ts|datum))?|.*_(?:created|updated|modified|deleted)_(?:at|on)|sort_?order|tenant_?id)$/;

/** Types that cannot hold the text of an identifier; only what people said or chose may still be meant. */
const NO_TEXT = new Set(['boolean', 'date', 'time', 'timestamp', 'instant', 'float']);

export function guess(column: FieldInfo): Guess | null {
  const name = snake(column.name);
  if (SYSTEM.test(name)) return { kind: 'system', entry: '' };
  const textless = NO_TEXT.has(column.type.kind);
  const rule = RULES.find((one) => one.name.test(name) && !(textless && isTextual(one)));
  if (rule === undefined) return null;
  const parts = [
    `category: ${rule.category}`,
    ...(rule.identifier === undefined ? [] : [`identifier: ${rule.identifier}`]),
    ...(rule.also === undefined ? [] : [rule.also]),
  ];
  return { kind: 'field', entry: parts.length === 1 ? rule.category : `{ ${parts.join(', ')} }` };
}

/** `e_mail_verified` as a boolean is no address, `birth_date` as a date is a birthday. */
function isTextual(rule: Rule): boolean {
  const atAnyType = [
    'user.demographic.date_of_birth',
    'user.privacy_preferences',
    'user.behavior',
    'user.financial',
    'user.location.precise',
  ];
  return !atAnyType.includes(rule.category);
}

/** `firstName`, `Förnamn`, `first-name` as `first_name`, `fornamn`, `first_name`. */
function snake(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
}
