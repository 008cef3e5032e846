import { Int, type ClassType } from 'type-graphql';
import { objectType, required } from './declare.js';
import { PageInfo } from './page-info.js';

/** A page of a list, as Relay's specification of connections has it. */
export interface Connection<Node> {
  readonly edges: readonly Edge<Node>[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number;
}

interface Edge<Node> {
  readonly cursor: string;
  readonly node: Node;
}

/** The descriptions of the two types and of their fields. */
interface Descriptions {
  readonly page: string;
  readonly edge: string;
  readonly edges: string;
  readonly cursor: string;
  readonly node: string;
  readonly totalCount: string;
}

/** Declares the connection of a type, which is called by its name, and the type of its edges. */
export function connectionType<Node extends object>(
  name: string,
  node: ClassType<Node>,
  descriptions: Descriptions,
): ClassType<Connection<Node>> {
  const edge = objectType<Edge<object>>(`${name}Edge`, descriptions.edge, {
    cursor: required(String, descriptions.cursor),
    node: required<ClassType>(node, descriptions.node),
  });
  const connection = objectType<Connection<object>>(`${name}Connection`, descriptions.page, {
    edges: required([edge], descriptions.edges),
    pageInfo: required(PageInfo, 'Where the page lies among all of them.'),
    totalCount: required(Int, descriptions.totalCount),
  });
  return connection as ClassType<Connection<Node>>;
}
