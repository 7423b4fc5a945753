/** The GSM 03.38 default alphabet, and its extension table, of which a character takes two places. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const EXTENDED = new Set('\f^{}\\[~]|€');

const GSM_MOST = 160;
const UCS2_MOST = 70;

/** Places that a text takes in one SMS: septets of GSM-7, or UTF-16 units when it has a character beyond it. */
export function smsSize(text: string): { readonly alphabet: 'gsm-7' | 'ucs-2'; readonly places: number } {
  let places = 0;
  for (const character of text) {
    if (BASIC.has(character)) places += 1;
    else if (EXTENDED.has(character)) places += 2;
    else return { alphabet: 'ucs-2', places: text.length };
  }
  return { alphabet: 'gsm-7', places };
}

/** Whether a text goes out as one SMS. */
export function fitsOneSms(text: string): boolean {
  const { alphabet, places } = smsSize(text);
  return places <= (alphabet === 'gsm-7' ? GSM_MOST : UCS2_MOST);
}

const PLAIN: Readonly<Record<string, string>> = {
  '…': '...',
  '–': '-',
  '—': '-',
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
};

/** Writes characters that have a plain twin in GSM-7 by that, so that a dash does not halve the message. */
export function toGsm(text: string): string {
  return [...text]
    .map((character) => PLAIN[character] ?? (isGsm(character) ? character : unaccented(character)))
    .join('');
}

function isGsm(character: string): boolean {
  return BASIC.has(character) || EXTENDED.has(character);
}

/** `ã` → `a`; a character without such a twin stays, and the message is UCS-2. */
function unaccented(character: string): string {
  const base = character.normalize('NFD').replace(/\p{M}/gu, '');
  return base !== '' && [...base].every(isGsm) ? base : character;
}
