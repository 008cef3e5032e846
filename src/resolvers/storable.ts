import type { GraphQLField } from 'graphql';
import { Extensions } from 'type-graphql';
import type { Loaded, Loading } from '../datasources/reports/loader.js';
import type { ReportKey, ReportType } from '../model/report.js';
import type { OperationContext } from './context.js';

/**
 * What the resolver of a storable field may use beside its source and its arguments: reports, which are the same for
 * everybody, and a setting. Not who asks, at which door, or what else is known.
 */
export interface StorableContext extends Pick<OperationContext, 'reportWaitMs'> {
  readonly loader: {
    /** As `ReportLoader` has it; at once, where nothing can be waited for. */
    load<T extends ReportType>(report: ReportKey, type: T, how: Loading): Loaded<T> | Promise<Loaded<T>>;
  };
}

type Elsewhere = Exclude<keyof OperationContext, keyof StorableContext>;
type Used<Parameter> = Parameter extends object ? Extract<keyof Parameter, Elsewhere> : never;
type Method<Parameters extends unknown[], Value> = [Used<Parameters[number]>] extends [never]
  ? TypedPropertyDescriptor<(...parameters: Parameters) => Value>
  : never;

const KEY = 'storable';

/**
 * Declares that an answer with this field may be stored and sent to any client, as long as the reports that it was made of
 * are in memory. The resolver gets its context where nothing can be waited for: there, `load` returns at once or throws, and
 * whatever is not in `StorableContext` throws. So it must not be async, and not catch.
 */
export function Storable(): <Parameters extends unknown[], Value>(
  target: object,
  name: string,
  method: TypedPropertyDescriptor<(...parameters: Parameters) => Value> & Method<Parameters, Value>,
) => void {
  const declare: MethodDecorator = Extensions({ [KEY]: true });
  return (target, name, method) => void declare(target, name, method);
}

/** Whether the value of a field depends on nothing but what is stored: one that its object has, or that is declared so. */
export function isStorable({ resolve, extensions }: GraphQLField<unknown, unknown>): boolean {
  return resolve === undefined || extensions[KEY] === true;
}
