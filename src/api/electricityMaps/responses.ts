/** The good answer of a route and the errors that each of these routes can give. */
import type { z } from 'zod';
import { electricityMapsError } from '../dialects.ts';

export const answersOf = <T extends z.ZodType>(answer: T) => ({
  200: answer,
  400: electricityMapsError.describe('A parameter is wrong, unknown or missing'),
  401: electricityMapsError.describe('The token is missing or not known'),
  404: electricityMapsError.describe('Nothing is known of this zone or time'),
  429: electricityMapsError.describe('Too many requests'),
});
