// Small mistakes in code, as a tired programmer makes them. They are found in the syntax tree, so
// that a comment, a string or a type is never mistaken for code.
import ts from "npm:typescript@6.0.3";

/** One change to a file: `length` characters at `at` become `broken`. */
export interface Mutant {
  readonly file: string;
  readonly at: number;
  readonly length: number;
  readonly broken: string;
  /** The lines that change, before and after, on one line each. */
  readonly from: string;
  readonly to: string;
}

const OPERATORS: Readonly<Record<string, string>> = {
  ...{ "===": "!==", "!==": "===", "&&": "||", "||": "&&" },
  ...{ "<": "<=", "<=": "<", ">": ">=", ">=": ">" },
  ...{ "+": "-", "-": "+", "*": "/", "/": "*", "%": "*" },
};

/** The mistakes that can be made at this node: what becomes what. It still shows what was there, so that no two look the same. */
function mistakes(node: ts.Node): (readonly [ts.Node, string])[] {
  if (ts.isBinaryExpression(node)) {
    const { left, operatorToken, right } = node;
    const operator = operatorToken.getText();
    if (operator === "??") {
      return [[node, `${left.getText()} /* ?? ${right.getText()} */`]];
    }
    const broken = OPERATORS[operator];
    return broken === undefined ? [] : [[operatorToken, broken]];
  }
  if (ts.isIfStatement(node) || ts.isConditionalExpression(node)) {
    const asked = "condition" in node ? node.condition : node.expression;
    const text = asked.getText();
    return [[asked, `true || (${text})`], [asked, `false && (${text})`]];
  }
  if (ts.isAwaitExpression(node)) {
    // An async function that returns a promise returns what it becomes.
    const isReturned = ts.isReturnStatement(node.parent);
    return isReturned ? [] : [[node, node.expression.getText()]];
  }
  if (
    ts.isExpressionStatement(node) || ts.isThrowStatement(node) ||
    (ts.isReturnStatement(node) && node.expression === undefined)
  ) return [[node, `{ if (false) ${node.getText()} }`]];
  if (ts.isNumericLiteral(node)) return [[node, `(${node.getText()} + 1)`]];
  if (ts.isPrefixUnaryExpression(node) && node.getText().startsWith("!")) {
    return [[node, node.operand.getText()]];
  }
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [[node, "false"]];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [[node, "true"]];
  if ((ts.isParameter(node) || ts.isBindingElement(node)) && node.initializer) {
    const { initializer } = node; // undefined is as good as false, which is made true elsewhere
    const isFalse = initializer.kind === ts.SyntaxKind.FalseKeyword;
    return isFalse ? [] : [[initializer, "undefined"]];
  }
  return [];
}

/** Nothing in them runs. */
function isForTheCompiler(node: ts.Node): boolean {
  return ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) || ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node);
}

/** Every mistake that can be made in a file. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const found: Mutant[] = [];
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ESNext, true);
  const visit = (node: ts.Node): void => {
    if (isForTheCompiler(node)) return;
    for (const [part, broken] of mistakes(node)) {
      const [at, end] = [part.getStart(), part.getEnd()];
      if (source.slice(at, end) === broken) continue;
      const start = source.lastIndexOf("\n", at) + 1;
      const stop = source.indexOf("\n", end);
      const lines = (middle: string) =>
        (source.slice(start, at) + middle + source.slice(end, stop))
          .replace(/\s+/g, " ").trim();
      found.push({
        ...{ file, at, length: end - at, broken },
        ...{ from: lines(source.slice(at, end)), to: lines(broken) },
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}
