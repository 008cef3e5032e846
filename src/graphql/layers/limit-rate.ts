import { ApiError } from '../../errors.js';
import type { FixedWindow } from '../../lib/fixed-window.js';
import type { Client } from '../../model/client.js';
import type { IdentifiedRequest, Layer, Receive } from '../operation.js';

/** Each request of a client uses one point, valid or not. */
export function admitAtRate(rate: FixedWindow): Layer<Receive<IdentifiedRequest>> {
  return (next) => (request) => {
    usePoints(rate, request.client, 1);
    return next(request);
  };
}

/** An operation uses a point for each report it asks for; the first one it has used already. */
export function chargeReports(rate: FixedWindow): Layer {
  return (next) => async (operation) => {
    const { client, reports } = operation;
    if (reports > 1) usePoints(rate, client, reports - 1);
    return next(operation);
  };
}

function usePoints(rate: FixedWindow, { name }: Client, points: number): void {
  const retryAfterMs = rate.use(name, points);
  if (retryAfterMs === null) return;
  const message = `This client asks too often: at most ${rate.most} points in one window of time, where an operation is one, or one for each report (RATE_LIMIT_MAX).`;
  throw new ApiError('RATE_LIMITED', message, { limit: rate.most, retryAfterMs });
}
