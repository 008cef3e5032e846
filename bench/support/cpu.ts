/** Preloaded into a server (`node --import`): reports the processor time it has used, in microseconds, on request. */
process.on('message', (message) => {
  if (message !== 'cpu') return;
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.channel?.unref();
