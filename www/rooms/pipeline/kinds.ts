// What the kinds of nodes are called and look like.

import type { TemplateResult } from "lit";

import { unreachable } from "../../messages";
import * as icons from "../../parts/icons";
import type { FlowKind } from "../../protocol";

export interface Kind {
  readonly name: string;
  readonly icon: TemplateResult;
  /** Whether it has records that can be looked at. */
  readonly topic: boolean;
}

export function kindOf(kind: FlowKind): Kind {
  switch (kind) {
    case "generator":
      return { name: "generator", icon: icons.generator, topic: false };
    case "topic":
      return { name: "topic", icon: icons.topic, topic: true };
    case "deadLetters":
      return { name: "dead-letter topic", icon: icons.deadLetters, topic: true };
    case "operator":
      return { name: "operator", icon: icons.operator, topic: false };
    default:
      return unreachable(kind);
  }
}
