// What to do about what a connection test found: words, and configuration to copy.

import type { Diagnosis, ServerConfiguration } from "./protocol";

const POLICY = "connect-src 'self'";

/** What each proxy has to be told so that a page from `origin` may use it. */
export function corsConfiguration(origin: string): ServerConfiguration[] {
  return [
    {
      server: "Confluent REST Proxy",
      file: "kafka-rest.properties",
      lines: [
        `access.control.allow.origin=${origin}`,
        "access.control.allow.methods=GET,POST,OPTIONS",
        "access.control.allow.headers=content-type,accept,authorization,origin",
      ].join("\n"),
      note: "Without the last line a page can send neither JSON nor credentials.",
    },
    {
      server: "Strimzi Kafka Bridge",
      file: "application.properties",
      lines: [
        "http.cors.enabled=true",
        // A regular expression, so that dots are escaped; properties files need the backslash twice.
        `http.cors.allowedOrigins=${origin.replace(/[.+*?^$()[\]{}|\\]/gu, "\\\\$&")}`,
        "http.cors.allowedMethods=GET,POST,PUT,DELETE,OPTIONS,PATCH",
      ].join("\n"),
      note: "The origin is a regular expression. The bridge never lets a page send credentials: use the command line where it needs them.",
    },
    { server: "Karapace", file: "", lines: "", note: "CORS is always on. If the test says otherwise, something before it (a gateway, an ingress) takes the headers away." },
    { server: "Confluent Cloud", file: "", lines: "", note: "It documents no CORS: a page cannot send to it. The command line can." },
  ];
}

const problem = (text: string, advice: readonly string[], configuration: readonly ServerConfiguration[] = []): Diagnosis => ({ problem: text, advice, configuration });

export const mixedContent = (host: string): Diagnosis =>
  problem(`This page came over https, and a browser lets such a page reach no http address but this machine's. ${host} is another one.`, [
    "Give the proxy a certificate and use its https:// address.",
    "Or bring it to this machine (ssh -L 8082:localhost:8082 …, kubectl port-forward …) and use http://localhost:8082.",
    "Or use the command line, which has no such rule.",
  ]);

export const policyForbids = (origin: string): Diagnosis =>
  problem(`The Content-Security-Policy of this page forbids connections to ${origin}.`, ["Whoever serves this page adds the proxy's origin to its policy."], [
    { server: "This page", file: "Content-Security-Policy", lines: `${POLICY} ${origin}`, note: "Keep what the directive allows already." },
  ]);

export const permissionDenied = (): Diagnosis =>
  problem("The browser does not let this site reach devices on your network.", [
    "Open the site's settings (the icon left of the address) and allow access to the local network or to apps on this device.",
    "If this page is inside another one, its iframe needs allow=\"local-network-access; local-network; loopback-network\".",
  ]);

export const unreachable = (url: string, prompts: boolean): Diagnosis =>
  problem(`Nothing answers at ${url}.`, [
    "Is the proxy running, and are host and port right? From a terminal: curl -i " + url,
    ...(url.startsWith("https:") ? ["A certificate that the browser does not trust looks the same: open the address in a tab of its own."] : []),
    ...(prompts ? ["The browser may have asked for access to devices on your network: it must be allowed."] : []),
  ]);

export const corsRefused = (url: string, origin: string): Diagnosis =>
  problem(`Something answers at ${url}, but it does not let a page from ${origin} read its answers (CORS).`, ["Add these lines to the proxy's configuration, and start it again."], corsConfiguration(origin));

export const preflightRefused = (origin: string): Diagnosis =>
  problem(`The server answers pages from ${origin}, but refuses the Content-Type header that sending needs.`, ["Its list of allowed headers must name content-type and accept."], corsConfiguration(origin).slice(0, 1));

export const authorizationRefused = (origin: string): Diagnosis =>
  problem("The server lets this page read its answers, but not send the Authorization header.", [
    "Confluent REST Proxy: its list of allowed headers must name authorization.",
    "Strimzi's bridge has a fixed list without it: a page cannot authenticate there. Use the command line.",
  ], corsConfiguration(origin).slice(0, 1));

export const wantsCredentials = (): Diagnosis => problem("The proxy wants credentials (HTTP 401).", ["Choose how to authenticate, and give the user and password that the proxy knows."]);

export const credentialsRefused = (): Diagnosis => problem("The proxy does not take these credentials (HTTP 401).", ["Check user and password; an API key must be one for this cluster."]);

export const forbidden = (): Diagnosis => problem("These credentials may not see the topics (HTTP 403).", ["The user needs the rights DESCRIBE and WRITE on the topics."]);

export const redirected = (): Diagnosis => problem("The server sends elsewhere (a redirect), and credentials are not sent after it.", ["Give the address that it redirects to."]);

export const notThisApi = (version: "v2" | "v3"): Diagnosis =>
  version === "v3"
    ? problem("What answers has no REST API of version 3.", ["Strimzi and Karapace speak version 2 only: choose v2.", "Confluent Server and Cloud have it below /kafka: add that to the address."])
    : problem("What answers is no Kafka REST proxy of version 2.", ["Check the address and its path.", "Confluent Server and Cloud speak version 3 only: choose v3, and add /kafka to the address."]);

export const serverError = (status: number): Diagnosis => problem(`The server answers with HTTP ${status}.`, ["Look into its log: it may not reach Kafka."]);

export const noTopic = (topics: readonly string[]): Diagnosis =>
  problem(
    `There is no topic ${topics.map((topic) => `“${topic}”`).join(", ")} behind this proxy. It is not made by sending: a proxy may wait a minute for each such record.`,
    ["Make it, then test again."],
    [{ server: "Apache Kafka", file: "in a terminal", lines: topics.map((topic) => `kafka-topics.sh --bootstrap-server HOST:9092 --create --topic ${topic} --partitions 6`).join("\n"), note: "" }],
  );

export const noCluster = (): Diagnosis => problem("The server lists no cluster.", ["Give the cluster's id."]);

export const notWritten = (reason: string): Diagnosis => problem(`The record was not written: ${reason}`, ["The user needs the right WRITE on the topic."]);
