/** Builds, then runs the server in this process. `node --watch-path` restarts it when a source file changes. */
import { spawnSync } from 'node:child_process';

const build = spawnSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit', shell: process.platform === 'win32' });
if (build.status === 0) await import(new URL('../dist/main.js', import.meta.url).href);
else process.exitCode = 1;
