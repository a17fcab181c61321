/**
 * kafkajs 2.2.4 asks for timers with a negative time when its request queue is empty, which newer Node releases warn of
 * at every start. The timer fires at once, as kafkajs means it; only that warning is kept from the user's terminal.
 */
const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void;

process.emitWarning = (...args: unknown[]): void => {
  if (args[1] !== 'TimeoutNegativeWarning') emitWarning(...args);
};
