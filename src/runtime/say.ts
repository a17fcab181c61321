/** One line to standard error; standard output stays free for results. */
export function say(...lines: Array<string | undefined | false | ''>): void {
  for (const line of lines) if (line) process.stderr.write(`${line}\n`);
}
