/** Rows under headings, each column as wide as its longest entry. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) =>
    line.map((entry, column) => entry.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  )
    .join("\n");
}
