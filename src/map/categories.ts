import type { Language } from '../model/map.js';

/** Label and explanation, Swedish then English. */
type Entry = readonly [sv: string, en: string, svAbout: string, enAbout: string];

/**
 * The data categories of fideslang 3 (3.0 to 3.2; keys that 3.2 renamed are still understood), with
 * words of our own that a person can read. `user` is data about a person, `system` is not.
 * Source of the keys: https://github.com/ethyca/fideslang, data_files/data_categories.
 */
// biome-ignore format: a table, one category a line
const ENTRIES = {
  system: ['Systemuppgift', 'System data', 'Uppgift om systemet, inte om dig.', 'Data about the system, not about you.'],
  'system.authentication': ['Åtkomststyrning', 'Access control', 'Styr åtkomsten till systemet.', 'Governs access to the system.'],
  'system.operations': ['Drift', 'Operations', 'Behövs för att systemet ska fungera.', 'Needed for the system to run.'],

  user: ['Uppgift om dig', 'Data about you', 'En uppgift som rör dig.', 'Data that relates to you.'],
  'user.account': ['Konto', 'Account', 'Uppgift om ditt konto eller din registrering.', 'About your account or registration.'],
  'user.account.settings': ['Kontoinställningar', 'Account settings', 'Val du har gjort för ditt konto.', 'Choices made for your account.'],
  'user.account.username': ['Användarnamn', 'Username', 'Namnet du loggar in med.', 'The name you log in with.'],

  'user.authorization': ['Behörighet', 'Authorisation', 'Uppgift som ger åtkomst till ett system.', 'Gives access to a system.'],
  'user.authorization.credentials': ['Inloggningsuppgift', 'Credentials', 'Uppgift som du loggar in med.', 'What you log in with.'],
  'user.authorization.password': ['Lösenord', 'Password', 'Ditt lösenord, lagrat i skyddad form.', 'Your password, stored in a protected form.'],
  'user.authorization.biometric': ['Biometrisk inloggning', 'Biometric login', 'Kroppsligt kännetecken som du loggar in med.', 'A physical trait you log in with.'],
  'user.authorization.biometrics': ['Biometrisk inloggning', 'Biometric login', 'Kroppsligt kännetecken som du loggar in med.', 'A physical trait you log in with.'],

  'user.behavior': ['Beteende', 'Behaviour', 'Hur du har använt en tjänst eller ett utskick.', 'How you used a service or a mailing.'],
  'user.behavior.browsing_history': ['Besökta sidor', 'Pages visited', 'Sidor som du har besökt.', 'Pages you have visited.'],
  'user.behavior.media_consumption': ['Visat innehåll', 'Content viewed', 'Innehåll som du har läst, sett eller hört.', 'Content you read, watched or heard.'],
  'user.behavior.purchase_history': ['Köphistorik', 'Purchase history', 'Vad du har köpt och när.', 'What you bought, and when.'],
  'user.behavior.search_history': ['Sökhistorik', 'Search history', 'Vad du har sökt efter.', 'What you searched for.'],

  'user.biometric': ['Biometri', 'Biometrics', 'Kroppsliga kännetecken, kodade.', 'Physical traits, encoded.'],
  'user.biometric.fingerprint': ['Fingeravtryck', 'Fingerprint', 'Ditt fingeravtryck, kodat.', 'Your fingerprint, encoded.'],
  'user.biometric.health': ['Biometrisk hälsouppgift', 'Biometric health data', 'Kroppsligt mätvärde om din hälsa.', 'A physical measurement of your health.'],
  'user.biometric.retinal': ['Ögonskanning', 'Retina scan', 'Bild av ditt öga, kodad.', 'A scan of your eye, encoded.'],
  'user.biometric.voice': ['Röst', 'Voice', 'Inspelning eller kodning av din röst.', 'A recording or encoding of your voice.'],
  'user.biometrics': ['Biometri', 'Biometrics', 'Kroppsliga kännetecken, kodade.', 'Physical traits, encoded.'],
  'user.biometrics.fingerprint': ['Fingeravtryck', 'Fingerprint', 'Ditt fingeravtryck, kodat.', 'Your fingerprint, encoded.'],
  'user.biometrics.retinal': ['Ögonskanning', 'Retina scan', 'Bild av ditt öga, kodad.', 'A scan of your eye, encoded.'],
  'user.biometrics.voice': ['Röst', 'Voice', 'Inspelning eller kodning av din röst.', 'A recording or encoding of your voice.'],

  'user.children': ['Barn', 'Children', 'Uppgift som rör barn.', 'Data relating to children.'],
  'user.children.children_under_thirteen': ['Barn under 13 år', 'Children under 13', 'Uppgift som rör barn under 13 år.', 'Data relating to children under 13.'],
  'user.children.thirteen_to_sixteen': ['Barn 13–16 år', 'Children aged 13 to 16', 'Uppgift som rör barn mellan 13 och 16 år.', 'Data relating to children aged 13 to 16.'],
  'user.childrens': ['Barn', 'Children', 'Uppgift som rör barn.', 'Data relating to children.'],

  'user.contact': ['Kontaktuppgift', 'Contact details', 'Uppgift för att kunna nå dig.', 'Used to reach you.'],
  'user.contact.address': ['Adress', 'Address', 'Din adress.', 'Your address.'],
  'user.contact.address.city': ['Ort', 'City', 'Ort i din adress.', 'The town in your address.'],
  'user.contact.address.country': ['Land', 'Country', 'Land i din adress.', 'The country in your address.'],
  'user.contact.address.mailing_address': ['Postadress', 'Mailing address', 'Dit post till dig skickas.', 'Where mail to you is sent.'],
  'user.contact.address.postal_code': ['Postnummer', 'Postal code', 'Postnummer i din adress.', 'The postal code in your address.'],
  'user.contact.address.state': ['Län eller region', 'State or region', 'Län eller region i din adress.', 'The state or region in your address.'],
  'user.contact.address.street': ['Gatuadress', 'Street address', 'Gata och nummer i din adress.', 'Street and number in your address.'],
  'user.contact.email': ['E-postadress', 'E-mail address', 'Din e-postadress.', 'Your e-mail address.'],
  'user.contact.fax_number': ['Faxnummer', 'Fax number', 'Ditt faxnummer.', 'Your fax number.'],
  'user.contact.organization': ['Organisation', 'Organisation', 'Organisation som du hör till.', 'The organisation you belong to.'],
  'user.contact.phone_number': ['Telefonnummer', 'Phone number', 'Ditt telefonnummer.', 'Your phone number.'],
  'user.contact.social_url': ['Sociala medier', 'Social media', 'Länk till din profil i sociala medier.', 'A link to your social media profile.'],
  'user.contact.url': ['Webbadress', 'Web address', 'Din webbplats eller profil.', 'Your website or profile.'],

  'user.content': ['Innehåll', 'Content', 'Innehåll som du har skapat eller som handlar om dig.', 'Content you made or that is about you.'],
  'user.content.private': ['Privat innehåll', 'Private content', 'Innehåll som inte är offentligt.', 'Content that is not public.'],
  'user.content.public': ['Offentligt innehåll', 'Public content', 'Innehåll som har delats öppet.', 'Content that was shared openly.'],
  'user.content.self_image': ['Bild på dig', 'Image of you', 'Bild där du syns.', 'An image that shows you.'],

  'user.criminal_history': ['Lagöverträdelser', 'Criminal history', 'Uppgift om lagöverträdelser.', 'About criminal offences.'],

  'user.demographic': ['Bakgrund', 'Demographics', 'Uppgift om din bakgrund.', 'About your background.'],
  'user.demographic.age_range': ['Åldersgrupp', 'Age range', 'Ungefärlig ålder.', 'Approximate age.'],
  'user.demographic.citizenship_or_immigration_status': ['Medborgarskap eller uppehållsrätt', 'Citizenship or immigration status', 'Medborgarskap eller uppehållsrätt.', 'Citizenship or right of residence.'],
  'user.demographic.date_of_birth': ['Födelsedatum', 'Date of birth', 'Ditt födelsedatum.', 'Your date of birth.'],
  'user.demographic.gender': ['Kön', 'Gender', 'Kön så som det är registrerat.', 'Gender as registered.'],
  'user.demographic.language': ['Språk', 'Language', 'Språk som du talar eller har valt.', 'The language you speak or chose.'],
  'user.demographic.marital_status': ['Civilstånd', 'Marital status', 'Ditt civilstånd.', 'Your marital status.'],
  'user.demographic.philosophical_belief': ['Filosofisk övertygelse', 'Philosophical belief', 'Filosofisk övertygelse.', 'Philosophical belief.'],
  'user.demographic.political_opinion': ['Politisk åsikt', 'Political opinion', 'Politisk åsikt.', 'Political opinion.'],
  'user.demographic.profile': ['Profil', 'Profile', 'Uppgift om din profil eller dina intressen.', 'About your profile or interests.'],
  'user.demographic.protected_classifications': ['Skyddade uppgifter', 'Protected classifications', 'Särskilt känslig uppgift.', 'An especially sensitive attribute.'],
  'user.demographic.race_ethnicity': ['Etniskt ursprung', 'Ethnic origin', 'Etniskt ursprung.', 'Ethnic origin.'],
  'user.demographic.religious_belief': ['Religiös övertygelse', 'Religious belief', 'Religiös övertygelse.', 'Religious belief.'],
  'user.demographic.sexual_orientation': ['Sexuell läggning', 'Sexual orientation', 'Sexuell läggning.', 'Sexual orientation.'],
  'user.demographic.union_membership': ['Fackligt medlemskap', 'Union membership', 'Medlemskap i fackförening.', 'Membership of a trade union.'],

  'user.device': ['Enhet', 'Device', 'Uppgift om en enhet som du har använt.', 'About a device you used.'],
  'user.device.cookie': ['Kaka (cookie)', 'Cookie', 'Uppgift ur en kaka i din webbläsare.', 'Data from a cookie in your browser.'],
  'user.device.cookie_id': ['Cookie-id', 'Cookie ID', 'Nummer som känner igen din webbläsare.', 'A number that recognises your browser.'],
  'user.device.device_id': ['Enhets-id', 'Device ID', 'Nummer som känner igen din enhet.', 'A number that recognises your device.'],
  'user.device.ip_address': ['IP-adress', 'IP address', 'Adressen som din uppkoppling hade på internet.', 'The internet address of your connection.'],
  'user.device.sensor': ['Sensorvärde', 'Sensor data', 'Mätvärde från en sensor i din enhet.', 'A reading from a sensor in your device.'],
  'user.device.telemetry': ['Mätvärde från enhet', 'Device telemetry', 'Mätvärde om hur din enhet fungerar.', 'A measurement of how your device works.'],

  'user.financial': ['Ekonomi', 'Financial data', 'Uppgift om betalningar och ekonomi.', 'About payments and finances.'],
  'user.financial.bank_account': ['Bankkonto', 'Bank account', 'Ditt bankkonto.', 'Your bank account.'],
  'user.financial.credit_card': ['Betalkort', 'Payment card', 'Ditt betalkort.', 'Your payment card.'],

  'user.government_id': ['Id från myndighet', 'Government ID', 'Id som en myndighet har gett dig.', 'An ID given by an authority.'],
  'user.government_id.birth_certificate': ['Födelsebevis', 'Birth certificate', 'Uppgift ur födelsebevis.', 'From a birth certificate.'],
  'user.government_id.drivers_license_number': ['Körkortsnummer', 'Driving licence number', 'Nummer på ditt körkort.', 'The number of your driving licence.'],
  'user.government_id.immigration': ['Uppehållstillstånd', 'Immigration ID', 'Uppgift om uppehållstillstånd.', 'About a residence permit.'],
  'user.government_id.national_identification_number': ['Personnummer', 'National identification number', 'Ditt personnummer eller samordningsnummer.', 'Your national identification number.'],
  'user.government_id.passport_number': ['Passnummer', 'Passport number', 'Nummer på ditt pass.', 'The number of your passport.'],
  'user.government_id.vehicle_registration': ['Registreringsnummer', 'Vehicle registration', 'Fordonets registreringsnummer.', 'The registration number of a vehicle.'],

  'user.health': ['Hälsa', 'Health', 'Uppgift om din hälsa.', 'About your health.'],
  'user.health.baby_formula': ['Modersmjölksersättning', 'Baby formula', 'Uppgift om modersmjölksersättning.', 'About baby formula.'],
  'user.health.condition': ['Hälsotillstånd', 'Health condition', 'Uppgift om ett hälsotillstånd.', 'About a health condition.'],
  'user.health.genetic': ['Genetisk uppgift', 'Genetic data', 'Uppgift om arvsanlag.', 'About genetic make-up.'],
  'user.health.insurance_beneficiary_id': ['Sjukförsäkringsnummer', 'Health insurance number', 'Nummer i en sjukförsäkring.', 'A number in a health insurance.'],
  'user.health.maternity_clothing': ['Mammakläder', 'Maternity clothing', 'Uppgift om mammakläder.', 'About maternity clothing.'],
  'user.health.medical_diagnosis': ['Diagnos', 'Diagnosis', 'Medicinsk diagnos.', 'A medical diagnosis.'],
  'user.health.medications': ['Läkemedel', 'Medication', 'Uppgift om läkemedel.', 'About medication.'],
  'user.health.prescriptions': ['Recept', 'Prescriptions', 'Uppgift om recept.', 'About prescriptions.'],
  'user.health.record_id': ['Journalnummer', 'Medical record number', 'Nummer på en journal.', 'The number of a medical record.'],
  'user.health.reproductive_or_sexual': ['Reproduktiv eller sexuell hälsa', 'Reproductive or sexual health', 'Uppgift om reproduktiv eller sexuell hälsa.', 'About reproductive or sexual health.'],
  'user.health.social_psychological_behavioral': ['Social eller psykisk hälsa', 'Social or mental health', 'Uppgift om social eller psykisk hälsa.', 'About social or mental health.'],
  'user.health.symptons': ['Symtom', 'Symptoms', 'Uppgift om symtom.', 'About symptoms.'],
  'user.health.treatment': ['Behandling', 'Treatment', 'Uppgift om vård eller behandling.', 'About care or treatment.'],
  'user.health_and_medical': ['Hälsa och vård', 'Health and medical data', 'Uppgift om din hälsa eller vård.', 'About your health or care.'],
  'user.health_and_medical.genetic': ['Genetisk uppgift', 'Genetic data', 'Uppgift om arvsanlag.', 'About genetic make-up.'],
  'user.health_and_medical.insurance_beneficiary_id': ['Sjukförsäkringsnummer', 'Health insurance number', 'Nummer i en sjukförsäkring.', 'A number in a health insurance.'],
  'user.health_and_medical.record_id': ['Journalnummer', 'Medical record number', 'Nummer på en journal.', 'The number of a medical record.'],

  'user.job_title': ['Jobbtitel', 'Job title', 'Din yrkestitel.', 'Your job title.'],
  'user.location': ['Plats', 'Location', 'Var du har befunnit dig.', 'Where you have been.'],
  'user.location.coarse': ['Ungefärlig plats', 'Approximate location', 'Var du har varit, med sämre noggrannhet än 500 meter.', 'Where you have been, to no better than 500 metres.'],
  'user.location.imprecise': ['Ungefärlig plats', 'Approximate location', 'Var du har varit, med sämre noggrannhet än 500 meter.', 'Where you have been, to no better than 500 metres.'],
  'user.location.precise': ['Exakt plats', 'Precise location', 'Var du har varit, med bättre noggrannhet än 500 meter.', 'Where you have been, to within 500 metres.'],
  'user.name': ['Namn', 'Name', 'Ditt namn.', 'Your name.'],
  'user.name.first': ['Förnamn', 'First name', 'Ditt förnamn.', 'Your first name.'],
  'user.name.last': ['Efternamn', 'Last name', 'Ditt efternamn.', 'Your last name.'],
  'user.payment': ['Betalning', 'Payment', 'Uppgift om en betalning.', 'About a payment.'],
  'user.privacy_preferences': ['Integritetsval', 'Privacy preferences', 'Dina samtycken och val om integritet.', 'Your consents and privacy choices.'],
  'user.professional_information': ['Yrke', 'Profession', 'Uppgift om ditt arbete.', 'About your work.'],
  'user.professional_information.job_title': ['Jobbtitel', 'Job title', 'Din yrkestitel.', 'Your job title.'],
  'user.professional_information.workplace': ['Arbetsplats', 'Workplace', 'Din arbetsplats eller arbetsgivare.', 'Your workplace or employer.'],
  'user.sensor': ['Sensorvärde', 'Sensor data', 'Mätvärde från en sensor.', 'A reading from a sensor.'],
  'user.settings': ['Inställningar', 'Settings', 'Val som du har gjort.', 'Choices you have made.'],
  'user.social': ['Social aktivitet', 'Social activity', 'Kontakter och aktivitet med andra.', 'Contacts and activity with others.'],
  'user.social_activity': ['Social aktivitet', 'Social activity', 'Kontakter och aktivitet med andra.', 'Contacts and activity with others.'],
  'user.telemetry': ['Mätvärde', 'Telemetry', 'Mätvärde om hur du använder ett system.', 'A measurement of how you use a system.'],
  'user.unique_id': ['Id-nummer', 'Identifier', 'Nummer som känner igen dig i ett system.', 'A number that identifies you in a system.'],
  'user.unique_id.deterministic': ['Beräknat id', 'Derived identifier', 'Id som räknas fram ur dina uppgifter.', 'An identifier derived from your data.'],
  'user.unique_id.probablistic': ['Sannolikt id', 'Probabilistic identifier', 'Id som troligen är ditt.', 'An identifier that is probably yours.'],
  'user.unique_id.pseudonymous': ['Pseudonymt id', 'Pseudonymous identifier', 'Id som inte visar ditt namn.', 'An identifier that does not show your name.'],
  'user.user_sensor': ['Sensorvärde', 'Sensor data', 'Mätvärde från din omgivning.', 'A reading from your surroundings.'],
  'user.workplace': ['Arbetsplats', 'Workplace', 'Din arbetsplats eller arbetsgivare.', 'Your workplace or employer.'],
} as const satisfies Readonly<Record<string, Entry>>;

export type Category = keyof typeof ENTRIES;

/** Every key, in the taxonomy's order. */
export const CATEGORIES = Object.keys(ENTRIES) as readonly Category[];

export function isCategory(text: string): text is Category {
  return Object.hasOwn(ENTRIES, text);
}

/** `user…` is personal, `system…` is not. */
export function isPersonal(category: string): boolean {
  return !within(category, 'system');
}

/** Whether a category is the other or stands under it: `user.authorization.password` in `user.authorization`. */
export function within(category: string, parent: string): boolean {
  return category === parent || category.startsWith(`${parent}.`);
}

/** What the category is called; an unknown one by its nearest known parent. */
export function categoryLabel(category: string, language: Language): string {
  return entryOf(category)[language === 'sv' ? 0 : 1];
}

/** One sentence to the person whose data it is. */
export function categoryExplanation(category: string, language: Language): string {
  return entryOf(category)[language === 'sv' ? 2 : 3];
}

function entryOf(category: string): Entry {
  for (let key = category; key !== ''; key = key.slice(0, Math.max(0, key.lastIndexOf('.')))) {
    if (isCategory(key)) return ENTRIES[key];
  }
  return ENTRIES.user;
}
