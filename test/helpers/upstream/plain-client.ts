import { Agent, request, type Dispatcher } from 'undici';
import type { Upstream } from '../upstream.ts';

export const ANSWERS = { JobTitle: 'Registered Nurse (RN)', Country: 'United States', City: 'Boston' };

type Got = Awaited<ReturnType<PlainClient['ask']>>;

/** Sends single, correct requests to an upstream, so that a test can change one thing about them. */
export class PlainClient {
  readonly agent: Agent;
  readonly #upstream: Upstream;

  /** `connections` limits the concurrent connections; unlimited by default. */
  constructor(upstream: Upstream, connections: number | null = null) {
    this.agent = new Agent({ connections });
    this.#upstream = upstream;
  }

  async ask(url: string, options: { method?: Dispatcher.HttpMethod; headers?: object; body?: string } = {}) {
    const { statusCode, headers, body } = await request(url, {
      dispatcher: this.agent,
      method: options.method ?? 'GET',
      headers: { 'accept-encoding': 'identity', ...options.headers },
      body: options.body ?? null,
    });
    const text = await body.text();
    return { status: statusCode, headers, text, json: parsed(text) };
  }

  async token(form: Record<string, string> = {}, headers: object = {}): Promise<Got> {
    const { clientId, clientSecret } = this.#upstream.options;
    const credentials = { client_id: clientId, client_secret: clientSecret };
    return this.ask(`${this.#upstream.url}/connect/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: String(
        new URLSearchParams({ grant_type: 'client_credentials', scope: 'jobalyzer', ...credentials, ...form }),
      ),
    });
  }

  async bearer(): Promise<{ authorization: string }> {
    return { authorization: `Bearer ${(await this.token()).json.access_token}` };
  }

  async submit(requestedReports: string[] = ['yoe', 'pay'], change: object = {}, headers?: object): Promise<Got> {
    const { customerId } = this.#upstream.options;
    return this.ask(`${this.#upstream.url}/jobalyzer/v1/reports`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(headers ?? (await this.bearer())) },
      body: JSON.stringify({ customerId, user: customerId, requestedReports, answers: ANSWERS, ...change }),
    });
  }

  async poll(link: string, headers?: object): Promise<Got> {
    const { customerId } = this.#upstream.options;
    const url = `${link}?customerId=${customerId}&user=${customerId}`;
    return this.ask(url, { headers: headers ?? (await this.bearer()) });
  }
}

function parsed(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
