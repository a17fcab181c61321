/** The answers of these routes: the good ones and ASP.NET's problem details. */
import { z } from 'zod';
import { validationProblemDetails } from '../dialects.ts';

const answersOf = <T extends z.ZodType>(answer: T) => ({
  200: answer,
  400: validationProblemDetails.describe('A parameter is wrong, unknown or missing'),
  401: validationProblemDetails.describe('The token is missing or not known'),
  429: validationProblemDetails.describe('Too many requests'),
});

/** Where there may be nothing to tell. */
export const answersOrNothing = <T extends z.ZodType>(answer: T) => ({
  ...answersOf(answer),
  204: z.undefined().describe('Nothing is known'),
});

export const forecastAnswers = <T extends z.ZodType>(answer: T) => ({
  ...answersOf(answer),
  501: validationProblemDetails.describe('No forecast: the history known then was too short or too old'),
});

export const averageAnswers = <T extends z.ZodType>(answer: T) => ({
  ...answersOf(answer),
  422: validationProblemDetails.describe('More than the allowed share of the time is unknown'),
});
