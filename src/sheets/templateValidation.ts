/** Drop-downs, limits and prompts of a template's columns, which the workbook writer does not know by itself. */
import type { Feature, Image } from 'write-excel-file/node';
import {
  insertElementMarkupAccordingToOrderOfSiblings,
  sanitizeAttributeValue,
  sanitizeTextContent,
} from 'write-excel-file/utility';
import { columnLetter } from './cell.ts';
import { expectationOf } from './expectation.ts';
import { noteOf, type TemplateColumn, type TemplateSheet } from './templateSheets.ts';

/** Order of a worksheet's elements up to the one that is added (ECMA-376, CT_Worksheet). */
const ORDER = [
  'sheetPr',
  'dimension',
  'sheetViews',
  'sheetFormatPr',
  'cols',
  'sheetData',
  'sheetCalcPr',
  'sheetProtection',
  'protectedRanges',
  'scenarios',
  'autoFilter',
  'sortState',
  'dataConsolidate',
  'customSheetViews',
  'mergeCells',
  'phoneticPr',
  'conditionalFormatting',
  'dataValidations',
  'hyperlinks',
  'printOptions',
  'pageMargins',
  'pageSetup',
  'headerFooter',
  'drawing',
];
const FIRST_ROW = 3;
const LAST_ROW = 100_000;
/** Excel's limits for a list written into the validation itself, for a prompt and for its title. */
const MAX_LIST = 255;
const MAX_PROMPT = 255;
const MAX_TITLE = 32;

/** A feature of the writer for the first sheets of a workbook; later ones are left as they are. */
export function validations(sheets: readonly TemplateSheet[]): Feature<Image['content']> {
  return {
    files: {
      transform: {
        'xl/worksheets/sheet{id}.xml': {
          transform(content, _options, { sheetIndex }) {
            const sheet = sheets[sheetIndex];
            if (!sheet) return content;
            const rules = sheet.columns.map(validation).join('');
            const markup = `<dataValidations count="${sheet.columns.length}">${rules}</dataValidations>`;
            return insertElementMarkupAccordingToOrderOfSiblings(content, markup, ORDER, 'worksheet');
          },
        },
      },
    },
  };
}

function validation(column: TemplateColumn, index: number): string {
  const letter = columnLetter(index);
  const rule = ruleOf(column);
  const attributes = {
    ...rule.attributes,
    allowBlank: '1',
    showInputMessage: '1',
    ...(rule.formulas && {
      showErrorMessage: '1',
      errorTitle: column.name.slice(0, MAX_TITLE),
      error: clip(expectationOf(column.field)),
    }),
    promptTitle: column.name.slice(0, MAX_TITLE),
    prompt: clip(`${noteOf(column).slice(2)}\n${expectationOf(column.field)}`),
    sqref: `${letter}${FIRST_ROW}:${letter}${LAST_ROW}`,
  };
  const text = Object.entries(attributes).map(
    ([name, value]) => `${name}="${sanitizeAttributeValue(value)}"`,
  );
  return `<dataValidation ${text.join(' ')}>${rule.formulas ?? ''}</dataValidation>`;
}

interface Rule {
  readonly attributes: Readonly<Record<string, string>>;
  readonly formulas?: string;
}

function ruleOf({ field }: TemplateColumn): Rule {
  const list = field.values?.join(',');
  if (list !== undefined && list.length <= MAX_LIST)
    return { attributes: { type: 'list' }, formulas: formula(1, `"${list}"`) };
  const type = { uint32: 'whole', int64: 'whole', float64: 'decimal' }[field.kind as string];
  if (type === undefined || field.minimum === undefined) return { attributes: {} };
  if (field.maximum === undefined) {
    return {
      attributes: { type, operator: 'greaterThanOrEqual' },
      formulas: formula(1, String(field.minimum)),
    };
  }
  return {
    attributes: { type, operator: 'between' },
    formulas: formula(1, String(field.minimum)) + formula(2, String(field.maximum)),
  };
}

const formula = (n: 1 | 2, text: string) => `<formula${n}>${sanitizeTextContent(text)}</formula${n}>`;

/** Shortened to what a prompt may hold. */
function clip(text: string): string {
  return text.length > MAX_PROMPT ? `${text.slice(0, MAX_PROMPT - 1)}…` : text;
}
