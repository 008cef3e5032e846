/** Preloaded into a server (`node --import`): tells the parent process on request which modules it has loaded. */
import { registerHooks } from 'node:module';

const loaded: string[] = [];

registerHooks({
  load(url, context, nextLoad) {
    loaded.push(url);
    return nextLoad(url, context);
  },
});

process.on('message', (message) => {
  if (message === 'loaded modules') process.send?.(loaded);
});
process.channel?.unref();
