// Makes the pages in dist/: index.html, the modeler alone (app.js, app.css), for tests; preview.html around it (preview.js,
// preview.css); and the licences of what is in them. Each is there compressed, too, for the program that has them in itself.
//
//   npm run build

import { build } from 'esbuild';
import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = fileURLToPath(new URL('.', import.meta.url));
const dist = join(here, 'dist');

/** The folders of the packages that a bundle was made from. */
function packagesOf({ inputs }) {
  const folder = /^node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/;
  const folders = Object.keys(inputs).map((path) => path.match(folder)?.[0]);
  return [...new Set(folders)].filter(Boolean).sort();
}

/** A package's name, version and the text of its licence, which has to go where its code goes. */
function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(here, folder, 'package.json'), 'utf8'));
  const file = readdirSync(join(here, folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(here, folder, file), 'utf8').trim() : `Licence: ${license}`;
  return `${name} ${version}\n\n${text}\n`;
}

rmSync(dist, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ['src/app.js', 'src/app.css', 'src/preview/preview.js', 'src/preview/preview.css'],
  entryNames: '[name]',
  outdir: 'dist',
  bundle: true,
  minify: true,
  metafile: true,
  target: 'es2022',
  // The icons' font is in the style sheet; its old formats are for browsers that are gone.
  loader: { '.bpmn': 'text', '.eot': 'empty', '.svg': 'empty' },
  legalComments: 'none',
  logLevel: 'warning',
});
copyFileSync(join(here, 'src/index.html'), join(dist, 'index.html'));
copyFileSync(join(here, 'src/preview/preview.html'), join(dist, 'preview.html'));
writeFileSync(join(dist, 'licences.txt'), packagesOf(metafile).map(licenceOf).join(`\n${'-'.repeat(80)}\n\n`));
for (const name of readdirSync(dist)) writeFileSync(join(dist, `${name}.gz`), gzipSync(readFileSync(join(dist, name)), { level: 9 }));
