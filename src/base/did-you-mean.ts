/** The known names nearest to one that isn't known. */

/** Up to three names within a third of the word's length in edits, nearest first. */
export function nearestNames(word: string, names: Iterable<string>, namesMax = 3): readonly string[] {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const near: { name: string; distance: number }[] = [];
  for (const name of names) {
    if (Math.abs(name.length - word.length) > limit) continue;
    const distance = editDistance(word.toLowerCase(), name.toLowerCase(), limit);
    if (distance <= limit) near.push({ name, distance });
  }
  near.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return near.slice(0, namesMax).map((entry) => entry.name);
}

/** A hint for a diagnostic: none when nothing is near. */
export function didYouMean(word: string, names: Iterable<string>): readonly string[] {
  const near = nearestNames(word, names);
  return near.length === 0 ? [] : [`Did you mean ${near.map((name) => `'${name}'`).join(', ')}?`];
}

/** Levenshtein's distance; gives up with limit + 1 once no shorter way is left. */
function editDistance(a: string, b: string, limit: number): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    if (Math.min(...row) > limit) return limit + 1;
    previous = row;
  }
  return previous[b.length] ?? limit + 1;
}
