export const OWN_HOST =
  process.platform === 'linux'
    ? `127.${1 + ((process.pid >> 16) & 63)}.${(process.pid >> 8) & 255}.${1 + (process.pid & 127)}`
    : '127.0.0.1';
