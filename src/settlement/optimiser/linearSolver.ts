/** The outside solver of linear programmes (HiGHS, MIT, in WebAssembly). Nothing that it says is taken unproved. */
import highsLoader from 'highs';

/** Maximise `cost . x` with `rowLower <= A x <= rowUpper`, `lower <= x <= upper`. A by columns. */
export interface LinearProgram {
  readonly columnCost: Float64Array;
  readonly columnLower: Float64Array;
  readonly columnUpper: Float64Array;
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly values: Float64Array;
}

export interface LinearSolution {
  readonly columns: Float64Array;
  /** Change of the objective with a row's bound. */
  readonly rowDuals: Float64Array;
  readonly objective: number;
}

/** @returns undefined where the programme has no solution */
export type LinearSolver = (program: LinearProgram) => LinearSolution | undefined;

/** Loads HiGHS once; solving itself is synchronous. */
export async function loadLinearSolver(): Promise<{
  readonly solve: LinearSolver;
  readonly version: string;
}> {
  // The package's types describe its CommonJS form; under `import` the default export is the loader itself.
  const load = highsLoader as unknown as typeof highsLoader.default;
  const highs = await load();
  const solve: LinearSolver = (program) => {
    const numCols = program.columnCost.length;
    const numRows = program.rowLower.length;
    // HiGHS has no answer for a programme without variables.
    if (numCols === 0) return emptySolution(program);
    const model = highs.createModel({
      numCols,
      numRows,
      sense: highs.constants.objectiveSense.maximize,
      colCost: program.columnCost,
      colLower: program.columnLower,
      colUpper: program.columnUpper,
      rowLower: program.rowLower,
      rowUpper: program.rowUpper,
      matrix: {
        format: 'csc',
        numRows,
        numCols,
        starts: program.starts,
        indices: program.rows,
        values: program.values,
      },
    });
    try {
      model.options.set('output_flag', false);
      model.run();
      if (model.getModelStatus() !== highs.constants.modelStatus.optimal) return undefined;
      const { colValue, rowDual } = model.getSolution();
      return { columns: colValue, rowDuals: rowDual, objective: model.getObjectiveValue() };
    } finally {
      model.dispose();
    }
  };
  return { solve, version: highs.version.string };
}

function emptySolution({ rowLower, rowUpper }: LinearProgram): LinearSolution | undefined {
  const isFeasible = rowLower.every((low, row) => low <= 0 && rowUpper[row]! >= 0);
  return isFeasible
    ? { columns: new Float64Array(), rowDuals: new Float64Array(rowLower.length), objective: 0 }
    : undefined;
}
