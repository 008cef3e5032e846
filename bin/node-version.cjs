/**
 * Ends the process with one line if its Node is too old. Loaded before anything else, and written so that any Node can read it:
 * in ES5, without a comma after a last argument.
 */
'use strict';

var needed = require('../package.json').engines.node.replace('>=', '').split('.').map(Number);
var current = process.versions.node.split('.').map(Number);

if (current[0] < needed[0] || (current[0] === needed[0] && current[1] < needed[1])) {
  var reason = 'needs Node ' + needed.join('.') + ' or later; this is ' + process.version + '.';
  process.stderr.write('jobalyzer-graphql ' + reason + '\n');
  process.exit(1);
}
