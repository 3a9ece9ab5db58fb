// The public API of the server, as an SDK calls it: for what has an action of AWS.

import { APIError } from './api.js';

// aws calls an action of Step Functions with its request.
export async function aws(action, request) {
  let response;
  try {
    response = await fetch('/', {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': `AWSStepFunctions.${action}` },
      body: JSON.stringify(request),
    });
  } catch {
    throw new APIError('Unreachable', 'The server does not answer. Is aslocal still running?', 0);
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new APIError(body.__type ?? String(response.status), body.message ?? body.Message ?? response.statusText, response.status);
  return body;
}
