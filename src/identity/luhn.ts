/**
 * The check digit of Swedish numbers: Luhn with weights 2, 1, 2 … over the nine digits before it.
 * Source: Skatteverket SKV 704 (personnummer), Bolagsverket (organisationsnummer).
 */
export function checkDigit(nine: string): number {
  let sum = 0;
  for (const [index, digit] of [...nine].entries()) {
    const product = Number(digit) * (index % 2 === 0 ? 2 : 1);
    sum += product > 9 ? product - 9 : product;
  }
  return (10 - (sum % 10)) % 10;
}

/** Ten digits whose last is the check digit of the first nine. */
export function luhnHolds(ten: string): boolean {
  return checkDigit(ten.slice(0, 9)) === Number(ten[9]);
}
