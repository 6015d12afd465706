// npm run prepare, after `npm ci` and on installing from git: everything if there is no dist yet, else the kernels and models alone.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

if (!existsSync('node_modules/tsx'))
  console.log('dynaecg: nothing was built, since that needs the development dependencies: run npm ci without --omit=dev');
else {
  const only = existsSync('dist') ? ['sources'] : [];
  execFileSync(process.execPath, ['--import', 'tsx', 'build.ts', ...only], { stdio: 'inherit' });
}
