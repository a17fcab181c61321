/** CSV by RFC 4180; numbers at full precision. */
export function csvLines(header: readonly string[], rows: Iterable<readonly (string | number)[]>): string {
  const lines = [header.join(',')];
  for (const row of rows) lines.push(row.map(csvText).join(','));
  return `${lines.join('\n')}\n`;
}

const csvText = (value: string | number): string =>
  typeof value === 'string' && /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : String(value);
