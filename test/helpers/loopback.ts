/**
 * A loopback address that only this process uses, so that a port which a test frees and takes again is not taken by
 * another one in between. Only Linux answers on all of 127.0.0.0/8 by itself.
 */
export const OWN_HOST =
  process.platform === 'linux'
    ? `127.${1 + ((process.pid >> 16) & 63)}.${(process.pid >> 8) & 255}.${1 + (process.pid & 127)}`
    : '127.0.0.1';
