#!/usr/bin/env node
'use strict';

require('./node-version.cjs');
require('../dist/cli.js');
