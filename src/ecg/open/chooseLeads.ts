import { formatValue } from '../../core/check.ts';
import { ArgumentError } from '../../core/errors.ts';

const LEAD_NAME = /^(?:I{1,3}|aV[RLF]|V\d{1,2}R?|M?L[I]{1,3}|MV\d|MCL\d|CM\d|CC\d|N?ASI|[XYZ])$/i;

/** Whether this is the name of an ECG lead, such as `II`, `aVR`, `V1` or `MLII`. */
export const isLeadName = (name: string): boolean => LEAD_NAME.test(name.trim());

/** Whether a label, such as `EKG1` or `ECG II`, is that of an ECG. */
export const isEcgLabel = (label: string): boolean => /e[ck]g/i.test(label) || isLeadName(label);

/** The lead's name in a label: `II` for `ECG II`. */
export function leadName(label: string): string {
  const text = label.trim();
  const bare = text.replace(/^e[ck]g[\s_-]+/i, '');
  return isLeadName(bare) ? bare : text;
}

/**
 * The positions of wanted names, by the label in the file or the lead's name.
 *
 * @throws ArgumentError for a name that is not there
 */
export function positionsOf(file: string, wanted: readonly string[], labels: readonly string[]): number[] {
  return wanted.map((name) => {
    const exact = labels.findIndex((label) => label.trim() === name.trim());
    const at = exact >= 0 ? exact : labels.findIndex((label) => leadName(label) === name.trim());
    if (at < 0)
      throw new ArgumentError(
        `openRecording: ${file}: expected leads among ${labels.join(', ')}, got ${formatValue(name)}`,
      );
    return at;
  });
}
