// A program that uses the API through the types generated from its document. It is compiled, never run. What must not compile
// stands below `@ts-expect-error`: if it does, that comment is an error.
import createClient from "openapi-fetch";
import type { components, paths } from "./api";

type Schemas = components["schemas"];
const client = createClient<paths>({ baseUrl: "https://api.example.com" });

export async function signIn(email: string, password: string): Promise<string> {
  const { data, error, response } = await client.POST("/auth/login", { body: { email, password } });
  if (error !== undefined) throw new Error(response.status === 401 && "error" in error ? (error.error ?? "") : "");
  const session: Schemas["AuthSession"] | null | undefined = data.session;
  if (!session) throw new Error("no session");
  return session.access_token;
}

export async function signInWithCode(email: string, password: string, code: (methods: string[]) => string): Promise<boolean> {
  const { error } = await client.POST("/auth/login", { body: { email, password } });
  const mfa: Schemas["SecondFactor"] | null | undefined = error && "error" in error ? error.mfa : undefined;
  if (!mfa) return false;
  const body = { mfa_token: mfa.token, totp: code(mfa.methods), remember_device: true };
  const { data, response } = await client.POST("/auth/mfa/verify", { body });
  const challenge: string | undefined = mfa.passkey?.challenge;
  return response.ok && data?.mfa === undefined && challenge !== "";
}

export async function confirm(totp: string): Promise<string | Schemas["MfaRefusalCode"]> {
  const { data, error } = await client.POST("/auth/mfa/step-up", { body: { totp } });
  if (error !== undefined) return "data" in error ? error.data.code : "not to be read, or not now";
  return data.data?.access_token ?? "";
}

export async function keys(cursor: string | null): Promise<Schemas["ApiKey"][]> {
  const { data, error } = await client.GET("/api/v1/api-keys/", { params: { query: { limit: 100, cursor } } });
  if (error !== undefined) throw new Error("no list");
  const next: string | null = data.data.next_cursor;
  return next === null ? data.data.api_keys : [...data.data.api_keys, ...(await keys(next))];
}

export async function store(secret: string): Promise<Schemas["ApiKeyStatus"]> {
  const body = { exchange: "okx", environment: "demo", api_key: "name", secret, verify: true } as const;
  const { data, error } = await client.POST("/api/v1/api-keys/", { body });
  if (error !== undefined) throw new Error("data" in error ? error.data.code : "not to be read, or not now");
  // A test has the id of its key; a key has one of its own. What is told apart is what lacks a member: others may be anywhere.
  if (!data.data || "key_id" in data.data) throw new Error("no key");
  return data.data.status;
}

export async function test(key_id: string): Promise<string> {
  const { data, error } = await client.POST("/api/v1/api-keys/{key_id}/test-connection", { params: { path: { key_id } } });
  if (error !== undefined) throw new Error("no test");
  const test = data.data;
  if (!test || "id" in test) throw new Error("no test");
  const blocked: boolean = test.key_status === "blocked" || test.warnings.includes("KEY_CAN_WITHDRAW");
  const mayTrade: boolean | null = test.permissions.trade;
  return `${test.status} after ${test.latency_ms.toFixed(0)} ms, ${String(blocked)}, ${String(mayTrade)}`;
}

export async function secretOf(key_id: string): Promise<string> {
  const { data } = await client.POST("/api/v1/api-keys/{key_id}/decrypt", { params: { path: { key_id } } });
  const passphrase: string | undefined = data?.data.passphrase;
  return `${data?.data.secret ?? ""} ${passphrase ?? ""}`;
}

export async function lastAccess(key_id: string): Promise<Schemas["AccessAction"] | undefined> {
  const { data } = await client.GET("/api/v1/api-keys/{key_id}/events", { params: { path: { key_id } } });
  return data?.data.events[0]?.action;
}

export async function refusals(key_id: string): Promise<number> {
  const { data } = await client.GET("/api/v1/api-keys/{key_id}/events", { params: { path: { key_id } } });
  const refused: Schemas["AccessOutcome"][] = ["KEY_DISABLED", "KEY_CAN_WITHDRAW", "TOO_MANY_REQUESTS", "FAILED"];
  return data?.data.events.filter((event) => refused.includes(event.outcome)).length ?? 0;
}

export async function identity(): Promise<boolean> {
  const [status, health, service] = await Promise.all([
    client.GET("/api/kyc/status"),
    client.GET("/api/kyc/health"),
    client.GET("/api/kyc/"),
  ]);
  const providers: string[] = service.data?.providers ?? [];
  return status.data?.status === "approved" && health.data?.status === "ok" && providers.length > 0;
}

export async function misused(): Promise<void> {
  // @ts-expect-error a password is required
  await client.POST("/auth/login", { body: { email: "ada@example.com" } });
  // @ts-expect-error and is a text
  await client.POST("/auth/signup", { body: { email: "ada@example.com", password: 7 } });
  // @ts-expect-error no such operation
  await client.GET("/auth/login");
  // @ts-expect-error the path has a parameter
  await client.POST("/api/v1/api-keys/{key_id}/decrypt");
  // @ts-expect-error a factor is shown with the token of the refused login
  await client.POST("/auth/mfa/verify", { body: { totp: "492039" } });
  // @ts-expect-error no such exchange
  await client.POST("/api/v1/api-keys/", { body: { exchange: "mtgox" } });
  // @ts-expect-error no such environment
  await client.POST("/api/v1/api-keys/", { body: { exchange: "okx", environment: "production" } });
  const { data } = await client.GET("/api/v1/api-keys/");
  // @ts-expect-error no list shows a secret
  data?.data.api_keys[0]?.secret.trim();
  // @ts-expect-error whether a key may withdraw is true, false or unknown
  const withdraws: boolean | undefined = data?.data.api_keys[0]?.permissions.withdraw;
  const { data: accesses } = await client.GET("/api/v1/api-keys/{key_id}/events", { params: { path: { key_id: "7" } } });
  // @ts-expect-error no access ends so
  const over: boolean = accesses?.data.events[0]?.outcome === "over";
  // @ts-expect-error no key has such a status
  const fine: boolean = data?.data.api_keys[0]?.status === "fine";
  console.log(withdraws, over, fine);
}
