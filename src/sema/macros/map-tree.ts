/** Surface trees rebuilt with other nodes in place of some. They are plain data: objects, arrays, text, numbers. */

import type { Span } from '../../base/span.ts';
import type { Expr, Name, Statement, TypeSyntax } from '../../parser/ast.ts';

/** What has a place in the text: nodes, and the names in them, which have no kind. */
export type TreeNode = Expr | Statement | TypeSyntax | (Name & { readonly kind?: undefined });

export interface Rewriting {
  /** Asked before a node is looked into; what it gives stands instead, as it is. */
  readonly before?: (node: TreeNode) => TreeNode | undefined;
  /** Asked with a node whose parts are rebuilt already. */
  readonly after?: (node: TreeNode) => TreeNode;
}

/** The same tree with its nodes rewritten. The type is kept: what stands instead of a node must fit where it stood. */
export function mapTree<T>(tree: T, rewriting: Rewriting): T {
  return rebuilt(tree, rewriting) as T;
}

function rebuilt(data: unknown, rewriting: Rewriting): unknown {
  if (Array.isArray(data)) return data.map((part: unknown) => rebuilt(part, rewriting));
  if (typeof data !== 'object' || data === null) return data;
  const node = isNode(data) ? data : undefined;
  const instead = node && rewriting.before?.(node);
  if (instead) return instead;
  const copy = Object.fromEntries(
    Object.entries(data).map(([key, part]) => [
      key,
      key === 'span' ? (part as Span) : rebuilt(part, rewriting),
    ]),
  );
  return node && rewriting.after ? rewriting.after(copy as unknown as TreeNode) : copy;
}

const isNode = (data: object): data is TreeNode => 'span' in data && ('kind' in data || 'text' in data);
