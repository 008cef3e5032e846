import { AsyncLocalStorage } from 'node:async_hooks';
import { ROOT_CONTEXT, SpanStatusCode, trace, TraceFlags, type Span } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Tracing } from '../lib/tracing.js';
import { VERSION } from '../lib/version.js';

const NAME = 'jobalyzer-graphql';
/** How long shutdown waits for a collector to take the last spans. */
const CLOSE_WITHIN_MS = 2_000;
const TRACEPARENT = /^[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:-|$)/;

export interface OpenTracing extends Tracing {
  /** Sends the spans that wait, for at most two seconds. */
  close(): Promise<void>;
}

/** Traces to a collector of OpenTelemetry, by OTLP over HTTP. Spans that it does not take are dropped. */
export function openTracing(endpoint: string): OpenTracing {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': NAME, 'service.version': VERSION }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer(NAME, VERSION);
  const current = new AsyncLocalStorage<Span>();

  function start(name: string): Span {
    const parent = current.getStore();
    return tracer.startSpan(name, {}, parent ? trace.setSpan(ROOT_CONTEXT, parent) : ROOT_CONTEXT);
  }

  async function ending<T>(span: Span, result: Promise<T>): Promise<T> {
    try {
      return await result;
    } catch (error) {
      // Not its message, which may be about answers.
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'Error' });
      throw error;
    } finally {
      span.end();
    }
  }

  return {
    span(name, work) {
      const span = start(name);
      const set: Parameters<typeof work>[0] = (better, attributes) => {
        if (better !== null) span.updateName(better);
        span.setAttributes(attributes);
      };
      return ending(
        span,
        current.run(span, () => work(set)),
      );
    },

    spanIfAsync(name, attributes, work) {
      const span = start(name);
      span.setAttributes(attributes);
      const result = current.run(span, work);
      // A span that is not ended is not sent.
      return result instanceof Promise ? (ending(span, result) as typeof result) : result;
    },

    continued(traceparent, work) {
      const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
      if (traceId === undefined || spanId === undefined || flags === undefined) return work();
      const traceFlags = parseInt(flags, 16) & TraceFlags.SAMPLED;
      return current.run(trace.wrapSpanContext({ traceId, spanId, traceFlags, isRemote: true }), work);
    },

    headers() {
      const span = current.getStore()?.spanContext();
      if (!span) return {};
      return { traceparent: `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}` };
    },

    async close() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_WITHIN_MS).unref());
      await Promise.race([provider.shutdown(), late]);
    },
  };
}
