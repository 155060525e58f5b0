// The certified provider "oidc-provider" with one client, on this computer: node certified_provider.mjs PORT CALLBACK ID SECRET
import Provider from "oidc-provider";

const [port, callback, client, secret] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [{ client_id: client, client_secret: secret, redirect_uris: [callback], response_types: ["code"] }],
  cookies: { keys: ["only for this test"] },
  features: { devInteractions: { enabled: true } },
  findAccount: (context, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  pkce: { required: () => true },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
