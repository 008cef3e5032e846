/** Why the server cannot listen, for whoever has set HOST and PORT. */
export function listenErrorText(error: unknown, { host, port }: { host: string; port: number }): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return `PORT: ${port} is already in use on ${host}; stop the program that uses it, or set another PORT.`;
    case 'EACCES':
      return `PORT: this process may not listen on ${port}; set a PORT of 1024 or more, or give it the permission.`;
    case 'EADDRNOTAVAIL':
      return `HOST: ${host} is not an address of this machine.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST: ${host} is not a name that can be resolved.`;
    default:
      return 'HOST, PORT: cannot listen on this address.';
  }
}
