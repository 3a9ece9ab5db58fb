// What the whole page knows about the server: its overview and its state machines, kept true by the stream.

import { get, resource } from './api.js';
import { on } from './live.js';

const overview = resource(async signal => {
  const answer = await get('overview', {}, signal);
  return { ...answer, endpoint: answer.remote || location.origin }; // the server does not know by which name it is reached
});
const machines = resource(signal => get('machines', {}, signal));

// server.overview() and server.machines() are the last answers, null before the first.
export const server = {
  overview: overview.data, overviewError: overview.error, reloadOverview: overview.reload,
  machines: machines.data, machinesError: machines.error, reloadMachines: machines.reload,
};

on('machines', () => { overview.reload(); machines.reload(); });
on('pending', overview.reload);
